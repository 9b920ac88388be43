package ctx_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Rules C: contexts, run, snapshots. An Env is Python's Context, a Snapshot is
// TC39's.

func envGet[T any](e *ctx.Env, v ctx.Var[T]) T {
	x, _ := v.In(e.Snapshot())
	return x
}

func TestC1_CopyIsolatesBothWays(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[int](k, "v")
		c := new(ctx.Env)
		ok(t, c.Run(st, func() { v.Set(st, 10) }))
		d := c.Copy()
		equal(t, []int{envGet(c, v), envGet(d, v)}, []int{10, 10})
		ok(t, d.Run(st, func() { v.Set(st, 20) }))
		equal(t, []int{envGet(c, v), envGet(d, v)}, []int{10, 20})
		ok(t, c.Run(st, func() { v.Set(st, 30) }))
		equal(t, []int{envGet(c, v), envGet(d, v)}, []int{30, 20})

		// The same with a State and its snapshots; taking one allocates nothing.
		v.Set(st, 1)
		a := st.Snapshot()
		equal(t, testing.AllocsPerRun(100, func() { a = st.Snapshot() }), 0)
		b := a.NewState()
		v.Set(b, 2)
		x, _ := v.In(a)
		equal(t, []int{x, v.Get(b), v.Get(st)}, []int{1, 2, 1})
		v.Set(st, 3)
		x, _ = v.In(a)
		equal(t, []int{x, v.Get(b), v.Get(st)}, []int{1, 2, 3})
	})
}

func TestC2_RunReplacesTheExecution(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("42"))
		hidden := newVar(k, "hidden", ctx.Default("default"))
		hidden.Set(st, "outside")
		c := new(ctx.Env)
		var seen []string
		f := func() {
			seen = append(seen, v.Get(st))
			v.Set(st, "spam")
			seen = append(seen, v.Get(st), hidden.Get(st))
		}
		ok(t, c.Run(st, f))
		equal(t, seen, []string{"42", "spam", "default"})
		equal(t, envGet(c, v), "spam")
		equal(t, v.Get(st), "42")
		equal(t, hidden.Get(st), "outside")
		seen = nil
		ok(t, c.Run(st, f))
		equal(t, seen, []string{"spam", "spam", "default"})
	})
}

func TestC3_PanicRestoresTheExecution(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default(0))
		c := new(ctx.Env)
		equal(t, panics(t, func() { _ = c.Run(st, func() { v.Set(st, 1); panic("boom") }) }), any("boom"))
		equal(t, v.Get(st), 0)
		equal(t, envGet(c, v), 1) // what was written is kept
		var inside int
		ok(t, c.Run(st, func() { inside = v.Get(st) })) // and c is not left entered
		equal(t, inside, 1)

		goexit(func() { _ = c.Run(st, func() { v.Set(st, 2); runtime.Goexit() }) })
		equal(t, []int{v.Get(st), envGet(c, v)}, []int{0, 2})
		ok(t, c.Run(st, func() {}))

		s := st.Snapshot().With(v.To(5))
		equal(t, panics(t, func() { st.Run(s, func() { v.Set(st, 6); panic("boom") }) }), any("boom"))
		equal(t, v.Get(st), 0)
		goexit(func() { st.Run(s, func() { v.Set(st, 6); runtime.Goexit() }) })
		equal(t, v.Get(st), 0)
		x, _ := v.In(s)
		equal(t, x, 5)

		// A panic that skipped every exit: one Unwind of an outer mark is right.
		m := st.Mark()
		func() {
			defer func() { _ = recover() }()
			st.Swap(s)
			_, err := c.Enter(st)
			ok(t, err)
			st.Push(new(ctx.Layer))
			v.Set(st, 9)
			panic("skips three exits")
		}()
		equal(t, v.Get(st), 9)
		st.Unwind(m)
		st.Unwind(m)
		equal(t, v.Get(st), 0)
		ok(t, c.Run(st, func() {}))
	})
}

func TestC4_EnvIsEnteredOnce(t *testing.T) {
	st := ctx.NewState()
	c := new(ctx.Env)
	n := 0
	var f func()
	f = func() { n++; isError(t, c.Run(st, f), ctx.ErrEntered) }
	ok(t, c.Run(st, f))
	equal(t, n, 1)
	// From another goroutine.
	ok(t, c.Run(st, func() {
		goexit(func() {
			other := ctx.NewState()
			isError(t, c.Run(other, func() { t.Error("ran") }), ctx.ErrEntered)
			_, err := c.Enter(other)
			isError(t, err, ctx.ErrEntered)
		})
	}))
	goexit(func() { ok(t, c.Run(ctx.NewState(), func() {})) })
	// A Snapshot re-enters.
	v := ctx.Static[string]("v")
	s := ctx.Snapshot{}.With(v.To("nested"))
	var got string
	st.Run(s, func() { st.Run(s, func() { got = v.Get(st) }) })
	equal(t, got, "nested")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			st := ctx.NewState()
			st.Run(s, func() { v.Set(st, "mine"); equal(t, v.Get(st), "mine") })
		})
	}
	wg.Wait()
}

