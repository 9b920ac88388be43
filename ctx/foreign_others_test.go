package ctx_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Tornado's stack_context: StackContext is a block of a stack variable, wrap is
// Snapshot.Func, NullContext is the zero Snapshot.
func TestForeign_TornadoStackContext(t *testing.T) {
	with := func(p *play, st *ctx.State, name string, f func()) { defer p.s.Push(st, name).Pop(st); f() }
	active := func(p *play) func(*ctx.State) { return func(st *ctx.State) { p.say(stack(p.s, st)) } }
	null := ctx.Snapshot{}
	playAll(t, []foreign{
		{name: "wrap runs in the contexts of the wrap", run: func(p *play) {
			var f func()
			with(p, p.st, "c1", func() {
				f = p.st.Snapshot().Func(active(p))
				f()
				active(p)(p.st)
			})
			active(p)(p.st)
		}, want: "[c1] [c1] []"},
		{name: "without wrap the caller's contexts apply", run: func(p *play) {
			var f func(*ctx.State)
			with(p, p.st, "c1", func() { f = active(p) })
			with(p, p.st, "c2", func() { f(p.st) })
		}, want: "[c2]"},
		{name: "contexts that were left are not entered again", run: func(p *play) {
			var f func()
			with(p, p.st, "c1", func() { with(p, p.st, "c2", func() { f = p.st.Snapshot().Func(active(p)) }) })
			f()
		}, want: "[]", differs: "[c1 c2]: there, wrap enters the context managers anew at each call; a Lasting stack lists them (next program)"},
		{name: "the same with elements that last", run: func(p *play) {
			last := ctx.NewStack("last", ctx.Lasting[string])
			show := func(st *ctx.State) { p.say(stack(last, st)) }
			a := last.Push(p.st, "c1")
			b := last.Push(p.st, "c2")
			f := p.st.Snapshot().Func(show)
			b.Pop(p.st)
			a.Pop(p.st)
			f()
			c := last.Push(p.st, "c3")
			f()
			show(p.st)
			c.Pop(p.st)
		}, want: "[c1 c2] [c1 c2] [c3]"},
		{name: "NullContext starts empty, and the contexts are back after", run: func(p *play) {
			with(p, p.st, "c1", func() {
				p.st.Run(null, func() {
					active(p)(p.st)
					with(p, p.st, "c2", func() { active(p)(p.st); null.Func(active(p))() })
				})
				active(p)(p.st)
			})
		}, want: "[] [c2] [] [c1]"},
		{name: "exit_library_context: a library's loop runs under NullContext, the user's callback in its own", run: func(p *play) {
			l := newLoop()
			var user func()
			with(p, p.st, "user", func() {
				user = p.st.Snapshot().Func(active(p))
				p.st.Run(null, func() { // the library registers its own callback
					l.soon(p.st.Snapshot(), func(st *ctx.State) { active(p)(st); user() })
				})
				l.run()
			})
		}, want: "[] [user]"},
		{name: "isolation: two registrations do not mix", run: func(p *play) {
			l := newLoop()
			f := func(name string) {
				with(p, p.st, name, func() { l.soon(p.st.Snapshot(), active(p)); l.run() })
			}
			f("c1")
			f("c2")
			active(p)(p.st)
		}, want: "[c1] [c2] []"},
		{name: "wrapping a wrapped function changes nothing", run: func(p *play) {
			var f, g func()
			with(p, p.st, "c1", func() {
				f = p.st.Snapshot().Func(active(p))
				with(p, p.st, "c2", func() { g = p.st.Snapshot().Func(func(*ctx.State) { f() }); g() })
			})
		}, want: "[c1]"},
		{name: "a context that swallows an exception in a callback leaves the stack intact", run: func(p *play) {
			with(p, p.st, "c1", func() {
				f := p.st.Snapshot().Func(func(st *ctx.State) { with(p, st, "c2", func() { panic("boom") }) })
				p.tries(f)
				active(p)(p.st)
			})
		}, want: "raised:boom [c1]"},
		{name: "yield in a with StackContext", run: func(p *play) {
			g := p.gen(func(st *ctx.State, yield func() error) {
				with(p, st, "c1", func() { _ = yield(); active(p)(st) })
				active(p)(st)
			})
			g.Next(p.st)
			active(p)(p.st)
			g.Next(p.st)
		}, want: "[] [c1] []", differs: "StackContextInconsistentError: there a generator may not leave a context open across a yield"},
	})
}

