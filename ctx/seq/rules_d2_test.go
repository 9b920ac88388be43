package seq_test

import (
	"fmt"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

// Rules D, second half.

// D12: gen_series; writes of helpers belong to the generator: (2,0), (3,0), (4,0).
// And the same as an explicit iterator object with a Layer: 10, 20, 30.
func TestD12_GenSeries(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default(0))
	bump := func(st *ctx.State) { v.Set(st, v.Get(st)+1) }
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		for i := 1; i < 4; i++ {
			v.Set(st, i)
			bump(st)
			if !yield(v.Get(st)) {
				return
			}
		}
	})
	var r [][2]int
	for x := range g.All(st) {
		r = append(r, [2]int{x, v.Get(st)})
	}
	equal(t, r, [][2]int{{2, 0}, {3, 0}, {4, 0}})

	it := &genSeries{v: v, n: 4}
	v.Set(st, 1)
	var s []int
	for x := range seq.All(st, seq.Map(it, func(st *ctx.State, x int) int { return x })) {
		s = append(s, x)
	}
	equal(t, s, []int{10, 20, 30})
	equal(t, v.Get(st), 1)
}

// genSeries is PEP 550's CompiledGenSeries: a generator written by hand as an
// iterator object with a level of its own. It is a seq.Source.
type genSeries struct {
	v     ctx.Var[int]
	layer ctx.Layer
	i, n  int
}

func (g *genSeries) Next(st *ctx.State) (int, bool) {
	defer st.Unwind(st.Push(&g.layer))
	if g.i == 0 {
		g.v.Set(st, 10)
	}
	if g.i++; g.i >= g.n {
		return 0, false
	}
	return g.i * g.v.Get(st), true
}

func (g *genSeries) Close(*ctx.State) { g.i = g.n }

// contextManager runs a generator as a with-block: up to its yield, the block,
// and the rest.
func contextManager(st *ctx.State, g *seq.Generator[int], block func()) {
	g.Next(st)
	defer g.Close(st)
	block()
}

// D13: context managers are transparent: (11, d), (c, c) inside a generator.
// With the mode forgotten the block sees nothing.
func TestD13_ContextManagers(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	vc := func(x string, opts ...seq.Option) *seq.Generator[int] {
		return seq.Generate(func(st *ctx.State, yield func(int) bool) {
			tok := v.Set(st, x)
			yield(0)
			equal(t, v.Reset(st, tok), nil)
		}, opts...)
	}
	contextManager(st, vc("10", seq.Transparent), func() { equal(t, v.Get(st), "10") })
	equal(t, v.Get(st), "d")
	contextManager(st, vc("10"), func() { equal(t, v.Get(st), "d") })

	g := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		contextManager(st, vc("11", seq.Transparent), func() { yield(v.Get(st)) })
		yield(v.Get(st))
	})
	next := must1[string](t)
	r := []string{next(g.Next(st)), v.Get(st)}
	v.Set(st, "c")
	r = append(r, next(g.Next(st)), v.Get(st))
	equal(t, r, []string{"11", "d", "c", "c"})
	g.Close(st)
}

// D14: three modes. overlay run1, run2; none run1, run2; captured init, init.
// Switched while suspended: d, own, call.
func TestD14_ThreeModes(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	body := func(st *ctx.State, yield func(string) bool) {
		for yield(v.Get(st)) {
		}
	}
	var g [3]*seq.Generator[string]
	v.With(st, "init", func() {
		g = [3]*seq.Generator[string]{seq.Generate(body, seq.Captured(st.Snapshot())), seq.Generate(body), seq.Generate(body, seq.Transparent)}
	})
	equal(t, []ctx.Mode{g[0].Mode(), g[1].Mode(), g[2].Mode()}, []ctx.Mode{ctx.Captured, ctx.Overlay, ctx.None})
	next := must1[string](t)
	var r []string
	for _, run := range []string{"run1", "run2"} {
		v.With(st, run, func() {
			for _, g := range g {
				r = append(r, next(g.Next(st)))
			}
		})
	}
	equal(t, r, []string{"init", "run1", "run1", "init", "run2", "run2"})

	it := g[2]
	s := []string{next(it.Next(st))}
	equal(t, it.Capture(ctx.Snapshot{}.With(v.To("own"))), nil)
	s = append(s, next(it.Next(st)))
	equal(t, it.SetMode(ctx.None), nil)
	v.With(st, "call", func() { s = append(s, next(it.Next(st))) })
	equal(t, s, []string{"d", "own", "call"})
	isError(t, it.SetMode(ctx.Mode(9)), ctx.ErrMode)
	for _, g := range g {
		g.Close(st)
	}
	equal(t, it.SetMode(ctx.None), nil) // of an ended one: nothing to change
}

