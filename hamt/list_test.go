package hamt

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestList: the list of a group against a slice, over every length up to three
// levels of chunks, with versions that must not change and with an owner.
func TestList(t *testing.T) {
	for _, owner := range []uint64{0, newStamp()} {
		var l list[int]
		var want []int
		check := func(l list[int], want []int) {
			t.Helper()
			require.Equal(t, len(want), l.len())
			got := []int{}
			l.walk(func(i int, v *int) bool {
				require.Equal(t, len(got), i)
				got = append(got, *v)
				return true
			})
			require.True(t, slices.Equal(want, got), "%d elements", len(want))
			for i := range want {
				require.Equal(t, want[i], *l.at(i))
			}
			shift := uint(0)
			for chunkLen<<shift < len(want) {
				shift += chunkBits
			}
			require.Equal(t, shift, l.shift, "%d elements", len(want))
		}
		var old []list[int]
		for i := range 300 {
			if owner == 0 {
				old = append(old, l)
			}
			l.push(owner, i)
			want = append(want, i)
			check(l, want)
		}
		for i := 0; i < 300; i += 7 {
			l.set(owner, i, -i)
			want[i] = -i
		}
		check(l, want)
		for i := len(want) - 1; i >= 1; i-- {
			l.pop(owner)
			check(l, want[:i])
		}
		for n, o := range old {
			require.Equal(t, n, o.len())
			for i := range n {
				require.Equal(t, i, *o.at(i))
			}
		}
		steps := 0
		l.walk(func(int, *int) bool { steps++; return false })
		require.Equal(t, 1, steps)
	}
}
