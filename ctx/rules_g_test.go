package ctx_test

import (
	"fmt"
	"math"
	"math/big"
	"runtime"
	"testing"
	"weak"

	"github.com/strata-go/strata/ctx"
)

// Rules G: stack variables.

func TestG0_StackVariablesAreDeclared(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v, s := newVar[int](k, "v"), newStack[int](k, "s")
		v.Set(st, 1)
		v.Set(st, 2)
		s.Push(st, 1)
		s.Push(st, 2)
		equal(t, v.Get(st), 2)
		equal(t, stack(s, st), []int{1, 2})
		equal(t, s.Get(st), 2)
		equal(t, s.Name(), "s")
		for info := range st.Snapshot().Vars() {
			equal(t, info.Stack, info.Is(s))
		}
		_ = ctx.Variable(s)
	})
	// What makes no sense for a stack is refused when it is declared.
	panics(t, func() { ctx.StaticStack("s", ctx.Default(1)) })
	panics(t, func() { ctx.StaticStack("s", ctx.DefaultFunc(func() int { return 1 })) })
	panics(t, func() { ctx.StaticStack("s", ctx.Copy(func(x int) int { return x })) })
	panics(t, func() { ctx.NewStack("s", ctx.OnChange(func(*ctx.State, ctx.Change[int]) {})) })
	panics(t, func() { ctx.Static("v", ctx.Lasting[int]) })
	panics(t, func() { ctx.New("v", ctx.Copy(func(x int) int { return x })) })
}

// G1: the list is the segments of all levels, outermost first; Get is its last
// element. Plain override of one variable that holds a list is not enough: for
// the second resume it gives [20 10], a stack variable [5 10].
func TestG1_ConcatenationOfSegments(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		list := newVar(k, "list", ctx.Default([]int(nil)))
		s := newStack[int](k, "s")
		g := generate(func(g *gen[[2][]int], st *ctx.State) {
			list.Set(st, append([]int(nil), append(list.Get(st), 10)...))
			s.Push(st, 10)
			for g.yield([2][]int{list.Get(st), stack(s, st)}) == nil {
			}
		})
		var r [][2][]int
		for _, d := range []int{20, 5} {
			p := s.Push(st, d)
			list.With(st, []int{d}, func() { r = append(r, g.next1(st)) })
			p.Pop(st)
		}
		equal(t, r, [][2][]int{{{20, 10}, {20, 10}}, {{20, 10}, {5, 10}}})
		g.Close(st)

		// Levels without a segment, several elements in one level, a mask.
		s.Push(st, 1)
		s.Push(st, 2)
		var ls [4]ctx.Layer
		m := st.Push(&ls[0])
		st.Push(&ls[1])
		s.Push(st, 3)
		st.Push(&ls[2])
		st.Push(&ls[3])
		p := s.Push(st, 4)
		equal(t, stack(s, st), []int{1, 2, 3, 4})
		equal(t, s.Len(st), 4)
		equal(t, s.Get(st), 4)
		tok := s.Mask(st)
		equal(t, s.Len(st), 0)
		_, found := s.Lookup(st)
		equal(t, found, false)
		s.Push(st, 5)
		s.Push(st, 6)
		equal(t, stack(s, st), []int{5, 6})
		equal(t, func() (out []int) {
			for x := range s.AllIn(st.Snapshot()) {
				out = append(out, x)
			}
			return out
		}(), []int{5, 6})
		ok(t, s.Reset(st, tok))
		equal(t, stack(s, st), []int{1, 2, 3, 4})
		p.Pop(st)
		equal(t, stack(s, st), []int{1, 2, 3})
		isError(t, panics(t, func() { newStack[int](k, "empty").Get(st) }).(error), ctx.ErrNoValue)
		st.Unwind(m)
		equal(t, stack(s, st), []int{1, 2})
		// Stopping in the middle of All.
		for x := range s.All(st) {
			equal(t, x, 1)
			break
		}
	})
}

