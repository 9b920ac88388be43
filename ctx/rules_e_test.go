package ctx_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"weak"

	"github.com/strata-go/strata/ctx"
)

// Rules E: tasks, callbacks, promises. The loop and the promises below are what
// a host of the library would write.

// loop is an event loop with one State of its own.
type loop struct {
	st *ctx.State
	q  []*ctx.Handle
}

func newLoop() *loop { return &loop{st: ctx.NewState()} }

// soon registers f in the context of s.
func (l *loop) soon(s ctx.Snapshot, f func(*ctx.State)) *ctx.Handle {
	h := s.Handle(f)
	l.q = append(l.q, h)
	return h
}

func (l *loop) run() {
	for len(l.q) > 0 {
		h := l.q[0]
		l.q = l.q[1:]
		h.Call(l.st)
	}
}

// A task has a State of its own, or runs in a given Env; its body suspends at
// each yield until the loop comes round again.
func (l *loop) task(st *ctx.State, body func(st *ctx.State, yield func())) (done func() bool) {
	g := generator(ctx.None, st, func(g *gen[int], st *ctx.State) { body(st, func() { _ = g.yield(0) }) })
	ended := false
	var step func(*ctx.State)
	step = func(*ctx.State) {
		if _, more := g.Next(st); more {
			l.soon(ctx.Snapshot{}, step)
		} else {
			ended = true
		}
	}
	l.soon(ctx.Snapshot{}, step)
	return func() bool { return ended }
}

func (l *loop) taskIn(e *ctx.Env, body func(st *ctx.State, yield func())) {
	st := ctx.NewState()
	g := generator(ctx.None, st, func(g *gen[int], st *ctx.State) { body(st, func() { _ = g.yield(0) }) })
	var step func(*ctx.State)
	step = func(*ctx.State) {
		more := false
		if err := e.Run(st, func() { _, more = g.Next(st) }); err != nil {
			panic(err)
		}
		if more {
			l.soon(ctx.Snapshot{}, step)
		}
	}
	l.soon(ctx.Snapshot{}, step)
}

// promise is a promise with reactions.
type promise struct {
	l         *loop
	settled   bool
	reactions []*ctx.Handle
}

func (p *promise) then(st *ctx.State, f func(*ctx.State)) *promise {
	next := &promise{l: p.l}
	h := st.Snapshot().Handle(func(st *ctx.State) { f(st); next.resolve() })
	if p.settled {
		p.l.q = append(p.l.q, h)
	} else {
		p.reactions = append(p.reactions, h)
	}
	return next
}

func (p *promise) resolve() {
	p.settled = true
	p.l.q = append(p.l.q, p.reactions...)
	p.reactions = nil
}

// E1 and E2, PEP 550's program: main changed, sub, sub, main, sub.
//
//	def sub():      log v;  v.set('sub');  log v;  yield
//	def sub_task(): yield;  yield;  log v;  v.set('subtask')
//	def main():
//	    v.set('main');  task(sub_task());  v.set('main changed')
//	    await sub();  log v
//	    yield; yield; yield
//	    log v
func TestE1_AwaitIsACall(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		equal(t, pep550Tasks(k), []string{"main changed", "sub", "sub", "main", "sub"})
	})
}

func TestE2_TaskGetsASnapshot(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		equal(t, pep550Tasks(k)[3], "main")
		equal(t, pep550Tasks(k)[4], "sub")

		parent := ctx.NewState()
		v := newVar[int](k, "v")
		v.Set(parent, 1)
		child := parent.Fork()
		v.Set(parent, 2)
		v.Set(child, 3)
		grandchild := child.Fork()
		v.Unset(child)
		_, set := v.Lookup(child)
		equal(t, set, false)
		equal(t, []int{v.Get(parent), v.Get(grandchild)}, []int{2, 3})
	})
}

