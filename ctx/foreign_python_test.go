package ctx_test

import (
	"testing"

	"github.com/strata-go/strata/ctx"
)

func TestForeign_PEP550(t *testing.T) {
	playAll(t, []foreign{
		{name: "regular code: set is visible to callers and callees", run: func(p *play) {
			sub := func() { p.read(p.st); p.v.Set(p.st, "sub") }
			p.v.Set(p.st, "main")
			sub()
			p.read(p.st)
		}, want: "main sub"},
		{name: "a generator's changes are invisible outside", run: func(p *play) {
			g := p.gen(func(st *ctx.State, yield func() error) { p.v.Set(st, "gen"); _ = yield(); p.read(st); _ = yield() })
			p.v.Set(p.st, "main")
			g.Next(p.st)
			p.read(p.st)
			p.v.Set(p.st, "main 2")
			g.Next(p.st)
			p.read(p.st)
			g.Close(p.st)
		}, want: "main gen main 2"},
		{name: "outer changes are visible to a generator that set nothing", run: func(p *play) {
			g := p.gen(func(st *ctx.State, yield func() error) {
				p.read(st)
				for yield() == nil {
					p.read(st)
				}
			})
			for _, x := range []string{"1", "2", "3"} {
				p.v.Set(p.st, x)
				g.Next(p.st)
			}
			g.Close(p.st)
		}, want: "1 2 3"},
		{name: "a coroutine that is awaited is no level; one that is a task is", run: func(p *play) {
			co := func(x string) func(st *ctx.State, yield func() error) {
				return func(st *ctx.State, yield func() error) { _ = yield(); p.v.Set(st, x) }
			}
			p.v.Set(p.st, "main")
			p.genIn(ctx.None, co("awaited")).each(p.st, func(int) {})
			p.read(p.st)
			p.genIn(ctx.None, co("task")).each(p.st.Fork(), func(int) {})
			p.read(p.st)
		}, want: "awaited awaited"},
		{name: "an awaited coroutine sees every change while it is suspended", run: func(p *play) {
			g := p.genIn(ctx.None, func(st *ctx.State, yield func() error) { p.read(st); _ = yield(); p.read(st) })
			p.v.Set(p.st, "1")
			g.Next(p.st)
			p.v.Set(p.st, "2")
			g.Next(p.st)
		}, want: "1 2"},
		{name: "asynchronous generators: aclose runs under the overlay, from another task", run: func(p *play) {
			g := p.gen(func(st *ctx.State, yield func() error) {
				defer func() { p.read(st) }()
				p.v.Set(st, "agen")
				_ = yield()
			})
			g.Next(p.st)
			task := p.st.Fork()
			p.v.Set(task, "task")
			g.Close(task)
			p.read(task)
		}, want: "agen task"},
		{name: "delete: LookupError when the level has none, the outer value after", run: func(p *play) {
			p.say(p.v.Unset(p.st))
			p.v.Set(p.st, "outer")
			g := p.gen(func(st *ctx.State, yield func() error) {
				p.say(p.v.Unset(st))
				p.v.Set(st, "inner")
				p.say(p.v.Unset(st))
				p.read(st)
				_ = yield()
			})
			g.Next(p.st)
			g.Close(p.st)
			p.read(p.st)
			p.say(p.v.Unset(p.st))
			p.tries(func() { p.v.Get(p.st) })
		}, want: "false false true outer outer true error:lookup"},
		{name: "restoring by hand promotes, reset does not", run: func(p *play) {
			body := func(byHand bool) func(st *ctx.State, yield func() error) {
				return func(st *ctx.State, yield func() error) {
					old := p.v.Get(st)
					tok := p.v.Set(st, "own")
					_ = yield()
					if byHand {
						p.v.Set(st, old)
					} else {
						p.fails(p.v.Reset(st, tok))
					}
					_ = yield()
					p.read(st)
				}
			}
			for _, byHand := range []bool{true, false} {
				p.v.Set(p.st, "a")
				g := p.gen(body(byHand))
				g.Next(p.st)
				g.Next(p.st)
				p.v.Set(p.st, "b")
				g.Next(p.st)
			}
		}, want: "a b"},
		{name: "V2: run_with_execution_context keeps nothing, run_with_logical_context keeps", run: func(p *play) {
			p.v.Set(p.st, "spam")
			s, e := p.st.Snapshot(), ctx.NewEnv(p.st.Snapshot())
			f := func() { p.read(p.st); p.v.Set(p.st, "ham") }
			p.st.Run(s, f)
			p.st.Run(s, f)
			p.fails(e.Run(p.st, f))
			p.fails(e.Run(p.st, f))
		}, want: "spam spam spam ham"},
		{name: "V1: a generator that captures its creator's context", run: func(p *play) {
			p.v.Set(p.st, "created")
			g := p.genIn(ctx.Captured, func(st *ctx.State, yield func() error) {
				for {
					p.read(st)
					if yield() != nil {
						return
					}
				}
			})
			p.v.Set(p.st, "called")
			g.Next(p.st)
			g.Next(p.st)
			g.Close(p.st)
			p.read(p.st)
		}, want: "created created called"},
		{name: "a context manager made of a generator, with and without __logical_context__ = None", run: func(p *play) {
			body := func(g *gen[int], st *ctx.State) {
				tok := p.v.Set(st, "inside")
				_ = g.yield(0)
				p.fails(p.v.Reset(st, tok))
			}
			p.v.Set(p.st, "outside")
			for _, mode := range []ctx.Mode{ctx.None, ctx.Overlay} {
				contextManager(p.st, mode, body, func() { p.read(p.st) })
				p.read(p.st)
			}
		}, want: "inside outside outside outside"},
		{name: "vars(): what is set, also in lower levels", run: func(p *play) {
			p.v.Set(p.st, "1")
			g := p.gen(func(st *ctx.State, yield func() error) {
				p.w.Set(st, "2")
				s := st.Snapshot()
				p.say(s.Len(), s.Has(p.v), s.Has(p.w), s.Has(p.d))
				_ = yield()
			})
			g.Next(p.st)
			p.say(p.st.Snapshot().Len())
			g.Close(p.st)
		}, want: "2 true true false 1"},
		{name: "setting None is not deleting", run: func(p *play) {
			p.d.Set(p.st, "")
			p.say("[" + p.d.Get(p.st) + "]")
			p.say(p.d.Unset(p.st), p.d.Get(p.st))
		}, want: "[] true d"},
	})
}

