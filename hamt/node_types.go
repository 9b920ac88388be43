//go:build !purego

package hamt

import "unsafe"

// The types of all nodes, one per length, and their allocation. A node's
// object has exactly the length that its meta says.

type (
	bare1[K comparable, V any] struct {
		meta uint64
		e    [1]entry[K, V]
	}
	bare2[K comparable, V any] struct {
		meta uint64
		e    [2]entry[K, V]
	}
	bare3[K comparable, V any] struct {
		meta uint64
		e    [3]entry[K, V]
	}
	bare4[K comparable, V any] struct {
		meta uint64
		e    [4]entry[K, V]
	}
	bare5[K comparable, V any] struct {
		meta uint64
		e    [5]entry[K, V]
	}
	bare6[K comparable, V any] struct {
		meta uint64
		e    [6]entry[K, V]
	}
	bare7[K comparable, V any] struct {
		meta uint64
		e    [7]entry[K, V]
	}
	bare8[K comparable, V any] struct {
		meta uint64
		e    [8]entry[K, V]
	}
)

type (
	flat0[K comparable, V any] struct {
		meta uint64
		h    *hasher[K]
		e    [0]entry[K, V]
	}
	flat1[K comparable, V any] struct {
		meta uint64
		h    *hasher[K]
		e    [1]entry[K, V]
	}
	flat2[K comparable, V any] struct {
		meta uint64
		h    *hasher[K]
		e    [2]entry[K, V]
	}
	flat3[K comparable, V any] struct {
		meta uint64
		h    *hasher[K]
		e    [3]entry[K, V]
	}
	flat4[K comparable, V any] struct {
		meta uint64
		h    *hasher[K]
		e    [4]entry[K, V]
	}
	flat5[K comparable, V any] struct {
		meta uint64
		h    *hasher[K]
		e    [5]entry[K, V]
	}
	flat6[K comparable, V any] struct {
		meta uint64
		h    *hasher[K]
		e    [6]entry[K, V]
	}
	flat7[K comparable, V any] struct {
		meta uint64
		h    *hasher[K]
		e    [7]entry[K, V]
	}
	flat8[K comparable, V any] struct {
		meta uint64
		h    *hasher[K]
		e    [8]entry[K, V]
	}
)

type (
	leaf1[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [1]entry[K, V]
	}
	leaf2[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [2]entry[K, V]
	}
	leaf3[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [3]entry[K, V]
	}
	leaf4[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [4]entry[K, V]
	}
	leaf5[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [5]entry[K, V]
	}
	leaf6[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [6]entry[K, V]
	}
	leaf7[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [7]entry[K, V]
	}
	leaf8[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [8]entry[K, V]
	}
	leaf9[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [9]entry[K, V]
	}
	leaf10[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [10]entry[K, V]
	}
	leaf11[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [11]entry[K, V]
	}
	leaf12[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [12]entry[K, V]
	}
	leaf13[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [13]entry[K, V]
	}
	leaf14[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [14]entry[K, V]
	}
	leaf15[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [15]entry[K, V]
	}
	leaf16[K comparable, V any] struct {
		meta uint64
		tags leafTags
		e    [16]entry[K, V]
	}
)

func allocBare[K comparable, V any](n int) *node[K, V] {
	var p unsafe.Pointer
	switch n {
	case 1:
		p = unsafe.Pointer(new(bare1[K, V]))
	case 2:
		p = unsafe.Pointer(new(bare2[K, V]))
	case 3:
		p = unsafe.Pointer(new(bare3[K, V]))
	case 4:
		p = unsafe.Pointer(new(bare4[K, V]))
	case 5:
		p = unsafe.Pointer(new(bare5[K, V]))
	case 6:
		p = unsafe.Pointer(new(bare6[K, V]))
	case 7:
		p = unsafe.Pointer(new(bare7[K, V]))
	case 8:
		p = unsafe.Pointer(new(bare8[K, V]))
	default:
		panic("hamt: no such node; this is a bug in hamt")
	}
	return (*node[K, V])(p)
}

func allocFlat[K comparable, V any](n int) *node[K, V] {
	var p unsafe.Pointer
	switch n {
	case 0:
		p = unsafe.Pointer(new(flat0[K, V]))
	case 1:
		p = unsafe.Pointer(new(flat1[K, V]))
	case 2:
		p = unsafe.Pointer(new(flat2[K, V]))
	case 3:
		p = unsafe.Pointer(new(flat3[K, V]))
	case 4:
		p = unsafe.Pointer(new(flat4[K, V]))
	case 5:
		p = unsafe.Pointer(new(flat5[K, V]))
	case 6:
		p = unsafe.Pointer(new(flat6[K, V]))
	case 7:
		p = unsafe.Pointer(new(flat7[K, V]))
	case 8:
		p = unsafe.Pointer(new(flat8[K, V]))
	default:
		panic("hamt: no such node; this is a bug in hamt")
	}
	return (*node[K, V])(p)
}

