package ctx_test

import (
	"errors"
	"fmt"
	"iter"
	"runtime"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Rules D, first half: generators as overlays.

// D1, PEP 550's example and extracontext's steps: next, send, throw and close
// all push at resume and pop at yield.
//
//	def g():
//	    v1.set('gen')
//	    read v1, v2;  yield
//	    read v1, v2;  yield
func TestD1_PushAtResumePopAtYield(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v1, v2 := newVar[string](k, "v1"), newVar[string](k, "v2")
		g := generate(func(g *gen[[2]string], st *ctx.State) {
			v1.Set(st, "gen")
			_ = g.yield([2]string{v1.Get(st), v2.Get(st)})
			_ = g.yield([2]string{v1.Get(st), v2.Get(st)})
		})
		v1.Set(st, "main")
		v2.Set(st, "main")
		equal(t, g.next1(st), [2]string{"gen", "main"})
		equal(t, v1.Get(st), "main")
		v1.Set(st, "main modified")
		v2.Set(st, "main modified")
		equal(t, g.next1(st), [2]string{"gen", "main modified"})
		equal(t, v1.Get(st), "main modified")

		// next 1/0, send 2/0, throw 3/0, close runs finally with 4.
		v := newVar[int](k, "v")
		v.Set(st, 0)
		var closing []int
		boom := errors.New("boom")
		h := generate(func(g *gen[int], st *ctx.State) {
			defer func() { v.Set(st, 4); closing = append(closing, v.Get(st)) }()
			v.Set(st, 1)
			_ = g.yield(v.Get(st))
			v.Set(st, g.sent.(int))
			err := g.yield(v.Get(st))
			isError(t, err, boom)
			v.Set(st, 3)
			isError(t, g.yield(v.Get(st)), errClosed)
		})
		var r []int
		r = append(r, h.next1(st), v.Get(st))
		r = append(r, h.Send(st, 2), v.Get(st))
		r = append(r, h.Throw(st, boom), v.Get(st))
		h.Close(st)
		equal(t, r, []int{1, 0, 2, 0, 3, 0})
		equal(t, closing, []int{4})
		equal(t, v.Get(st), 0)
	})
}

// D2: what the overlay does not answer goes to the current resumer: d, call, d.
func TestD2_LookupsGoToTheResumer(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		var g *gen[string]
		v.With(st, "creation", func() {
			g = generate(func(g *gen[string], st *ctx.State) {
				for g.yield(v.Get(st)) == nil {
				}
			})
		})
		r := []string{g.next1(st)}
		v.With(st, "call", func() { r = append(r, g.next1(st)) })
		r = append(r, g.next1(st))
		equal(t, r, []string{"d", "call", "d"})
		g.Close(st)
	})
}

// D3: writes reach the resumer neither at a yield nor at the end. (PEP 555
// differs: there, assignments left open become visible after the end.)
func TestD3_WritesStayInside(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v, w := newVar(k, "v", ctx.Default("d")), newVar[int](k, "w")
		w.Set(st, 1)
		g := generate(func(g *gen[int], st *ctx.State) {
			v.Set(st, "own")
			w.Mask(st)
			_ = g.yield(1)
			v.Set(st, "last")
		})
		g.each(st, func(int) { equal(t, v.Get(st), "d"); equal(t, w.Get(st), 1) })
		equal(t, v.Get(st), "d")
		equal(t, st.Snapshot().Len(), 1)
	})
}

// D4: what the overlay set is there at each resume, from every resumer.
func TestD4_OverlayPersists(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		a, b := ctx.NewState(), ctx.NewState()
		v := newVar(k, "v", ctx.Default(0))
		g := generate(func(g *gen[int], st *ctx.State) {
			for i := 1; ; i++ {
				v.Set(st, v.Get(st)+i)
				if g.yield(v.Get(st)) != nil {
					return
				}
			}
		})
		v.Set(a, 100) // read before the generator has its own
		equal(t, []int{g.next1(a), g.next1(b), g.next1(a), g.next1(nil)}, []int{101, 103, 106, 110})
		equal(t, []int{v.Get(a), v.Get(b)}, []int{100, 0})
		g.Close(a)
	})
}