// C5: c1 (spam) → c2 = copy, run (ham) → c1 = spam, c2 = ham, outside unset.
func TestC5_DifferentContextsNest(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[string](k, "v")
		c1 := new(ctx.Env)
		var c2 *ctx.Env
		ok(t, c1.Run(st, func() {
			equal(t, v.Or(st, "-"), "-")
			v.Set(st, "spam")
			c2 = ctx.NewEnv(st.Snapshot())
			ok(t, c2.Run(st, func() {
				equal(t, v.Get(st), "spam")
				v.Set(st, "ham")
				equal(t, v.Get(st), "ham")
			}))
			equal(t, v.Get(st), "spam")
		}))
		equal(t, []string{envGet(c1, v), envGet(c2, v), v.Or(st, "-")}, []string{"spam", "ham", "-"})
	})
}

// C7: inside a generator a snapshot is one level, overlay and caller together;
// later writes of either are not seen.
func TestC7_CopyFlattens(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v, w := newVar[string](k, "v"), newVar[string](k, "w")
		s := newStack[int](k, "s", ctx.Lasting[int])
		v.Set(st, "outer")
		w.Set(st, "outer")
		s.Push(st, 1)
		g := generate(func(g *gen[ctx.Snapshot], st *ctx.State) {
			v.Set(st, "g")
			s.Push(st, 2)
			_ = g.yield(st.Snapshot())
			v.Set(st, "g later")
			_ = g.yield(st.Snapshot())
		})
		snap := g.next1(st)
		v.Set(st, "later")
		w.Set(st, "later")
		g.Next(st)
		st2 := snap.NewState()
		equal(t, []string{v.Get(st2), w.Get(st2)}, []string{"g", "outer"})
		equal(t, snap.Len(), 3)
		equal(t, stack(s, st2), []int{1, 2}) // the whole stack (G4)
		levels := 0
		for range st2.Levels() {
			levels++
		}
		equal(t, levels, 1)
	})
}

func TestC8_CopiesAreShallow(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[*[]int](k, "v")
		v.Set(st, new([]int))
		child := st.Fork()
		*v.Get(child) = append(*v.Get(child), 1)
		equal(t, *v.Get(st), []int{1})
		v.Set(child, &[]int{2})
		equal(t, *v.Get(st), []int{1})
	})
}

func TestC9_WrapOutOfOrder(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default(0))
		var got []int
		read := func(st *ctx.State) { got = append(got, v.Get(st)) }
		var a, b func()
		v.With(st, 1, func() { a = st.Snapshot().Func(read) })
		v.With(st, 2, func() { b = st.Snapshot().Func(read) })
		b()
		a()
		b()
		equal(t, append(got, v.Get(st)), []int{2, 1, 2, 0})
		got = nil
		v.With(st, 3, a)
		equal(t, got, []int{1})
	})
}

// C10: run with a snapshot prints spam spam, run in an Env spam ham.
func TestC10_ThrowAwayOrKept(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[string](k, "v")
		v.Set(st, "spam")
		s, c := st.Snapshot(), ctx.NewEnv(st.Snapshot())
		var out []string
		f := func() { out = append(out, v.Get(st)); v.Set(st, "ham") }
		st.Run(s, f)
		st.Run(s, f)
		ok(t, c.Run(st, f))
		ok(t, c.Run(st, f))
		equal(t, out, []string{"spam", "spam", "spam", "ham"})
		equal(t, v.Get(st), "spam")
	})
}

// C11: Run inside a generator hides the overlay, and it is back afterwards.
//
//	def h(): yield v.get()
//	def g():
//	    v.set('g')
//	    yield c.run(v.get);  yield v.get()
//	    c.run(v.set, 'c');   yield c.run(next, h());  yield v.get()
func TestC11_RunInsideAGenerator(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		v.Set(st, "main")
		c := new(ctx.Env)
		h := generate(func(g *gen[string], st *ctx.State) { _ = g.yield(v.Get(st)) })
		g := generate(func(g *gen[string], st *ctx.State) {
			v.Set(st, "g")
			in := func(f func() string) (s string) { ok(t, c.Run(st, func() { s = f() })); return s }
			_ = g.yield(in(func() string { return v.Get(st) }))
			_ = g.yield(v.Get(st))
			in(func() string { v.Set(st, "c"); return "" })
			_ = g.yield(in(func() string { return h.next1(st) }))
			_ = g.yield(v.Get(st))
		})
		equal(t, g.all(st), []string{"d", "g", "c", "g"})
		equal(t, v.Get(st), "main")
	})
}