func pep550Tasks(k kind) (log []string) {
	v := newVar[string](k, "v")
	l := newLoop()
	read := func(st *ctx.State) { log = append(log, v.Get(st)) }
	sub := func(st *ctx.State, yield func()) { read(st); v.Set(st, "sub"); read(st); yield() }
	subTask := func(st *ctx.State, yield func()) { yield(); yield(); read(st); v.Set(st, "subtask") }
	l.task(ctx.NewState(), func(st *ctx.State, yield func()) {
		v.Set(st, "main")
		l.task(st.Fork(), subTask)
		v.Set(st, "main changed")
		sub(st, yield)
		read(st)
		yield()
		yield()
		yield()
		read(st)
	})
	l.run()
	return log
}

// E3: a callback sees what was set at its registration, and what it writes
// leaks nowhere; a given snapshot overrides.
func TestE3_CallbackGetsItsRegistration(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st, l := ctx.NewState(), newLoop()
		v := newVar(k, "v", ctx.Default("nope"))
		var log []string
		f := func(st *ctx.State) { log = append(log, v.Get(st)); v.Set(st, "inside") }
		v.Set(st, "at registration")
		l.soon(st.Snapshot(), f)
		l.soon(st.Snapshot().With(v.To("given")), f)
		fn := st.Snapshot().Func(f)
		once := st.Snapshot().FuncOnce(f)
		v.Set(st, "later")
		l.run()
		fn()
		fn()
		once()
		once()
		equal(t, log, []string{"at registration", "given", "at registration", "at registration", "at registration"})
		equal(t, v.Get(st), "later")
		equal(t, v.Get(l.st), "nope")

		// PEP 550's log_error: the callback of a connection logs its own request.
		log = nil
		for _, request := range []string{"r1", "r2"} {
			v.With(st, request, func() {
				l.soon(st.Snapshot(), func(st *ctx.State) { log = append(log, "error in "+v.Get(st)) })
			})
		}
		l.run()
		equal(t, log, []string{"error in r1", "error in r2"})
		// A callback that panics leaves the loop's State as it was.
		h := l.soon(st.Snapshot(), func(st *ctx.State) { v.Set(st, "x"); panic("boom") })
		panics(t, l.run)
		equal(t, v.Get(l.st), "nope")
		equal(t, h.Call(l.st), false)
		goexit(func() {
			st.Snapshot().Handle(func(st *ctx.State) { v.Set(st, "x"); runtime.Goexit() }).Call(l.st)
		})
		equal(t, v.Get(l.st), "nope")
	})
}

// E4: a wait_for that makes a task isolates (sub-1 visible, sub-2 not), one that
// awaits in place does not.
//
//	def sub():  v.set('sub-1' / 'sub-2')
//	def main(): await sub();  log v;  wait_for(sub());  log v
func TestE4_WaitForIsolates(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v, l := newVar[string](k, "v"), newLoop()
		var log []string
		sub := func(x string) func(*ctx.State, func()) {
			return func(st *ctx.State, yield func()) { yield(); v.Set(st, x) }
		}
		waitFor := func(st *ctx.State, yield func(), f func(*ctx.State, func())) {
			for done := l.task(st.Fork(), f); !done(); {
				yield()
			}
		}
		l.task(ctx.NewState(), func(st *ctx.State, yield func()) {
			v.Set(st, "main")
			sub("sub-1")(st, yield)
			log = append(log, v.Get(st))
			waitFor(st, yield, sub("sub-2"))
			log = append(log, v.Get(st))
		})
		l.run()
		equal(t, log, []string{"sub-1", "sub-1"})
	})
}

