//go:build !purego

package hamt

import "unsafe"

// The directories do not depend on the types of keys and values: their slots
// are pointers to nodes, whose types only the code above knows. So there is one
// type a length for the whole program, and one copy of the code that clones a
// path of them. The rules are those of node_unsafe.go.

type (
	dirHeader struct {
		meta uint64
		size int
	}
	inner1 struct {
		dirHeader
		s [1]unsafe.Pointer
	}
	inner2 struct {
		dirHeader
		s [2]unsafe.Pointer
	}
	inner4 struct {
		dirHeader
		s [4]unsafe.Pointer
	}
	inner8 struct {
		dirHeader
		s [8]unsafe.Pointer
	}
	inner16 struct {
		dirHeader
		s [16]unsafe.Pointer
	}
)

type (
	rootHeader struct {
		dirHeader
		h unsafe.Pointer // *hasher[K]
	}
	root1 struct {
		rootHeader
		s [1]unsafe.Pointer
	}
	root2 struct {
		rootHeader
		s [2]unsafe.Pointer
	}
	root4 struct {
		rootHeader
		s [4]unsafe.Pointer
	}
	root8 struct {
		rootHeader
		s [8]unsafe.Pointer
	}
	root16 struct {
		rootHeader
		s [16]unsafe.Pointer
	}
)

// innerSlots and rootSlots are where the slots begin.
const (
	innerSlots = unsafe.Sizeof(dirHeader{})
	rootSlots  = unsafe.Sizeof(rootHeader{})
)

// stamp is an owner as it stands in meta; 0 if the copy has none.
type stamp uint64

// on returns meta with s as the owner.
func (s stamp) on(meta uint64) uint64 { return meta&(1<<ownerShift-1) | uint64(s) }

// allocInner returns an inner node of n slots, all zero.
func allocInner(n int) unsafe.Pointer {
	switch n {
	case 1:
		return unsafe.Pointer(new(inner1))
	case 2:
		return unsafe.Pointer(new(inner2))
	case 4:
		return unsafe.Pointer(new(inner4))
	case 8:
		return unsafe.Pointer(new(inner8))
	case 16:
		return unsafe.Pointer(new(inner16))
	}
	panic("hamt: no such node; this is a bug in hamt")
}

// allocRoot returns a root of n slots, all zero.
func allocRoot(n int) unsafe.Pointer {
	switch n {
	case 1:
		return unsafe.Pointer(new(root1))
	case 2:
		return unsafe.Pointer(new(root2))
	case 4:
		return unsafe.Pointer(new(root4))
	case 8:
		return unsafe.Pointer(new(root8))
	case 16:
		return unsafe.Pointer(new(root16))
	}
	panic("hamt: no such node; this is a bug in hamt")
}

// cloneInner returns a copy of an inner node, its owner among the rest. Copies by
// assignment are a few moves, where copy would be a call and a write barrier's
// loop.
func cloneInner(n *dirHeader) *dirHeader {
	switch n.meta & nMask {
	case 15:
		c := new(inner16)
		*c = *(*inner16)(unsafe.Pointer(n))
		return &c.dirHeader
	case 7:
		c := new(inner8)
		*c = *(*inner8)(unsafe.Pointer(n))
		return &c.dirHeader
	case 3:
		c := new(inner4)
		*c = *(*inner4)(unsafe.Pointer(n))
		return &c.dirHeader
	case 1:
		c := new(inner2)
		*c = *(*inner2)(unsafe.Pointer(n))
		return &c.dirHeader
	default:
		c := new(inner1)
		*c = *(*inner1)(unsafe.Pointer(n))
		return &c.dirHeader
	}
}

// hasField reports whether n is a root with a hasher.
func (n *dirHeader) hasField() bool {
	return n.meta&(kindMask|bareBit) == uint64(kindRoot)<<kindShift
}

