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