// E5: a task runs in the given Env and its writes stay: [None, 1, 2].
func TestE5_TaskInAGivenContext(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v, l := newVar[int](k, "v"), newLoop()
		e := new(ctx.Env)
		_, set := v.In(e.Snapshot())
		equal(t, set, false)
		for i := 1; i <= 2; i++ {
			l.taskIn(e, func(st *ctx.State, yield func()) { yield(); v.Set(st, i); yield() })
			l.run()
			equal(t, envGet(e, v), i)
		}
		// Two tasks in one Env take turns.
		var log []int
		for i := range 2 {
			l.taskIn(e, func(st *ctx.State, yield func()) {
				log = append(log, v.Get(st))
				v.Set(st, 10+i)
				yield()
				log = append(log, v.Get(st))
			})
		}
		l.run()
		equal(t, log, []int{2, 10, 11, 11})
	})
}

// E6, decimal in two tasks: (0.333, 0.111), (0.333333, 0.111111).
func TestE6_DecimalInTwoTasks(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		prec, l := newVar(k, "prec", ctx.Default(28)), newLoop()
		root := ctx.NewState()
		var got [2][2]string
		for i, p := range []int{3, 6} {
			l.task(root.Fork(), func(st *ctx.State, yield func()) {
				prec.Set(st, p)
				got[i][0] = divide(st, prec, 1, 3)
				yield()
				got[i][1] = divide(st, prec, 1, 9)
			})
		}
		l.run()
		equal(t, got, [2][2]string{{"0.333", "0.111"}, {"0.333333", "0.111111"}})
	})
}

// E7: 100 tasks with 10 switches each see their own values only; outside −1.
func TestE7_HundredTasks(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v, l := newVar(k, "v", ctx.Default(-1)), newLoop()
		root := ctx.NewState()
		r := rand.New(rand.NewPCG(1, 2))
		for n := range 100 {
			l.task(root.Fork(), func(st *ctx.State, yield func()) {
				for i := range 10 {
					v.Set(st, 100*n+i)
					for range r.IntN(3) + 1 {
						yield()
					}
					equal(t, v.Get(st), 100*n+i)
				}
			})
		}
		l.run()
		equal(t, []int{v.Get(root), v.Get(l.st)}, []int{-1, -1})
		// On goroutines.
		synctest.Test(t, func(t *testing.T) {
			for n := range 100 {
				root.Go(func(st *ctx.State) {
					for i := range 10 {
						v.Set(st, n+i)
						runtime.Gosched()
						if v.Get(st) != n+i {
							t.Errorf("task %d reads %d, want %d", n, v.Get(st), n+i)
						}
					}
				})
			}
			synctest.Wait()
		})
		equal(t, v.Get(root), -1)
	})
}

// E8: a finished task frees what it set although a callback was registered.
func TestE8_FinishedTaskFrees(t *testing.T) {
	v, l := ctx.Static[*[64]int]("v"), newLoop()
	var dead weak.Pointer[[64]int]
	var h *ctx.Handle
	func() {
		st := ctx.NewState()
		l.task(st, func(st *ctx.State, yield func()) {
			x := new([64]int)
			dead = weak.Make(x)
			v.Set(st, x)
			h = l.soon(st.Snapshot(), func(*ctx.State) {})
			yield()
		})
		l.run()
	}()
	collected(t, dead)
	runtime.KeepAlive(h)
	runtime.KeepAlive(l)
}

