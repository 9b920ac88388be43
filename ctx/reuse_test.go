package ctx

import (
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// inPlaceOf makes variables until one has the index that v had.
func inPlaceOf(t *testing.T, v Var[int]) Var[int] {
	t.Helper()
	var others []Var[int]
	for range 20 {
		for range 64 {
			w := New[int]("later")
			if w.v.c.id.Index() == v.v.c.id.Index() {
				return w
			}
			others = append(others, w)
		}
		runtime.GC() // a released index is given out again after a collection
	}
	runtime.KeepAlive(others)
	t.Fatal("the index is not given out again")
	return v
}

// What is left of a released variable, tokens, deltas, bindings, cannot touch
// the values of the variable that has its index now.
func TestReleasedVariableLeavesItsIndexAlone(t *testing.T) {
	left := map[string]func(v Var[int], st *State) func(*testing.T, *State){
		"Unset": func(v Var[int], _ *State) func(*testing.T, *State) {
			return func(_ *testing.T, st *State) { v.Unset(st) }
		},
		"Mask": func(v Var[int], _ *State) func(*testing.T, *State) {
			return func(t *testing.T, st *State) { v.Mask(st) }
		},
		"Reset": func(v Var[int], st *State) func(*testing.T, *State) {
			tok := v.Set(st, 1)
			return func(t *testing.T, st *State) { _ = v.Reset(st, tok) }
		},
		"Reset to a value": func(v Var[int], st *State) func(*testing.T, *State) {
			v.Set(st, 1)
			tok := v.Set(st, 2)
			return func(t *testing.T, st *State) { _ = v.Reset(st, tok) }
		},
		"delta that sets": func(v Var[int], st *State) func(*testing.T, *State) {
			before := st.Snapshot()
			v.Put(st, 1)
			d := before.Diff(st.Snapshot())
			return func(t *testing.T, st *State) {
				now := st.Snapshot().Apply(d)
				st.Apply(d)
				require.True(t, now.Equal(st.Snapshot()))
			}
		},
		"delta that unsets": func(v Var[int], st *State) func(*testing.T, *State) {
			before := st.Snapshot()
			v.Put(st, 1)
			d := st.Snapshot().Diff(before)
			return func(t *testing.T, st *State) {
				now := st.Snapshot().Apply(d)
				st.Apply(d)
				require.True(t, now.Equal(st.Snapshot()))
			}
		},
		"binding": func(v Var[int], _ *State) func(*testing.T, *State) {
			b := v.To(1)
			return func(t *testing.T, st *State) {
				now := st.Snapshot().With(b)
				require.True(t, now.Equal(st.Snapshot()))
			}
		},
	}
	for name, act := range left {
		t.Run(name, func(t *testing.T) {
			st := NewState()
			v := New[int]("released")
			late := act(v, st)
			v.Release()
			w := inPlaceOf(t, v)
			w.Put(st, 7)
			late(t, st)
			x, ok := w.Lookup(st)
			require.True(t, ok)
			require.Equal(t, 7, x)
			require.Equal(t, 1, st.Snapshot().Len())
		})
	}
}

// A mask left of a released variable is not the mask of the variable that has its
// index now: a delta brings that mask along.
func TestDiffOfRecycledMasks(t *testing.T) {
	old := NewState()
	v := New[int]("released")
	v.Mask(old)
	v.Release()
	w := inPlaceOf(t, v)
	masked := NewState()
	w.Mask(masked)
	d := old.Snapshot().Diff(masked.Snapshot())
	require.Equal(t, 1, d.Len())
	st := NewState()
	w.Put(st, 7)
	st.Apply(d)
	_, ok := w.Lookup(st)
	require.False(t, ok)
}

// TestTryTo returns what To panics with.
func TestTryTo(t *testing.T) {
	refused := errors.New("negative")
	v := New("guarded", Guard(func(x int) error {
		if x < 0 {
			return refused
		}
		return nil
	}))
	_, err := v.TryTo(-1)
	require.ErrorIs(t, err, refused)
	require.PanicsWithError(t, err.Error(), func() { v.To(-1) })
	b, err := v.TryTo(1)
	require.NoError(t, err)
	x, _ := v.In(Snapshot{}.With(b))
	require.Equal(t, 1, x)
	v.Release()
	_, err = v.TryTo(1)
	require.ErrorIs(t, err, ErrReleased)
}