// .NET's AsyncLocal with ExecutionContext.Capture and Run: n variables, a
// capture at each level, each run from inside each.
func TestForeign_NETExecutionContext(t *testing.T) {
	for n := 1; n <= 40; n++ {
		st := ctx.NewState()
		vars := make([]ctx.Var[int], n)
		captures := []ctx.Snapshot{st.Snapshot()}
		for i := range vars {
			vars[i] = ctx.New[int](fmt.Sprint("v", i))
			vars[i].Set(st, i)
			captures = append(captures, st.Snapshot())
		}
		check := func(set int) {
			t.Helper()
			for k, v := range vars {
				if x, ok := v.Lookup(st); ok != (k < set) || ok && x != k {
					t.Fatalf("%d variables, capture %d: variable %d is %d, %v", n, set, k, x, ok)
				}
			}
		}
		for i, outer := range captures {
			st.Run(outer, func() {
				check(i)
				for j, inner := range captures {
					st.Run(inner, func() {
						if check(j); j > 0 {
							vars[j-1].Set(st, -1) // goes with the run
							vars[0].Set(st, -2)
						}
					})
				}
				check(i)
			})
			x := outer.NewState()
			for k, v := range vars {
				if _, ok := v.Lookup(x); ok != (k < i) {
					t.Fatalf("capture %d changed", i)
				}
			}
		}
		check(n)
	}
	playAll(t, []foreign{
		{name: "null removes nothing here", run: func(p *play) {
			p.d.Set(p.st, "")
			_, set := p.d.Lookup(p.st)
			p.say(set)
		}, want: "true", differs: "false: there a null value removes the key unless it has a handler (A4)"},
		{name: "SuppressFlow, Capture, RestoreFlow", run: func(p *play) {
			p.v.Set(p.st, "x")
			restore := p.st.Suppress()
			p.say(p.st.Suppressed(), p.st.Snapshot().Len())
			p.read(p.st.Fork())
			p.tries(func() { p.st.Suppress() })
			restore()
			p.say(p.st.Suppressed())
			p.read(p.st.Fork())
		}, want: "true 0 - raised:ctx: Suppress while inheritance is suppressed already: restore the first one, or check Suppressed false x"},
		{name: "an async method's change does not reach its caller when it is a task", run: func(p *play) {
			p.v.Set(p.st, "caller")
			task := p.st.Fork()
			p.v.Set(task, "callee")
			p.read(task)
			p.read(p.st)
		}, want: "callee caller"},
		{name: "value changed handler: previous and current", run: func(p *play) {
			w := ctx.Static("watched", ctx.OnChange(func(_ *ctx.State, c ctx.Change[string]) { p.say(c.Old + ">" + c.New) }))
			w.Set(p.st, "1")
			w.Set(p.st, "2")
			other := ctx.Snapshot{}.With(w.To("3"))
			p.st.Run(other, func() { w.Set(p.st, "4") })
		}, want: ">1 1>2 3>4", differs: "also 2>3 and 4>2, with ThreadContextChanged: here switching calls nobody (E12)"},
	})
}

// Java's ScopedValue: where(...).run is With; a rebinding is a nested With.
func TestForeign_JavaScopedValue(t *testing.T) {
	playAll(t, []foreign{
		{name: "unbound", run: func(p *play) {
			p.tries(func() { p.v.Get(p.st) })
			p.say(p.v.Or(p.st, "else"), p.st.Snapshot().Has(p.v))
		}, want: "error:lookup else false"},
		{name: "bound, rebound, back", run: func(p *play) {
			p.v.With(p.st, "joe", func() {
				p.read(p.st)
				p.v.With(p.st, "fred", func() { p.read(p.st) })
				p.read(p.st)
			})
			p.read(p.st)
		}, want: "joe fred joe -"},
		{name: "rebound to null, from null", run: func(p *play) {
			n := ctx.New[*int]("n")
			x := new(1)
			is := func() { v, ok := n.Lookup(p.st); p.say(v == nil, ok) }
			n.With(p.st, x, func() { n.With(p.st, nil, is); is() })
			n.With(p.st, nil, func() { n.With(p.st, x, is); is() })
			is()
		}, want: "true true false true false true true true true false"},
		{name: "several bindings, the later of one key wins", run: func(p *play) {
			p.st.With(p.v.To("1"), p.w.To("2"), p.v.To("3")).Run(func() { p.read(p.st); p.say(p.w.Get(p.st)) })
			p.read(p.st)
		}, want: "3 2 -"},
		{name: "rebinding inside several", run: func(p *play) {
			p.st.With(p.v.To("1"), p.w.To("1")).Run(func() {
				p.st.With(p.w.To("2")).Run(func() { p.say(p.v.Get(p.st) + p.w.Get(p.st)) })
				p.say(p.v.Get(p.st) + p.w.Get(p.st))
			})
		}, want: "12 11"},
		{name: "an exception unbinds", run: func(p *play) {
			p.tries(func() { p.v.With(p.st, "x", func() { panic("boom") }) })
			p.read(p.st)
		}, want: "raised:boom -"},
		{name: "a forked subtask inherits, an unstructured thread does not", run: func(p *play) {
			p.v.With(p.st, "x", func() {
				child := p.st.Fork()
				goexit(func() { p.read(child) })
				goexit(func() { p.read(ctx.NewState()) })
			})
		}, want: "x -"},
		{name: "a subtask rebinds for itself", run: func(p *play) {
			p.v.With(p.st, "x", func() {
				child := p.st.Fork()
				goexit(func() { p.v.With(child, "y", func() { p.read(child) }); p.read(child) })
				p.read(p.st)
			})
		}, want: "y x x"},
		{name: "structure violation: a block closed below a newer one", run: func(p *play) {
			a := p.s.Push(p.st, "a")
			b := p.s.Push(p.st, "b")
			p.tries(func() { a.Pop(p.st) })
			b.Pop(p.st)
			a.Pop(p.st)
		}, want: "error:order", differs: "there the newer ones are closed as well before the exception"},
	})
	// Deep and wide rebinding: 1 to 40 variables, rebound at each depth.
	for n := 1; n <= 40; n++ {
		st := ctx.NewState()
		vars := make([]ctx.Var[int], n)
		for i := range vars {
			vars[i] = ctx.New[int]("v")
		}
		var down func(depth int)
		down = func(depth int) {
			for i, v := range vars {
				if i < depth {
					want := (depth-1-i)/n*n + i + 1 // the last depth that rebound it
					if got := v.Get(st); got != want {
						t.Fatalf("%d variables, depth %d: variable %d is %d, want %d", n, depth, i, got, want)
					}
				} else if _, ok := v.Lookup(st); ok {
					t.Fatal("bound too early")
				}
			}
			if depth < 2*n {
				vars[depth%n].With(st, depth+1, func() { down(depth + 1) })
			}
		}
		down(0)
		equal(t, st.Snapshot(), ctx.Snapshot{})
	}
}