// G2a: agen under fail_after(20), (5) and none:
// op1 [20 10], caller [20], after [], op2 [5 10], caller [5], end [], closed [].
// G2b: created outside, awaited inside: [10]; outside []; captured: [].
// G2c: created inside, left: the scope is free without a collection, next → [].
func TestG2_TheEmailsPrograms(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		scopes := newStack[int](k, "cancel scopes")
		var log []string
		read := func(what string, st *ctx.State) { log = append(log, fmt.Sprint(what, stack(scopes, st))) }
		agen := generate(func(g *gen[int], st *ctx.State) {
			defer scopes.Push(st, 10).Pop(st)
			read("op1", st)
			_ = g.yield(0)
			read("op2", st)
			_ = g.yield(0)
		})
		p := scopes.Push(st, 20)
		agen.Next(st)
		read("caller", st)
		p.Pop(st)
		read("after", st)
		p = scopes.Push(st, 5)
		agen.Next(st)
		read("caller", st)
		p.Pop(st)
		read("end", st)
		agen.Close(st)
		read("closed", st)
		equal(t, log, []string{"op1[20 10]", "caller[20]", "after[]", "op2[5 10]", "caller[5]", "end[]", "closed[]"})

		body := func(g *gen[[]int], st *ctx.State) {
			for g.yield(stack(scopes, st)) == nil {
			}
		}
		b, c := generate(body), generator(ctx.Captured, st, body)
		p = scopes.Push(st, 10)
		equal(t, b.next1(st), []int{10})
		equal(t, len(c.next1(st)), 0) // the foot-gun: no time-out although asked for
		p.Pop(st)
		equal(t, len(b.next1(st)), 0)
	})
	t.Run("free at once", func(t *testing.T) {
		st := ctx.NewState()
		scopes := ctx.StaticStack[*[64]int]("cancel scopes")
		var p ctx.Pushed[*[64]int]
		var g *gen[int]
		dead := func() weak.Pointer[[64]int] {
			x := new([64]int)
			p = scopes.Push(st, x)
			g = generate(func(g *gen[int], st *ctx.State) { _ = g.yield(scopes.Len(st)) })
			return weak.Make(x)
		}()
		equal(t, dies(dead, 3), false)
		p.Pop(st)
		equal(t, dies(dead, 1), true) // nothing leads to it any more; H7 walks the State
		runtime.KeepAlive(p)
		equal(t, g.next1(st), 0)
		g.Close(st)
	})
}

// G3, effective deadlines: the minimum over the list, restarted at a shield.
func TestG3_Folds(t *testing.T) {
	type scope struct {
		deadline float64
		shield   bool
	}
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		scopes := newStack[scope](k, "scopes")
		eff := ctx.NewFold(scopes, math.Inf(1), func(d float64, s scope) float64 {
			if s.shield {
				return s.deadline
			}
			return min(d, s.deadline)
		})
		equal(t, eff.Get(st), math.Inf(1))
		with := func(d float64, shield bool, f func()) {
			defer scopes.Push(st, scope{d, shield}).Pop(st)
			f()
		}
		with(20, false, func() {
			with(10, false, func() { equal(t, eff.Get(st), 10) })
			with(30, false, func() { equal(t, eff.Get(st), 20) })
			with(30, true, func() {
				equal(t, eff.Get(st), 30)
				with(25, false, func() { equal(t, eff.Get(st), 25) })
				equal(t, eff.In(st.Snapshot()), 30)
			})
			equal(t, eff.Get(st), 20)
		})
		g := generate(func(g *gen[float64], st *ctx.State) {
			defer scopes.Push(st, scope{50, true}).Pop(st)
			_ = g.yield(eff.Get(st))
			_ = g.yield(eff.Get(st))
		})
		with(20, false, func() { equal(t, g.next1(st), 50); equal(t, eff.Get(st), 20) })
		with(5, false, func() { equal(t, g.next1(st), 50); equal(t, eff.Get(st), 5) })
		g.Close(st)
		equal(t, eff.Get(st), math.Inf(1))

		// A fold that panics leaves the State as it was.
		boom := ctx.NewFold(scopes, 0, func(int, scope) int { panic("boom") })
		with(1, false, func() {
			panics(t, func() { boom.Get(st) })
			equal(t, eff.Get(st), 1)
		})
		equal(t, boom.Get(st), 0)
	})
}

