package ctx_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
)

// Misuse and re-entry that once hung, took the wrong level or was not told.

var (
	hostileV   = ctx.Static("hostile", ctx.Default(-1))
	hostileS   = ctx.StaticStack[int]("hostile stack")
	hostileSum = ctx.NewFold(hostileS, 0, func(sum, x int) int { return sum + x })
)

// height counts the levels that reads search.
func height(st *ctx.State) (n int) {
	for range st.Levels() {
		n++
	}
	return n
}

// TestUnwindLateIsCheap: a Mark whose place is gone costs the same at any depth.
// With a search of the stack for each the test would not end.
func TestUnwindLateIsCheap(t *testing.T) {
	st := ctx.NewState()
	marks := make([]ctx.Mark, 1<<20)
	for i := range marks {
		marks[i] = st.Swap(ctx.Snapshot{})
	}
	for _, m := range slices.Backward(marks) {
		st.Unwind(m)
		st.Unwind(m)
	}
	require.Equal(t, 1, height(st))
}

// TestUnwindAfterMovedLevels: a mark finds its level also where Attach put it at
// another height, and after a second Detach from there.
func TestUnwindAfterMovedLevels(t *testing.T) {
	st := ctx.NewState()
	base := st.Mark()
	st.Push(new(ctx.Layer))
	inner := st.Push(new(ctx.Layer))
	ls := st.Detach(base)
	st.Push(new(ctx.Layer)) // the loop's body left one open
	again := st.Attach(ls)
	ls = st.Detach(again)
	st.Unwind(base)
	st.Push(new(ctx.Layer))
	st.Attach(ls)
	require.Equal(t, 4, height(st))
	st.Unwind(inner)
	require.Equal(t, 3, height(st))
	st.Unwind(inner)
	require.Equal(t, 3, height(st))
	st.Unwind(base)
	require.Equal(t, 1, height(st))
}

// TestMarksBelowMovedLevels: once levels were moved, the mark of any of them
// finds it, however many lie above it, and one that is gone finds nothing.
func TestMarksBelowMovedLevels(t *testing.T) {
	st := ctx.NewState()
	base := st.Mark()
	marks := make([]ctx.Mark, 4)
	for i := range marks {
		marks[i] = st.Push(new(ctx.Layer))
	}
	gone := st.Push(new(ctx.Layer))
	st.Unwind(gone)
	ls := st.Detach(base)
	st.Push(new(ctx.Layer))
	st.Push(new(ctx.Layer))
	st.Attach(ls)
	st.Unwind(gone)
	require.Equal(t, 7, height(st))
	st.Unwind(marks[1])
	require.Equal(t, 4, height(st))
	st.Unwind(marks[2])
	require.Equal(t, 4, height(st))
	st.Unwind(marks[0])
	require.Equal(t, 3, height(st))
	st.Unwind(base)
	require.Equal(t, 1, height(st))
}

func TestAttachTwice(t *testing.T) {
	st, l := ctx.NewState(), new(ctx.Layer)
	m := st.Push(l)
	ls := st.Detach(m)
	st.Attach(ls)
	require.PanicsWithValue(t, "ctx: Attach of Levels that were put back already: each Detach is undone once", func() { st.Attach(ls) })
	require.Equal(t, 2, height(st))
}

// TestSuspendedLayerElsewhere: the Unwind of a suspended State leaves alone the
// layer that lies on another State meanwhile.
func TestSuspendedLayerElsewhere(t *testing.T) {
	gs, other, third, l := ctx.NewState(), ctx.NewState(), ctx.NewState(), new(ctx.Layer)
	m := gs.Resume(ctx.NewState(), l)
	gs.Suspend()
	on := other.Push(l)
	gs.Unwind(m)
	require.True(t, l.Running())
	require.Panics(t, func() { third.Push(l) })
	other.Unwind(on)
	require.False(t, l.Running())
}

// TestSuspendOfAPushedLayer: only what was resumed is suspended.
func TestSuspendOfAPushedLayer(t *testing.T) {
	st, l := ctx.NewState(), ctx.CapturedLayer(ctx.Snapshot{})
	m := st.Push(l)
	st.Suspend()
	require.True(t, l.Running())
	st.Unwind(m)
	require.False(t, l.Running())
}

