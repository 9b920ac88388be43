package hamt

// The plain layout: one struct for all kinds, slices for what varies.

type node[K comparable, V any] struct {
	owner uint64
	kind  kind
	total int
	h     *hasher[K]
	slots []*node[K, V]
	ents  []entry[K, V]
	tag   []uint8
	hash  uint64      // group
	sub   *node[K, V] // group of an ordered kind: a trie over the second hash
}

func (n *node[K, V]) size() int              { return n.total }
func (n *node[K, V]) kids() []*node[K, V]    { return n.slots }
func (n *node[K, V]) entries() []entry[K, V] { return n.ents }
func (n *node[K, V]) tags() []uint8          { return n.tag }
func (n *node[K, V]) groupHash() uint64      { return n.hash }
func (n *node[K, V]) hasher() *hasher[K]     { return n.h }

func (e *edit[K, V]) newInner(bits uint, size int) *node[K, V] {
	return &node[K, V]{owner: e.owner, kind: kindInner, total: size, h: e.h, slots: make([]*node[K, V], 1<<bits)}
}

func (e *edit[K, V]) newLeaf(size int) *node[K, V] {
	return &node[K, V]{owner: e.owner, kind: kindLeaf, total: size, h: e.h,
		ents: make([]entry[K, V], size), tag: make([]uint8, size)}
}

func (e *edit[K, V]) newFlat(size int) *node[K, V] {
	return &node[K, V]{owner: e.owner, kind: kindFlat, total: size, h: e.h, ents: make([]entry[K, V], size)}
}

// owned returns n if this edit may change it in place, else a copy that it may.
func (e *edit[K, V]) owned(n *node[K, V]) *node[K, V] {
	if e.owns(n) {
		return n
	}
	c := *n
	c.owner = e.owner
	c.slots = append([]*node[K, V](nil), n.slots...)
	c.ents = append([]entry[K, V](nil), n.ents...)
	c.tag = append([]uint8(nil), n.tag...)
	return &c
}

// withEntry returns n, a leaf or flat, with en (and its tag) inserted at i.
func (e *edit[K, V]) withEntry(n *node[K, V], i int, en entry[K, V], tag uint8) *node[K, V] {
	if !e.owns(n) {
		c := *n
		c.owner = e.owner
		c.ents = make([]entry[K, V], len(n.ents)+1)
		copy(c.ents, n.ents[:i])
		copy(c.ents[i+1:], n.ents[i:])
		if n.kind == kindLeaf {
			c.tag = make([]uint8, len(n.tag)+1)
			copy(c.tag, n.tag[:i])
			copy(c.tag[i+1:], n.tag[i:])
		}
		n = &c
	} else {
		n.ents = append(n.ents, en)
		copy(n.ents[i+1:], n.ents[i:])
		if n.kind == kindLeaf {
			n.tag = append(n.tag, tag)
			copy(n.tag[i+1:], n.tag[i:])
		}
	}
	n.ents[i] = en
	if n.kind == kindLeaf {
		n.tag[i] = tag
	}
	n.total++
	return n
}

// withoutEntry returns n, a leaf or flat, without its entry i.
func (e *edit[K, V]) withoutEntry(n *node[K, V], i int) *node[K, V] {
	n = e.owned(n)
	copy(n.ents[i:], n.ents[i+1:])
	clear(n.ents[len(n.ents)-1:])
	n.ents = n.ents[:len(n.ents)-1]
	if n.kind == kindLeaf {
		n.tag = append(n.tag[:i], n.tag[i+1:]...)
	}
	n.total--
	return n
}

func (n *node[K, V]) addSize(d int) { n.total += d }