func allocLeaf[K comparable, V any](n int) *node[K, V] {
	var p unsafe.Pointer
	switch n {
	case 1:
		p = unsafe.Pointer(new(leaf1[K, V]))
	case 2:
		p = unsafe.Pointer(new(leaf2[K, V]))
	case 3:
		p = unsafe.Pointer(new(leaf3[K, V]))
	case 4:
		p = unsafe.Pointer(new(leaf4[K, V]))
	case 5:
		p = unsafe.Pointer(new(leaf5[K, V]))
	case 6:
		p = unsafe.Pointer(new(leaf6[K, V]))
	case 7:
		p = unsafe.Pointer(new(leaf7[K, V]))
	case 8:
		p = unsafe.Pointer(new(leaf8[K, V]))
	case 9:
		p = unsafe.Pointer(new(leaf9[K, V]))
	case 10:
		p = unsafe.Pointer(new(leaf10[K, V]))
	case 11:
		p = unsafe.Pointer(new(leaf11[K, V]))
	case 12:
		p = unsafe.Pointer(new(leaf12[K, V]))
	case 13:
		p = unsafe.Pointer(new(leaf13[K, V]))
	case 14:
		p = unsafe.Pointer(new(leaf14[K, V]))
	case 15:
		p = unsafe.Pointer(new(leaf15[K, V]))
	case 16:
		p = unsafe.Pointer(new(leaf16[K, V]))
	default:
		panic("hamt: no such node; this is a bug in hamt")
	}
	return (*node[K, V])(p)
}

// leafFrom returns a leaf that begins as n does, with its first k entries and
// room for one more or not. The copy by assignment is a few moves, where copy is
// a call, and another for what holds pointers. Meta is that of n.
func leafFrom[K comparable, V any](n *node[K, V], k int, room bool) *node[K, V] {
	var c unsafe.Pointer
	switch k {
	case 1:
		if room {
			c = unsafe.Pointer(new(leaf2[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf1[K, V]))
		}
		*(*leaf1[K, V])(c) = *(*leaf1[K, V])(unsafe.Pointer(n))
	case 2:
		if room {
			c = unsafe.Pointer(new(leaf3[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf2[K, V]))
		}
		*(*leaf2[K, V])(c) = *(*leaf2[K, V])(unsafe.Pointer(n))
	case 3:
		if room {
			c = unsafe.Pointer(new(leaf4[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf3[K, V]))
		}
		*(*leaf3[K, V])(c) = *(*leaf3[K, V])(unsafe.Pointer(n))
	case 4:
		if room {
			c = unsafe.Pointer(new(leaf5[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf4[K, V]))
		}
		*(*leaf4[K, V])(c) = *(*leaf4[K, V])(unsafe.Pointer(n))
	case 5:
		if room {
			c = unsafe.Pointer(new(leaf6[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf5[K, V]))
		}
		*(*leaf5[K, V])(c) = *(*leaf5[K, V])(unsafe.Pointer(n))
	case 6:
		if room {
			c = unsafe.Pointer(new(leaf7[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf6[K, V]))
		}
		*(*leaf6[K, V])(c) = *(*leaf6[K, V])(unsafe.Pointer(n))
	case 7:
		if room {
			c = unsafe.Pointer(new(leaf8[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf7[K, V]))
		}
		*(*leaf7[K, V])(c) = *(*leaf7[K, V])(unsafe.Pointer(n))
	case 8:
		if room {
			c = unsafe.Pointer(new(leaf9[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf8[K, V]))
		}
		*(*leaf8[K, V])(c) = *(*leaf8[K, V])(unsafe.Pointer(n))
	case 9:
		if room {
			c = unsafe.Pointer(new(leaf10[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf9[K, V]))
		}
		*(*leaf9[K, V])(c) = *(*leaf9[K, V])(unsafe.Pointer(n))
	case 10:
		if room {
			c = unsafe.Pointer(new(leaf11[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf10[K, V]))
		}
		*(*leaf10[K, V])(c) = *(*leaf10[K, V])(unsafe.Pointer(n))
	case 11:
		if room {
			c = unsafe.Pointer(new(leaf12[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf11[K, V]))
		}
		*(*leaf11[K, V])(c) = *(*leaf11[K, V])(unsafe.Pointer(n))
	case 12:
		if room {
			c = unsafe.Pointer(new(leaf13[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf12[K, V]))
		}
		*(*leaf12[K, V])(c) = *(*leaf12[K, V])(unsafe.Pointer(n))
	case 13:
		if room {
			c = unsafe.Pointer(new(leaf14[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf13[K, V]))
		}
		*(*leaf13[K, V])(c) = *(*leaf13[K, V])(unsafe.Pointer(n))
	case 14:
		if room {
			c = unsafe.Pointer(new(leaf15[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf14[K, V]))
		}
		*(*leaf14[K, V])(c) = *(*leaf14[K, V])(unsafe.Pointer(n))
	case 15:
		if room {
			c = unsafe.Pointer(new(leaf16[K, V]))
		} else {
			c = unsafe.Pointer(new(leaf15[K, V]))
		}
		*(*leaf15[K, V])(c) = *(*leaf15[K, V])(unsafe.Pointer(n))
	case 16:
		c = unsafe.Pointer(new(leaf16[K, V]))
		*(*leaf16[K, V])(c) = *(*leaf16[K, V])(unsafe.Pointer(n))
	default:
		panic("hamt: no such node; this is a bug in hamt")
	}
	return (*node[K, V])(c)
}
