package ctx_test

import (
	"slices"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// What levels do to each other where two mechanisms meet: marks and other
// marks, a generator's cache and its resumer, Detach and what is gone already.

func has[T any](v ctx.Var[T], st *ctx.State) bool {
	_, ok := v.Lookup(st)
	return ok
}

// TestResumerMovesOn: a resumer should wait, but if its levels change while a
// generator reads through them, the generator reads what is there now.
func TestResumerMovesOn(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v := newVar[int](k, "v")
		from, gs := ctx.NewState(), ctx.NewState()
		v.Set(from, 1)
		other := ctx.NewState()
		v.Set(other, 3)
		gs.Resume(from, new(ctx.Layer))
		read := func(want int) {
			t.Helper()
			equal(t, v.Get(gs), want)
			equal(t, v.Get(gs), want) // from the cache
		}
		read(1)
		l := new(ctx.Layer)
		m := from.Push(l)
		read(1)
		v.Set(from, 2)
		read(2)
		from.Unwind(m)
		read(1)
		m = from.Push(l) // it has the value now
		read(2)
		from.Unwind(m)
		read(1)
		m = from.Swap(other.Snapshot())
		read(3)
		from.Unwind(m)
		read(1)
		off := from.Push(l)
		read(2)
		ls := from.Detach(off)
		read(1)
		off = from.Attach(ls)
		read(2)
		from.Unwind(off)
		read(1)
	})
}

// TestInnerGenerator: a generator that yields, or goes on, from inside one of
// its own takes the inner one's reads along.
func TestInnerGenerator(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v := newVar[int](k, "v")
		a, b := ctx.NewState(), ctx.NewState()
		v.Set(a, 1)
		v.Set(b, 2)
		outer, inner := ctx.NewState(), ctx.NewState()
		lo := new(ctx.Layer)
		outer.Resume(a, lo)
		inner.Resume(outer, new(ctx.Layer))
		equal(t, v.Get(inner), 1)
		outer.Suspend()
		equal(t, has(v, inner), false)
		outer.Resume(b, lo)
		equal(t, v.Get(inner), 2)
		outer.Suspend()
		outer.Resume(a, lo)
		equal(t, v.Get(inner), 1)
	})
}

// TestMarksOfOneHeight: a mark whose place is gone unwinds nothing that came to
// its place later.
func TestMarksOfOneHeight(t *testing.T) {
	v := ctx.Static[int]("v")
	one, two := ctx.NewState(), ctx.NewState()
	v.Set(one, 1)
	v.Set(two, 2)
	st := ctx.NewState()
	e := ctx.NewEnv(two.Snapshot())
	enter := func() ctx.Mark { m, err := e.Enter(st); ok(t, err); return m }
	overlay := new(ctx.Layer)
	m := st.Push(overlay)
	v.Set(st, 2)
	st.Unwind(m)
	captured := ctx.CapturedLayer(two.Snapshot())
	for name, push := range map[string]func() ctx.Mark{
		"swap":     func() ctx.Mark { return st.Swap(two.Snapshot()) },
		"captured": func() ctx.Mark { return st.Push(captured) },
		"env":      enter,
		"overlay":  func() ctx.Mark { return st.Push(overlay) },
	} {
		t.Run(name, func(t *testing.T) {
			old := st.Swap(one.Snapshot())
			equal(t, v.Get(st), 1)
			st.Unwind(old)
			now := push()
			equal(t, v.Get(st), 2)
			st.Unwind(old)
			equal(t, v.Get(st), 2)
			st.Unwind(now)
			equal(t, has(v, st), false)
			st.Unwind(now)
			st.Unwind(push()) // a layer and an environment are free again
			equal(t, captured.Running(), false)

			// A place below others takes all of them off.
			outer := st.Swap(one.Snapshot())
			inner := st.Mark()
			push()
			st.Unwind(inner)
			equal(t, v.Get(st), 1)
			push()
			push = func() ctx.Mark { return st.Swap(two.Snapshot()) }
			push()
			st.Unwind(outer)
			equal(t, has(v, st), false)
		})
	}
}

// TestDetach: levels come off, and back, with what is cached of them; the mark
// of Attach takes all of them off, and a mark that is gone detaches nothing.
func TestDetachTakesAll(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v, w := newVar[int](k, "v"), newVar[int](k, "w")
		st := ctx.NewState()
		v.Set(st, 1)
		bottom := st.Push(new(ctx.Layer))
		first := st.Push(new(ctx.Layer))
		v.Set(st, 2)
		st.Push(new(ctx.Layer))
		w.Set(st, 3)
		st.Swap(st.Snapshot())
		v.Set(st, 4)
		for range 3 {
			equal(t, v.Get(st), 4)
			ls := st.Detach(first)
			equal(t, v.Get(st), 1)
			equal(t, has(w, st), false)
			back := st.Attach(ls)
			equal(t, v.Get(st), 4)
			ls = st.Detach(back)
			equal(t, v.Get(st), 1)
			st.Attach(ls)
		}
		st.Unwind(first)
		equal(t, v.Get(st), 1)
		equal(t, has(w, st), false)
		gone := st.Detach(first)
		equal(t, st.Attach(gone), st.Mark())
		equal(t, st.Attach(st.Detach(ctx.Mark{})), st.Mark())
		st.Unwind(bottom)
		equal(t, st.Attach(st.Detach(first)), st.Mark())
	})
}

