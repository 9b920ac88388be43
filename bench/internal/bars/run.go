package bars

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/strata-go/strata/bench/internal/harness"
	"github.com/strata-go/strata/bench/internal/maps"
)

// ErrNotYet is what a measure returns whose subject does not exist.
var ErrNotYet = errors.New("not yet")

// Figure is what a row measured. Low and High are the quartiles of the rounds;
// both zero: the figure does not vary.
type Figure struct {
	Value     float64
	Low, High float64
	Note      string
}

// Measure returns the figure of one row.
type Measure func(m *Meter) (Figure, error)

// measures maps row names to how they are measured; the files hamt.go, ctx.go
// and so on fill it.
var measures = map[string]Measure{}

func register(name string, f Measure) {
	if measures[name] != nil {
		panic("bars: row " + name + " has two measures: rename one")
	}
	measures[name] = f
}

// Verdict of a row.
type Verdict string

// The verdicts.
const (
	OK      Verdict = "ok"
	Short   Verdict = "SHORT"
	NotYet  Verdict = "not yet" // the row's subject does not exist
	Printed Verdict = "printed" // the row has no bar
)

// Outcome is a row and what came of it.
type Outcome struct {
	Row     Row     `json:"row"`
	Figure  Figure  `json:"figure"`
	Verdict Verdict `json:"verdict"`
}

// Run measures the rows that o.Run selects. each is called after every row and
// stops the run by returning false.
func Run(o harness.Options, each func(done, of int, x Outcome) bool) ([]Outcome, error) {
	all, err := Rows()
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, r := range all {
		if o.Wants(r.Name) {
			rows = append(rows, r)
		}
	}
	m := &Meter{Options: o, cache: map[string][]harness.Result{}}
	var out []Outcome
	for i, r := range rows {
		if !strings.HasPrefix(r.Name, "hamt/") {
			maps.Forget()
		}
		x, err := judge(m, r, measures[r.Name])
		if err != nil {
			return out, fmt.Errorf("%s: %w", r.Name, err)
		}
		out = append(out, x)
		if each != nil && !each(i+1, len(rows), x) {
			break
		}
	}
	return out, nil
}

// rounding is what a figure may exceed its bar by: half a hundredth. Bytes are
// averages over a heap in which the runtime itself allocates a little.
const rounding = 0.005

// judge measures one row, and a timing that falls short once more with twice
// the rounds: the second verdict falls on all of them, not on the better half.
func judge(m *Meter, r Row, f Measure) (Outcome, error) {
	if f == nil {
		return Outcome{Row: r, Verdict: NotYet}, nil
	}
	fig, err := f(m)
	if err == nil && !r.Free && fig.Value > r.Max && fig.Low != fig.High {
		m.again = true
		fig, err = f(m)
		m.again = false
	}
	switch {
	case errors.Is(err, ErrNotYet):
		return Outcome{Row: r, Verdict: NotYet}, nil
	case err != nil:
		return Outcome{}, err
	case r.Free:
		return Outcome{r, fig, Printed}, nil
	case fig.Value <= r.Max+rounding:
		return Outcome{r, fig, OK}, nil
	}
	return Outcome{r, fig, Short}, nil
}

// Failed reports whether a row fell short.
func Failed(out []Outcome) bool {
	for _, o := range out {
		if o.Verdict == Short {
			return true
		}
	}
	return false
}

// Write prints all outcomes and the line of counts.
func Write(w io.Writer, out []Outcome) {
	p := Printer{W: w}
	for _, o := range out {
		p.Row(o)
	}
	p.Counts()
}

// Printer prints outcomes as measured / bar / verdict, one by one.
type Printer struct {
	W       io.Writer
	section string
	count   map[Verdict]int
}

