package hamt

import "sync/atomic"

// edit is one change or a run of changes: the hasher, and the stamp of the
// nodes that may be changed in place. Stamp 0 owns nothing: every node on the
// path is copied.
type edit[K comparable, V any] struct {
	h     *hasher[K]
	owner uint64
	again bool // inside a group: keys are placed by their second hash
}

// stamps numbers the builders' edit sessions. A number is never used twice in
// a process, so a node's stamp tells for certain who may change it.
var stamps atomic.Uint64

func (e *edit[K, V]) owns(n *node[K, V]) bool { return n.owner == e.owner && e.owner != 0 }

func (e *edit[K, V]) hash(k K) uint64 {
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

// items hashes the entries of a leaf, flat or group at depth. The bits already
// consumed are taken from prefix, as a key such as NaN hashes anew each time.
func (e *edit[K, V]) items(dst []item[K, V], n *node[K, V], depth uint, prefix uint64) []item[K, V] {
	mask := uint64(1)<<depth - 1
	if n.kind == kindGroup {
		walk(n, func(en *entry[K, V]) bool {
			dst = append(dst, item[K, V]{n.groupHash(), *en})
			return true
		})
		return dst
	}
	ents := n.entries()
	for i := range ents {
		h := e.hash(ents[i].key)
		dst = append(dst, item[K, V]{h&^mask | prefix&mask, ents[i]})
	}
	return dst
}