// D14 on two goroutines: each mode reads what it should from both.
func TestD14_ThreeModesTwoGoroutines(t *testing.T) {
	a, b := ctx.NewState(), ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	v.Set(a, "a")
	v.Set(b, "b")
	body := func(st *ctx.State, yield func(string) bool) {
		for yield(v.Get(st)) {
		}
	}
	for want, g := range map[[3]string]*seq.Generator[string]{
		{"a", "b", "a"}: seq.Generate(body),
		{"b", "a", "b"}: seq.Generate(body, seq.Transparent),
		{"a", "a", "a"}: seq.Generate(body, seq.Captured(a.Snapshot())),
	} {
		x, y := a, b
		if g.Mode() == ctx.None {
			x, y = b, a
		}
		next := must1[string](t)
		var got [3]string
		got[0] = next(g.Next(x))
		elsewhere(func() { got[1] = next(g.Next(y)) })
		got[2] = next(g.Next(x))
		equal(t, got, want)
		g.Close(nil)
	}
}

// D15: TC39's yield inside run. captured: init, nested-gen, nested-gen, init;
// the same program under overlay: run0, nested-gen, nested-gen, run3.
func TestD15_YieldInsideRun(t *testing.T) {
	st := ctx.NewState()
	v := newVar[string]("v")
	nested := func(st *ctx.State, yield func(string) bool) {
		_ = yield(v.Get(st)) && yield(v.Get(st))
	}
	run := func(g *seq.Generator[string]) (r []string) {
		for i := range 4 {
			v.With(st, fmt.Sprint("run", i), func() { r = append(r, must1[string](t)(g.Next(st))) })
		}
		g.Close(st)
		return r
	}
	captured := func(st *ctx.State, yield func(string) bool) {
		yield(v.Get(st))
		var n *seq.Generator[string]
		v.With(st, "nested-gen", func() { n = seq.Generate(nested, seq.Captured(st.Snapshot())) })
		seq.From(st, n, yield)
		yield(v.Get(st))
	}
	overlay := func(st *ctx.State, yield func(string) bool) {
		yield(v.Get(st))
		v.With(st, "nested-gen", func() { seq.From(st, seq.Generate(nested), yield) })
		yield(v.Get(st))
	}
	var g *seq.Generator[string]
	v.With(st, "init", func() { g = seq.Generate(captured, seq.Captured(st.Snapshot())) })
	equal(t, run(g), []string{"init", "nested-gen", "nested-gen", "init"})
	equal(t, run(seq.Generate(overlay)), []string{"run0", "nested-gen", "nested-gen", "run3"})
}

// D15, literally inside State.Run: the Run's level goes off at the yield and
// comes back, and its end restores the generator's execution.
func TestD15_YieldInsideStateRun(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	g := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		v.Set(st, "own")
		st.Run(ctx.Snapshot{}.With(v.To("run")), func() {
			yield(v.Get(st))
			st.Run(ctx.Snapshot{}, func() { yield(v.Get(st)) })
			yield(v.Get(st))
		})
		yield(v.Get(st))
		v.Unset(st)
		yield(v.Get(st))
	})
	var r []string
	for i := range 5 {
		// The resumer's stack has another height each time.
		m := st.Mark()
		for range i {
			st.Swap(st.Snapshot())
		}
		v.Set(st, fmt.Sprint("caller", i))
		r = append(r, must1[string](t)(g.Next(st)), v.Get(st))
		st.Unwind(m)
	}
	equal(t, r, []string{"run", "caller0", "d", "caller1", "run", "caller2", "own", "caller3", "caller4", "caller4"})
	g.Close(st)
	clean(t, st)
}

