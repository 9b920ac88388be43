package harness

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestQuantile(t *testing.T) {
	xs := []float64{8, 1, 7, 2, 6, 3, 5, 4}
	for q, want := range map[float64]float64{0: 1, 0.25: 2.75, 0.5: 4.5, 0.75: 6.25, 1: 8} {
		if got := Quantile(xs, q); !near(got, want) {
			t.Errorf("Quantile(%v) = %v, want %v", q, got, want)
		}
	}
	if xs[0] != 8 {
		t.Error("Quantile sorted its argument")
	}
	if !math.IsNaN(Quantile(nil, 0.5)) {
		t.Error("no samples must give NaN")
	}
	if got := Quantile([]float64{3}, 0.25); got != 3 {
		t.Errorf("one sample: %v", got)
	}
	// (6.25 - 2.75) / 4.5
	if got := Spread(xs); !near(got, 3.5/4.5) {
		t.Errorf("Spread = %v", got)
	}
}

func TestRatio(t *testing.T) {
	// One round in four disturbed on each side must not move the ratio.
	a := []float64{10, 10, 90, 10, 10, 10, 10, 80}
	b := []float64{20, 70, 20, 20, 20, 95, 20, 20}
	r := RatioOf(a, b)
	if !near(r.Value, 0.5) {
		t.Errorf("ratio %v, want 0.5", r.Value)
	}
	if r.Low > 0.5 || r.High < 0.5 {
		t.Errorf("interval %v to %v does not hold 0.5", r.Low, r.High)
	}
}

func spin(n int) uint64 {
	var s uint64
	for i := range n {
		s = s*6364136223846793005 + uint64(i)
	}
	return s
}

// TestRunOrder sees that rounds alternate and that every implementation gets
// the same number of samples.
func TestRunOrder(t *testing.T) {
	var log strings.Builder
	body := func(name string) Contestant {
		return Contestant{Impl: name, Gauge: func() float64 { log.WriteString(name); return 1 }}
	}
	res, err := Run(Group{Name: "op=x", Unit: "B/entry", Prepare: func() []Contestant {
		return []Contestant{body("a"), body("b"), body("c")}
	}}, Options{Rounds: 4})
	if err != nil {
		t.Fatal(err)
	}
	if got := log.String(); got != "abccbaabccba" {
		t.Errorf("order %q", got)
	}
	if len(res) != 3 || len(res[0].Samples) != 4 || res[0].Unit != "B/entry" {
		t.Errorf("results %+v", res)
	}
}

func TestRunChecksBeforeTiming(t *testing.T) {
	timed := false
	_, err := Run(Group{Name: "op=x", Check: 1, Prepare: func() []Contestant {
		return []Contestant{
			{Impl: "a", Body: func(int) uint64 { return 1 }},
			{Impl: "b", Body: func(n int) uint64 { timed = timed || n > 1; return 2 }},
		}
	}}, Options{Rounds: 2, Target: time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "b computes 2") {
		t.Fatalf("disagreement not reported: %v", err)
	}
	if timed {
		t.Error("a wrong implementation was timed")
	}
}

func TestRunCountsAllocations(t *testing.T) {
	var keep []*[64]byte
	res, err := Run(Group{Name: "op=x", Prepare: func() []Contestant {
		return []Contestant{{Impl: "a", Body: func(n int) uint64 {
			keep = keep[:0]
			for range n {
				keep = append(keep, new([64]byte))
				if len(keep) == 64 {
					keep = keep[:0]
				}
			}
			return 0
		}}}
	}}, Options{Rounds: 4, Target: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if r := res[0]; math.Abs(r.Allocs-1) > 0.1 || math.Abs(r.Bytes-64) > 4 {
		t.Errorf("%.2f allocations and %.1f bytes, want 1 and 64", r.Allocs, r.Bytes)
	}
}

// TestSelfTest only sees that the self-test compares what it says; whether the
// ratio is near 1 is for `-selftest` on a machine, not for a test.
func TestSelfTest(t *testing.T) {
	calls := 0
	s, err := SelfTest(Group{Name: "op=spin", Prepare: func() []Contestant {
		calls++
		return []Contestant{{Impl: "a", Body: spin}, {Impl: "b", Body: spin}}
	}}, Options{Rounds: 2, Target: 100 * time.Microsecond, Impl: regexp.MustCompile("a")})
	if err != nil {
		t.Fatal(err)
	}
	if calls != 2 || len(s) != 1 || s[0].Name != "op=spin/impl=a" || s[0].Fair.Value <= 0 {
		t.Errorf("%d set-ups, %+v", calls, s)
	}
	if (Self{Fair: Ratio{Value: 0.79}}).OK() || (Self{Fair: Ratio{Value: 1.21}}).OK() || !(Self{Fair: Ratio{Value: 1.19}}).OK() {
		t.Error("limits are not 0.8 to 1.2")
	}
}

func TestOutput(t *testing.T) {
	r := Report{Env: Env{Go: "go1.x", GOMAXPROCS: 4}, Results: []Result{
		{Name: "op=get/key=int/n=8/impl=a", Unit: "ns/op", Iters: 10, Samples: []float64{1, 2}, Q1: 1, Spread: 0.5, Noisy: true},
		{Name: "op=get/key=int/n=8/impl=b", Unit: "ns/op", Iters: 10, Samples: []float64{4, 4}, Q1: 4},
	}}
	var b bytes.Buffer
	if err := r.WriteBench(&b); err != nil {
		t.Fatal(err)
	}
	if want := "BenchmarkStrata/op=get/key=int/n=8/impl=a-4\t10\t2 ns/op\t0 B/op\t0.00 allocs/op\n"; !strings.Contains(b.String(), want) {
		t.Errorf("no line %q in\n%s", want, b.String())
	}
	b.Reset()
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back.Results) != 2 {
		t.Fatalf("%v %+v", err, back)
	}
	b.Reset()
	WriteTable(&b, r.Results, "a")
	if !strings.Contains(b.String(), "4.00 x") || !strings.Contains(b.String(), "noisy") {
		t.Errorf("table:\n%s", b.String())
	}
	b.Reset()
	page := `{{table "op=get/key=int" "n" "8,1000" "a,b"}}; {{time "op=get/key=int/n=8" "b"}}, {{ratio "op=get/key=int/n=8" "b" "a"}}, {{bytes "op=get/key=int/n=8" "a"}} B`
	if err := WritePage(&b, page, &r); err != nil {
		t.Fatal(err)
	}
	if want := "| entries | 8 | 1 000 |\n|---|--:|--:|\n| a | **1.0 ns** | – |\n| b | 4.0 ns (4.0 ×) | – |; 4.0 ns, 4.0, 0 B"; b.String() != want {
		t.Errorf("got %q\nwant %q", b.String(), want)
	}
	if err := WritePage(&b, `{{time "op=get/key=int/n=9" "b"}}`, &r); err == nil {
		t.Error("a figure that is not there is none")
	}
	if x := r.Results[1]; x.Field("n") != "8" || x.Field("impl") != "b" || x.Group() != "op=get/key=int/n=8" {
		t.Errorf("name parts of %q", x.Name)
	}
	if !strings.Contains(r.Noise(), "too busy") {
		t.Errorf("half the timings noisy, note is %q", r.Noise())
	}
}