// D5, PEP 550's nested generators.
func TestD5_NestedGenerators(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		a, b := newVar[string](k, "a"), newVar[string](k, "b")
		var log [][2]string
		read := func(st *ctx.State) { log = append(log, [2]string{a.Get(st), b.Get(st)}) }
		g := generate(func(g *gen[int], st *ctx.State) {
			a.Set(st, "a-gen")
			b.Set(st, "b-gen")
			n := generate(func(n *gen[int], st *ctx.State) {
				read(st)
				a.Set(st, "a-nested")
				_ = n.yield(1)
				read(st)
				_ = n.yield(2)
			})
			n.Next(st)
			read(st)
			a.Set(st, "a-mod")
			b.Set(st, "b-mod")
			n.Next(st)
			read(st)
			_ = g.yield(1)
			n.Close(st)
		})
		g.all(st)
		equal(t, a.Or(st, "-"), "-")
		equal(t, log, [][2]string{{"a-gen", "b-gen"}, {"a-gen", "b-gen"}, {"a-nested", "b-mod"}, {"a-mod", "b-mod"}})
	})
}

// D6: delegating to an inner generator leaks nothing into the delegating one.
//
//	def inner(): v.set('inner');  yield 1;  log v;  yield 2
//	def outer(): v.set('outer');  g = inner();  next(g);  log v;  yield from g;  log v
func TestD6_YieldFromDoesNotLeak(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[string](k, "v")
		var log []string
		outer := generate(func(g *gen[int], st *ctx.State) {
			v.Set(st, "outer")
			inner := generate(func(g *gen[int], st *ctx.State) {
				v.Set(st, "inner")
				_ = g.yield(0)
				_ = g.yield(1)
				log = append(log, v.Get(st))
				_ = g.yield(2)
			})
			inner.Next(st)
			log = append(log, v.Get(st))
			inner.each(st, func(x int) { _ = g.yield(x); log = append(log, v.Get(st)) })
			log = append(log, v.Get(st))
		})
		equal(t, outer.next1(st), 1)
		equal(t, v.Or(st, "-"), "-")
		equal(t, outer.next1(st), 2)
		equal(t, v.Or(st, "-"), "-")
		outer.all(st)
		equal(t, log, []string{"outer", "outer", "inner", "outer", "outer"})
	})
}

// D7: creation captures nothing; an object created inside a block holds nothing
// of the block. (That it does not keep the block's value alive is G2c.)
func TestD7_CreationCapturesNothing(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v, s := newVar(k, "v", ctx.Default("d")), newStack[int](k, "s")
		var g *gen[string]
		p := s.Push(st, 1)
		v.With(st, "creation", func() {
			g = generate(func(g *gen[string], st *ctx.State) {
				_ = g.yield(fmt.Sprint(v.Get(st), stack(s, st)))
			})
		})
		p.Pop(st)
		equal(t, g.layer.Snapshot(), ctx.Snapshot{})
		equal(t, g.next1(st), "d[]")
		g.Close(st)
	})
}

// D8: a panic or Goexit that leaves the generator pops the overlay.
func TestD8_ErrorPopsTheOverlay(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		for name, leave := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
			t.Run(name, func(t *testing.T) {
				st := ctx.NewState()
				v := newVar(k, "v", ctx.Default(0))
				g := generate(func(g *gen[int], st *ctx.State) {
					v.Set(st, 1)
					if g.yield(v.Get(st)) == nil {
						leave()
					}
				})
				equal(t, g.next1(st), 1)
				goexit(func() {
					defer func() { _ = recover() }()
					g.Next(st)
				})
				equal(t, g.layer.Running(), false)
				equal(t, v.Get(st), 0)
				v.Set(st, 5)
				equal(t, v.Get(st), 5)
				equal(t, g.st.Snapshot(), ctx.Snapshot{}) // nothing of the resumer is left in it
			})
		}
	})
}

// D9: closing an abandoned generator runs the rest of its body under its overlay
// (that the values are collectable with it is tested under H).
//
//	def g():
//	    with v.scope('own'):
//	        try: yield
//	        finally: log v
//	    log v
func TestD9_ClosedUnderItsOverlay(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		var log []string
		g := generate(func(g *gen[int], st *ctx.State) {
			v.With(st, "own", func() {
				defer func() { log = append(log, v.Get(st)) }()
				_ = g.yield(1)
			})
			log = append(log, v.Get(st))
		})
		g.Next(st)
		v.Set(st, "caller")
		g.Close(st)
		equal(t, log, []string{"own", "caller"})
		equal(t, v.Get(st), "caller")
	})
}