// D16: a with-block in a generator, then left: gen, main modified.
func TestD16_BlockInAGenerator(t *testing.T) {
	st := ctx.NewState()
	v := newVar[string]("v")
	v.Set(st, "main")
	g := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		v.With(st, "gen", func() { yield(v.Get(st)) })
		yield(v.Get(st))
	})
	next := must1[string](t)
	r := []string{next(g.Next(st))}
	v.Set(st, "main modified")
	r = append(r, next(g.Next(st)))
	equal(t, r, []string{"gen", "main modified"})
	g.Close(st)
}

// D17: PEP 555's example: value1, value3, value2, value3, value4, value4.
func TestD17_OuterContextChangesAcrossYields(t *testing.T) {
	st := ctx.NewState()
	v := newVar[string]("v")
	var r []string
	log := func(st *ctx.State) { r = append(r, v.Get(st)) }
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		log(st)
		yield(0)
		v.With(st, "value3", func() {
			log(st)
			yield(0)
			log(st)
		})
		log(st)
		yield(0)
	})
	v.With(st, "value1", func() { g.Next(st) })
	v.With(st, "value2", func() { g.Next(st); log(st) })
	v.With(st, "value4", func() { g.Next(st); log(st) })
	equal(t, r, []string{"value1", "value3", "value2", "value3", "value4", "value4"})
	g.Close(st)
}

// D19: adapters pass the resumer's context down: ((a,a),(b,b)).
func TestD19_Adapters(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	src := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		for yield(v.Get(st)) {
		}
	})
	m := seq.Map(src, func(st *ctx.State, x string) [2]string { return [2]string{x, v.Get(st)} })
	var r [][2]string
	for _, x := range []string{"a", "b"} {
		v.With(st, x, func() { r = append(r, must1[[2]string](t)(m.Next(st))) })
	}
	equal(t, r, [][2]string{{"a", "a"}, {"b", "b"}})
	m.Close(st)
	_, ok := src.Next(st)
	equal(t, ok, false)
}

// D20: 150 nested delegations read right, with and without writes at each level.
func TestD20_Depth(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default(-1))
	var empty, writes func(n int) func(*ctx.State, func(int) bool)
	empty = func(n int) func(*ctx.State, func(int) bool) {
		return func(st *ctx.State, yield func(int) bool) {
			if n > 0 {
				seq.From(st, seq.Generate(empty(n-1)), yield)
				return
			}
			_ = yield(v.Get(st)) && yield(v.Get(st))
		}
	}
	writes = func(n int) func(*ctx.State, func(int) bool) {
		return func(st *ctx.State, yield func(int) bool) {
			v.Set(st, n)
			if n > 0 {
				seq.From(st, seq.Generate(writes(n-1)), yield)
				return
			}
			yield(v.Get(st))
		}
	}
	g := seq.Generate(empty(150))
	v.Set(st, 1)
	a, _ := g.Next(st)
	v.Set(st, 2)
	b, _ := g.Next(st)
	equal(t, [2]int{a, b}, [2]int{1, 2})
	g.Close(st)
	h := seq.Generate(writes(150))
	equal(t, must1[int](t)(h.Next(st)), 0)
	equal(t, v.Get(st), 2)
	h.Close(st)
}

// D21: a task started in a generator gets the flattened snapshot of that moment:
// (g, main).
func TestD21_TaskFromAGenerator(t *testing.T) {
	st := ctx.NewState()
	v, w := newVar[string]("v"), newVar[string]("w")
	w.Set(st, "main")
	var task *ctx.State
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		v.Set(st, "g")
		task = st.Fork()
		v.Set(st, "g2")
		yield(0)
	})
	g.Next(st)
	w.Set(st, "changed")
	equal(t, [2]string{v.Get(task), w.Get(task)}, [2]string{"g", "main"})
	g.Close(st)
}

