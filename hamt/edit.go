package hamt

import "sync/atomic"

// edit is one change or a run of changes: the hasher, and the stamp of the
// nodes that may be changed in place. Stamp 0 owns nothing: every node on the
// path is copied.
type edit[K comparable, V any] struct {
	h     *hasher[K] // nil in the edit of a bare flat map, until a key is hashed
	owner uint64
	again bool // inside a group: keys are placed by their second hash
}

// stamps numbers the builders' edit sessions. A number is never used twice in
// a process, so a node's stamp tells for certain who may change it.
var stamps atomic.Uint64

// newStamp returns a number never used before. When those that fit in a node
// run out, after 2^49 sessions, it returns 0, and builders copy as maps do.
func newStamp() uint64 {
	if s := stamps.Add(1); s <= maxStamp {
		return s
	}
	stamps.Store(maxStamp)
	return 0
}

func (e *edit[K, V]) hash(k K) uint64 {
	if e.h == nil {
		e.h = defaultHasher[K]()
	}
	if e.again {
		return e.h.rehash(k)
	}
	return e.h.hash(k)
}

// item is an entry with its hash, on its way into a node.
type item[K comparable, V any] struct {
	hash uint64
	entry[K, V]
}

// items appends the entries of a leaf or flat at depth with their hashes. The
// bits already consumed are taken from prefix, as a key such as NaN hashes anew
// each time.
func (e *edit[K, V]) items(dst []item[K, V], n *node[K, V], depth uint, prefix uint64) []item[K, V] {
	mask := uint64(1)<<depth - 1
	ents := n.entries()
	for i := range ents {
		h := e.hash(ents[i].key)
		dst = append(dst, item[K, V]{h&^mask | prefix&mask, ents[i]})
	}
	return dst
}
