package ctx_test

import (
	"fmt"
	"iter"
	"math/big"
	"runtime"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Rules D, second half: programs, adapters, push iterators.

// D15, test262's yield inside run. captured: init, nested-gen, nested-gen, init;
// the same program under overlay: run0, nested-gen, nested-gen, run3.
//
//	def nested(): yield v.get(); yield v.get()
//	def outer():
//	    yield v.get()
//	    with v.scope('nested-gen'): yield from nested()
//	    yield v.get()
func TestD15_YieldInsideRun(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v := newVar[string](k, "v")
		program := func(mode ctx.Mode) (r []string) {
			st := ctx.NewState()
			nested := func(g *gen[string], st *ctx.State) {
				_ = g.yield(v.Get(st))
				_ = g.yield(v.Get(st))
			}
			outer := func(g *gen[string], st *ctx.State) {
				_ = g.yield(v.Get(st))
				v.With(st, "nested-gen", func() {
					generator(mode, st, nested).each(st, func(x string) { _ = g.yield(x) })
				})
				_ = g.yield(v.Get(st))
			}
			var g *gen[string]
			v.With(st, "init", func() { g = generator(mode, st, outer) })
			for i := range 4 {
				v.With(st, fmt.Sprint("run", i), func() { r = append(r, g.next1(st)) })
			}
			g.Close(st)
			return r
		}
		equal(t, program(ctx.Captured), []string{"init", "nested-gen", "nested-gen", "init"})
		equal(t, program(ctx.Overlay), []string{"run0", "nested-gen", "nested-gen", "run3"})
	})
}

// D16: gen, then main modified.
//
//	def g():
//	    with v.scope('gen'): yield v.get()
//	    yield v.get()
func TestD16_BlockInAGeneratorThenLeft(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[string](k, "v")
		v.Set(st, "main")
		g := generate(func(g *gen[string], st *ctx.State) {
			v.With(st, "gen", func() { _ = g.yield(v.Get(st)) })
			_ = g.yield(v.Get(st))
		})
		r := []string{g.next1(st)}
		v.Set(st, "main modified")
		r = append(r, g.next1(st))
		equal(t, r, []string{"gen", "main modified"})
		g.Close(st)
	})
}

// D17, PEP 555's example: value1, value3, value2, value3, value4, value4.
//
//	def g():
//	    log v;  yield
//	    with v.scope('value3'):
//	        log v;  yield;  log v
//	    log v;  yield
//	with value1: next(g)
//	with value2: next(g);  log v
//	with value4: next(g);  log v
func TestD17_OuterContextChangesAcrossYields(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[string](k, "v")
		var r []string
		log := func(st *ctx.State) { r = append(r, v.Get(st)) }
		g := generate(func(g *gen[int], st *ctx.State) {
			log(st)
			_ = g.yield(0)
			v.With(st, "value3", func() {
				log(st)
				_ = g.yield(0)
				log(st)
			})
			log(st)
			_ = g.yield(0)
		})
		v.With(st, "value1", func() { g.Next(st) })
		v.With(st, "value2", func() { g.Next(st); log(st) })
		v.With(st, "value4", func() { g.Next(st); log(st) })
		equal(t, r, []string{"value1", "value3", "value2", "value3", "value4", "value4"})
		g.Close(st)
	})
}

// isolated makes a push iterator with a level of its own: the overlay lies on
// the State while the body runs and comes off while the loop's body runs.
func isolated(st *ctx.State, body func(yield func(int) bool)) iter.Seq[int] {
	return func(yield func(int) bool) {
		m := st.Push(new(ctx.Layer))
		defer st.Unwind(m)
		body(func(x int) bool {
			ls := st.Detach(m)
			defer st.Attach(ls)
			return yield(x)
		})
	}
}

// D18: the body of the iterator sets own; the loop's body reads d and writes
// body1; the iterator then reads own; Unset → body1 is visible:
// own, (body d), own, (body body1), body2, body2.
//
//	def it(yield):
//	    v.set('own');  log v
//	    yield(1);      log v
//	    v.unset();     yield(2);  log v
//	for x in it: log ('body', v);  v.set('body%d' % x)
//	log v
func TestD18_PushIterators(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		var log []string
		it := isolated(st, func(yield func(int) bool) {
			v.Set(st, "own")
			log = append(log, v.Get(st))
			yield(1)
			log = append(log, v.Get(st))
			equal(t, v.Unset(st), true)
			yield(2)
			log = append(log, v.Get(st))
		})
		for x := range it {
			log = append(log, "(body "+v.Get(st)+")")
			v.Set(st, fmt.Sprint("body", x))
		}
		log = append(log, v.Get(st))
		equal(t, log, []string{"own", "(body d)", "own", "(body body1)", "body2", "body2"})
	})
}