func TestForeign_PEP555(t *testing.T) {
	playAll(t, []foreign{
		{name: "an assignment is a block", run: func(p *play) {
			p.v.With(p.st, "1", func() {
				p.read(p.st)
				p.v.With(p.st, "2", func() { p.read(p.st) })
				p.read(p.st)
			})
			p.read(p.st)
		}, want: "1 2 1 -"},
		{name: "an open assignment inside a generator does not leak at yield", run: func(p *play) {
			g := p.gen(func(st *ctx.State, yield func() error) {
				p.v.With(st, "gen", func() { p.read(st); _ = yield(); p.read(st) })
				p.read(st)
			})
			p.v.With(p.st, "a", func() { g.Next(p.st); p.read(p.st) })
			p.v.With(p.st, "b", func() { g.Next(p.st); p.read(p.st) })
		}, want: "gen a gen b b"},
		{name: "assignments left open when the generator ends", run: func(p *play) {
			g := p.gen(func(st *ctx.State, yield func() error) { p.v.Scope(st, "left open") })
			g.Next(p.st)
			p.read(p.st)
		}, want: "-", differs: "left open: there, what a finished generator left open becomes its caller's"},
		{name: "blocks closed out of order, of an ordinary variable", run: func(p *play) {
			a := p.v.Set(p.st, "a")
			b := p.v.Set(p.st, "b")
			p.fails(p.v.Reset(p.st, a))
			p.read(p.st)
			p.fails(p.v.Reset(p.st, b))
			p.read(p.st)
		}, want: "- a", differs: "an error at the first reset: B4 keeps what CPython does; a stack variable has the strict order"},
		{name: "blocks closed out of order, of a stack variable", run: func(p *play) {
			a := p.s.Push(p.st, "a")
			b := p.s.Push(p.st, "b")
			p.fails(a.TryPop(p.st))
			p.fails(b.TryPop(p.st))
			p.fails(a.TryPop(p.st))
			p.say(p.s.Len(p.st))
		}, want: "error:order 0"},
		{name: "a callback runs under the assignments of its registration", run: func(p *play) {
			var f func()
			p.v.With(p.st, "registered", func() { f = p.st.Snapshot().Func(p.read) })
			p.v.With(p.st, "called", f)
		}, want: "registered", differs: "called: that draft captures nothing implicitly; here a plain call does the same"},
	})
}

