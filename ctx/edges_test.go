package ctx_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/strata-go/strata/ctx"
)

// What no rule names: the bridge to context.Context, equality and deltas of
// stack variables, walks that stop early, helpers for tests.

type key struct{}

func TestBridge(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v, w := newVar[string](k, "v"), newVar(k, "w", ctx.Default("d"))
		v.Set(st, "1")
		parent, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "mine"), time.Hour)
		c := st.Snapshot().Context(parent)
		x, ok1 := v.From(c)
		equal(t, []any{x, ok1}, []any{"1", true})
		_, ok1 = w.From(c) // defaults do not matter
		equal(t, ok1, false)
		equal(t, c.Value(key{}), any("mine"))
		_, timed := c.Deadline()
		equal(t, timed, true)
		equal(t, ctx.FromContext(c), st.Snapshot())

		// Children of the standard library carry it too; the innermost counts.
		child, stop := context.WithCancel(context.WithValue(c, 1, 2))
		defer stop()
		equal(t, ctx.FromContext(child), st.Snapshot())
		d := v.WithContext(child, "2")
		e := w.WithContext(d, "w")
		x, _ = v.From(e)
		y, _ := w.From(e)
		equal(t, []string{x, y}, []string{"2", "w"})
		x, _ = v.From(child)
		equal(t, x, "1")
		f := ctx.Snapshot{}.Context(e)
		_, ok1 = v.From(f)
		equal(t, ok1, false)
		equal(t, f.Value(key{}), any("mine"))

		// Cancellation is the parent's.
		cancel()
		isError(t, e.Err(), context.Canceled)
		isError(t, f.Err(), context.Canceled)
		<-e.Done()

		// Whatever has the method Value will do.
		x, _ = v.From(valuer{e})
		equal(t, x, "2")
		equal(t, ctx.FromContext(valuer{context.Background()}), ctx.Snapshot{})
		// A State made of it goes on from there.
		st2 := ctx.FromContext(e).NewState()
		equal(t, []string{v.Get(st2), w.Get(st2)}, []string{"2", "w"})
		v.Set(st2, "3")
		x, _ = v.From(e)
		equal(t, x, "2")
	})
}

type valuer struct{ c context.Context }

func (v valuer) Value(key any) any { return v.c.Value(key) }

func TestEqualityAndDeltasOfStacks(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		s, v := newStack(k, "s", ctx.Lasting[int]), newVar[int](k, "v")
		s.Push(st, 1)
		base := st.Snapshot()
		m := st.Push(new(ctx.Layer))
		p := s.Push(st, 2)
		a := st.Snapshot()
		tok := v.Set(st, 1)
		ok(t, v.Reset(st, tok))
		b := st.Snapshot() // flattened anew
		equal(t, a.Equal(b), true)
		equal(t, a.Diff(b).Len(), 0)
		equal(t, a.Equal(base), false)
		equal(t, base.Diff(a).Len(), 1)
		p.Pop(st)
		equal(t, st.Snapshot().Equal(base), true)
		st.Unwind(m)

		// Applied, a list reads as it did where it was taken, in every level.
		d := base.Diff(a)
		equal(t, fmt.Sprint(list(s, base.Apply(d))), "[1 2]")
		child := base.NewState()
		child.Push(new(ctx.Layer))
		child.Apply(d)
		equal(t, stack(s, child), []int{1, 2})
		s.Push(child, 3)
		equal(t, stack(s, child), []int{1, 2, 3})
		// And taken away again: what lies below shows.
		child.Apply(a.Diff(ctx.Snapshot{}))
		equal(t, stack(s, child), []int{1})
		equal(t, a.Apply(a.Diff(ctx.Snapshot{})), ctx.Snapshot{})
	})
	// Equal values of static stacks are equal, unequal ones not.
	x, y := ctx.NewState(), ctx.NewState()
	s := ctx.StaticStack[int]("s")
	for _, st := range []*ctx.State{x, y} {
		s.Push(st, 1)
		s.Push(st, 2)
	}
	equal(t, x.Snapshot().Equal(y.Snapshot()), true)
	s.Push(y, 3)
	equal(t, x.Snapshot().Equal(y.Snapshot()), false)
	s.Push(x, 4)
	equal(t, x.Snapshot().Equal(y.Snapshot()), false)
	// A list whose elements are all gone is not set.
	equal(t, x.Snapshot().Only().Has(s), false)
	st := ctx.NewState()
	p := s.Push(st, 1)
	snap := st.Snapshot()
	equal(t, snap.Has(s), true)
	p.Pop(st)
	equal(t, snap.Has(s), false)
}

func list(s ctx.StackVar[int], in ctx.Snapshot) (out []int) {
	for x := range s.AllIn(in) {
		out = append(out, x)
	}
	return out
}

func TestWalksStopEarly(t *testing.T) {
	st := ctx.NewState()
	ns := ctx.NewNamespace("a name")
	equal(t, ns.Name(), "a name")
	s := ctx.StaticStack[int]("s")
	for i := range 5 {
		ctx.Static(fmt.Sprint(i), ctx.In[int](ns), ctx.Always[int]).Set(st, i)
		s.Push(st, i)
		st.Push(new(ctx.Layer))
	}
	n := 0
	for range st.Levels() {
		n++
		break
	}
	for range st.Snapshot().Vars() {
		n++
		break
	}
	for range ns.All(st.Snapshot()) {
		n++
		break
	}
	for range s.All(st) {
		n++
		break
	}
	for range s.AllIn(st.Snapshot()) {
		n++
		break
	}
	equal(t, n, 5)
}

// tb stands for a testing.T whose cleanup runs when the test says so.
type tb struct {
	cleanups []func()
	errs     []string
}