// The loop's body may leave in every way Go has, and may hold levels of its own
// at that moment; the iterator's deferred code runs under its overlay and the
// caller's execution is back afterwards.
func TestD18_LeavingTheLoop(t *testing.T) {
	v := ctx.Static("v", ctx.Default("d"))
	s := ctx.StaticStack[int]("s")
	type loop struct {
		st  *ctx.State
		log []string
	}
	// The iterator yields inside a Run inside its overlay: two levels come off.
	it := func(l *loop) iter.Seq[int] {
		st := l.st
		return isolated(st, func(yield func(int) bool) {
			v.Set(st, "own")
			defer func() { l.log = append(l.log, "end "+v.Get(st)) }()
			more := true
			st.Run(ctx.Snapshot{}.With(v.To("run")), func() {
				defer func() { l.log = append(l.log, "leave "+v.Get(st)) }()
				for i := 0; i < 3 && more; i++ {
					s.Push(st, i)
					more = yield(i)
				}
			})
			if more {
				yield(3)
			}
		})
	}
	body := map[string]func(l *loop){
		"to the end": func(l *loop) {
			for range it(l) {
				l.log = append(l.log, v.Get(l.st))
			}
		},
		"break": func(l *loop) {
			for range it(l) {
				l.log = append(l.log, v.Get(l.st))
				break
			}
		},
		"return": func(l *loop) {
			for range it(l) {
				l.log = append(l.log, v.Get(l.st))
				return
			}
		},
		"labelled continue": func(l *loop) {
		outer:
			for i := range 2 {
				for range it(l) {
					l.log = append(l.log, v.Get(l.st))
					if i == 0 {
						continue outer
					}
					break outer
				}
			}
		},
		"panic": func(l *loop) {
			defer func() { _ = recover() }()
			for range it(l) {
				l.log = append(l.log, v.Get(l.st))
				panic("boom")
			}
		},
		"Goexit": func(l *loop) {
			goexit(func() {
				for range it(l) {
					l.log = append(l.log, v.Get(l.st))
					runtime.Goexit()
				}
			})
		},
		"with levels left open": func(l *loop) {
			m := l.st.Mark()
			defer l.st.Unwind(m)
			for range it(l) {
				l.log = append(l.log, v.Get(l.st))
				l.st.Push(new(ctx.Layer))
				v.Set(l.st, "left open")
				break
			}
		},
		"nested loops": func(l *loop) {
			for range it(l) {
				l.log = append(l.log, v.Get(l.st))
				inner := &loop{st: l.st}
				for range it(inner) {
					equal(t, v.Get(l.st), "caller")
					break
				}
				equal(t, inner.log, []string{"leave run", "end own"})
				break
			}
		},
	}
	left := []string{"caller", "leave run", "end own"}
	want := map[string][]string{
		"to the end":        {"caller", "caller", "caller", "leave run", "caller", "end own"},
		"labelled continue": append(left, left...),
	}
	for name, f := range body {
		t.Run(name, func(t *testing.T) {
			l := &loop{st: ctx.NewState()}
			v.Set(l.st, "caller")
			s.Push(l.st, 100)
			f(l)
			if want[name] == nil {
				want[name] = left
			}
			equal(t, l.log, want[name])
			equal(t, v.Get(l.st), "caller")
			equal(t, stack(s, l.st), []int{100})
			n := 0
			for range l.st.Levels() {
				n++
			}
			equal(t, n, 1)
		})
	}
}

// D19: adapters pass the resumer's context down: ((a, a), (b, b)).
func TestD19_Adapters(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		src := generate(func(g *gen[string], st *ctx.State) {
			for g.yield(v.Get(st)) == nil {
			}
		})
		mapped := generate(func(g *gen[[2]string], st *ctx.State) {
			src.each(st, func(x string) { _ = g.yield([2]string{x, v.Get(st)}) })
		})
		var r [][2]string
		v.With(st, "a", func() { r = append(r, mapped.next1(st)) })
		v.With(st, "b", func() { r = append(r, mapped.next1(st)) })
		equal(t, r, [][2]string{{"a", "a"}, {"b", "b"}})
	})
}

