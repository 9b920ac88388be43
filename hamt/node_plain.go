//go:build purego

package hamt

import "reflect"

// The plain layout: one struct for all kinds, slices for what varies, no
// unsafe. It behaves like the packed one in every respect but speed and that
// setting a value that is already there makes a new version.

type node[K comparable, V any] struct {
	owner uint64
	which kind
	total int
	h     *hasher[K]
	slots []*node[K, V]
	ents  []entry[K, V]
	tag   leafTags
	g     *group[K, V]
}

const maxStamp = 1<<64 - 1

func (n *node[K, V]) kind() kind             { return n.which }
func (n *node[K, V]) size() int              { return n.total }
func (n *node[K, V]) addSize(d int)          { n.total += d }
func (n *node[K, V]) hasher() *hasher[K]     { return n.h }
func (n *node[K, V]) kids() []*node[K, V]    { return n.slots }
func (n *node[K, V]) entries() []entry[K, V] { return n.ents }
func (n *node[K, V]) leafTags() *leafTags    { return &n.tag }
func (n *node[K, V]) group() *group[K, V]    { return n.g }

func (e *edit[K, V]) owns(n *node[K, V]) bool { return n.owner == e.owner && e.owner != 0 }

type groupHeader[K comparable, V any] struct{ self *node[K, V] }

func (e *edit[K, V]) groupHeader(size int) groupHeader[K, V] {
	return groupHeader[K, V]{&node[K, V]{owner: e.owner, which: kindGroup, total: size}}
}

func groupNode[K comparable, V any](g *group[K, V]) *node[K, V] {
	g.self.g = g
	return g.self
}

func get[K comparable, V any](root *node[K, V], k K) *entry[K, V] {
	if root == nil {
		getEmpty(k)
		return nil
	}
	return getCustom(root, k)
}

func findLeaf[K comparable, V any](h *hasher[K], n *node[K, V], tag uint8, k K) *entry[K, V] {
	for i := range n.ents {
		if n.tag.at(i) == tag && h.equal(n.ents[i].key, k) {
			return &n.ents[i]
		}
	}
	return nil
}

func indexOf[K comparable, V any](n *node[K, V], en *entry[K, V]) int {
	for i := range n.ents {
		if &n.ents[i] == en {
			return i
		}
	}
	panic("hamt: an entry is not in its node; this is a bug in hamt")
}

// sameBits tells only values of no bits from others.
func sameBits[V any](x, y *V) bool { return reflect.TypeFor[V]().Size() == 0 }

func leafLimit[K comparable, V any]() int { return leafMax }

func (e *edit[K, V]) newInner(bits uint, size int) *node[K, V] {
	return &node[K, V]{owner: e.owner, which: kindInner, total: size, slots: make([]*node[K, V], 1<<bits)}
}

func (e *edit[K, V]) newRoot(bits uint, size int) *node[K, V] {
	n := e.newInner(bits, size)
	n.which, n.h = kindRoot, e.h
	return n
}

func (e *edit[K, V]) newLeaf(n int) *node[K, V] {
	return &node[K, V]{owner: e.owner, which: kindLeaf, total: n, ents: make([]entry[K, V], n)}
}

func (e *edit[K, V]) newFlat(n int) *node[K, V] {
	f := e.newLeaf(n)
	f.which, f.h = kindFlat, e.h
	return f
}

func editOf[K comparable, V any](root *node[K, V], owner uint64) edit[K, V] {
	return edit[K, V]{h: hasherOf(root), owner: owner}
}

func (e *edit[K, V]) owned(n *node[K, V]) *node[K, V] {
	if e.owns(n) {
		return n
	}
	c := *n
	c.owner = e.owner
	c.slots = append([]*node[K, V](nil), n.slots...)
	c.ents = append([]entry[K, V](nil), n.ents...)
	return &c
}

func (e *edit[K, V]) withEntry(n *node[K, V], i int, v V, k K, tag uint8) *node[K, V] {
	n = e.owned(n)
	n.ents = append(n.ents, entry[K, V]{})
	copy(n.ents[i+1:], n.ents[i:])
	n.ents[i] = entry[K, V]{v, k}
	if n.which == kindLeaf {
		n.tag.insert(i, tag)
	}
	n.total++
	return n
}

func (e *edit[K, V]) withoutEntry(n *node[K, V], i int) *node[K, V] {
	n = e.owned(n)
	copy(n.ents[i:], n.ents[i+1:])
	clear(n.ents[len(n.ents)-1:])
	n.ents = n.ents[:len(n.ents)-1]
	if n.which == kindLeaf {
		n.tag.remove(i)
	}
	n.total--
	return n
}

const wordKeys = false

func keyWord[K any](*K) uint64 { return 0 }

func touch[K comparable, V any]([]*node[K, V]) {}

type stamp uint64

func (e *edit[K, V]) stamp() stamp { return stamp(e.owner) }

// setPath and removePath are the quick ways of the packed layout.
func setPath[K comparable, V any](stamp, *node[K, V], K, V) (*node[K, V], *entry[K, V], bool) {
	return nil, nil, false
}

func removePath[K comparable, V any](stamp, *node[K, V], K) (*node[K, V], bool) { return nil, false }