// Kotlin's CopyableThreadContextElement, and what ThreadLocal.asContextElement
// does.
func TestForeign_KotlinCopyOnFork(t *testing.T) {
	type data struct{ items []string }
	copied := ctx.Static("data", ctx.Copy(func(d *data) *data { return &data{append([]string(nil), d.items...)} }))
	show := func(st *ctx.State) string { return fmt.Sprint(copied.Get(st).items) }
	add := func(st *ctx.State, s string) { d := copied.Get(st); d.items = append(d.items, s) }

	st := ctx.NewState()
	copied.Set(st, &data{[]string{"root"}})
	a, b := st.Fork(), st.Fork()
	add(a, "a")
	add(b, "b")
	add(st, "after")
	equal(t, []string{show(st), show(a), show(b)}, []string{"[root after]", "[root a]", "[root b]"})
	grandchild := a.Fork()
	add(grandchild, "g")
	equal(t, []string{show(grandchild), show(a)}, []string{"[root a g]", "[root a]"})
	// withContext in place makes no child and copies nothing.
	st.Run(st.Snapshot(), func() { add(st, "in place") })
	equal(t, show(st), "[root after in place]")
	// An override for the child (mergeForChild): what the child is given wins.
	child := st.Fork()
	copied.Set(child, &data{[]string{"given"}})
	equal(t, []string{show(child), show(st)}, []string{"[given]", "[root after in place]"})
	// Children on goroutines, all at once.
	var wg sync.WaitGroup
	for i := range 20 {
		child := st.Fork()
		wg.Go(func() {
			add(child, fmt.Sprint(i))
			equal(t, show(child), fmt.Sprintf("[root after in place %d]", i))
		})
	}
	wg.Wait()
	equal(t, show(st), "[root after in place]")
	// Bringing changes back from a child (what Kotlin leaves to the user).
	before := st.Snapshot()
	child = before.NewState()
	copied.Set(child, &data{[]string{"merged"}})
	st.Apply(before.Diff(child.Snapshot()))
	equal(t, show(st), "[merged]")

	playAll(t, []foreign{
		{name: "a value set inside a coroutine is there after a suspension", run: func(p *play) {
			p.v.With(p.st, "element", func() {
				g := p.genIn(ctx.None, func(st *ctx.State, yield func() error) {
					p.v.Set(st, "set inside")
					_ = yield()
					p.read(st)
				})
				task := p.st.Fork()
				g.Next(task)
				g.Next(task)
			})
			p.read(p.st)
		}, want: "set inside -", differs: "element: there each resumption restores the thread local to the context's element"},
		{name: "withContext overrides for the block", run: func(p *play) {
			p.v.With(p.st, "outer", func() {
				p.v.With(p.st, "inner", func() { p.read(p.st) })
				p.read(p.st)
			})
		}, want: "inner outer"},
		{name: "plus: the right-hand side wins", run: func(p *play) {
			left := ctx.Snapshot{}.With(p.v.To("left"), p.w.To("left"))
			both := left.With(p.v.To("right"))
			p.st.Run(both, func() { p.say(p.v.Get(p.st), p.w.Get(p.st)) })
		}, want: "right left"},
	})
}