// D20: 150 generators that delegate to each other read right; levels that set
// nothing are skipped. (1, 2), then the innermost of 151 setters wins.
func TestD20_Depth(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		const n = 150
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default(-1))
		var reader, setter func(i int) *gen[int]
		reader = func(i int) *gen[int] {
			return generate(func(g *gen[int], st *ctx.State) {
				if i > 0 {
					reader(i-1).each(st, func(x int) { _ = g.yield(x) })
					return
				}
				for range 2 {
					_ = g.yield(v.Get(st))
				}
			})
		}
		setter = func(i int) *gen[int] {
			return generate(func(g *gen[int], st *ctx.State) {
				v.Set(st, i)
				if i > 0 {
					setter(i-1).each(st, func(x int) { _ = g.yield(x) })
				} else {
					_ = g.yield(v.Get(st))
				}
				equal(t, v.Get(st), i)
			})
		}
		g := reader(n)
		v.Set(st, 1)
		a := g.next1(st)
		v.Set(st, 2)
		equal(t, []int{a, g.next1(st)}, []int{1, 2})
		equal(t, setter(n).all(st), []int{0})
		equal(t, v.Get(st), 2)

		// Layers on one State: a search of 150 empty levels, and of full ones.
		ls := make([]ctx.Layer, n)
		for i := range ls {
			st.Push(&ls[i])
		}
		equal(t, v.Get(st), 2)
		equal(t, st.Snapshot().Len(), 1)
		v.Set(st, 3)
		equal(t, v.Get(st), 3)
	})
}

// D21: a task started in a generator gets the flattened snapshot of resumer and
// overlay of that instant: (g, main).
func TestD21_TaskStartedInAGenerator(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v, w := newVar[string](k, "v"), newVar[string](k, "w")
		w.Set(st, "main")
		g := generate(func(g *gen[*ctx.State], st *ctx.State) {
			v.Set(st, "g")
			child := st.Fork()
			v.Set(st, "g2")
			_ = g.yield(child)
		})
		child := g.next1(st)
		w.Set(st, "changed")
		equal(t, []string{v.Get(child), w.Get(child)}, []string{"g", "main"})
		v.Set(child, "child")
		var inside string
		done := make(chan struct{})
		child.Go(func(st *ctx.State) { inside = v.Get(st); v.Set(st, "grandchild"); close(done) })
		<-done
		equal(t, []string{inside, v.Get(child)}, []string{"child", "child"})
	})
}

// decimals stands for the decimal module: a division to a precision.
func divide(st *ctx.State, prec ctx.Var[int], x, y int64) string {
	return round(new(big.Rat).SetFrac64(x, y), prec.Get(st))
}

// round formats r with prec significant digits, as decimal does.
func round(r *big.Rat, prec int) string {
	f := new(big.Float).SetPrec(200).SetRat(r)
	return f.Text('g', prec)
}

// D22, PEP 550's fractions: [(0.33, 0.666667), (0.11, 0.222222)]; without
// isolation 0.111111 in the second.
//
//	def fractions(p, x, y):
//	    with prec.scope(p):
//	        yield x / y;  yield x / y**2
//	zip(fractions(2, 1, 3), fractions(6, 2, 3))
func TestD22_Fractions(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		prec := newVar(k, "prec", ctx.Default(28))
		run := func(mode ctx.Mode) (pairs [][2]string) {
			st := ctx.NewState()
			fractions := func(p int, x, y int64) *gen[string] {
				return generator(mode, st, func(g *gen[string], st *ctx.State) {
					prec.Set(st, p)
					_ = g.yield(divide(st, prec, x, y))
					_ = g.yield(divide(st, prec, x, y*y))
				})
			}
			a, b := fractions(2, 1, 3), fractions(6, 2, 3)
			for range 2 {
				pairs = append(pairs, [2]string{a.next1(st), b.next1(st)})
			}
			a.Close(st)
			b.Close(st)
			return pairs
		}
		equal(t, run(ctx.Overlay), [][2]string{{"0.33", "0.666667"}, {"0.11", "0.222222"}})
		equal(t, run(ctx.None), [][2]string{{"0.33", "0.666667"}, {"0.111111", "0.222222"}})
	})
}

// D23: a task that suspends while one of its generators is active keeps its
// whole stack of levels: B, A-gen, A.
func TestD23_TaskSuspendsInsideAGenerator(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v := newVar(k, "v", ctx.Default("d"))
		var log []string
		a, b := ctx.NewState(), ctx.NewState()
		v.Set(a, "A")
		m := a.Push(new(ctx.Layer))
		v.Set(a, "A-gen")
		v.Set(b, "B") // the loop runs task B; nothing of A is touched
		log = append(log, v.Get(b), v.Get(a))
		a.Unwind(m)
		log = append(log, v.Get(a))
		equal(t, log, []string{"B", "A-gen", "A"})

		// Each step of an async generator pushes, whatever task makes it.
		g := generate(func(g *gen[string], st *ctx.State) {
			for i := 0; ; i++ {
				old := v.Get(st)
				v.Set(st, fmt.Sprint("step", i))
				if g.yield(old+" "+v.Get(st)) != nil {
					return
				}
			}
		})
		equal(t, []string{g.next1(a), g.Send(b, 1), g.Throw(a, nil)}, []string{"A step0", "step0 step1", "step1 step2"})
		equal(t, []string{v.Get(a), v.Get(b)}, []string{"A", "B"})
		g.Close(b)
	})
}

