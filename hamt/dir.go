package hamt

import "math/bits"

// slots is a directory spread out to its full width.
type slots[K comparable, V any] [fanout]*node[K, V]

// expand spreads the directory of n over dst.
func expand[K comparable, V any](n *node[K, V], dst *slots[K, V]) {
	kids := n.kids()
	for i := range dst {
		dst[i] = kids[i&(len(kids)-1)]
	}
}

// first reports whether slot i is the lowest of those its child stands in. It
// is never true of a nil slot.
func first[K comparable, V any](kids []*node[K, V], i int) bool {
	c := kids[i]
	return c != nil && (i == 0 || kids[i^1<<(bits.Len(uint(i))-1)] != c)
}

// region returns how many low bits of i the child of slot i uses: it stands in
// all slots that agree with i in them. For a nil slot that is the largest such
// set of nil slots.
func region[K comparable, V any](kids []*node[K, V], i int) uint {
	u := uint(bits.TrailingZeros(uint(len(kids))))
	for ; u > 0; u-- {
		b := i ^ 1<<(u-1)
		if kids[b] != kids[i] {
			break
		}
		if kids[i] == nil && !allNil(kids, b, u) {
			break
		}
	}
	return u
}

func allNil[K comparable, V any](kids []*node[K, V], i int, u uint) bool {
	for j := i & (1<<u - 1); j < len(kids); j += 1 << u {
		if kids[j] != nil {
			return false
		}
	}
	return true
}

// put writes c in every slot that agrees with i in the low u bits.
func put[K comparable, V any](kids []*node[K, V], i int, u uint, c *node[K, V]) {
	for j := i & (1<<u - 1); j < len(kids); j += 1 << u {
		kids[j] = c
	}
}

// pack makes the inner node of a directory whose entries number size, no wider
// than it must be. What fits in one leaf must be in one already. A leaf or
// group that fills all slots is returned as it is.
func (e *edit[K, V]) pack(s *slots[K, V], size int) *node[K, V] {
	d := width(s)
	if d == 0 {
		return s[0]
	}
	n := e.newInner(d, size)
	copy(n.kids(), s[:1<<d])
	return n
}

// packAs is pack for a directory that takes the place of n: of a root, if n is
// one.
func (e *edit[K, V]) packAs(n *node[K, V], s *slots[K, V], size int) *node[K, V] {
	if n.kind() == kindRoot {
		return e.packRoot(s, size)
	}
	return e.pack(s, size)
}

// packRoot makes the root of a directory at depth 0.
func (e *edit[K, V]) packRoot(s *slots[K, V], size int) *node[K, V] {
	d := width(s)
	if d == 0 && (s[0] == nil || s[0].kind() == kindLeaf && s[0].size() <= flatMax) {
		return e.flat(s[0])
	}
	n := e.newRoot(d, size)
	copy(n.kids(), s[:1<<d])
	return n
}

// top makes a root of n, which stands at depth 0 and is a root already, a flat
// node, an inner node, a leaf, a group or nil. Up to flatMax entries are flat,
// whatever they stand in: leaves of large entries are smaller than that.
func (e *edit[K, V]) top(n *node[K, V]) *node[K, V] {
	switch {
	case n == nil || n.kind() == kindFlat && n.size() == 0:
		return e.flat(nil)
	case n.kind() == kindFlat:
		return n
	case n.size() <= flatMax:
		f := e.newFlat(n.size())
		i := 0
		walk(n, func(en *entry[K, V]) bool {
			f.entries()[i] = *en
			i++
			return true
		})
		return f
	case n.kind() == kindRoot:
		return n
	}
	var s slots[K, V]
	if n.kind() == kindInner {
		expand(n, &s)
	} else {
		put(s[:], 0, 0, n)
	}
	return e.packRoot(&s, n.size())
}

// flat makes a flat node of a leaf, or the empty root of nil: no node at all,
// unless it has a user's hasher to remember.
func (e *edit[K, V]) flat(leaf *node[K, V]) *node[K, V] {
	if leaf == nil {
		if e.h == nil || e.h.user == nil {
			return nil
		}
		return e.newFlat(0)
	}
	f := e.newFlat(leaf.size())
	copy(f.entries(), leaf.entries())
	return f
}

// width returns how many low bits of the slot numbers matter.
func width[K comparable, V any](s *slots[K, V]) uint {
	d := uint(digitBits)
	for ; d > 0; d-- {
		half := 1 << (d - 1)
		for i := range half {
			if s[i] != s[i+half] || s[i] != nil && s[i].kind() == kindInner {
				return d
			}
		}
	}
	return 0
}