// G4: a child task sees all scopes of its creator; with the policy Never it
// sees none, and what becomes of a scope that its creator left is G12.
func TestG4_FlattenKeepsTheStack(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		s, lasting, never := newStack[int](k, "s"), newStack(k, "l", ctx.Lasting[int]), newStack(k, "n", ctx.Never[int])
		for _, v := range []ctx.StackVar[int]{s, lasting, never} {
			v.Push(st, 1)
			v.Push(st, 2)
		}
		g := generate(func(g *gen[*ctx.State], st *ctx.State) {
			for _, v := range []ctx.StackVar[int]{s, lasting, never} {
				v.Push(st, 3)
			}
			_ = g.yield(st.Fork())
		})
		child := g.next1(st)
		equal(t, stack(s, child), []int{1, 2, 3})
		equal(t, stack(lasting, child), []int{1, 2, 3})
		equal(t, len(stack(never, child)), 0)
		p := s.Push(child, 4)
		equal(t, stack(s, child.Fork()), []int{1, 2, 3, 4})
		p.Pop(child)
		equal(t, stack(s, st), []int{1, 2})
		g.Close(st)
	})
}

// G5: inside one level blocks close in reverse order, anything else is an error
// that changes nothing; generators cannot disturb their callers' order.
func TestG5_LIFOInsideALevel(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		s := newStack[string](k, "scopes")
		a := s.Push(st, "a")
		b := s.Push(st, "b")
		isError(t, a.TryPop(st), ctx.ErrOrder)
		err := panics(t, func() { a.Pop(st) }).(error)
		isError(t, err, ctx.ErrOrder)
		equal(t, stack(s, st), []string{"a", "b"})
		m := st.Push(new(ctx.Layer))
		isError(t, b.TryPop(st), ctx.ErrTokenLevel)
		c := s.Push(st, "c")
		st.Unwind(m)
		isError(t, c.TryPop(st), ctx.ErrTokenLevel)
		ok(t, b.TryPop(st))
		isError(t, b.TryPop(st), ctx.ErrTokenUsed)
		a.Pop(st)
		isError(t, panics(t, func() { a.Pop(st) }).(error), ctx.ErrTokenUsed)
		equal(t, s.Len(st), 0)

		// trio's misnesting programs: a scope held open across a yield, and left
		// after the caller left its own.
		held := generate(func(g *gen[int], st *ctx.State) {
			defer s.Push(st, "gen").Pop(st)
			_ = g.yield(0)
		})
		p := s.Push(st, "caller")
		held.Next(st)
		p.Pop(st)
		q := s.Push(st, "later")
		held.Next(st)
		equal(t, stack(s, st), []string{"later"})
		q.Pop(st)

		// The message tells where the block was opened, when asked to.
		st.Debug(true)
		a = s.Push(st, "a")
		b = s.Push(st, "b")
		_, _, line, _ := runtime.Caller(0)
		err = panics(t, func() { a.Pop(st) }).(error)
		mis := err.(*ctx.MisuseError)
		equal(t, mis.Name, "scopes")
		equal(t, mis.Opened[len(mis.Opened)-len(fmt.Sprint("rules_g_test.go:", line-2)):], fmt.Sprint("rules_g_test.go:", line-2))
		b.Pop(st)
		a.Pop(st)
	})
}

// G6: sys.exc_info() is such a variable, and CPython behaves so:
// own handler: ValueError at every resume; the caller None / KeyError; a
// generator without handler sees the resumer's KeyError, later None.
func TestG6_ExcInfo(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		exc := newStack[string](k, "exc_info")
		cur := func(st *ctx.State) string {
			if x, ok := exc.Lookup(st); ok {
				return x
			}
			return "None"
		}
		handling := func(st *ctx.State, e string, f func()) { defer exc.Push(st, e).Pop(st); f() }
		loop := func(g *gen[string], st *ctx.State) {
			for g.yield(cur(st)) == nil {
			}
		}
		own := generate(func(g *gen[string], st *ctx.State) { handling(st, "ValueError", func() { loop(g, st) }) })
		none := generate(loop)
		out := []string{own.next1(st), cur(st)}
		handling(st, "KeyError", func() { out = append(out, own.next1(st), none.next1(st), cur(st)) })
		out = append(out, own.next1(st), none.next1(st), cur(st))
		equal(t, out, []string{"ValueError", "None", "ValueError", "KeyError", "KeyError", "ValueError", "None", "None"})
		// The fold: __context__ of an error raised in a generator that is resumed
		// inside `except KeyError` is the KeyError.
		f := generate(func(g *gen[string], st *ctx.State) {
			_ = g.yield("")
			context := cur(st)
			handling(st, "ValueError", func() { _ = g.yield(context + " " + fmt.Sprint(stack(exc, st))) })
		})
		f.Next(st)
		handling(st, "KeyError", func() { equal(t, f.next1(st), "KeyError [KeyError ValueError]") })
	})
}