// TestD11_ResumeInACircle: a State that would read on in itself is told so at
// once; a lookup would not end. Nothing has changed then.
func TestD11_ResumeInACircle(t *testing.T) {
	const runs = "ctx: Resume of a State that runs already: a generator cannot be resumed by itself or by two at once; check before resuming it"
	check := func(t *testing.T, gs, from *ctx.State, l *ctx.Layer) {
		t.Helper()
		require.PanicsWithValue(t, runs, func() { gs.Resume(from, l) })
		require.False(t, l != nil && l.Running())
		require.Equal(t, -1, hostileV.Get(gs))
	}
	t.Run("suspended, by itself", func(t *testing.T) {
		gs, l := ctx.NewState(), new(ctx.Layer)
		gs.Resume(ctx.NewState(), l)
		gs.Suspend()
		check(t, gs, gs, l)
		gs.Unwind(gs.Resume(ctx.NewState(), l))
	})
	t.Run("transparent, by itself", func(t *testing.T) {
		gs := ctx.NewState()
		gs.Resume(ctx.NewState(), nil)
		gs.Suspend()
		check(t, gs, gs, nil)
	})
	t.Run("by its resumer's State", func(t *testing.T) {
		gs, st := ctx.NewState(), ctx.NewState()
		gs.Resume(st, new(ctx.Layer))
		check(t, st, gs, new(ctx.Layer))
	})
	t.Run("three, suspended", func(t *testing.T) {
		a, b, c, l := ctx.NewState(), ctx.NewState(), ctx.NewState(), new(ctx.Layer)
		a.Resume(ctx.NewState(), l)
		b.Resume(a, new(ctx.Layer))
		c.Resume(b, new(ctx.Layer))
		a.Suspend()
		check(t, a, c, l)
		a.Resume(ctx.NewState(), l)
	})
}

// TestWatcherPopsAndPanics: what a watcher popped before it panicked is gone with
// the write; the level below keeps its own value.
func TestWatcherPopsAndPanics(t *testing.T) {
	var pop func(st *ctx.State)
	v := ctx.Static("pops", ctx.OnChange(func(st *ctx.State, _ ctx.Change[int]) {
		if pop != nil {
			pop(st)
			panic("boom")
		}
	}))
	run := func(change func(st *ctx.State, tok ctx.Token[int])) {
		st := ctx.NewState()
		v.Set(st, 1)
		m := st.Push(new(ctx.Layer))
		tok := v.Set(st, 2)
		pop = func(st *ctx.State) { st.Unwind(m) }
		defer func() { pop = nil }()
		require.PanicsWithValue(t, "boom", func() { change(st, tok) })
		require.Equal(t, 1, v.Get(st))
	}
	run(func(st *ctx.State, _ ctx.Token[int]) { v.Set(st, 3) })
	run(func(st *ctx.State, tok ctx.Token[int]) { _ = v.Reset(st, tok) })
	run(func(st *ctx.State, _ ctx.Token[int]) { v.Unset(st) })
}

// TestFoldOfAnEnv: an Env publishes each write, also the element that was pushed
// last, so the pop of that one reaches the folds of those who read it.
func TestFoldOfAnEnv(t *testing.T) {
	var e ctx.Env
	st := ctx.NewState()
	require.NoError(t, e.Run(st, func() {
		p := hostileS.Push(st, 5)
		reader := e.Snapshot().NewState()
		for range 3 { // the third is read from the cache
			require.Equal(t, 5, hostileSum.Get(reader))
		}
		p.Pop(st)
		require.Equal(t, 0, hostileSum.Get(reader))
	}))
}

// TestFoldWhoseFunctionPushes: what the function of a fold changed is seen at the
// next read; the list that it was called for is not cached as the present one.
func TestFoldWhoseFunctionPushes(t *testing.T) {
	for reads := range 3 { // with no cache, the shared cold one, and one of its own
		st, s := ctx.NewState(), ctx.StaticStack[int]("pushes")
		var then func()
		sum := ctx.NewFold(s, 0, func(sum, x int) int {
			if then != nil {
				f := then
				then = nil
				f()
			}
			return sum + x
		})
		s.Push(st, 1)
		for range reads {
			hostileV.Set(st, 1)
			hostileV.Get(st)
		}
		then = func() { s.Push(st, 10) }
		require.Equal(t, 1, sum.Get(st))
		for range 3 {
			require.Equal(t, 11, sum.Get(st))
		}
		m := st.Mark()
		s.Push(st, 100) // makes the next Get compute
		then = func() { st.Swap(ctx.Snapshot{}) }
		require.Equal(t, 111, sum.Get(st))
		require.Equal(t, 0, sum.Get(st))
		st.Unwind(m)
		for range 3 {
			require.Equal(t, 111, sum.Get(st))
		}
	}
}

// TestWithAfterALevelLeftOpen: With resets also when f panics under a level that
// nobody will pop any more, and the panic is f's.
func TestWithAfterALevelLeftOpen(t *testing.T) {
	for name, with := range map[string]func(st *ctx.State, f func()){
		"Var":      func(st *ctx.State, f func()) { hostileV.With(st, 1, f) },
		"Bindings": func(st *ctx.State, f func()) { st.With(hostileV.To(0), hostileV.To(1)).Run(f) },
	} {
		st := ctx.NewState()
		require.PanicsWithValue(t, "boom", func() {
			with(st, func() {
				st.Push(new(ctx.Layer))
				panic("boom")
			})
		}, name)
		require.Equal(t, -1, hostileV.Get(st), name)
		require.Equal(t, 1, height(st), name)
		require.Panics(t, func() { with(st, func() { st.Push(new(ctx.Layer)) }) }, name)
	}
	ran := false
	ctx.Bindings{}.Run(func() { ran = true })
	require.True(t, ran)
}