// D10: (main, own), (d, own), (main, own).
func TestD10_ResumedFromAnotherTask(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v, o := newVar(k, "v", ctx.Default("d")), newVar[string](k, "o")
		v.Set(st, "main")
		g := generate(func(g *gen[[2]string], st *ctx.State) {
			o.Set(st, "own")
			for g.yield([2]string{v.Get(st), o.Get(st)}) == nil {
			}
		})
		equal(t, g.next1(st), [2]string{"main", "own"})
		goexit(func() { equal(t, g.next1(ctx.NewState()), [2]string{"d", "own"}) })
		equal(t, g.next1(st), [2]string{"main", "own"})
		g.Close(st)

		// The same with one Layer pushed on each State in turn.
		var l ctx.Layer
		other := ctx.NewState()
		m := st.Push(&l)
		o.Set(st, "own")
		equal(t, v.Get(st), "main")
		st.Unwind(m)
		m = other.Push(&l)
		equal(t, []string{v.Get(other), o.Get(other)}, []string{"d", "own"})
		other.Unwind(m)
		_, set := o.Lookup(other)
		equal(t, set, false)
	})
}

// D11: a running generator is resumed neither by itself nor by another.
func TestD11_RunningGenerator(t *testing.T) {
	st, other := ctx.NewState(), ctx.NewState()
	v := ctx.Static("v", ctx.Default(0))
	var g *gen[int]
	g = generate(func(_ *gen[int], st *ctx.State) {
		v.Set(st, 1)
		for _, from := range []*ctx.State{st, other} {
			panics(t, func() { g.Next(from) })
			panics(t, func() { st.Push(&g.layer) })
			panics(t, func() { other.Resume(from, &g.layer) })
		}
		equal(t, g.layer.Running(), true)
		equal(t, v.Get(st), 1)
		_ = g.yield(v.Get(st))
		_ = g.yield(v.Get(st))
	})
	equal(t, g.next1(st), 1)
	equal(t, []int{v.Get(st), v.Get(other)}, []int{0, 0})
	equal(t, g.next1(other), 1)
	g.Close(st)
}

// D12, PEP 550's gen_series as an iterator object with a level of its own: the
// caller's var is untouched; writes of a helper belong to the generator.
func TestD12_IteratorObjectWithALevel(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[int](k, "var")
		// class CompiledGenSeries: self.level = Level(); self.i = 0; self.n = n
		type series struct {
			level ctx.Layer
			i, n  int
		}
		next := func(s *series) (int, bool) {
			m := st.Push(&s.level)
			defer st.Unwind(m)
			if s.i == 0 {
				v.Set(st, 10)
			}
			if s.i++; s.i == s.n {
				return 0, false
			}
			return s.i * v.Get(st), true
		}
		v.Set(st, -1)
		s := &series{n: 4}
		var got []int
		for x, more := next(s); more; x, more = next(s) {
			got = append(got, x, v.Get(st))
		}
		equal(t, got, []int{10, -1, 20, -1, 30, -1})

		bump := func(st *ctx.State) { v.Set(st, v.Get(st)+1) }
		v.Set(st, 0)
		g := generate(func(g *gen[int], st *ctx.State) {
			for i := 1; i < 4; i++ {
				v.Set(st, i)
				bump(st)
				_ = g.yield(v.Get(st))
			}
		})
		var out [][2]int
		g.each(st, func(x int) { out = append(out, [2]int{x, v.Get(st)}) })
		equal(t, out, [][2]int{{2, 0}, {3, 0}, {4, 0}})
	})
}

// contextManager is Python's @contextmanager with the isolation flag off: a
// generator in mode None, driven by a with-block.
func contextManager(st *ctx.State, mode ctx.Mode, body func(g *gen[int], st *ctx.State), block func()) {
	g := generator(mode, st, body)
	g.Next(st)
	block()
	g.Next(st)
}

// D13: `with vc(10)` → 10 inside, the default after; inside a generator it
// writes that generator's overlay → (11, d), (c, c). With the flag forgotten the
// body sees nothing.
//
//	@contextmanager
//	def vc(x):
//	    t = v.set(x);  yield;  v.reset(t)
func TestD13_ContextManagers(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		vc := func(x string) func(g *gen[int], st *ctx.State) {
			return func(g *gen[int], st *ctx.State) {
				tok := v.Set(st, x)
				_ = g.yield(0)
				ok(t, v.Reset(st, tok))
			}
		}
		contextManager(st, ctx.None, vc("10"), func() { equal(t, v.Get(st), "10") })
		equal(t, v.Get(st), "d")
		g := generate(func(g *gen[string], st *ctx.State) {
			contextManager(st, ctx.None, vc("11"), func() { _ = g.yield(v.Get(st)) })
			_ = g.yield(v.Get(st))
		})
		r := []string{g.next1(st), v.Get(st)}
		v.Set(st, "c")
		r = append(r, g.next1(st), v.Get(st))
		equal(t, r, []string{"11", "d", "c", "c"})
		v.Unset(st)
		contextManager(st, ctx.Overlay, vc("10"), func() { equal(t, v.Get(st), "d") })
		equal(t, v.Get(st), "d")
		// The level of the resumer is what `func` sees: [{}, {var: 10}].
		contextManager(st, ctx.None, vc("12"), func() {
			for info := range st.Levels() {
				equal(t, []any{info.Kind, len(info.Vars)}, []any{"base", 1})
			}
		})
	})
}