func (t *tb) Helper()          {}
func (t *tb) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }
func (t *tb) Errorf(format string, args ...any) {
	t.errs = append(t.errs, fmt.Sprintf(format, args...))
}

func TestSetFor(t *testing.T) {
	st := ctx.NewState()
	v := ctx.Static("v", ctx.Default(1))
	t.Run("inner", func(t *testing.T) {
		v.SetFor(t, st, 2)
		equal(t, v.Get(st), 2)
	})
	equal(t, v.Get(st), 1)
	var x tb
	v.SetFor(&x, st, 2)
	m := st.Push(new(ctx.Layer))
	x.cleanups[0]()
	equal(t, len(x.errs), 1)
	st.Unwind(m)
	x.cleanups[0]()
	equal(t, v.Get(st), 1)
}

// A generator resumed from an outer State, of which another one runs now: both
// read on in it, and both see what is written there.
func TestTwoGeneratorsOnOneState(t *testing.T) {
	st := ctx.NewState()
	v := ctx.Static("v", ctx.Default(0))
	a, b, c := ctx.NewState(), ctx.NewState(), ctx.NewState()
	ma := a.Resume(st, new(ctx.Layer))
	read := func() []int { return []int{v.Get(a), v.Get(b), v.Get(c), v.Get(st)} }
	mb := b.Resume(st, new(ctx.Layer))
	mc := c.Resume(b, nil)
	read()
	read()
	v.Set(st, 1) // the code of a generator writes the State it closed over
	equal(t, read(), []int{1, 1, 1, 1})
	equal(t, a.Snapshot().Equal(st.Snapshot()), true)
	v.Set(st, 2)
	equal(t, read(), []int{2, 2, 2, 2})
	x, _ := v.In(a.Snapshot())
	equal(t, x, 2)
	v.Set(c, 3) // transparent: into b's layer
	equal(t, read(), []int{2, 3, 3, 2})
	a.Unwind(ma) // not in reverse order
	v.Set(st, 4)
	equal(t, read(), []int{0, 3, 3, 4})
	c.Unwind(mc)
	b.Unwind(mb)
	ma = a.Resume(st, new(ctx.Layer))
	v.Set(st, 5)
	equal(t, v.Get(a), 5)
	a.Unwind(ma)
	equal(t, a.Snapshot(), ctx.Snapshot{})

	// While inside a Run of its own, which puts its cache aside.
	ma = a.Resume(st, new(ctx.Layer))
	read()
	read()
	a.Run(ctx.Snapshot{}, func() { read(); v.Set(st, 6) })
	equal(t, v.Get(a), 6)
	a.Unwind(ma)
}

func TestErrorsAreSentinels(t *testing.T) {
	v := ctx.Static("v", ctx.Guard(func(int) error { return errors.New("no") }))
	_, err := v.TrySet(ctx.NewState(), 1)
	var g *ctx.GuardError
	equal(t, errors.As(err, &g) && g.Name == "v", true)
	equal(t, err.Error(), `ctx: the guard of variable "v" refused the value: no`)
	isError(t, &ctx.NoValueError{Name: "v"}, ctx.ErrNoValue)
	isError(t, &ctx.MisuseError{Err: ctx.ErrOrder}, ctx.ErrOrder)
}

// A watcher that panics while several variables are reset leaves its own
// variable set, and no other.
func TestWithResetsTheOthers(t *testing.T) {
	fails := false
	watched := ctx.Static("watched", ctx.OnChange(func(*ctx.State, ctx.Change[int]) {
		if fails {
			panic("boom")
		}
	}))
	first, last := ctx.Static[int]("first"), ctx.Static[int]("last")
	st := ctx.NewState()
	func() {
		defer func() { equal(t, recover(), any("boom")) }()
		st.With(first.To(1), watched.To(2), last.To(3)).Run(func() { fails = true })
	}()
	equal(t, st.Snapshot().Len(), 1)
	equal(t, watched.Get(st), 2)
}

// A guard that pushes on its own stack: both elements are there, the guard's
// below.
func TestGuardPushes(t *testing.T) {
	var v ctx.StackVar[int]
	st := ctx.NewState()
	v = ctx.StaticStack("v", ctx.Guard(func(x int) error {
		if x > 0 {
			v.Push(st, -x)
		}
		return nil
	}))
	v.Push(st, 1)
	equal(t, slices.Collect(v.All(st)), []int{-1, 1})
	v.Replace(st, 2)
	equal(t, slices.Collect(v.All(st)), []int{-1, 1, 2}) // in the place of -2
}

// A watcher that is told of a Reset finds the token used. Were it used twice,
// two later tokens would be one.
func TestWatcherUsesTheTokenAgain(t *testing.T) {
	var v ctx.Var[int]
	var tok ctx.Token[int]
	var errs []error
	fails := false
	v = ctx.Static("v", ctx.OnChange(func(st *ctx.State, c ctx.Change[int]) {
		if !c.HasNew {
			errs = append(errs, v.Reset(st, tok))
			if fails {
				panic("boom")
			}
		}
	}))
	st := ctx.NewState()
	tok = v.Set(st, 1)
	fails = true
	func() {
		defer func() { equal(t, recover(), any("boom")) }()
		_ = v.Reset(st, tok)
	}()
	fails = false
	equal(t, v.Get(st), 1) // taken back, and so is the use of the token
	ok(t, v.Reset(st, tok))
	equal(t, errs, []error{ctx.ErrTokenUsed, ctx.ErrTokenUsed})
	equal(t, v.Reset(st, tok), ctx.ErrTokenUsed)
	a, b := v.Set(st, 2), v.Set(st, 3)
	ok(t, v.Reset(st, b))
	ok(t, v.Reset(st, a))
}
