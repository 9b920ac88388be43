package hamt

import (
	"fmt"
	"math/bits"
	"reflect"
)

// Shape describes the trie of a map.
type Shape struct {
	// Len is the number of entries.
	Len int
	// Depth is the number of nodes on the longest path, within a group not
	// counted.
	Depth int
	// Directories, Leaves and Groups count the nodes of each kind; a flat map
	// is one leaf. A group holds more keys of one hash than fit in a leaf.
	Directories, Leaves, Groups int
	// Slots is the number of slots of all directories, EmptySlots of those
	// that lead nowhere.
	Slots, EmptySlots int
	// LargestGroup is the number of entries of the largest group: such keys
	// were chosen to collide.
	LargestGroup int
	// Bytes is the memory of the nodes in the packed layout, without what keys
	// and values point to and without the allocator's rounding.
	Bytes int
}

// String returns the figures in one line.
func (s Shape) String() string {
	return fmt.Sprintf("entries %d, depth %d, directories %d (slots %d, empty %d), leaves %d, groups %d (largest %d), bytes %d",
		s.Len, s.Depth, s.Directories, s.Slots, s.EmptySlots, s.Leaves, s.Groups, s.LargestGroup, s.Bytes)
}

// Stats walks the directories of the map and describes its trie. It takes time
// in proportion to the number of nodes.
func (m Map[K, V]) Stats() Shape {
	s := Shape{Len: m.Len()}
	visit(m.root, 1, func(n *node[K, V], depth int) bool {
		s.Depth = max(s.Depth, depth)
		s.Bytes += nodeBytes(n)
		switch n.kind() {
		case kindGroup:
			s.Groups++
			s.LargestGroup = max(s.LargestGroup, n.size())
		case kindInner, kindRoot:
			s.Directories++
			for _, c := range n.kids() {
				s.Slots++
				if c == nil {
					s.EmptySlots++
				}
			}
		default:
			s.Leaves++
		}
		return true
	})
	return s
}

// Shared describes how much several versions have in common.
type Shared struct {
	// Versions is the number of maps, Entries the sum of their lengths.
	Versions, Entries int
	// Nodes and Bytes count each node once, as memory holds it; see
	// [Shape.Bytes].
	Nodes, Bytes int
	// NodesApart and BytesApart count it once per version that has it: what
	// the versions would take if they shared nothing.
	NodesApart, BytesApart int
}

// String returns the figures in one line.
func (s Shared) String() string {
	return fmt.Sprintf("versions %d, entries %d, nodes %d (unshared %d), bytes %d (unshared %d)",
		s.Versions, s.Entries, s.Nodes, s.NodesApart, s.Bytes, s.BytesApart)
}

// Sharing counts the nodes of several versions, together and apart. It visits
// every distinct node once.
func Sharing[K comparable, V any](versions ...Map[K, V]) Shared {
	s := Shared{Versions: len(versions)}
	type subtree struct{ nodes, bytes int }
	seen := map[*node[K, V]]subtree{}
	var count func(n *node[K, V]) subtree
	count = func(n *node[K, V]) subtree {
		if t, ok := seen[n]; ok {
			return t
		}
		t := subtree{1, nodeBytes(n)}
		s.Nodes++
		s.Bytes += t.bytes
		if isDir(n) {
			for i, c := range n.kids() {
				if first(n.kids(), i) {
					below := count(c)
					t.nodes += below.nodes
					t.bytes += below.bytes
				}
			}
		}
		seen[n] = t
		return t
	}
	for _, m := range versions {
		s.Entries += m.Len()
		if m.root != nil {
			t := count(m.root)
			s.NodesApart += t.nodes
			s.BytesApart += t.bytes
		}
	}
	return s
}

// visit calls f with the nodes below n from the top down, groups unopened; not
// below a node for which f returns false.
func visit[K comparable, V any](n *node[K, V], depth int, f func(n *node[K, V], depth int) bool) {
	if n == nil || !f(n, depth) || !isDir(n) {
		return
	}
	for i, c := range n.kids() {
		if first(n.kids(), i) {
			visit(c, depth+1, f)
		}
	}
}

// nodeBytes is the size of n in the packed layout; a group with all it holds,
// its own directories by estimate.
func nodeBytes[K comparable, V any](n *node[K, V]) int {
	const word = bits.UintSize / 8
	size := int(reflect.TypeFor[entry[K, V]]().Size())
	switch n.kind() {
	case kindRoot:
		return 8 + 2*word + word*len(n.kids())
	case kindInner:
		return 8 + word + word*len(n.kids())
	case kindFlat:
		if n.hasher().bare() {
			return 8 + size*n.size()
		}
		return 8 + word + size*n.size()
	case kindLeaf:
		return 8 + leafMax + size*n.size()
	}
	bytes := 32 + 5*word
	if sub := n.group().sub; sub != nil {
		visit(sub, 0, func(n *node[K, V], _ int) bool {
			bytes += nodeBytes(n)
			return true
		})
		return bytes
	}
	chunks := (n.size() + chunkLen - 1) / chunkLen
	return bytes + size*n.size() + chunks*(8+7*word)
}
