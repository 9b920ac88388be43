package hamt

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// wideKeys edits a map of keys in one-pass edits and reads it, beside a Go map.
func wideKeys[K comparable](t *testing.T, key func(i int) K) {
	t.Helper()
	var m Map[K, int]
	want := map[K]int{}
	for i := range 600 {
		k := key(i * 7 % 200)
		if i%5 == 4 {
			m = m.Delete(k)
			delete(want, k)
		} else {
			m = m.Set(k, i)
			want[k] = i
		}
	}
	require.NoError(t, m.Check())
	require.Equal(t, len(want), m.Len())
	b := m.Builder()
	for i := range 250 {
		k := key(i)
		x, ok := m.Get(k)
		y, has := want[k]
		require.Equal(t, has, ok, k)
		require.Equal(t, y, x, k)
		x, ok = b.Get(k)
		require.Equal(t, has, ok, k)
		require.Equal(t, y, x, k)
	}
}

// TestKeysAsWideAsAString: a key as wide as a string is not read as one.
func TestKeysAsWideAsAString(t *testing.T) {
	t.Run("array", func(t *testing.T) { wideKeys(t, func(i int) [2]uintptr { return [2]uintptr{uintptr(i), 1} }) })
	t.Run("struct", func(t *testing.T) {
		type pair struct {
			a uintptr
			b int8
		}
		wideKeys(t, func(i int) pair { return pair{uintptr(i), int8(i)} })
	})
	t.Run("complex", func(t *testing.T) { wideKeys(t, func(i int) complex128 { return complex(float64(i), 2) }) })
	t.Run("any", func(t *testing.T) { wideKeys(t, func(i int) any { return i }) })
}
