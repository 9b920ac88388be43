package hamt

import (
	"math/bits"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// TestFigures: Stats and Sharing to the byte, on tries small enough to add up.
func TestFigures(t *testing.T) {
	const word = bits.UintSize / 8
	const size = int(unsafe.Sizeof(entry[Collider, int]{}))
	empty, _ := newColliders()
	collect := func(parts ...map[Collider]int) Map[Collider, int] {
		m := empty
		for k, v := range joined(parts...) {
			m = m.Set(k, v)
		}
		return m
	}
	at := func(place uint64) func(int) uint64 { return func(int) uint64 { return place } }
	under := func(place uint64, bits uint) func(int) uint64 {
		return func(i int) uint64 { return place | uint64(i)<<bits }
	}
	const leaf = 8 + leafMax
	m := collect(many(0, 9, under(0, 8)), many(0, 9, under(16, 8)), many(0, 9, under(8, 8)))
	for _, c := range []struct {
		m    Map[Collider, int]
		want Shape
	}{
		{collect(many(0, 3, under(0, 0))), Shape{Len: 3, Depth: 1, Leaves: 1, Bytes: 8 + word + 3*size}},
		{collect(many(0, 9, under(0, 0))), Shape{Len: 9, Depth: 2, Directories: 1, Leaves: 1, Slots: 1, Bytes: 8 + 3*word + leaf + 9*size}},
		{collect(many(0, 9, under(0, 8)), many(0, 8, under(1, 8))), Shape{
			Len: 17, Depth: 2, Directories: 1, Leaves: 2, Slots: 2, Bytes: 8 + 4*word + 2*leaf + 17*size,
		}},
		{m, Shape{
			Len: 27, Depth: 3, Directories: 2, Leaves: 3, Slots: 18, EmptySlots: 14,
			Bytes: 8 + 18*word + 8 + 3*word + 3*leaf + 27*size,
		}},
		{collect(many(0, 100, at(5))), Shape{
			Len: 100, Depth: 2, Directories: 1, Groups: 1, LargestGroup: 100, Slots: 1,
			Bytes: 8 + 3*word + 32 + 5*word + 100*size + 7*(8+7*word),
		}},
		{collect(many(0, 96, at(5))), Shape{
			Len: 96, Depth: 2, Directories: 1, Groups: 1, LargestGroup: 96, Slots: 1,
			Bytes: 8 + 3*word + 32 + 5*word + 96*size + 6*(8+7*word),
		}},
	} {
		require.Equal(t, c.want, c.m.Stats())
	}
	require.Equal(t, 8+3*int(unsafe.Sizeof(entry[int8, int32]{})), Map[int8, int32]{}.Set(1, 1).Set(2, 2).Set(3, 3).Stats().Bytes)
	s := m.Stats()
	require.Equal(t, Shared{Versions: 2, Entries: 54, Nodes: 5, Bytes: s.Bytes, NodesApart: 10, BytesApart: 2 * s.Bytes}, Sharing(m, m))
	// A change copies the root and one leaf.
	next := m.Set(Collider{0, 8}, -1)
	require.Equal(t, Shared{
		Versions: 2, Entries: 54, Nodes: 7, Bytes: s.Bytes + 8 + 18*word + leaf + 9*size,
		NodesApart: 10, BytesApart: 2 * s.Bytes,
	}, Sharing(m, next))
	// A group of an ordered kind holds directories of its own.
	one := NewWith[int, int](testHashers[1])
	for i := range 100 {
		one = one.Set(i, i)
	}
	require.Greater(t, one.Stats().Bytes, 8+3*word+32+5*word+100*int(unsafe.Sizeof(entry[int, int]{}))+4*leaf)
}

// TestPicture: the labels of edges are digits, as many as the child's region
// has bits, and long entries are cut.
func TestPicture(t *testing.T) {
	empty, _ := newColliders()
	m := empty
	for i := range 9 {
		m = m.Set(Collider{i, uint64(i) << 8}, i)
	}
	picture := func() string {
		var s strings.Builder
		require.NoError(t, m.WriteDOT(&s))
		return s.String()
	}
	require.Contains(t, picture(), `n0 -> n1 [label=""]`)
	for i := range 9 {
		m = m.Set(Collider{i, 2 | uint64(i)<<8}, i)
	}
	require.Contains(t, picture(), `n0 -> n1 [label="00"]`)
	require.Contains(t, picture(), `n0 -> n2 [label="10"]`)
	require.Equal(t, strings.Repeat("ä", 40), shorten(strings.Repeat("ä", 40)))
	require.Equal(t, strings.Repeat("ä", 40)+"...", shorten(strings.Repeat("ä", 41)))
}

// TestConflictsAreCut: the message names five keys.
func TestConflictsAreCut(t *testing.T) {
	for n, want := range map[int]string{
		5: "hamt: 5 conflicting keys: 0 1 2 3 4",
		6: "hamt: 6 conflicting keys: 0 1 2 3 4 ...",
		9: "hamt: 9 conflicting keys: 0 1 2 3 4 ...",
	} {
		err := &ConflictError[int]{}
		for i := range n {
			err.Keys = append(err.Keys, i)
		}
		require.EqualError(t, err, want)
	}
}