// cloneRoot does the same for a root.
func cloneRoot(n *dirHeader) *dirHeader {
	if n.meta&bareBit != 0 {
		return cloneInner(n)
	}
	switch n.meta & nMask {
	case 15:
		c := new(root16)
		*c = *(*root16)(unsafe.Pointer(n))
		return &c.dirHeader
	case 7:
		c := new(root8)
		*c = *(*root8)(unsafe.Pointer(n))
		return &c.dirHeader
	case 3:
		c := new(root4)
		*c = *(*root4)(unsafe.Pointer(n))
		return &c.dirHeader
	case 1:
		c := new(root2)
		*c = *(*root2)(unsafe.Pointer(n))
		return &c.dirHeader
	default:
		c := new(root1)
		*c = *(*root1)(unsafe.Pointer(n))
		return &c.dirHeader
	}
}

func cloneDir(n *dirHeader) *dirHeader {
	if n.hasField() {
		return cloneRoot(n)
	}
	return cloneInner(n)
}

// mask is the number of slots less one.
func (n *dirHeader) mask() uintptr { return uintptr(n.meta & nMask) }

// slots is where the slots of n begin.
func (n *dirHeader) slots() unsafe.Pointer {
	if n.hasField() {
		return unsafe.Add(unsafe.Pointer(n), rootSlots)
	}
	return unsafe.Add(unsafe.Pointer(n), innerSlots)
}

func slotAt(slots unsafe.Pointer, i uintptr) *unsafe.Pointer {
	return (*unsafe.Pointer)(unsafe.Add(slots, i*unsafe.Sizeof(slots)))
}

// spot is where a leaf or group, or nothing, stands.
type spot struct {
	dir   *dirHeader // the last directory
	digit uint64     // the hash from the first bit on that dir looks at
	depth uint       // the number of bits before that
}

// locate returns what stands where hash leads under root: a leaf, a group or
// nil.
func locate(root *dirHeader, hash uint64) (*dirHeader, spot) {
	p := spot{root, hash, 0}
	n := (*dirHeader)(*slotAt(root.slots(), uintptr(hash)&root.mask()))
	for n != nil && n.meta&kindMask == uint64(kindInner)<<kindShift {
		p = spot{n, p.digit >> digitBits, p.depth + digitBits}
		n = (*dirHeader)(*slotAt(unsafe.Add(unsafe.Pointer(n), innerSlots), uintptr(p.digit)&n.mask()))
	}
	return n, p
}

// stride returns the number of slots from one of those in which n stands to the
// next, a power of two: n's place uses so many values of the digit's low bits.
func (p spot) stride(n unsafe.Pointer) uintptr {
	slots, mask := p.dir.slots(), p.dir.mask()
	i, stride := uintptr(p.digit)&mask, mask+1
	for stride > 1 && *slotAt(slots, i^stride>>1) == n {
		stride >>= 1
	}
	return stride
}

// The functions below return a copy of the directory p.dir with something else
// in the place of the leaf n. Nothing shared is written.

// with puts leaf there, and adds grown to the size.
func (p spot) with(owner stamp, n, leaf unsafe.Pointer, grown int) *dirHeader {
	stride := p.stride(n)
	c := cloneDir(p.dir)
	c.meta = owner.on(c.meta)
	c.size += grown
	slots, mask := c.slots(), c.mask()
	for i := uintptr(p.digit) & (stride - 1); i <= mask; i += stride {
		*slotAt(slots, i) = leaf
	}
	return c
}

// withHalves puts the two halves there into which the leaf splits at its stride,
// with one more entry. Size is that of the halves.
func (p spot) withHalves(owner stamp, stride uintptr, half0, half1 unsafe.Pointer, size int) *dirHeader {
	mask := p.dir.mask()
	var c *dirHeader
	switch {
	case stride <= mask:
		c = cloneDir(p.dir)
		c.meta = owner.on(c.meta)
	case mask < fanout-1:
		c = widened(p.dir)
		c.meta = owner.on(c.meta)
	default: // below the directory
		b := new(inner2)
		b.meta = owner.on(meta(kindInner, 0, 1, 0))
		b.size = size
		b.s = [2]unsafe.Pointer{half0, half1}
		c = cloneDir(p.dir)
		c.meta = owner.on(c.meta)
		c.size++
		*slotAt(c.slots(), uintptr(p.digit)&mask) = unsafe.Pointer(b)
		return c
	}
	c.size++
	slots, mask := c.slots(), c.mask()
	for i := uintptr(p.digit) & (stride - 1); i <= mask; i += 2 * stride {
		*slotAt(slots, i) = half0
		*slotAt(slots, i+stride) = half1
	}
	return c
}

