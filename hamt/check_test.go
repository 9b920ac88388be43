package hamt

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCheckFinds: the other tests trust Check, so here every rule that it knows
// is broken once, in a trie made by hand, and the boundary of each rule is kept.
func TestCheckFinds(t *testing.T) {
	empty, _ := newColliders()
	e := edit[Collider, int]{h: hasherOf(empty.root)}
	id := 0
	// items are n entries whose hashes end in the low bits of place.
	items := func(n int, place uint64) (out []item[Collider, int]) {
		for range n {
			id++
			k := Collider{id, place | uint64(id)<<40}
			out = append(out, item[Collider, int]{e.h.hash(k), entry[Collider, int]{id, k}})
		}
		return out
	}
	// one are n entries of one hash.
	one := func(n int, place uint64) (out []item[Collider, int]) {
		for range n {
			id++
			k := Collider{id, place}
			out = append(out, item[Collider, int]{e.h.hash(k), entry[Collider, int]{id, k}})
		}
		return out
	}
	leaf := func(n int, place uint64) *node[Collider, int] { return e.leafOf(items(n, place)) }
	dir := func(n *node[Collider, int], kids ...*node[Collider, int]) *node[Collider, int] {
		copy(n.kids(), kids)
		for i := range n.kids() {
			if first(n.kids(), i) {
				n.addSize(n.kids()[i].size())
			}
		}
		return n
	}
	root := func(bits uint, kids ...*node[Collider, int]) *node[Collider, int] {
		return dir(e.newRoot(bits, 0), kids...)
	}
	inner := func(bits uint, kids ...*node[Collider, int]) *node[Collider, int] {
		return dir(e.newInner(bits, 0), kids...)
	}
	// below is a sound root of 16 slots with n at slot 0, depth 4.
	below := func(n *node[Collider, int]) *node[Collider, int] {
		return root(4, n, nil, nil, nil, nil, nil, nil, nil, leaf(9, 8))
	}
	full := func() *node[Collider, int] { return inner(1, leaf(9, 0), leaf(9, 16)) }
	damaged := func(n *node[Collider, int], damage func(n *node[Collider, int])) *node[Collider, int] {
		damage(n)
		return n
	}
	for _, c := range []struct {
		name string
		root *node[Collider, int]
		want string // empty: sound
	}{
		{"one leaf of nine", root(0, leaf(9, 0)), ""},
		{"two leaves of seventeen", root(1, leaf(8, 0), leaf(9, 1)), ""},
		{"a directory below", below(full()), ""},
		{"a group", root(0, e.groupOf(one(leafMax+1, 5))), ""},
		{"leaf with equal hashes", root(0, e.leafOf(one(9, 5))), ""},
		{"leaf as a root", leaf(9, 0), "hamt: the root"},
		{"directory as a root", full(), "hamt: the root"},
		{"root of eight", root(0, leaf(8, 0)), "fit in a flat node"},
		{"equal keys, flat", func() *node[Collider, int] {
			f := e.newFlat(3)
			it := items(2, 0)
			copy(f.entries(), []entry[Collider, int]{it[0].entry, it[1].entry, it[0].entry})
			return f
		}(), "are equal"},
		{"equal keys, leaf", func() *node[Collider, int] {
			it := items(9, 0)
			it[8] = it[3]
			return root(0, e.leafOf(it))
		}(), "are equal"},
		{"wrong place", root(1, leaf(9, 0), leaf(9, 0)), "wrong place"},
		{"wrong place by an upper bit", below(inner(1, leaf(9, 0), leaf(9, 48))), ""},
		{"wrong place, below", below(inner(1, leaf(9, 0), leaf(9, 32))), "wrong place"},
		{"wrong prefix, below", below(inner(1, leaf(9, 0), leaf(9, 17))), "wrong place"},
		{"wrong tag", root(0, damaged(leaf(9, 0), func(n *node[Collider, int]) { n.leafTags()[1] ^= 2 })), "has tag"},
		{"not sorted", root(0, damaged(e.leafOf(append(items(8, 0), one(1, 1<<63)...)), func(n *node[Collider, int]) {
			ents := n.entries()
			ents[0], ents[8] = ents[8], ents[0]
			*n.leafTags() = leafTags{}
			for i := range ents {
				n.leafTags().set(i, tagOf(e.h.hash(ents[i].key)))
			}
		})), "not sorted"},
		{"not sorted at the end", root(0, damaged(e.leafOf(append(items(8, 0), one(1, 1<<63)...)), func(n *node[Collider, int]) {
			ents := n.entries()
			ents[7], ents[8] = ents[8], ents[7]
			*n.leafTags() = leafTags{}
			for i := range ents {
				n.leafTags().set(i, tagOf(e.h.hash(ents[i].key)))
			}
		})), "not sorted"},
		{"group of sixteen", root(0, e.groupOf(one(leafMax, 5))), "fits in a leaf"},
		{"group of two hashes", root(0, damaged(e.groupOf(one(leafMax+1, 5)), func(n *node[Collider, int]) {
			n.group().list.at(9).key.Place = 21
		})), "is in the group of"},
		{"group of a wrong size", root(0, damaged(e.groupOf(one(leafMax+1, 5)), func(n *node[Collider, int]) {
			n.addSize(1)
		})), "group of size 18 holds 17"},
		{"root below a root", below(root(1, leaf(9, 0), leaf(9, 16))), "root or not"},
		{"one child in all slots", below(func() *node[Collider, int] { l := leaf(9, 0); return inner(1, l, l) }()), "one child fills all slots"},
		{"one directory in all slots", func() *node[Collider, int] { f := full(); return root(1, f, f) }(), "one child fills all slots"},
		{"directory in a narrow directory", root(1, inner(1, leaf(9, 0), leaf(9, 2)), leaf(9, 1)), "inner child in a directory of 1 bits"},
		{"empty sibling", root(1, leaf(17-1, 0)), "has an empty sibling"},
		{"empty sibling of a half", root(2, leaf(9, 0), leaf(9, 1), nil, nil), "has an empty sibling"},
		{"leaves that fit in one", root(1, leaf(8, 0), leaf(8, 1)), "fit in one"},
		{"leaves of a half that fit in one", root(2, leaf(8, 0), leaf(9, 1), leaf(8, 2), leaf(9, 3)), "fit in one"},
		{"too wide", func() *node[Collider, int] {
			a, b := leaf(9, 0), leaf(9, 1)
			return root(2, a, b, a, b)
		}(), "4 slots where 2 would do"},
		{"wrong size", damaged(root(1, leaf(9, 0), leaf(9, 1)), func(n *node[Collider, int]) { n.addSize(-1) }), "size is 17, the children hold 18"},
		{"wrong size below", below(damaged(full(), func(n *node[Collider, int]) { n.addSize(1) })), "size is 19, the children hold 18"},
		{"too deep", func() *node[Collider, int] {
			n := inner(1, leaf(9, 0), leaf(9, 0))
			for range hashBits/digitBits - 1 {
				n = inner(4, n)
			}
			return root(4, n)
		}(), "no digits are left"},
	} {
		err := Map[Collider, int]{root: c.root}.Check()
		if c.want == "" {
			require.NoError(t, err, c.name)
		} else {
			require.ErrorContains(t, err, c.want, c.name)
		}
	}
}

// TestCheckLooksIntoGroups: the trie in a group of ordered keys is checked by
// their second hash.
func TestCheckLooksIntoGroups(t *testing.T) {
	m := NewWith[int, int](testHashers[1])
	for i := range 40 {
		m = m.Set(i, i)
	}
	require.NoError(t, m.Check())
	g := m.root.kids()[0].group()
	require.NotNil(t, g.sub)
	visit(g.sub, 0, func(n *node[int, int], _ int) bool {
		if n.kind() == kindLeaf {
			n.leafTags()[0] ^= 1
		}
		return true
	})
	require.ErrorContains(t, m.Check(), "has tag")
}
