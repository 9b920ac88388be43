package ctx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
)

// A box serves again after its Reset: these are the ways in which somebody else
// might still have it.

var boxed = ctx.Static("boxed", ctx.Default(-1))

func TestBoxServesAgain(t *testing.T) {
	st := ctx.NewState()
	other := ctx.Static("boxed-other", ctx.Default(-1))
	boxed.Put(st, 1)
	other.Put(st, 2)
	pair := func() {
		a := boxed.Set(st, 1000)
		b := other.Set(st, 2000)
		require.NoError(t, other.Reset(st, b))
		require.NoError(t, boxed.Reset(st, a))
	}
	pair()
	if !raced {
		require.Zero(t, testing.AllocsPerRun(100, pair))
	}
	require.Equal(t, 1, boxed.Get(st))
}

func TestBoxInASnapshotStays(t *testing.T) {
	for _, how := range []struct {
		name string
		take func(st *ctx.State) ctx.Snapshot
	}{
		{"Snapshot", (*ctx.State).Snapshot},
		{"Fork", func(st *ctx.State) ctx.Snapshot { return st.Fork().Snapshot() }},
		{"below a layer", func(st *ctx.State) ctx.Snapshot {
			m := st.Push(new(ctx.Layer))
			defer st.Unwind(m)
			return st.Snapshot()
		}},
		{"in a generator", func(st *ctx.State) ctx.Snapshot {
			gs := ctx.NewState()
			defer gs.Unwind(gs.Resume(st, new(ctx.Layer)))
			return gs.Snapshot()
		}},
	} {
		st := ctx.NewState()
		for range 3 { // the first writes of a level have no stamp
			_ = boxed.Reset(st, boxed.Set(st, 0))
		}
		tok := boxed.Set(st, 1)
		s := how.take(st)
		require.NoError(t, boxed.Reset(st, tok))
		again := boxed.Set(st, 2)
		got, ok := boxed.In(s)
		require.True(t, ok, how.name)
		require.Equal(t, 1, got, how.name)
		require.Equal(t, 2, boxed.Get(st))
		require.NoError(t, boxed.Reset(st, again))
	}
}

func TestBoxInATokenStays(t *testing.T) {
	st := ctx.NewState()
	for range 3 {
		_ = boxed.Reset(st, boxed.Set(st, 0))
	}
	a := boxed.Set(st, 1)
	b := boxed.Set(st, 2) // b holds the box of 1
	require.NoError(t, boxed.Reset(st, a))
	c := boxed.Set(st, 3)
	require.NoError(t, boxed.Reset(st, b))
	require.Equal(t, 1, boxed.Get(st))
	require.NoError(t, boxed.Reset(st, c))
	require.Equal(t, -1, boxed.Get(st))

	a = boxed.Set(st, 4)
	boxed.Put(st, 5) // the box of 4 is nobody's, the level holds another
	require.NoError(t, boxed.Reset(st, a))
	b = boxed.Set(st, 6)
	require.Equal(t, 6, boxed.Get(st))
	require.NoError(t, boxed.Reset(st, b))
}

// TestBoxOfAnotherLevel: the same Layer with other contents is another level.
func TestBoxOfAnotherLevel(t *testing.T) {
	st, l := ctx.NewState(), new(ctx.Layer)
	m := st.Push(l)
	for range 3 {
		_ = boxed.Reset(st, boxed.Set(st, 0))
	}
	tok := boxed.Set(st, 1)
	st.Unwind(m)
	s := l.Snapshot()
	require.NoError(t, l.Capture(s)) // holds the token's box, in a level with no stamp
	m = st.Push(l)
	_ = boxed.Reset(st, tok)
	boxed.Set(st, 2)
	got, _ := boxed.In(s)
	require.Equal(t, 1, got)
	st.Unwind(m)
}

// TestBoxOfTheFirstWrite: a level that no snapshot has seen since its first
// write has no stamp to compare.
func TestBoxOfTheFirstWrite(t *testing.T) {
	st := ctx.NewState()
	tok := boxed.Set(st, 1)
	s := st.Snapshot()
	require.NoError(t, boxed.Reset(st, tok))
	boxed.Set(st, 2)
	got, _ := boxed.In(s)
	require.Equal(t, 1, got)
}

// TestBoxAndReaders: a generator that has read the resumer's value reads the
// next one, though it may sit in the same box.
func TestBoxAndReaders(t *testing.T) {
	st, gs := ctx.NewState(), ctx.NewState()
	m := gs.Resume(st, nil)
	defer gs.Unwind(m)
	for i := range 10 {
		tok := boxed.Set(gs, i)
		require.Equal(t, i, boxed.Get(gs))
		require.Equal(t, i, boxed.Get(st))
		require.NoError(t, boxed.Reset(gs, tok))
		require.Equal(t, -1, boxed.Get(gs))
		require.Equal(t, -1, boxed.Get(st))
	}
}
