package ctx_test

import (
	"runtime"
	"sync"
	"testing"
	"weak"

	"github.com/strata-go/strata/ctx"
)

// Rules F: threads, which are goroutines here.

// F1: a goroutine starts empty (d) or with a snapshot (parent, not after); its
// writes are invisible.
func TestF1_EmptyOrSnapshot(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		v.Set(st, "parent")
		var got []string
		read := func(st *ctx.State) { got = append(got, v.Get(st)); v.Set(st, "child") }
		goexit(func() { read(ctx.NewState()) })
		s := st.Snapshot()
		goexit(func() { read(s.NewState()) })
		child := st.Fork()
		v.Set(st, "after")
		goexit(func() { read(child) })
		goexit(func() { read(s.NewState()) })
		done := make(chan struct{})
		st.Go(func(st *ctx.State) { read(st); close(done) })
		<-done
		equal(t, got, []string{"d", "parent", "parent", "parent", "after"})
		equal(t, v.Get(st), "after")
		var none *ctx.State
		equal(t, v.Get(none.Fork()), "d")
	})
}

// F2: suppressed, a child is empty; restored, it inherits. Suppressing twice,
// restoring twice and restoring on another goroutine's State are misuse.
func TestF2_Suppression(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		v.Set(st, "parent")
		full := st.Snapshot()
		restore := st.Suppress()
		equal(t, st.Suppressed(), true)
		equal(t, v.Get(st), "parent") // reads and writes are unaffected
		v.Set(st, "parent 2")
		equal(t, v.Get(st), "parent 2")
		equal(t, st.Snapshot(), ctx.Snapshot{})
		child := st.Fork()
		equal(t, v.Get(child), "d")
		equal(t, child.Suppressed(), false) // the child itself passes on
		st.Snapshot().Func(func(st *ctx.State) { equal(t, v.Get(st), "d") })()
		// A generator on the suppressed execution passes nothing on either.
		g := generate(func(g *gen[string], st *ctx.State) {
			v.Set(st, "gen")
			equal(t, st.Suppressed(), true)
			_ = g.yield(v.Get(st.Fork()))
			equal(t, st.Suppressed(), false)
			_ = g.yield(v.Get(st.Fork()))
		})
		equal(t, g.next1(st), "d")
		m := st.Push(new(ctx.Layer))
		equal(t, st.Snapshot(), ctx.Snapshot{})
		st.Unwind(m)
		panics(t, func() { st.Suppress() })
		restore()
		equal(t, st.Suppressed(), false)
		panics(t, restore)
		equal(t, v.Get(st.Fork()), "parent 2")
		equal(t, g.next1(st), "gen")
		x, _ := v.In(full)
		equal(t, x, "parent")
		// Suppression again after restore; restored by another goroutine, with an
		// edge between.
		restore = st.Suppress()
		goexit(restore)
		equal(t, v.Get(st.Fork()), "parent 2")
	})
}

// F3: a pool's goroutine keeps no context after the work item.
func TestF3_PoolKeepsNothing(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		type value struct{ _ [64]int }
		v := newVar[*value](k, "v")
		work := make(chan func())
		done := make(chan bool)
		go func() {
			for f := range work {
				f()
				f = nil
				done <- true
			}
		}()
		st := ctx.NewState()
		item := func() weak.Pointer[value] {
			x := new(value)
			v.With(st, x, func() {
				work <- st.Snapshot().FuncOnce(func(st *ctx.State) {
					equal(t, v.Get(st) == x, true)
					v.Set(st, x)
				})
				<-done
			})
			return weak.Make(x)
		}
		p := item()
		collected(t, p)
		// The next item on the same goroutine sees its own registration only.
		work <- st.Snapshot().FuncOnce(func(st *ctx.State) { equal(t, v.Or(st, nil) == nil, true) })
		<-done
		close(work)
	})
}