// Row prints one outcome, below a heading where a new section begins.
func (p *Printer) Row(o Outcome) {
	if s, _, _ := strings.Cut(o.Row.Name, "/"); s != p.section {
		p.section = s
		fmt.Fprintf(p.W, "%-52s %10s %15s %9s  %-8s\n", s, "measured", "(rounds)", "bar", "verdict")
	}
	if p.count == nil {
		p.count = map[Verdict]int{}
	}
	p.count[o.Verdict]++
	measured, rounds := "–", ""
	if o.Verdict != NotYet {
		measured = harness.Figure(o.Figure.Value)
		if o.Figure.Low != o.Figure.High {
			rounds = harness.Figure(o.Figure.Low) + " to " + harness.Figure(o.Figure.High)
		}
	}
	bar := "–"
	if !o.Row.Free {
		bar = "≤ " + trim(o.Row.Max)
	}
	fmt.Fprintf(p.W, "  %-50s %10s %15s %9s  %-8s %s", o.Row.Name, measured, rounds, bar, o.Verdict, o.Row.Unit)
	if o.Figure.Note != "" {
		fmt.Fprintf(p.W, "; %s", o.Figure.Note)
	}
	fmt.Fprintln(p.W)
}

// Counts prints how many rows got which verdict.
func (p *Printer) Counts() {
	c := p.count
	fmt.Fprintf(p.W, "%d rows: %d ok, %d short, %d not yet, %d printed\n",
		c[OK]+c[Short]+c[NotYet]+c[Printed], c[OK], c[Short], c[NotYet], c[Printed])
}

func trim(x float64) string { return fmt.Sprintf("%g", x) }

// Meter runs groups for measures and remembers their samples, so that the time
// and the bytes of one operation come from one run.
type Meter struct {
	Options harness.Options
	cache   map[string][]harness.Result
	again   bool // add rounds to what is remembered
}

// results returns the samples of a group; the same group is run once.
func (m *Meter) results(g harness.Group) ([]harness.Result, error) {
	old, ok := m.cache[g.Name]
	if ok && !m.again {
		return old, nil
	}
	o := m.Options
	o.Run = nil
	if ok {
		o.Rounds *= 2
	}
	rs, err := harness.Run(g, o)
	if err != nil {
		return nil, err
	}
	if ok {
		for i := range rs {
			rs[i].Samples = append(append([]float64{}, old[i].Samples...), rs[i].Samples...)
			rs[i].Q1 = harness.LowerQuartile(rs[i].Samples)
		}
	}
	m.cache[g.Name] = rs
	return rs, nil
}

// result returns one implementation's result in a group.
func (m *Meter) result(g harness.Group, impl string) (harness.Result, error) {
	rs, err := m.results(g)
	if err != nil {
		return harness.Result{}, err
	}
	for _, r := range rs {
		if r.Field("impl") == impl {
			return r, nil
		}
	}
	return harness.Result{}, ErrNotYet
}

// ratio returns the subject's time over that of the fastest of the others.
func (m *Meter) ratio(g harness.Group, subject string, others ...string) (Figure, error) {
	s, err := m.result(g, subject)
	if err != nil {
		return Figure{}, err
	}
	var best harness.Result
	for _, name := range others {
		o, err := m.result(g, name)
		if err != nil {
			continue // not every peer holds every kind of key
		}
		if best.Name == "" || o.Q1 < best.Q1 {
			best = o
		}
	}
	if best.Name == "" {
		return Figure{}, fmt.Errorf("nobody to compare with in %s", g.Name)
	}
	r := harness.RatioOf(s.Samples, best.Samples)
	return Figure{Value: r.Value, Low: r.Low, High: r.High, Note: harness.Figure(s.Q1) + " against " + harness.Figure(best.Q1) + " " + s.Unit + " " + best.Field("impl")}, nil
}

// bytesOf and allocsOf return the median bytes and allocations per operation.
func (m *Meter) bytesOf(g harness.Group, impl string) (Figure, error) {
	r, err := m.result(g, impl)
	return Figure{Value: r.Bytes}, err
}

func (m *Meter) allocsOf(g harness.Group, impl string) (Figure, error) {
	r, err := m.result(g, impl)
	// The runtime itself allocates a few times while a body runs.
	if r.Allocs < 0.01 {
		r.Allocs = 0
	}
	return Figure{Value: r.Allocs}, err
}
