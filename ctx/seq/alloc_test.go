package seq_test

import (
	"iter"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

func count(_ *ctx.State, yield func(int) bool) {
	for i := 0; yield(i); i++ {
	}
}

// Next, Send and the steps of loops and adapters do not allocate.
func TestAllocations(t *testing.T) {
	st := ctx.NewState()
	g := seq.Generate(count)
	v := newVar("v", ctx.Default(0))
	io := seq.GenerateIO(func(st *ctx.State, yield func(int) (int, error)) error {
		for {
			x, err := yield(v.Get(st))
			if err != nil {
				return err
			}
			_ = x
		}
	})
	_, _ = io.Next(st)
	m := seq.Filter(seq.Map(seq.Generate(count), func(_ *ctx.State, x int) int { return 2 * x }), func(_ *ctx.State, x int) bool { return x%4 == 0 })
	next, stop := seq.Pull(st, func(yield func(int) bool) { count(st, yield) })
	for name, f := range map[string]func(){
		"Next":    func() { g.Next(st) },
		"Send":    func() { _, _ = io.Send(st, 1) },
		"Adapter": func() { m.Next(st) },
		"Pull":    func() { next() },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	for name, it := range map[string]iter.Seq[int]{
		"Range":   seq.Range(st, count),
		"Isolate": seq.Isolate(st, func(yield func(int) bool) { count(st, yield) }),
	} {
		loop := func(n int) float64 {
			return testing.AllocsPerRun(20, func() {
				for x := range it {
					if x == n {
						break
					}
				}
			})
		}
		if few, many := loop(1), loop(1000); few != many {
			t.Errorf("%s allocates for each value: %v times for 1, %v for 1000", name, few, many)
		}
	}
	g.Close(st)
	stop()
	m.Close(st)
	if err := io.Close(st); err != nil {
		t.Error(err)
	}
}

// The bar is Next ≤ 1.25 × next: compare the medians of one run.
func BenchmarkNext(b *testing.B) {
	b.Run("impl=iter.Pull", func(b *testing.B) {
		next, stop := iter.Pull(func(yield func(int) bool) { count(nil, yield) })
		defer stop()
		for b.Loop() {
			next()
		}
	})
	b.Run("impl=seq.Generate", func(b *testing.B) {
		st := ctx.NewState()
		g := seq.Generate(count)
		defer g.Close(st)
		for b.Loop() {
			g.Next(st)
		}
	})
	b.Run("impl=seq.Range", func(b *testing.B) {
		n := b.N
		for x := range seq.Range(ctx.NewState(), count) {
			if x >= n {
				break
			}
		}
	})
}