// G7, Kiselyov, Shan and Sabry: p=1, r=10 at capture, resumed under p=2, r=20:
// 12; captured whole: 11. Dynvar threads: p=500, the thread sets 600: [500 600].
func TestG7_DelimitedDynamicBinding(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		p, r := newVar[int](k, "p"), newVar[int](k, "r")
		body := func(g *gen[int], st *ctx.State) {
			r.With(st, 10, func() {
				_ = g.yield(0)
				_ = g.yield(p.Get(st) + r.Get(st))
			})
		}
		run := func(mode ctx.Mode) (sum int) {
			var g *gen[int]
			p.With(st, 1, func() { g = generator(mode, st, body); g.Next(st) })
			st.With(p.To(2), r.To(20)).Run(func() { sum = g.next1(st) })
			g.Close(st)
			return sum
		}
		equal(t, run(ctx.Overlay), 12)
		equal(t, run(ctx.Captured), 11)

		var th *gen[[2]int]
		var got [2]int
		p.With(st, 500, func() {
			th = generate(func(g *gen[[2]int], st *ctx.State) {
				a := p.Get(st)
				_ = g.yield([2]int{})
				p.With(st, 600, func() { _ = g.yield([2]int{a, p.Get(st)}) })
			})
			th.Next(st)
			got = th.next1(st)
			equal(t, p.Get(st), 500)
		})
		equal(t, got, [2]int{500, 600})
		th.Close(st)
	})
}

// G8, the e-mail's decimal example: created under 3, resumed under 2, then 1;
// the caller adds after each.
func TestG8_DecimalFromTheEmail(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		prec := newVar(k, "prec", ctx.Default(28))
		sum := new(big.Rat).SetFrac64(3333, 1000) // 1.111 + 2.222
		add := func(st *ctx.State) string { return round(sum, prec.Get(st)) }
		plain := func(g *gen[string], st *ctx.State) {
			_ = g.yield(add(st))
			_ = g.yield(add(st))
		}
		with4 := func(g *gen[string], st *ctx.State) { prec.With(st, 4, func() { plain(g, st) }) }
		drive := func(body func(*gen[string], *ctx.State), mode ctx.Mode) (out []string) {
			st := ctx.NewState()
			var g *gen[string]
			prec.With(st, 3, func() { g = generator(mode, st, body) })
			for _, p := range []int{2, 1} {
				prec.With(st, p, func() { out = append(out, g.next1(st), add(st)) })
			}
			return out
		}
		today := []string{"3.3", "3.3", "3", "3"}
		four := []string{"3.333", "3.3", "3.333", "3"}
		equal(t, drive(plain, ctx.Overlay), today)
		equal(t, drive(plain, ctx.None), today)
		equal(t, drive(plain, ctx.Captured), []string{"3.33", "3.3", "3.33", "3"})
		equal(t, drive(with4, ctx.Overlay), four)
		equal(t, drive(with4, ctx.Captured), four)

		// Without isolation the generator's 4 leaks out and the caller's 1 in.
		st := ctx.NewState()
		g := generator(ctx.None, st, with4)
		out := []string{add(st)}
		prec.Set(st, 2)
		out = append(out, g.next1(st), add(st))
		prec.Set(st, 1)
		out = append(out, g.next1(st))
		equal(t, out, []string{"3.333", "3.333", "3.333", "3"})
	})
}

