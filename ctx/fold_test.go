package ctx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
)

var (
	numbers = ctx.StaticStack[int]("numbers")
	calls   int
	sum     = ctx.NewFold(numbers, 0, func(acc, x int) int { calls++; return acc + x })
)

// TestFoldCached counts the calls of the fold's function: none for a repeated
// read, and one for each element after whatever changes the list.
func TestFoldCached(t *testing.T) {
	st := ctx.NewState()
	read := func(want, wantCalls int) {
		t.Helper()
		calls = 0
		require.Equal(t, want, sum.Get(st))
		require.Equal(t, wantCalls, calls)
	}
	a := numbers.Push(st, 1)
	numbers.Push(st, 2)
	sum.Get(st) // the second read allocates the cache
	read(3, 2)
	read(3, 0)

	b := numbers.Push(st, 4)
	read(7, 3)
	read(7, 0)
	b.Pop(st)
	read(3, 2)

	l := new(ctx.Layer)
	m := st.Push(l)
	read(3, 0) // an empty layer changes nothing
	c := numbers.Push(st, 10)
	read(13, 3)
	st.Unwind(m)
	read(3, 2)
	m = st.Push(l)
	read(13, 3)
	c.Pop(st)
	read(3, 2)
	st.Unwind(m)

	numbers.Changed()
	read(3, 2)

	// An element popped elsewhere leaves the list here as well.
	child := st.Fork()
	own := numbers.Push(st, 100)
	grand := st.Fork()
	sum.Get(grand)
	require.Equal(t, 103, sum.Get(grand))
	own.Pop(st)
	require.Equal(t, 3, sum.Get(grand))
	require.Equal(t, 3, sum.Get(child))
	require.ErrorIs(t, a.TryPop(st), ctx.ErrOrder)
	require.Equal(t, 3, sum.In(st.Snapshot()))
}