func TestForeign_PEP567(t *testing.T) {
	playAll(t, []foreign{
		{name: "get: value, argument, default, LookupError", run: func(p *play) {
			p.say(p.d.Get(p.st), p.d.Or(p.st, "arg"))
			p.d.Set(p.st, "val")
			p.say(p.d.Get(p.st), p.d.Or(p.st, "arg"))
			p.tries(func() { p.v.Get(p.st) })
		}, want: "d arg val val error:lookup"},
		{name: "token.old_value and token.var", run: func(p *play) {
			a := p.v.Set(p.st, "1")
			b := p.v.Set(p.st, "2")
			_, had := a.Old()
			old, _ := b.Old()
			p.say(had, old, a.Var() == p.v, b.Var() == p.w)
		}, want: "false 1 true false"},
		{name: "the example of Context.run", run: func(p *play) {
			p.v.Set(p.st, "spam")
			e := ctx.NewEnv(p.st.Snapshot())
			main := func() {
				p.say(p.v.Get(p.st), envGet(e, p.v))
				p.v.Set(p.st, "ham")
				p.say(p.v.Get(p.st), envGet(e, p.v))
			}
			p.fails(e.Run(p.st, main))
			p.say(envGet(e, p.v), p.v.Get(p.st))
		}, want: "spam spam ham ham ham spam"},
		{name: "a context is entered once", run: func(p *play) {
			e := new(ctx.Env)
			p.fails(e.Run(p.st, func() { p.fails(e.Run(p.st, func() { p.say("never") })) }))
		}, want: "error:entered"},
		{name: "a task's changes stay in it, its context is a copy", run: func(p *play) {
			p.v.Set(p.st, "parent")
			task := ctx.NewEnv(p.st.Snapshot())
			other := ctx.NewState()
			p.fails(task.Run(other, func() { p.read(other); p.v.Set(other, "task") }))
			p.v.Set(p.st, "parent 2")
			p.fails(task.Run(other, func() { p.read(other) }))
			p.read(p.st)
		}, want: "parent task parent 2"},
		{name: "ctx.copy is shallow and a mapping", run: func(p *play) {
			p.v.Set(p.st, "1")
			e := ctx.NewEnv(p.st.Snapshot())
			f := e.Copy()
			p.say(e.Snapshot() == f.Snapshot(), e.Snapshot().Equal(f.Snapshot()))
			p.fails(f.Run(p.st, func() { p.v.Set(p.st, "2") }))
			p.say(e.Snapshot().Equal(f.Snapshot()), envGet(e, p.v), envGet(f, p.v), f.Snapshot().Len())
		}, want: "true true false 1 2 1"},
	})
}

