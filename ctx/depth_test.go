package ctx_test

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
)

var (
	depthBottom = ctx.Static[int]("depth-bottom")
	depthMiddle = ctx.Static[int]("depth-middle")
	depthAbsent = ctx.Static[int]("depth-absent", ctx.Default(-1))
	depthStack  = ctx.StaticStack[int]("depth-stack")
)

// shallow makes recursion over what the test deepens fatal.
func shallow(t *testing.T) {
	t.Helper()
	before := debug.SetMaxStack(1 << 20)
	t.Cleanup(func() { debug.SetMaxStack(before) })
}

func depth(t *testing.T, long int) int {
	t.Helper()
	if testing.Short() || raced {
		return long / 20
	}
	return long
}

// TestDepthLevels: a million levels on one State, one in a thousand with a value
// of its own, read, flattened and left without recursion.
func TestDepthLevels(t *testing.T) {
	shallow(t)
	n := depth(t, 1_000_000)
	st := ctx.NewState()
	depthBottom.Put(st, 1)
	m := st.Mark()
	for i := range n {
		st.Push(new(ctx.Layer))
		if i%1000 == 0 {
			depthStack.Push(st, i)
		}
		if i == n/2 {
			depthMiddle.Put(st, 2)
		}
	}
	require.Equal(t, 1, depthBottom.Get(st))
	require.Equal(t, 2, depthMiddle.Get(st))
	require.Equal(t, -1, depthAbsent.Get(st))
	require.Equal(t, n/1000, depthStack.Len(st))
	s := st.Snapshot()
	x, _ := depthMiddle.In(s)
	require.Equal(t, 2, x)
	count := 0
	for range depthStack.AllIn(s) {
		count++
	}
	require.Equal(t, n/1000, count)
	levels := 0
	for range st.Levels() {
		levels++
	}
	require.Equal(t, n+1, levels)
	st.Unwind(m)
	require.Equal(t, 0, depthStack.Len(st))
	require.Equal(t, 1, depthBottom.Get(st))
}

// TestDepthGenerators: a hundred thousand generators, each resumed by the one
// before it, all alive.
func TestDepthGenerators(t *testing.T) {
	shallow(t)
	n := depth(t, 100_000)
	st := ctx.NewState()
	depthBottom.Put(st, 1)
	type generator struct {
		st ctx.State
		l  ctx.Layer
		m  ctx.Mark
	}
	gens := make([]generator, n)
	cur := st
	for i := range gens {
		g := &gens[i]
		g.m = g.st.Resume(cur, &g.l)
		if i%100 == 0 {
			depthStack.Push(&g.st, i)
		}
		cur = &g.st
	}
	require.Equal(t, 1, depthBottom.Get(cur))
	require.Equal(t, -1, depthAbsent.Get(cur))
	require.Equal(t, n/100, depthStack.Len(cur))
	s := cur.Snapshot()
	require.Equal(t, s, cur.Snapshot())
	last, _ := depthStack.In(s)
	require.Equal(t, (n-1)/100*100, last)
	for i := n - 1; i >= 0; i-- {
		gens[i].st.Unwind(gens[i].m)
	}
	require.Equal(t, 0, depthStack.Len(st))
}

// TestDepthScopes: a million open blocks on one level, closed in order.
func TestDepthScopes(t *testing.T) {
	shallow(t)
	n := depth(t, 1_000_000)
	st := ctx.NewState()
	open := make([]ctx.Pushed[int], n)
	for i := range open {
		open[i] = depthStack.Push(st, i)
	}
	child := st.Fork()
	require.Equal(t, n, depthStack.Len(child))
	for i := n - 1; i >= 0; i-- {
		open[i].Pop(st)
	}
	require.Equal(t, 0, depthStack.Len(child))
}