// C12: the runner's Env is a live view; a copy made inside sees it as of then; a
// read from another goroutine during a run is free of races.
func TestC12_EnvIsALiveView(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[int](k, "v")
		c := new(ctx.Env)
		ok(t, c.Run(st, func() {
			equal(t, c.Snapshot().Len(), 0)
			v.Set(st, 1)
			equal(t, envGet(c, v), 1)
			equal(t, c.Snapshot().Len(), 1)
			d := c.Copy()
			tok := v.Set(st, 2)
			equal(t, []int{envGet(c, v), envGet(d, v)}, []int{2, 1})
			ok(t, v.Reset(st, tok))
			equal(t, envGet(c, v), 1)
			equal(t, v.Unset(st), true)
			equal(t, c.Snapshot().Len(), 0)
			// A write through a transparent generator is a write of c too.
			g := generator(ctx.None, st, func(g *gen[int], st *ctx.State) { v.Set(st, 5); _ = g.yield(0) })
			g.Next(st)
			equal(t, envGet(c, v), 5)
			// One under an overlay is not.
			h := generate(func(g *gen[int], st *ctx.State) { v.Set(st, 6); _ = g.yield(0) })
			h.Next(st)
			equal(t, envGet(c, v), 5)
		}))

		const last = 2000
		var wg sync.WaitGroup
		wg.Go(func() {
			for before := 0; before < last; {
				now := envGet(c, v)
				if now < before && now != 5 {
					t.Errorf("read %d after %d", now, before)
					return
				}
				before = max(before, now)
				runtime.Gosched()
			}
		})
		ok(t, c.Run(st, func() {
			for i := 10; i <= last; i++ {
				v.Put(st, i)
			}
		}))
		wg.Wait()
	})
}

// C13: arguments and results pass through: closures carry them, unchanged.
func TestC13_ResultsPassThrough(t *testing.T) {
	st := ctx.NewState()
	arg, res := new(1), new(2)
	f := func(p *int) *int {
		if p != arg {
			t.Error("argument changed")
		}
		return res
	}
	var got []*int
	st.Run(st.Snapshot(), func() { got = append(got, f(arg)) })
	ok(t, new(ctx.Env).Run(st, func() { got = append(got, f(arg)) }))
	st.Snapshot().Func(func(*ctx.State) { got = append(got, f(arg)) })()
	st.Snapshot().FuncOnce(func(*ctx.State) { got = append(got, f(arg)) })()
	st.Snapshot().Handle(func(*ctx.State) { got = append(got, f(arg)) }).Call(st)
	st.Snapshot().Overlay(st, func(*ctx.State) { got = append(got, f(arg)) })
	equal(t, len(got), 6)
	for _, p := range got {
		equal(t, p == res, true)
	}
	equal(t, panics(t, func() { st.Run(st.Snapshot(), func() { panic(res) }) }) == any(res), true)
}

// C14: each write makes a new slot, so earlier snapshots are unaffected.
func TestC14_WritesAfterASnapshot(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v, w := newVar[int](k, "v"), newVar[int](k, "w")
		var snaps []ctx.Snapshot
		toks := []ctx.Token[int]{v.Set(st, 0)}
		snaps = append(snaps, st.Snapshot())
		for i := 1; i < 50; i++ {
			toks = append(toks, v.Set(st, i))
			w.Put(st, -i)
			snaps = append(snaps, st.Snapshot())
		}
		for i := 49; i > 0; i-- {
			ok(t, v.Reset(st, toks[i]))
			w.Unset(st)
		}
		for i, s := range snaps {
			x, _ := v.In(s)
			y, _ := w.In(s)
			equal(t, []int{x, y}, []int{i, -i})
		}
		equal(t, v.Get(st), 0)
		// The same through With and Apply.
		s := snaps[1]
		u := s.With(v.To(100))
		x, _ := v.In(s)
		y, _ := v.In(u)
		z, _ := v.In(s.Apply(s.Diff(u)))
		equal(t, []int{x, y, z}, []int{1, 100, 100})
	})
}