// TestLevelsWhilePopping: the loop's body may change the stack.
func TestLevelsWhilePopping(t *testing.T) {
	st := ctx.NewState()
	m := st.Mark()
	for range 5 {
		st.Push(new(ctx.Layer))
	}
	n := 0
	for range st.Levels() {
		st.Unwind(m)
		n++
	}
	require.Equal(t, 6, n)
}

// TestA5_LeftListsDoNotCount: Has, Len, Vars, Equal and All of a namespace agree
// about a stack variable whose blocks were all left.
func TestA5_LeftListsDoNotCount(t *testing.T) {
	ns := ctx.NewNamespace("left")
	for name, s := range map[string]ctx.StackVar[int]{
		"static":      ctx.StaticStack("left", ctx.In[int](ns)),
		"collectable": ctx.NewStack("left", ctx.In[int](ns)),
	} {
		st := ctx.NewState()
		p := s.Push(st, 1)
		snap := st.Snapshot()
		count := func() (n int) {
			for i := range snap.Vars() {
				require.True(t, i.Is(s))
				n++
			}
			for range ns.All(snap) {
				n++
			}
			return n
		}
		require.True(t, snap.Has(s) && snap.Len() == 1 && count() == 2 && !snap.Equal(ctx.Snapshot{}), name)
		p.Pop(st)
		require.True(t, !snap.Has(s) && snap.Len() == 0 && count() == 0, name)
		require.True(t, snap.Equal(ctx.Snapshot{}) && ctx.Snapshot{}.Equal(snap), name)
	}
	for _, s := range []ctx.StackVar[int]{ctx.StaticStack[int]("flattened"), ctx.NewStack[int]("flattened")} {
		st, l := ctx.NewState(), new(ctx.Layer)
		p := s.Push(st, 1)
		m := st.Push(l)
		s.Push(st, 2)
		before := st.Snapshot() // a list of two segments
		st.Unwind(m)
		p.Pop(st)
		st.Push(l)
		after := st.Snapshot() // of one, and the block is the same
		require.True(t, before.Equal(after) && after.Equal(before))
		require.Equal(t, 0, before.Diff(after).Len())
	}
	lasting := ctx.StaticStack("lasting", ctx.Lasting[int])
	st := ctx.NewState()
	p := lasting.Push(st, 1)
	snap := st.Snapshot()
	p.Pop(st)
	require.Equal(t, 1, snap.Len())
}

// TestZeroNamespace: nil and zero namespaces are told about; they would stand for
// all variables that are in none.
func TestZeroNamespace(t *testing.T) {
	const zero = "ctx: use of a nil or zero Namespace: make namespaces with ctx.NewNamespace"
	s := ctx.Snapshot{}.With(hostileV.To(1))
	for _, ns := range []*ctx.Namespace{nil, {}} {
		require.PanicsWithValue(t, zero, func() { s.Only(ns) })
		require.PanicsWithValue(t, zero, func() { s.Without(ns) })
		require.PanicsWithValue(t, zero, func() { ns.All(s) })
		require.PanicsWithValue(t, zero, func() { ns.Name() })
	}
	require.PanicsWithValue(t, zero, func() { ctx.Static("v", ctx.In[int](new(ctx.Namespace))) })
	s = s.With(ctx.Static("v", ctx.In[int](nil)).To(1)) // nil is no namespace
	require.Equal(t, 2, s.Without().Len())
	require.Equal(t, 0, s.Only().Len())
}

// TestReleasedMessages: what is said of released variables names the variable
// and the package that the caller knows.
func TestReleasedMessages(t *testing.T) {
	st, v, s := ctx.NewState(), ctx.New[int]("conn"), ctx.NewStack[int]("conns")
	v.Release()
	s.Release()
	_, err := v.TrySet(st, 1)
	require.EqualError(t, err, `ctx: variable "conn" takes no values any more: key is released; make a new one with ctx.New`)
	require.ErrorIs(t, err, ctx.ErrReleased)
	require.PanicsWithError(t, `ctx: variable "conns" takes no values any more: key is released; make a new one with ctx.New`, func() { s.Push(st, 1) })
	const static = `ctx: Release of static variable "fixed"; make a variable that has to end with ctx.New`
	require.PanicsWithValue(t, static, ctx.Static[int]("fixed").Release)
	require.PanicsWithValue(t, static, ctx.StaticStack[int]("fixed").Release)
}