// E9: a fixture whose set-up, test and tear-down are three tasks works in one
// shared Env; with three copies the test does not see the value and tear-down
// fails. A fixture that is a generator works across tasks for its own reads.
//
//	def fixture():
//	    t = v.set('fixture');  yield;  v.reset(t)
func TestE9_Fixture(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v := newVar(k, "v", ctx.Default("d"))
		st := ctx.NewState()
		var err error
		fixture := func() *gen[int] {
			return generator(ctx.None, st, func(g *gen[int], st *ctx.State) {
				tok := v.Set(st, "fixture")
				_ = g.yield(0)
				err = v.Reset(st, tok)
			})
		}
		shared, f := ctx.NewEnv(st.Snapshot()), fixture()
		in := func(e *ctx.Env, f func(st *ctx.State)) {
			task := ctx.NewState() // each step is a task of its own
			ok(t, e.Run(task, func() { f(task) }))
		}
		in(shared, func(st *ctx.State) { f.Next(st) })
		in(shared, func(st *ctx.State) { equal(t, v.Get(st), "fixture") })
		in(shared, func(st *ctx.State) { f.Next(st) })
		ok(t, err)
		in(shared, func(st *ctx.State) { equal(t, v.Get(st), "d") })

		f = fixture()
		in(shared.Copy(), func(st *ctx.State) { f.Next(st) })
		in(shared.Copy(), func(st *ctx.State) { equal(t, v.Get(st), "d") })
		in(shared.Copy(), func(st *ctx.State) { f.Next(st) })
		isError(t, err, ctx.ErrTokenLevel)

		// Bound to the generator's own overlay the token is good in any task.
		f = generate(func(g *gen[int], st *ctx.State) {
			tok := v.Set(st, "fixture")
			_ = g.yield(0)
			err = v.Reset(st, tok)
		})
		f.Next(st.Fork())
		f.Next(st.Fork())
		ok(t, err)
	})
}

// E10: a reaction runs in the context of its then; a rejection handler in the
// context of the rejection; a cleanup callback in that of its registration.
func TestE10_PromiseReactions(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st, l := ctx.NewState(), newLoop()
		v := newVar(k, "v", ctx.Default("d"))
		var log []string
		read := func(st *ctx.State) { log = append(log, v.Get(st)); v.Set(st, "leak") }
		p := &promise{l: l}
		var q *promise
		v.With(st, "then", func() { q = p.then(st, read) })
		v.With(st, "chained", func() { q.then(st, read) })
		v.With(st, "resolve", func() { p.resolve() })
		l.run()
		v.With(st, "late", func() { p.then(st, read) })
		l.run()
		equal(t, log, []string{"then", "chained", "late"})

		// unhandledrejection: the context in which it was rejected, both known.
		log = nil
		var rejected func()
		v.With(st, "rejected", func() { rejected = st.Snapshot().FuncOnce(read) })
		v.With(st, "registered", rejected)
		// FinalizationRegistry: the context of register.
		var cleanup func()
		v.With(st, "bar", func() { cleanup = st.Snapshot().FuncOnce(read) })
		v.With(st, "baz", cleanup)
		equal(t, log, []string{"rejected", "bar"})
	})
}

// E11: the registrar's context (Func, Handle), the caller's (a plain call), or
// both (Overlay): what the registrar set over what the caller has.
func TestE11_RegistrarCallerOrBoth(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v, w := newVar(k, "v", ctx.Default("-")), newVar(k, "w", ctx.Default("-"))
		s := newStack[int](k, "s", ctx.Lasting[int])
		var log [][2]string
		f := func(st *ctx.State) {
			log = append(log, [2]string{v.Get(st), w.Get(st)})
			v.Set(st, "leak")
			w.Set(st, "leak")
		}
		reg, call := ctx.NewState(), ctx.NewState()
		v.Set(reg, "registrar")
		s.Push(reg, 1)
		snap := reg.Snapshot()
		v.Set(call, "caller")
		w.Set(call, "caller")
		s.Push(call, 2)
		snap.Handle(f).Call(call)
		m := call.Push(new(ctx.Layer))
		f(call)
		call.Unwind(m)
		snap.Overlay(call, f)
		equal(t, log, [][2]string{{"registrar", "-"}, {"caller", "caller"}, {"registrar", "caller"}})
		snap.Overlay(call, func(st *ctx.State) { equal(t, stack(s, st), []int{2, 1}) })
		equal(t, []string{v.Get(call), w.Get(call)}, []string{"caller", "caller"})
		// A mask of the registrar hides the caller's, also when the snapshot was
		// taken in a generator.
		m = reg.Push(new(ctx.Layer))
		w.Mask(reg)
		masked := reg.Snapshot()
		reg.Unwind(m)
		masked.Overlay(call, func(st *ctx.State) { equal(t, w.Get(st), "-") })
		w.Mask(reg)
		reg.Snapshot().Overlay(call, func(st *ctx.State) { equal(t, w.Get(st), "-") })
		// Exits.
		panics(t, func() { snap.Overlay(call, func(st *ctx.State) { v.Set(st, "x"); panic("boom") }) })
		goexit(func() { snap.Overlay(call, func(st *ctx.State) { runtime.Goexit() }) })
		equal(t, v.Get(call), "caller")
	})
}