// G9: Replace puts one element in the place of the level's newest, Push adds;
// tokens as in B for both. An ordinary variable beside it is not disturbed.
func TestG9_BothKindsTogether(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v, s := newVar[int](k, "v"), newStack[int](k, "s")
		v.Set(st, 1)
		a := s.Push(st, 1)
		r := s.Replace(st, 10)
		equal(t, stack(s, st), []int{10})
		b := s.Push(st, 2)
		r2 := s.Replace(st, 20)
		equal(t, stack(s, st), []int{10, 20})
		isError(t, b.TryPop(st), ctx.ErrOrder)
		r2.Pop(st)
		equal(t, stack(s, st), []int{10, 2})
		b.Pop(st)
		r.Pop(st)
		equal(t, stack(s, st), []int{1})
		// In a higher level Replace leaves the lower segment alone.
		var l ctx.Layer
		m := st.Push(&l)
		c := s.Replace(st, 7)
		equal(t, stack(s, st), []int{1, 7})
		tok := v.Set(st, 2)
		isError(t, a.TryPop(st), ctx.ErrTokenLevel)
		st.Unwind(m)
		equal(t, stack(s, st), []int{1})
		m = st.Push(&l)
		c.Pop(st)
		ok(t, v.Reset(st, tok))
		equal(t, stack(s, st), []int{1})
		st.Unwind(m)
		a.Pop(st)
		equal(t, v.Get(st), 1)
	})
}

// G11: a fold is computed once per configuration of its list: whatever else is
// pushed, popped or set, it is not called again.
func TestG11_FoldIsCached(t *testing.T) {
	st := ctx.NewState()
	s, v := ctx.StaticStack[int]("s"), ctx.Static[int]("v")
	calls := 0
	sum := ctx.NewFold(s, 0, func(a, x int) int { calls++; return a + x })
	for i := range 10 {
		s.Push(st, i)
	}
	for range 3 {
		equal(t, sum.Get(st), 45)
	}
	first := calls
	for i := range 20 {
		v.Set(st, i)
		equal(t, sum.Get(st), 45)
	}
	equal(t, calls, first)
	p := s.Push(st, 100)
	equal(t, sum.Get(st), 145)
	p.Pop(st)
	equal(t, sum.Get(st), 45)
	// In a generator: its own list, then the caller's again.
	g := generate(func(g *gen[int], st *ctx.State) {
		defer s.Push(st, 1000).Pop(st)
		_ = g.yield(sum.Get(st))
		_ = g.yield(sum.Get(st))
	})
	equal(t, g.next1(st), 1045)
	equal(t, sum.Get(st), 45)
	p = s.Push(st, 100)
	equal(t, g.next1(st), 1145)
	equal(t, sum.Get(st), 145)
	p.Pop(st)
	g.Close(st)
	equal(t, sum.Get(st), 45)
}

// G12: a callback registered inside fail_after(10), which is left before the
// callback runs, sees no scope and no deadline; the snapshot holds nothing of
// the scope's value.
func TestG12_LeftScopeIsInert(t *testing.T) {
	type scope struct {
		deadline float64
		payload  [512]byte
	}
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		scopes := newStack[*scope](k, "scopes")
		eff := ctx.NewFold(scopes, math.Inf(1), func(d float64, s *scope) float64 { return min(d, s.deadline) })
		outer := scopes.Push(st, &scope{deadline: 20})
		x := &scope{deadline: 10}
		dead := weak.Make(x)
		p := scopes.Push(st, x)
		var inside, after float64
		s := st.Snapshot()
		f := s.Func(func(st *ctx.State) { inside = eff.Get(st) })
		child := st.Fork()
		f()
		equal(t, []float64{inside, eff.In(s), eff.Get(child)}, []float64{10, 10, 10})
		p.Pop(st)
		x = nil
		f()
		equal(t, []float64{inside, eff.In(s), eff.Get(child)}, []float64{20, 20, 20})
		outer.Pop(st)
		s.Func(func(st *ctx.State) { after = eff.Get(st); equal(t, scopes.Len(st), 0) })()
		equal(t, after, math.Inf(1))
		equal(t, scopes.Len(child), 0)
		_, in := scopes.In(s)
		equal(t, in, false)
		collected(t, dead)
		runtime.KeepAlive(s)
		runtime.KeepAlive(child)

		// With Lasting, elements stay where a snapshot has them.
		last := newStack(k, "last", ctx.Lasting[int])
		q := last.Push(st, 1)
		child = st.Fork()
		q.Pop(st)
		equal(t, stack(last, child), []int{1})
		equal(t, last.Len(st), 0)
	})
}
