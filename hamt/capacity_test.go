//go:build !purego

package hamt

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCapacities: how much room nodes have, and that a builder uses it.
func TestCapacities(t *testing.T) {
	for n, want := range []int{1, 1, 3, 3, 5, 5, 8, 8, 8} {
		require.Equal(t, want, flatCap(n), n)
	}
	for n := 1; n <= leafMax; n++ {
		require.Equal(t, (n+3)/4*4, leafCap(n))
	}
	require.Equal(t, leafMax, leafLimit[int64, [32]byte]())
	require.Equal(t, leafMax/2, leafLimit[int64, [40]byte]())
	require.Equal(t, leafMax/2, leafLimit[int64, [120]byte]())
	require.Equal(t, leafMax/4, leafLimit[int64, [128]byte]())

	empty, _ := newColliders()
	// grown counts the nodes that n entries, one after the other, go through.
	grown := func(e *edit[Collider, int], n *node[Collider, int], want int) (nodes int) {
		for n.size() < want {
			i := n.size()
			next := e.withEntry(n, i, i, Collider{i, 0}, 0x80)
			if next != n {
				nodes++
			}
			n = next
			for i := range n.entries() {
				require.Equal(t, i, n.entries()[i].key.ID)
			}
		}
		return nodes
	}
	owner := edit[Collider, int]{h: hasherOf(empty.root), owner: newStamp()}
	require.Equal(t, 3, grown(&owner, owner.newLeaf(1), leafMax), "leaves of 4, then 8, 12 and 16")
	require.Equal(t, 3, grown(&owner, owner.newFlat(1), flatMax), "flat nodes of 1, then 3, 5 and 8")
	nobody := edit[Collider, int]{h: hasherOf(empty.root)}
	require.Equal(t, leafMax-1, grown(&nobody, nobody.newLeaf(1), leafMax))
	require.Equal(t, flatMax-1, grown(&nobody, nobody.newFlat(1), flatMax))
}
