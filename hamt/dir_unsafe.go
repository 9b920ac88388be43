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

// unowned is the part of meta that a copy without owner keeps.
const unowned = 1<<ownerShift - 1

// allocInner returns an inner node of n slots, all zero.
func allocInner(n int) unsafe.Pointer {
	switch n {
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

// cloneInner returns a copy of an inner node that nobody owns. Copies by
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
	default:
		c := new(inner2)
		*c = *(*inner2)(unsafe.Pointer(n))
		return &c.dirHeader
	}
}

// cloneRoot does the same for a root.
func cloneRoot(n *dirHeader) *dirHeader {
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

// clonePath returns a copy of the directories from root down to the leaf old,
// which stands where hash leads, with leaf in its place and grown added to the
// sizes. It works from the top: nothing shared is written, and what it returns
// is complete.
func clonePath(root *dirHeader, hash uint64, old, leaf unsafe.Pointer, grown int) *dirHeader {
	n := cloneRoot(root)
	r := n
	slots := unsafe.Add(unsafe.Pointer(n), rootSlots)
	for {
		n.meta &= unowned
		n.size += grown
		mask := uintptr(n.meta & nMask)
		i := uintptr(hash) & mask
		slot := (*unsafe.Pointer)(unsafe.Add(slots, i*unsafe.Sizeof(old)))
		if *slot == old {
			// The leaf stands in all slots that agree with i in so many bits.
			stride := mask + 1
			for stride > 1 && *(*unsafe.Pointer)(unsafe.Add(slots, (i^stride>>1)*unsafe.Sizeof(old))) == old {
				stride >>= 1
			}
			for j := i & (stride - 1); j <= mask; j += stride {
				*(*unsafe.Pointer)(unsafe.Add(slots, j*unsafe.Sizeof(old))) = leaf
			}
			return r
		}
		n = cloneInner((*dirHeader)(*slot))
		*slot = unsafe.Pointer(n)
		slots = unsafe.Add(unsafe.Pointer(n), innerSlots)
		hash >>= digitBits
	}
}

// leafUnder returns the leaf or group where hash leads under root, or nil.
func leafUnder(root *dirHeader, hash uint64) *dirHeader {
	n := *(**dirHeader)(unsafe.Add(unsafe.Pointer(root), rootSlots+uintptr(hash&root.meta&nMask)*unsafe.Sizeof(root)))
	for n != nil && n.meta&kindMask == uint64(kindInner)<<kindShift {
		hash >>= digitBits
		n = *(**dirHeader)(unsafe.Add(unsafe.Pointer(n), innerSlots+uintptr(hash&n.meta&nMask)*unsafe.Sizeof(n)))
	}
	return n
}

// siblingFits reports whether the leaf where hash leads, which is about to have
// size entries, and the other half of its place might make one leaf of limit
// entries: whether the edit is more than a copy of the path.
func siblingFits(root *dirHeader, hash uint64, size, limit int) bool {
	n, slots := root, unsafe.Add(unsafe.Pointer(root), rootSlots)
	for {
		mask := uintptr(n.meta & nMask)
		i := uintptr(hash) & mask
		c := *(**dirHeader)(unsafe.Add(slots, i*unsafe.Sizeof(n)))
		if c.meta&kindMask == uint64(kindInner)<<kindShift {
			n, slots = c, unsafe.Add(unsafe.Pointer(c), innerSlots)
			hash >>= digitBits
			continue
		}
		for bit := (mask + 1) >> 1; bit > 0; bit >>= 1 {
			b := *(**dirHeader)(unsafe.Add(slots, (i^bit)*unsafe.Sizeof(n)))
			if b != c {
				return b == nil || b.meta&kindMask == uint64(kindLeaf)<<kindShift && int(b.meta&nMask)+size <= limit
			}
		}
		// The leaf is all there is below n.
		return true
	}
}