func TestForeign_PEP568(t *testing.T) {
	playAll(t, []foreign{
		{name: "a generator's context is below the caller's view, above its values", run: func(p *play) {
			g := p.gen(func(st *ctx.State, yield func() error) {
				p.v.Set(st, "gen")
				p.say(len(levels(st)))
				_ = yield()
			})
			g.Next(p.st)
			p.say(len(levels(p.st)))
			g.Close(p.st)
		}, want: "2 1"},
		{name: "gen.context = None, settable while suspended only", run: func(p *play) {
			g := p.gen(func(st *ctx.State, yield func() error) { p.v.Set(st, "1"); _ = yield(); p.v.Set(st, "2"); _ = yield() })
			g.Next(p.st)
			p.read(p.st)
			p.fails(g.layer.SetMode(ctx.None))
			g.Next(p.st)
			p.read(p.st)
			h := p.gen(func(*ctx.State, func() error) {})
			m := p.st.Push(&h.layer)
			p.fails(h.layer.SetMode(ctx.None))
			p.st.Unwind(m)
			p.fails(h.layer.SetMode(7))
		}, want: "- 2 error:running error:mode"},
		{name: "a context that is on a stack cannot be pushed again", run: func(p *play) {
			l := new(ctx.Layer)
			m := p.st.Push(l)
			p.tries(func() { p.st.Push(l) })
			other := ctx.NewState()
			p.tries(func() { other.Push(l) })
			p.st.Unwind(m)
			other.Unwind(other.Push(l))
		}, want: "raised:" + layerRuns + " raised:" + layerRuns},
		{name: "a token restores its own context's state: no promotion", run: func(p *play) {
			p.v.Set(p.st, "caller")
			g := p.gen(func(st *ctx.State, yield func() error) {
				tok := p.v.Set(st, "gen")
				_, had := tok.Old()
				p.say(had)
				p.fails(p.v.Reset(st, tok))
				_ = yield()
				p.read(st)
			})
			g.Next(p.st)
			p.v.Set(p.st, "caller 2")
			g.Next(p.st)
		}, want: "false caller 2"},
		{name: "a token is no good in another context of the stack", run: func(p *play) {
			mine := p.v.Set(p.st, "caller")
			var its ctx.Token[string]
			g := p.gen(func(st *ctx.State, yield func() error) {
				its = p.v.Set(st, "gen")
				p.fails(p.v.Reset(st, mine))
				_ = yield()
			})
			g.Next(p.st)
			p.fails(p.v.Reset(p.st, its))
			p.fails(p.v.Reset(p.st, mine))
			p.read(p.st)
			g.Close(p.st)
		}, want: "error:context error:context -"},
		{name: "an iterator class with run_with_context is a generator", run: func(p *play) {
			var own ctx.Layer
			next := func(f func()) { defer p.st.Unwind(p.st.Push(&own)); f() }
			p.v.Set(p.st, "caller")
			next(func() { p.v.Set(p.st, "own"); p.w.Set(p.st, "own") })
			p.read(p.st)
			next(func() { p.read(p.st) })
			p.say(own.Snapshot().Len())
		}, want: "caller own 2"},
	})
}

const layerRuns = "ctx: Push of a Layer that lies on a State already: a generator runs in one place at a time; check Layer.Running before resuming, and Unwind at each yield"