// E12: Push, Swap, Resume and Unwind call no user code, whatever is open. (That
// they cost the same is measured in bench.)
func TestE12_SwitchingCallsNoUserCode(t *testing.T) {
	calls := 0
	count := func() { calls++ }
	v := ctx.Static("v",
		ctx.Guard(func(int) error { count(); return nil }),
		ctx.OnChange(func(*ctx.State, ctx.Change[int]) { count() }),
		ctx.DefaultFunc(func() int { count(); return 0 }),
		ctx.Copy(func(x int) int { count(); return x }))
	s := ctx.StaticStack("s", ctx.Guard(func(int) error { count(); return nil }))
	fold := ctx.NewFold(s, 0, func(a, x int) int { count(); return a + x })
	for _, open := range []int{0, 10, 10_000} {
		st, gs, other := ctx.NewState(), ctx.NewState(), ctx.NewState()
		for i := range open {
			s.Push(st, i)
			v.Scope(st, i)
		}
		_ = fold.Get(st)
		snap := st.Snapshot()
		var l, l2 ctx.Layer
		before := calls
		allocs := testing.AllocsPerRun(10, func() {
			m := st.Push(&l)
			st.Unwind(m)
			m = other.Swap(snap)
			other.Unwind(m)
			m = gs.Resume(st, &l2)
			gs.Unwind(m)
		})
		equal(t, calls-before, 0)
		equal(t, allocs, 0)
	}
}

// E13: two tasks, each suspended inside a generator's overlay and a block, are
// switched at random on one goroutine: tokens still fit, writes still reach
// their own Layer.
func TestE13_TaskSwitchPopsNothing(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v := newVar(k, "v", ctx.Default("d"))
		s := newStack[string](k, "s")
		type task struct {
			name string
			st   *ctx.State
			l    ctx.Layer
			m    ctx.Mark
			toks []ctx.Token[string]
		}
		tasks := []*task{{name: "a"}, {name: "b"}}
		for _, x := range tasks {
			x.st = ctx.NewState()
			v.Set(x.st, x.name)
			s.Push(x.st, x.name)
			x.m = x.st.Push(&x.l)
			v.Set(x.st, x.name+" gen")
			s.Push(x.st, x.name+" gen")
		}
		r := rand.New(rand.NewPCG(3, 4))
		for i := range 500 {
			x := tasks[r.IntN(2)] // the host moves its current pointer, no more
			switch n := len(x.toks); {
			case r.IntN(2) == 0:
				x.toks = append(x.toks, v.Set(x.st, fmt.Sprint(x.name, i)))
				equal(t, v.Get(x.st), fmt.Sprint(x.name, i))
			case n > 0:
				ok(t, v.Reset(x.st, x.toks[n-1]))
				x.toks = x.toks[:n-1]
			}
			equal(t, v.Get(x.st)[:1], x.name)
			equal(t, stack(s, x.st), []string{x.name, x.name + " gen"})
		}
		for _, x := range tasks {
			for _, tok := range slices.Backward(x.toks) {
				ok(t, v.Reset(x.st, tok))
			}
			equal(t, v.Get(x.st), x.name+" gen")
			in, _ := v.In(x.l.Snapshot())
			equal(t, in, x.name+" gen")
			x.st.Unwind(x.m)
			equal(t, v.Get(x.st), x.name)
		}
	})
}