// F4: a counter whose hook gives children 0: parent 5 → child 0, parent 5.
func TestF4_CopyOnFork(t *testing.T) {
	st := ctx.NewState()
	calls := 0
	v := ctx.Static("counter", ctx.Copy(func(int) int { calls++; return 0 }))
	v.Set(st, 5)
	child := st.Fork()
	equal(t, []int{v.Get(child), v.Get(st), calls}, []int{0, 5, 1})
	v.Set(child, 9)
	equal(t, []int{v.Get(child.Fork()), v.Get(child), v.Get(st)}, []int{0, 9, 5})

	// Fork, Go, Func and Handle inherit; Snapshot keeps everything; once each.
	calls = 0
	s := st.Snapshot()
	x, _ := v.In(s)
	equal(t, []int{x, v.Get(s.NewState()), calls}, []int{5, 5, 0})
	fn := s.Func(func(st *ctx.State) { equal(t, v.Get(st), 0); v.Set(st, 7) })
	fn()
	fn()
	equal(t, calls, 1)
	s.Handle(func(st *ctx.State) { equal(t, v.Get(st), 0) }).Call(st)
	equal(t, calls, 2)
	done := make(chan struct{})
	st.Go(func(st *ctx.State) { equal(t, v.Get(st), 0); close(done) })
	<-done
	equal(t, calls, 3)
	st.Run(s, func() { equal(t, v.Get(st), 5) })

	// Never, for both kinds; Always says what happens anyway. A mask is not copied.
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		n, a, p := newVar(k, "n", ctx.Never[int]), newVar(k, "a", ctx.Always[int]), newVar[int](k, "p")
		stack1 := newStack(k, "s", ctx.Never[int])
		n.Set(st, 1)
		a.Set(st, 2)
		p.Set(st, 3)
		stack1.Push(st, 4)
		child := st.Fork()
		equal(t, []int{n.Or(child, -1), a.Or(child, -1), p.Or(child, -1), stack1.Len(child)}, []int{-1, 2, 3, 0})
		equal(t, child.Snapshot().Len(), 2)
		equal(t, st.Snapshot().Len(), 4)
		equal(t, n.Get(st.Snapshot().NewState()), 1)
		// A child that may not be given the value may set its own.
		n.Set(child, 5)
		equal(t, []int{n.Get(child), n.Get(st)}, []int{5, 1})
	})
	v.Mask(st)
	calls = 0
	equal(t, v.Or(st.Fork(), -1), -1)
	equal(t, calls, 0)
	// A copy function that panics leaves the parent as it was.
	b := ctx.Static("b", ctx.Copy(func(int) int { panic("boom") }))
	b.Set(st, 1)
	panics(t, func() { st.Fork() })
	equal(t, b.Get(st), 1)
	b.Unset(st)
	st.Fork()
}

// F5: two goroutines are never in one Env.
func TestF5_NeverTwoInOneContext(t *testing.T) {
	v := ctx.Static("v", ctx.Default(0))
	e := new(ctx.Env)
	var mu sync.Mutex
	runs, refused := 0, 0
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			st := ctx.NewState()
			for range 200 {
				err := e.Run(st, func() {
					v.Set(st, v.Get(st)+1) // would race with another goroutine in e
					runtime.Gosched()
				})
				mu.Lock()
				if err == nil {
					runs++
				} else {
					refused++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	equal(t, runs+refused, 1600)
	equal(t, envGet(e, v), runs)
}

// F6, Racket: parameterize makes a fresh cell for the thread, (p v) changes it
// for the current thread only, children inherit the value at creation.
func TestF6_RacketParameters(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		p := newVar(k, "p", ctx.Default(0))
		var child *ctx.State
		p.With(st, 1, func() {
			child = st.Fork()
			p.Set(st, 2)
			equal(t, []int{p.Get(st), p.Get(child)}, []int{2, 1})
			p.Set(child, 3)
			equal(t, []int{p.Get(st), p.Get(child)}, []int{2, 3})
		})
		equal(t, []int{p.Get(st), p.Get(child)}, []int{0, 3})
	})
}