// widened returns a copy of n with twice as many slots.
func widened(n *dirHeader) *dirHeader {
	slots := 2 * (n.mask() + 1)
	var c *dirHeader
	if n.hasField() {
		c = (*dirHeader)(allocRoot(int(slots)))
		(*rootHeader)(unsafe.Pointer(c)).h = (*rootHeader)(unsafe.Pointer(n)).h
	} else {
		c = (*dirHeader)(allocInner(int(slots)))
	}
	c.meta = n.meta&(kindMask|customBit|bareBit) | uint64(slots-1)
	c.size = n.size
	from, to := n.slots(), c.slots()
	for i := range slots {
		*slotAt(to, i) = *slotAt(from, i&(slots/2-1))
	}
	return c
}

// sibling returns what stands in the other half of the place that the leaf n of
// this stride shares with it; nil if nothing or a directory does, or several.
func (p spot) sibling(stride uintptr) *dirHeader {
	if stride == 1 {
		return nil
	}
	slots, mask := p.dir.slots(), p.dir.mask()
	i := uintptr(p.digit)&(stride-1) ^ stride>>1
	b := *slotAt(slots, i)
	for j := i + stride; j <= mask; j += stride {
		if *slotAt(slots, j) != b {
			return nil
		}
	}
	if b != nil && (*dirHeader)(b).meta&kindMask == uint64(kindInner)<<kindShift {
		return nil
	}
	return (*dirHeader)(b)
}

// withMerged puts leaf in the place that the leaf of this stride shares with its
// sibling, which it replaces too. It returns nil if a narrower directory, or none,
// would do then, or if the leaf would be alone in a place twice as large.
func (p spot) withMerged(owner stamp, stride uintptr, leaf unsafe.Pointer) *dirHeader {
	half, mask := stride>>1, p.dir.mask()
	i := uintptr(p.digit) & (half - 1)
	if stride > mask && !needs(p.dir, i) || p.empty(half) {
		return nil
	}
	c := cloneDir(p.dir)
	c.meta = owner.on(c.meta)
	c.size--
	slots := c.slots()
	for ; i <= mask; i += half {
		*slotAt(slots, i) = leaf
	}
	return c
}

// empty reports whether nothing stands in the other half of the place that the
// place of this stride is half of.
func (p spot) empty(stride uintptr) bool {
	slots, mask := p.dir.slots(), p.dir.mask()
	for i := uintptr(p.digit)&(stride-1) ^ stride>>1; i <= mask; i += stride {
		if *slotAt(slots, i) != nil {
			return false
		}
	}
	return true
}

// needs reports whether n needs its highest digit bit for other slots than i.
func needs(n *dirHeader, i uintptr) bool {
	slots, half := n.slots(), (n.mask()+1)/2
	for j := range half {
		if j != i && *slotAt(slots, j) != *slotAt(slots, j+half) {
			return true
		}
	}
	return false
}

// clonePath returns a copy of the directories from root down to p.dir, with last
// in the place of that, and with grown added to their sizes.
func (p spot) clonePath(owner stamp, root *dirHeader, hash uint64, last *dirHeader, grown int) unsafe.Pointer {
	if p.dir == root {
		return unsafe.Pointer(last)
	}
	r := cloneRoot(root)
	n, slots := r, r.slots()
	for {
		n.meta = owner.on(n.meta)
		n.size += grown
		slot := slotAt(slots, uintptr(hash)&n.mask())
		c := (*dirHeader)(*slot)
		if c == p.dir {
			*slot = unsafe.Pointer(last)
			return unsafe.Pointer(r)
		}
		n = cloneInner(c)
		*slot = unsafe.Pointer(n)
		slots = unsafe.Add(unsafe.Pointer(n), innerSlots)
		hash >>= digitBits
	}
}
