package charts

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/strata-go/strata/bench/internal/harness"
)

func report() *harness.Report {
	r := &harness.Report{Env: harness.Env{Go: "go1.x", CPU: "Test CPU", CPUs: 4, AMD64: "v1", Commit: "abc"}}
	for i, impl := range []string{"hamt", "builtin", "nobody"} {
		for _, n := range []int{1000, 1, 100} {
			r.Results = append(r.Results, harness.Result{
				Name: fmt.Sprintf("op=get/key=int/n=%d/impl=%s", n, impl), Q1: float64((i + 1) * n), Bytes: 1,
			})
		}
	}
	return r
}

func TestLines(t *testing.T) {
	lines := All()[0].lines(report().Results)
	if len(lines) != 3 || lines[0].impl != "nobody" {
		t.Fatalf("%+v", lines)
	}
	if p := lines[0].points; p[0].X != 1 || p[2].X != 1000 {
		t.Errorf("points are not in the order of x: %v", p)
	}
	zero := report()
	zero.Results = append(zero.Results, harness.Result{Name: "op=get/key=int/n=0/impl=hamt", Q1: 1})
	if l := All()[0].lines(zero.Results); len(l[2].points) != 3 {
		t.Errorf("a point without a place on a logarithmic axis: %v", l[2].points)
	}
	limited := Chart{Prefix: "op=get/", X: "n", Value: Time, Impls: []string{"hamt"}, MaxX: 100}
	if l := limited.lines(report().Results); len(l) != 1 || len(l[0].points) != 2 {
		t.Errorf("%+v", l)
	}
}

// TestWrite draws into files that can be read, twice the same bytes.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	files, err := Write(dir, report(), All())
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 {
		t.Fatalf("%v: want the one chart that has data, as svg and png", files)
	}
	svg, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Get of a present key", "time per operation", "hamt", "1 µs", "commit abc"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("no %q in the svg", want)
		}
	}
	f, err := os.Open(files[1])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil || img.Bounds().Dx() < 1000 {
		t.Errorf("%v, %v", err, img.Bounds())
	}
	if _, err := Write(dir, report(), All()); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(files[0]); !bytes.Equal(svg, again) {
		t.Error("the same data gives other bytes")
	}
}

func TestTicks(t *testing.T) {
	var labels []string
	for _, x := range (decades{duration}).Ticks(5, 3e6) {
		if x.Label != "" {
			labels = append(labels, x.Label)
		}
	}
	if got := strings.Join(labels, ", "); got != "10 ns, 100 ns, 1 µs, 10 µs, 100 µs, 1 ms" {
		t.Errorf("labels %s", got)
	}
	if ts := (decades{duration}).Ticks(0, 1); ts != nil {
		t.Errorf("ticks from zero: %v", ts)
	}
	if got := count(1e6) + count(20) + count(1000); got != "1 M20"+"1 k" {
		t.Errorf("counts %s", got)
	}
}