func TestForeign_PEP789(t *testing.T) {
	scope := func(p *play, st *ctx.State, name string, f func()) { defer p.s.Push(st, name).Pop(st); f() }
	open := func(p *play, st *ctx.State) { p.say(stack(p.s, st)) }
	playAll(t, []foreign{
		{name: "iter_with_timeout: the deadline of a generator is not its consumer's", run: func(p *play) {
			src := p.gen(func(st *ctx.State, yield func() error) {
				for range 2 {
					open(p, st)
					_ = yield()
				}
			})
			timeout := p.gen(func(st *ctx.State, yield func() error) {
				scope(p, st, "timeout", func() { src.each(st, func(int) { _ = yield() }) })
			})
			timeout.Next(p.st)
			open(p, p.st)
			scope(p, p.st, "caller", func() { timeout.Next(p.st); open(p, p.st) })
			timeout.Close(p.st)
			src.Close(p.st)
		}, want: "[timeout] [] [caller timeout] [caller]"},
		{name: "combined_iterators: two generators hold scopes and end in the wrong order", run: func(p *play) {
			feed := func(name string) *gen[int] {
				return p.gen(func(st *ctx.State, yield func() error) {
					scope(p, st, name, func() { open(p, st); _ = yield() })
				})
			}
			a, b := feed("a"), feed("b")
			scope(p, p.st, "group", func() {
				a.Next(p.st)
				b.Next(p.st)
				a.Close(p.st)
				open(p, p.st)
			})
			b.Close(p.st)
			open(p, p.st)
		}, want: "[group a] [group b] [group] []"},
		{name: "the same in today's way, one list for the task", run: func(p *play) {
			feed := func(name string) *gen[int] {
				return p.genIn(ctx.None, func(st *ctx.State, yield func() error) {
					x := p.s.Push(st, name)
					_ = yield()
					p.fails(x.TryPop(st))
				})
			}
			a, b := feed("a"), feed("b")
			a.Next(p.st)
			b.Next(p.st)
			a.Close(p.st)
			open(p, p.st)
			b.Close(p.st)
			open(p, p.st)
		}, want: "error:order [a b] [a]", differs: "that document forbids the yield instead"},
		{name: "a fixture's task group lives across tasks", run: func(p *play) {
			fixture := p.gen(func(st *ctx.State, yield func() error) { scope(p, st, "fixture", func() { _ = yield() }) })
			fixture.Next(p.st.Fork())
			test := p.st.Fork()
			open(p, test)
			fixture.Close(p.st.Fork())
		}, want: "[]"},
		{name: "a context manager made of a generator may yield in a scope", run: func(p *play) {
			cm := func(g *gen[int], st *ctx.State) { scope(p, st, "managed", func() { _ = g.yield(0) }) }
			contextManager(p.st, ctx.None, cm, func() { open(p, p.st) })
			open(p, p.st)
		}, want: "[managed] []"},
	})
}