// precisely is a push iterator used as a block: it is transparent, because it
// pushes no level.
func precisely(st *ctx.State, v ctx.Var[string], x string) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer v.Scope(st, x).End()
		yield(0)
	}
}

// D13-Go: `for range precisely(st, v, "3") {…}` sees 3 inside and the default
// outside, also after break, panic and Goexit; inside a generator it writes that
// generator's overlay; a raw iter.Pull over the same State trips no check.
func TestD13Go_PushIteratorAsBlock(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "precision", ctx.Default("d"))
		for range precisely(st, v, "3") {
			equal(t, v.Get(st), "3")
		}
		equal(t, v.Get(st), "d")
		for range precisely(st, v, "3") {
			break
		}
		equal(t, v.Get(st), "d")
		panics(t, func() {
			for range precisely(st, v, "3") {
				panic("boom")
			}
		})
		equal(t, v.Get(st), "d")
		goexit(func() {
			for range precisely(st, v, "3") {
				runtime.Goexit()
			}
		})
		equal(t, v.Get(st), "d")
		g := generate(func(g *gen[string], st *ctx.State) {
			for range precisely(st, v, "11") {
				_ = g.yield(v.Get(st))
			}
			_ = g.yield(v.Get(st))
		})
		r := []string{g.next1(st), v.Get(st)}
		v.Set(st, "c")
		r = append(r, g.next1(st), v.Get(st))
		equal(t, r, []string{"11", "d", "c", "c"})
		g.Close(st)

		next, stop := iter.Pull(precisely(st, v, "5"))
		_, more := next()
		equal(t, more, true)
		equal(t, v.Get(st), "5") // transparent, also here
		_, more = next()
		equal(t, more, false)
		equal(t, v.Get(st), "c")
		next, stop = iter.Pull(precisely(st, v, "6"))
		next()
		stop()
		equal(t, v.Get(st), "c")
	})
}

// D14: three modes, switched while the generator is suspended.
// overlay run1, run2; none run1, run2; captured init, init. Switched: d, own, call.
func TestD14_ThreeModes(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		body := func(g *gen[string], st *ctx.State) {
			for g.yield(v.Get(st)) == nil {
			}
		}
		var g [3]*gen[string]
		v.With(st, "init", func() {
			for i, mode := range []ctx.Mode{ctx.Overlay, ctx.None, ctx.Captured} {
				g[i] = generator(mode, st, body)
				equal(t, g[i].layer.Mode(), mode)
			}
		})
		var r []string
		for _, run := range []string{"run1", "run2"} {
			v.With(st, run, func() { r = append(r, g[0].next1(st), g[1].next1(st), g[2].next1(st)) })
		}
		equal(t, r, []string{"run1", "run1", "init", "run2", "run2", "init"})

		h := generator(ctx.None, st, body)
		r = []string{h.next1(st)}
		ok(t, h.layer.Capture(ctx.Snapshot{}.With(v.To("own"))))
		r = append(r, h.next1(st))
		ok(t, h.layer.SetMode(ctx.None))
		v.With(st, "call", func() { r = append(r, h.next1(st)) })
		equal(t, r, []string{"d", "own", "call"})
		// What the layer holds stays through a switch.
		ok(t, h.layer.SetMode(ctx.Overlay))
		equal(t, h.next1(st), "own")

		// While running, and to something else: errors that change nothing.
		i := generate(func(g *gen[int], st *ctx.State) {
			isError(t, g.layer.SetMode(ctx.None), ctx.ErrRunning)
			isError(t, g.layer.Capture(ctx.Snapshot{}), ctx.ErrRunning)
			_ = g.yield(0)
		})
		i.Next(st)
		isError(t, i.layer.SetMode(3), ctx.ErrMode)
		equal(t, i.layer.Mode(), ctx.Overlay)
		equal(t, fmt.Sprint(ctx.Overlay, ctx.None, ctx.Captured, ctx.Mode(3)), "overlay none captured ctx.Mode(?)")
	})
}