// D24: programs that users reported as broken elsewhere.
func TestD24_UserReports(t *testing.T) {
	// extracontext#4: two interleaved async generators.
	t.Run("interleaved", func(t *testing.T) {
		st := ctx.NewState()
		v := ctx.Static("v", ctx.Default("d"))
		var log []string
		co := func(i int) *gen[int] {
			return generate(func(g *gen[int], st *ctx.State) {
				v.Set(st, fmt.Sprint("coro", i))
				log = append(log, v.Get(st))
				_ = g.yield(0)
				log = append(log, v.Get(st))
				_ = g.yield(0)
			})
		}
		a, b := co(1), co(2)
		for _, g := range []*gen[int]{a, b, a, b} {
			g.Next(st)
		}
		equal(t, log, []string{"coro1", "coro2", "coro1", "coro2"})
		equal(t, v.Get(st), "d")
	})
	// dotnet/runtime#47951 and #47802: a logger scope opened in an iterator shows
	// in every line, also after a yield.
	//
	//	def items():
	//	    with scope('S'): log 1;  yield;  log 2;  yield;  log 3
	t.Run("logger scope", func(t *testing.T) {
		st := ctx.NewState()
		scopes := ctx.StaticStack[string]("logger scopes")
		var lines []string
		log := func(st *ctx.State, msg string) { lines = append(lines, fmt.Sprint(msg, stack(scopes, st))) }
		g := generate(func(g *gen[int], st *ctx.State) {
			defer scopes.Push(st, "S").Pop(st)
			log(st, "Log 1")
			_ = g.yield(0)
			log(st, "Log 2")
			_ = g.yield(0)
			log(st, "Log 3")
		})
		g.each(st, func(int) { log(st, "caller") })
		equal(t, lines, []string{"Log 1[S]", "caller[]", "Log 2[S]", "caller[]", "Log 3[S]"})
	})
	// rerun#6238: `with stream:` held open across yields.
	t.Run("stream", func(t *testing.T) {
		st := ctx.NewState()
		stream := ctx.Static("stream", ctx.Default("global"))
		var log []string
		g := func(name string) *gen[int] {
			return generate(func(g *gen[int], st *ctx.State) {
				defer stream.Scope(st, name).End()
				for range 3 {
					log = append(log, stream.Get(st))
					_ = g.yield(0)
				}
			})
		}
		g1, g2 := g("s1"), g("s2")
		g1.Next(st)
		g2.Next(st)
		log = append(log, stream.Get(st))
		g1.Next(st)
		g1.Next(st)
		equal(t, log, []string{"s1", "s2", "global", "s1", "s1"})
	})
	// nodejs/node#52317 wants the context of creation: 11, 12; under overlay 1, 2.
	t.Run("captured", func(t *testing.T) {
		st := ctx.NewState()
		als := ctx.Static("als", ctx.Default(0))
		body := func(g *gen[int], st *ctx.State) {
			_ = g.yield(1 + als.Get(st))
			_ = g.yield(2 + als.Get(st))
		}
		var x, y *gen[int]
		als.With(st, 10, func() { x, y = generator(ctx.Captured, st, body), generate(body) })
		equal(t, [][]int{x.all(st), y.all(st)}, [][]int{{11, 12}, {1, 2}})
	})
	// google/adk-python#5722 attaches the caller's context around each yield by
	// hand: tracing spans opened in an async generator must neither leak into
	// the consumer nor be lost when the consumer changes its own span.
	t.Run("spans", func(t *testing.T) {
		st := ctx.NewState()
		span := ctx.Static("span", ctx.Default("root"))
		agent := generate(func(g *gen[string], st *ctx.State) {
			_ = g.yield(span.Get(st))
			span.With(st, "agent", func() { _ = g.yield(span.Get(st)) })
			_ = g.yield(span.Get(st))
		})
		r := []string{agent.next1(st), span.Get(st)}
		span.With(st, "consumer", func() {
			r = append(r, agent.next1(st), span.Get(st), agent.next1(st), span.Get(st))
		})
		equal(t, r, []string{"root", "root", "agent", "consumer", "consumer", "consumer"})
		agent.Close(st)
	})
}