// CPython's own tests of contexts, by what they check.
func TestForeign_CPythonContextTests(t *testing.T) {
	playAll(t, []foreign{
		{name: "getset 1", run: func(p *play) {
			p.say(p.v.Or(p.st, "none"))
			t0 := p.v.Set(p.st, "spam")
			t1 := p.v.Set(p.st, "ham")
			p.fails(p.v.Reset(p.st, t1))
			p.read(p.st)
			p.fails(p.v.Reset(p.st, t1))
			p.fails(p.v.Reset(p.st, t0))
			p.read(p.st)
			p.fails(p.v.Reset(p.st, t0))
		}, want: "none spam error:used - error:used"},
		{name: "getset 2: a token of another variable", run: func(p *play) {
			tok := p.v.Set(p.st, "42")
			p.fails(p.w.Reset(p.st, tok))
			p.read(p.st)
		}, want: "error:var 42"},
		{name: "getset 3: a default comes back", run: func(p *play) {
			tok := p.d.Set(p.st, "42")
			p.say(p.d.Get(p.st))
			p.fails(p.d.Reset(p.st, tok))
			p.say(p.d.Get(p.st), p.st.Snapshot().Has(p.d))
		}, want: "42 d false"},
		{name: "getset 4: a token of another context", run: func(p *play) {
			tok := p.v.Set(p.st, "1")
			e := ctx.NewEnv(p.st.Snapshot())
			p.fails(e.Run(p.st, func() { p.fails(p.v.Reset(p.st, tok)) }))
			p.read(p.st)
		}, want: "error:context 1"},
		{name: "getset 5: set in a copy", run: func(p *play) {
			p.v.Set(p.st, "outer")
			e := ctx.NewEnv(p.st.Snapshot())
			p.fails(e.Run(p.st, func() { p.v.Set(p.st, "inner") }))
			p.read(p.st)
		}, want: "outer"},
		{name: "run 3: an exception", run: func(p *play) {
			e := new(ctx.Env)
			p.tries(func() { _ = e.Run(p.st, func() { p.v.Set(p.st, "x"); panic("ZeroDivision") }) })
			p.read(p.st)
			p.say(envGet(e, p.v))
		}, want: "raised:ZeroDivision - x"},
		{name: "run 4 and 5: nested and empty", run: func(p *play) {
			e := new(ctx.Env)
			p.fails(e.Run(p.st, func() {
				p.v.Set(p.st, "1")
				inner := ctx.NewEnv(p.st.Snapshot())
				p.fails(inner.Run(p.st, func() { p.v.Set(p.st, "2"); p.read(p.st) }))
				p.read(p.st)
				p.say(envGet(inner, p.v))
				p.fails(new(ctx.Env).Run(p.st, func() { p.read(p.st) }))
			}))
			p.read(p.st)
		}, want: "2 1 2 - -"},
		{name: "run 6: the context is live inside", run: func(p *play) {
			e := new(ctx.Env)
			p.fails(e.Run(p.st, func() {
				p.say(e.Snapshot().Has(p.v), e.Snapshot().Len())
				p.v.Set(p.st, "10")
				p.say(envGet(e, p.v), e.Snapshot().Len())
				p.w.Set(p.st, "20")
				p.say(e.Snapshot().Len())
			}))
		}, want: "false 0 10 1 2"},
		{name: "run 7: recursion", run: func(p *play) {
			e := new(ctx.Env)
			p.fails(e.Run(p.st, func() { p.tries(func() { p.fails(e.Run(p.st, func() {})) }) }))
			p.fails(e.Run(p.st, func() { p.say("again") }))
		}, want: "error:entered again"},
		{name: "copy 1", run: func(p *play) {
			c := new(ctx.Env)
			p.fails(c.Run(p.st, func() { p.v.Set(p.st, "10") }))
			d := c.Copy()
			p.fails(d.Run(p.st, func() { p.v.Set(p.st, "20") }))
			p.fails(c.Run(p.st, func() { p.v.Set(p.st, "30") }))
			p.say(envGet(c, p.v), envGet(d, p.v))
		}, want: "30 20"},
		{name: "threads 1: each its own", run: func(p *play) {
			for _, x := range []string{"a", "b", "c"} {
				goexit(func() {
					st := ctx.NewState()
					p.read(st)
					p.v.Set(st, x)
					p.read(st)
				})
			}
			p.read(p.st)
		}, want: "- a - b - c -"},
		{name: "token as context manager, reentered", run: func(p *play) {
			p.d.With(p.st, "1", func() { p.say(p.d.Get(p.st)) })
			p.say(p.d.Get(p.st))
			b := p.d.Scope(p.st, "2")
			b.End()
			p.tries(b.End)
			p.v.Set(p.st, "before")
			p.v.With(p.st, "1", func() { p.v.Set(p.st, "2"); p.v.Set(p.st, "3") })
			p.read(p.st)
			b = p.v.Scope(p.st, "1")
			p.fails(p.v.Reset(p.st, b.Token()))
			p.tries(b.End)
			p.read(p.st)
			p.v.With(p.st, "1", func() {
				other := p.v.Set(p.st, "2")
				p.fails(p.v.Reset(p.st, other))
			})
			p.read(p.st)
		}, want: "1 d error:used before error:used before before"},
		{name: "asyncio: create_task with a context", run: func(p *play) {
			l, e := newLoop(), ctx.NewEnv(p.st.Snapshot())
			for _, x := range []string{"1", "2"} {
				l.taskIn(e, func(st *ctx.State, yield func()) { yield(); p.v.Set(st, x) })
				l.run()
				p.say(envGet(e, p.v))
			}
			p.read(p.st)
		}, want: "1 2 -"},
		{name: "asyncio: call_soon and add_done_callback", run: func(p *play) {
			l := newLoop()
			p.v.Set(p.st, "registered")
			l.soon(p.st.Snapshot(), func(st *ctx.State) { p.read(st); p.v.Set(st, "leak") })
			pr := &promise{l: l}
			pr.then(p.st, p.read)
			p.v.Set(p.st, "later")
			pr.resolve()
			l.run()
			p.read(p.st)
		}, want: "registered registered later"},
	})
}
