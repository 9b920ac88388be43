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

// pack makes the canonical node of a directory whose entries number size. What
// fits in one leaf must be in one already; pack finds the width.
func (e *edit[K, V]) pack(s *slots[K, V], size int) *node[K, V] {
	d := uint(digitBits)
shrink:
	for ; d > 0; d-- {
		half := 1 << (d - 1)
		for i := range half {
			if s[i] != s[i+half] || s[i] != nil && s[i].kind == kindInner {
				break shrink
			}
		}
	}
	if d == 0 {
		return s[0]
	}
	n := e.newInner(d, size)
	copy(n.kids(), s[:1<<d])
	return n
}