// D22: PEP 550's fractions, two generators in lockstep; without isolation the
// second pair begins with 0.111111.
func TestD22_Fractions(t *testing.T) {
	st := ctx.NewState()
	prec := newVar[int]("precision")
	fractions := func(p int, x, y float64, opts ...seq.Option) *seq.Generator[string] {
		return seq.Generate(func(st *ctx.State, yield func(string) bool) {
			prec.With(st, p, func() {
				_ = yield(divide(x, y, prec.Get(st))) && yield(divide(x, y*y, prec.Get(st)))
			})
		}, opts...)
	}
	var r []seq.Pair[string, string]
	for p := range seq.Zip(fractions(2, 1, 3), fractions(6, 2, 3)).All(st) {
		r = append(r, p)
	}
	equal(t, r, []seq.Pair[string, string]{{"0.33", "0.666667"}, {"0.11", "0.222222"}})

	a, b := fractions(2, 1, 3, seq.Transparent), fractions(6, 2, 3, seq.Transparent)
	next := must1[string](t)
	s := []string{next(a.Next(st)), next(b.Next(st)), next(a.Next(st)), next(b.Next(st))}
	equal(t, s, []string{"0.33", "0.666667", "0.111111", "0.222222"})
	a.Close(st)
	b.Close(st)
}

// D23: a task that suspends while its generator is active keeps its levels: a
// task is a State, so another task runs on another State meanwhile: B, A-gen, A.
func TestD23_TaskSwitchInsideAGenerator(t *testing.T) {
	v := newVar("v", ctx.Default("d"))
	a, b := ctx.NewState(), ctx.NewState()
	v.Set(a, "A")
	var log []string
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		v.Set(st, "A-gen")
		v.Set(b, "B") // the scheduler switches to task B inside A's generator
		log = append(log, v.Get(b))
		log = append(log, v.Get(st))
		yield(0)
	})
	g.Next(a)
	log = append(log, v.Get(a))
	equal(t, log, []string{"B", "A-gen", "A"})
	g.Close(a)
}

// D24: users' own programs.
func TestD24_UserReports(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	var log []string
	// extracontext 4: two interleaved generators.
	co := func(name string) *seq.Generator[int] {
		return seq.Generate(func(st *ctx.State, yield func(int) bool) {
			v.Set(st, name)
			log = append(log, v.Get(st))
			yield(0)
			log = append(log, v.Get(st))
			yield(0)
		})
	}
	a, b := co("coro1"), co("coro2")
	for _, g := range []*seq.Generator[int]{a, b, a, b} {
		g.Next(st)
	}
	equal(t, log, []string{"coro1", "coro2", "coro1", "coro2"})
	equal(t, v.Get(st), "d")
	a.Close(st)
	b.Close(st)

	// dotnet/runtime 47951: a logger's scope is still there after a yield.
	log = nil
	scope := ctx.NewStack[string]("log scope")
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		defer scope.Push(st, "scope").Pop(st)
		for i := 1; i <= 3; i++ {
			log = append(log, fmt.Sprint("Log ", i, " ", scope.Get(st)))
			yield(i)
		}
	})
	for range g.All(st) {
		equal(t, scope.Len(st), 0)
	}
	equal(t, log, []string{"Log 1 scope", "Log 2 scope", "Log 3 scope"})

	// rerun 6238: a stream selected across yields; the caller logs elsewhere.
	var seen [][2]string
	stream := newVar("stream", ctx.Default("global"))
	rec := func(name string) *seq.Generator[int] {
		return seq.Generate(func(st *ctx.State, yield func(int) bool) {
			stream.With(st, name, func() {
				for i := range 3 {
					seen = append(seen, [2]string{name, stream.Get(st)})
					if !yield(i) {
						return
					}
				}
			})
		})
	}
	g1, g2 := rec("s1"), rec("s2")
	g1.Next(st)
	g2.Next(st)
	seen = append(seen, [2]string{"main", stream.Get(st)})
	g1.Next(st)
	g1.Next(st)
	equal(t, seen, [][2]string{{"s1", "s1"}, {"s2", "s2"}, {"main", "global"}, {"s1", "s1"}, {"s1", "s1"}})
	g1.Close(st)
	g2.Close(st)

	// node 52317 wants captured mode: 11, 12, where Node gives 1, 2.
	als := newVar("als", ctx.Default(0))
	it := func(st *ctx.State, yield func(int) bool) {
		_ = yield(1+als.Get(st)) && yield(2+als.Get(st))
	}
	var x, y *seq.Generator[int]
	als.With(st, 10, func() { x, y = seq.Generate(it, seq.Captured(st.Snapshot())), seq.Generate(it) })
	var nums []int
	for n := range x.All(st) {
		nums = append(nums, n)
	}
	for n := range y.All(st) {
		nums = append(nums, n)
	}
	equal(t, nums, []int{11, 12, 1, 2})
}