// TestSuspendOfOthers: only what was resumed is suspended.
func TestSuspendOfOthers(t *testing.T) {
	v := ctx.Static[int]("v")
	st := ctx.NewState()
	v.Set(st, 1)
	s := st.Snapshot()
	st.Suspend()
	m := st.Swap(s)
	st.Suspend()
	equal(t, v.Get(st), 1)
	v.Set(st, 2)
	st.Unwind(st.Resume(ctx.NewState(), new(ctx.Layer))) // not the way back of Suspend
	equal(t, v.Get(st), 2)
	st.Unwind(m)
	l := new(ctx.Layer)
	m = st.Push(l)
	st.Suspend()
	equal(t, l.Running(), true)
	v.Set(st, 3)
	st.Unwind(m)
	equal(t, l.Running(), false)
	equal(t, v.Get(st), 1)
}

// TestFoldsOfOneVariable: two folds over one stack variable share a slot of the
// cache and each reads its own result, without a State too.
func TestFoldsOfOneVariable(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v := newStack[int](k, "v")
		st := ctx.NewState()
		sum := ctx.NewFold(v, 100, func(acc, x int) int { return acc + x })
		count := ctx.NewFold(v, 0, func(acc, x int) int { return acc + 1 })
		list := ctx.NewFold(v, nil, func(acc []int, x int) []int { return append(acc, x) })
		equal(t, sum.Get(nil), 100)
		equal(t, list.Get(nil), nil)
		for i := range 5 {
			for range 2 {
				equal(t, sum.Get(st), 100+i*(i+1)/2)
				equal(t, count.Get(st), i)
				equal(t, len(list.Get(st)), i)
			}
			v.Push(st, i+1)
		}
	})
}

// TestOptionsAddUp: an option leaves what others set.
func TestOptionsAddUp(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		never, redact, lasting := ctx.Never[string], ctx.Redact[string], ctx.Lasting[string]
		for _, opts := range [][]ctx.Option[string]{{never, redact}, {redact, never}} {
			v := newVar(k, "v", opts...)
			st := ctx.NewState()
			v.Set(st, "secret")
			equal(t, v.Redacted(), true)
			equal(t, has(v, st.Fork()), false)
		}
		for _, opts := range [][]ctx.Option[string]{{redact, lasting}, {lasting, redact}} {
			s := newStack(k, "s", opts...)
			st := ctx.NewState()
			p := s.Push(st, "x")
			inside := st.Snapshot()
			p.Pop(st)
			equal(t, slices.Collect(s.AllIn(inside)), []string{"x"})
			equal(t, s.Redacted(), true)
		}
	})
}

// TestForkLeavesTheDead: a variable that was released since is no reason to
// stop, nor is one that has no policy.
func TestForkLeavesTheDead(t *testing.T) {
	never, plain := ctx.New("never", ctx.Never[int]), ctx.New[int]("plain")
	dead, static := ctx.New("dead", ctx.Never[int]), ctx.Static[int]("static")
	st := ctx.NewState()
	for i, v := range []ctx.Var[int]{never, plain, dead, static} {
		v.Set(st, i)
	}
	dead.Release()
	child := st.Fork()
	equal(t, has(never, child), false)
	equal(t, plain.Get(child), 1)
	equal(t, static.Get(child), 3)
}

// TestDiffOfMasks: a mask differs from a value, on both sides, and not from a
// mask.
func TestDiffOfMasks(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v := newVar[int](k, "v")
		set, masked, again := ctx.NewState(), ctx.NewState(), ctx.NewState()
		v.Set(set, 1)
		v.Mask(masked)
		v.Mask(again)
		a, b, c := set.Snapshot(), masked.Snapshot(), again.Snapshot()
		st := ctx.NewState()
		m := st.Swap(a)
		equal(t, has(v, st), true)
		st.Apply(a.Diff(b))
		equal(t, has(v, st), false)
		st.Apply(b.Diff(a))
		equal(t, v.Get(st), 1)
		st.Unwind(m)
		equal(t, b.Diff(c).Len(), 0)
		equal(t, a.Diff(b).Len(), 1)
		equal(t, b.Diff(a).Len(), 1)
	})
}

// TestNoState: without a State a variable reads as in an empty one, also when it
// was set elsewhere.
func TestNoState(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		v, w := newVar(k, "v", ctx.Default(7)), newVar[*int](k, "w")
		st := ctx.NewState()
		v.Set(st, 1)
		w.Set(st, new(int))
		equal(t, v.Get(st), 1)
		equal(t, v.Get(nil), 7)
		equal(t, v.Or(nil, 8), 8)
		equal(t, w.Or(nil, nil), nil)
		equal(t, has(w, nil), false)
		isError(t, panics(t, func() { w.Get(nil) }).(error), ctx.ErrNoValue)
	})
}

// TestResumeWithoutLayer: Unwind gives the resumer back, whoever resumes next.
func TestResumeWithoutLayer(t *testing.T) {
	v := ctx.Static[int]("v")
	gs := ctx.NewState()
	for i := range 3 {
		from := ctx.NewState()
		v.Set(from, i)
		m := gs.Resume(from, nil)
		equal(t, v.Get(gs), i)
		gs.Unwind(m)
		equal(t, has(v, gs), false)
	}
}
