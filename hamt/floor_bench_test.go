//go:build !purego

package hamt

import (
	"testing"
	"unsafe"
)

// BenchmarkFloor is what a persistent Set cannot do without: to allocate the
// nodes on the way to a key and to copy them. It neither hashes the key nor
// looks for it, nor ties the copies together. Run it beside BenchmarkSet:
//
//	go test ./hamt -run '^$' -bench '^Benchmark(Floor|Set)$' -benchtime 0.15s -count 5
func BenchmarkFloor(b *testing.B) {
	benchSizes(b, func(b *testing.B, m Map[int, int], keys []int) {
		paths := make([][]*node[int, int], len(keys))
		for i, k := range keys {
			n, hash := m.root, defaultHasher[int]().hash(k)
			for ; n.kind() == kindRoot || n.kind() == kindInner; hash >>= digitBits {
				paths[i] = append(paths[i], n)
				n = n.kids()[hash&uint64(len(n.kids())-1)]
			}
			paths[i] = append(paths[i], n)
		}
		i := 0
		for b.Loop() {
			for at, n := range paths[i] {
				switch n.kind() {
				case kindRoot:
					copies[at] = unsafe.Pointer(cloneRoot((*dirHeader)(unsafe.Pointer(n))))
				case kindInner:
					copies[at] = unsafe.Pointer(cloneInner((*dirHeader)(unsafe.Pointer(n))))
				case kindFlat:
					copies[at] = unsafe.Pointer(cloneFlat(0, n))
				default:
					size := n.size()
					c := newLeafOf[int, int](0, size)
					*c.leafTags() = *n.leafTags()
					copy(leafEntries(c, size), leafEntries(n, size))
					copies[at] = unsafe.Pointer(c)
				}
			}
			if i++; i == len(keys) {
				i = 0
			}
		}
	})
}

// copies keeps the compiler from leaving out what is measured.
var copies [hashBits / digitBits]unsafe.Pointer
