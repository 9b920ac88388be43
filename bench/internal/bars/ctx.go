package bars

import (
	"fmt"

	"github.com/strata-go/strata/bench/internal/ctxs"
	"github.com/strata-go/strata/bench/internal/harness"
)

func init() {
	reads := func() harness.Group { return ctxs.Reads(true) }
	for _, what := range []string{"hit", "absent", "deep"} {
		for _, against := range []string{"F", "V1", "V10"} {
			register("ctx/get/"+what+"/"+against, func(m *Meter) (Figure, error) { return m.ratio(reads(), what, against) })
		}
		register("ctx/get/"+what+"/allocs", func(m *Meter) (Figure, error) { return m.allocsOf(reads(), what) })
	}
	register("ctx/get/rotation", func(m *Meter) (Figure, error) { return m.ratio(reads(), "eight", "one") })
	register("ctx/get/neverset", func(m *Meter) (Figure, error) { return m.ratio(reads(), "neverset", "F") })
	for _, what := range []string{"change", "switch"} {
		register("ctx/get/first/"+what, func(m *Meter) (Figure, error) {
			return m.difference(ctxs.First(), what+"+get", what, "V1")
		})
	}
	for _, what := range []string{"snapshot", "swap", "push"} {
		register("ctx/"+what+"/time", func(m *Meter) (Figure, error) {
			f, err := m.ratio(ctxs.Switches(), what, "V1")
			if err != nil || what != "push" {
				return f, err
			}
			v1, err := m.result(ctxs.Switches(), "V1")
			less := 2 * ctxs.LayerVars / v1.Q1
			f.Value, f.Low, f.High = f.Value-less, f.Low-less, f.High-less
			f.Note += fmt.Sprintf(", less %d ns", 2*ctxs.LayerVars)
			return f, err
		})
		register("ctx/"+what+"/allocs", func(m *Meter) (Figure, error) { return m.allocsOf(ctxs.Switches(), what) })
		for _, open := range []string{"10", "10000"} {
			register("ctx/"+what+"/scopes="+open, func(m *Meter) (Figure, error) {
				return m.ratio(ctxs.Switches(), what+"-"+open, what)
			})
		}
	}
	register("ctx/set-reset/time", func(m *Meter) (Figure, error) { return m.ratio(ctxs.Writes(), "set-reset", "W") })
	register("ctx/set-reset/allocs", func(m *Meter) (Figure, error) { return m.allocsOf(ctxs.Writes(), "set-reset") })
	register("ctx/set-reset/bytes", func(m *Meter) (Figure, error) { return m.bytesOf(ctxs.Writes(), "set-reset") })
	register("ctx/first-set/8/time", func(m *Meter) (Figure, error) { return m.ratio(ctxs.Writes(), "first-8", "W") })
	register("ctx/first-set/8/bytes", func(m *Meter) (Figure, error) { return m.bytesOf(ctxs.Writes(), "first-8") })
	register("ctx/first-set/1000/time", func(m *Meter) (Figure, error) { return m.ratio(ctxs.Writes(), "first-1000", "W") })
	for when, read := range map[string]bool{"forked": false, "read": true} {
		register("ctx/tasks/int/"+when, func(m *Meter) (Figure, error) {
			r, err := m.result(ctxs.Tasks("int", func(i int) int { return 1000 + i }, read), "ctx")
			return Figure{Value: r.Q1}, err
		})
		register("ctx/tasks/string/"+when, func(m *Meter) (Figure, error) {
			r, err := m.result(ctxs.Tasks("string", func(int) string { return "the same bytes for all" }, read), "ctx")
			return Figure{Value: r.Q1}, err
		})
	}
	for _, where := range []string{"own", "foreign"} {
		for _, what := range []string{"hit", "miss"} {
			register("bridge/"+where+"/"+what, func(m *Meter) (Figure, error) {
				return m.ratio(ctxs.Bridges(), where+"-"+what, "chain-"+what)
			})
		}
	}
	register("seq/next", func(m *Meter) (Figure, error) { return m.ratio(ctxs.Generators(), "next", "P") })
	for row, op := range map[string]string{"get": "get", "set-reset": "set-reset", "set-snapshot-reset": "set-snapshot-reset"} {
		register("weakkey/"+row, func(m *Meter) (Figure, error) { return m.ratio(ctxs.Weak(), op+"-collectable", op+"-static") })
	}
	register("weakkey/get-keyside", func(m *Meter) (Figure, error) { return m.ratio(ctxs.Idle(), "collectable", "static") })
	register("weakkey/new/time", func(m *Meter) (Figure, error) {
		r, err := m.result(ctxs.New(), "ctx")
		return Figure{Value: r.Q1, Low: harness.Quantile(r.Samples, 0.25), High: harness.Quantile(r.Samples, 0.75)}, err
	})
	register("weakkey/new/bytes", func(m *Meter) (Figure, error) {
		r, err := m.result(ctxs.Live(), "ctx")
		return Figure{Value: r.Q1}, err
	})
	register("weakkey/rotation", func(*Meter) (Figure, error) {
		per, share, err := ctxs.Rotation()
		f := Figure{Value: min(per, share/0.02*40)}
		f.Note = fmt.Sprintf("%.0f ns per entry, %.3f of a collection", per, share)
		return f, err
	})
}

// difference is (a - b) / unit, all timed in the same rounds: what a step
// costs that cannot be timed alone.
func (m *Meter) difference(g harness.Group, a, b, unit string) (Figure, error) {
	ra, err := m.result(g, a)
	if err != nil {
		return Figure{}, err
	}
	rb, err := m.result(g, b)
	if err != nil {
		return Figure{}, err
	}
	ru, err := m.result(g, unit)
	if err != nil {
		return Figure{}, err
	}
	var each []float64
	for i := range ra.Samples {
		each = append(each, (ra.Samples[i]-rb.Samples[i])/ru.Samples[i])
	}
	return Figure{
		Value: (ra.Q1 - rb.Q1) / ru.Q1, Low: harness.Quantile(each, 0.25), High: harness.Quantile(each, 0.75),
		Note: fmt.Sprintf("%s less %s over %s ns", harness.Figure(ra.Q1), harness.Figure(rb.Q1), harness.Figure(ru.Q1)),
	}, nil
}

func init() {
	register("scope/deadline/bytes", func(m *Meter) (Figure, error) {
		r, err := m.result(ctxs.Deadlines(false), "scope")
		return Figure{Value: r.Q1}, err
	})
	register("scope/deadline/nested", func(m *Meter) (Figure, error) {
		r, err := m.result(ctxs.Deadlines(true), "scope")
		return Figure{Value: r.Q1}, err
	})
	register("scope/deadline/stale", func(*Meter) (Figure, error) { return Figure{Value: ctxs.Stale()}, nil })
}
