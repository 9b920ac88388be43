package bars

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/strata-go/strata/bench/internal/harness"
)

func TestParse(t *testing.T) {
	rows, err := Parse(`
text
| other | table |
|---|---|
| a | b |

| row | what | bar | unit |
|---|---|---|---|
| m/{x,y}/{1,2} | W | ≤ 0.5 | × builtin |
| n | V | ≤ 3 | B |
| p | V | – | B |
`)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "m/x/1 m/x/2 m/y/1 m/y/2 n p" || !rows[5].Free || rows[4].Free {
		t.Errorf("rows %s", got)
	}
	if r := rows[0]; r.Max != 0.5 || r.Unit != "× builtin" || r.What != "W" {
		t.Errorf("%+v", r)
	}
}

func TestParseErrors(t *testing.T) {
	head := "| row | what | bar | unit |\n|---|---|---|---|\n"
	for text, want := range map[string]string{
		"":                                "no table",
		head + "| a | b | 3 | B |":        "want ≤ and a number",
		head + "| a | b | ≤ x | B |":      "want ≤ and a number",
		head + "| a | b | ≤ 3 |":          "3 columns",
		head + "| a{b | b | ≤ 3 | B |":    "{ without }",
		head + "| a}b | b | ≤ 3 | B |":    "} without {",
		head + "| a{x,x} | b | ≤ 3 | B |": "twice",
		head + "| a | b | ≤ 3 | B |\n| a | | ≤ 4 | B |": "line 4: row a twice",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestMeasuresHaveRows: a measure whose row was renamed would silently turn
// into "not yet".
func TestMeasuresHaveRows(t *testing.T) {
	rows, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range rows {
		known[r.Name] = true
	}
	for name := range measures {
		if !known[name] {
			t.Errorf("measure %s has no row in bars.md", name)
		}
	}
	for _, r := range rows {
		if strings.HasPrefix(r.Name, "hamt/") && measures[r.Name] == nil {
			t.Errorf("row %s has no measure", r.Name)
		}
	}
}

func TestVerdicts(t *testing.T) {
	m := &Meter{Options: harness.Options{Rounds: 1, Target: time.Microsecond}, cache: map[string][]harness.Result{}}
	figure := func(v float64, err error) Measure {
		return func(*Meter) (Figure, error) { return Figure{Value: v}, err }
	}
	row := Row{Name: "a/b", Max: 2, Unit: "B"}
	var all []Outcome
	for _, c := range []struct {
		f    Measure
		want Verdict
	}{{nil, NotYet}, {figure(0, ErrNotYet), NotYet}, {figure(2, nil), OK}, {figure(2.01, nil), Short}} {
		o, err := judge(m, row, c.f)
		if err != nil || o.Verdict != c.want {
			t.Errorf("%v, %v, want %v", o.Verdict, err, c.want)
		}
		all = append(all, o)
	}
	if o, err := judge(m, Row{Name: "a/c", Free: true}, figure(9, nil)); err != nil || o.Verdict != Printed {
		t.Errorf("a row without a bar: %v, %v", o.Verdict, err)
	}
	if _, err := judge(m, row, figure(0, errors.New("wrong sum"))); err == nil {
		t.Error("an error became a verdict")
	}
	if Failed(all[:3]) || !Failed(all) {
		t.Error("exactly a row that falls short fails a run")
	}
	var b bytes.Buffer
	Write(&b, all)
	if !strings.Contains(b.String(), "4 rows: 1 ok, 1 short, 2 not yet, 0 printed") {
		t.Errorf("counts in\n%s", b.String())
	}
}

// TestSecondLook: the repeated measurement is pooled with the first, so that a
// lucky second look cannot hide a bad first one.
func TestSecondLook(t *testing.T) {
	calls := 0
	g := harness.Group{Name: "op=x", Unit: "B", Prepare: func() []harness.Contestant {
		return []harness.Contestant{{Impl: "a", Gauge: func() float64 {
			calls++
			if calls <= 4 {
				return 10
			}
			return 1
		}}}
	}}
	m := &Meter{Options: harness.Options{Rounds: 4}, cache: map[string][]harness.Result{}}
	if _, err := m.result(g, "a"); err != nil || calls != 4 {
		t.Fatal(calls, err)
	}
	if _, err := m.result(g, "a"); err != nil || calls != 4 {
		t.Fatal("remembered samples were taken again")
	}
	m.again = true
	r, err := m.result(g, "a")
	if err != nil || len(r.Samples) != 12 {
		t.Fatalf("%d samples, want 4 + 8", len(r.Samples))
	}
}
