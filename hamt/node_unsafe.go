//go:build !purego

package hamt

import "unsafe"

// # The packed layout
//
// A node is one object: a header and, right behind it, an array. *node points
// to the header; the kind in it says which of the structs below the object is.
//
//	byte 0        8            16          24
//	flat   meta | entries ...                 (bare: the default hasher)
//	flat   meta | hasher     | entries ...
//	leaf   meta | tags 0-7   | tags 8-15 | entries ...
//	inner  meta | size       | slots ...
//	root   meta | size       | hasher    | slots ...
//	group  meta | size       | hash      | see group.go
//
// A leaf of pointer-free keys and values is an object without pointers, which
// the collector does not read.
//
// # Rules of this file, and of every other one that imports unsafe
//
//  1. Objects are made by new of a struct type of the exact length, so the
//     collector knows where their pointers are. No other memory is used.
//  2. Arrays are reached by unsafe.Add and unsafe.Slice from the header, with
//     offsets from unsafe.Offsetof and lengths from meta. A header is never
//     cast to a struct longer than its object.
//  3. Integers are never stored where a pointer belongs, nor the reverse.
//  4. Slots and entries beyond the length are zero, so they keep nothing alive.

// node is the header of all nodes.
type node[K comparable, V any] struct {
	// meta holds, from the low bits: n (5), cap (5), kind (3), custom (1),
	// bare (1), owner (49). Custom is set in a flat node or root under a hasher
	// that a lookup has to ask. Bare is set where it has to look at none: in a
	// flat node that has no hasher field, as the default one does for it (it may
	// be free of pointers), and in a root whose keys are hashed under the shared
	// secrets.
	// n is the number of entries of a flat or leaf, and the number of slots
	// less one of an inner node or root: the mask of its digit.
	meta uint64
}

const (
	nBits      = 5
	nMask      = 1<<nBits - 1
	kindShift  = 2 * nBits
	kindMask   = 7 << kindShift
	customBit  = 1 << (kindShift + 3)
	bareBit    = 1 << (kindShift + 4)
	ownerShift = kindShift + 5
	// maxStamp is the last stamp that fits.
	maxStamp = 1<<(64-ownerShift) - 1
)

func meta(k kind, owner uint64, n, capacity int) uint64 {
	return owner<<ownerShift | uint64(k)<<kindShift | uint64(capacity)<<nBits | uint64(n)
}

func (n *node[K, V]) kind() kind { return kind(n.meta >> kindShift & 7) }

func (e *edit[K, V]) owns(n *node[K, V]) bool {
	return n.meta>>ownerShift == e.owner && e.owner != 0
}

func (e *edit[K, V]) stamp() stamp { return stamp(e.owner << ownerShift) }

func (n *node[K, V]) size() int {
	if n.kind() <= kindLeaf {
		return int(n.meta & nMask)
	}
	return *(*int)(unsafe.Add(unsafe.Pointer(n), 8))
}

func (n *node[K, V]) addSize(d int) { *(*int)(unsafe.Add(unsafe.Pointer(n), 8)) += d }

func (n *node[K, V]) setSize(size int) { *(*int)(unsafe.Add(unsafe.Pointer(n), 8)) = size }

// hasher is valid on a flat node and a root.
func (n *node[K, V]) hasher() *hasher[K] {
	if n.kind() == kindFlat {
		if n.meta&bareBit != 0 {
			return defaultHasher[K]()
		}
		return *(**hasher[K])(unsafe.Add(unsafe.Pointer(n), unsafe.Offsetof(flat1[K, V]{}.h)))
	}
	if n.meta&bareBit != 0 {
		return defaultHasher[K]()
	}
	return *(**hasher[K])(unsafe.Add(unsafe.Pointer(n), unsafe.Offsetof(rootHeader{}.h)))
}

func (n *node[K, V]) kids() []*node[K, V] {
	off := innerSlots
	if (*dirHeader)(unsafe.Pointer(n)).hasField() {
		off = rootSlots
	}
	return unsafe.Slice((**node[K, V])(unsafe.Add(unsafe.Pointer(n), off)), n.meta&nMask+1)
}

func (n *node[K, V]) entries() []entry[K, V] {
	if n.meta&nMask == 0 {
		return nil
	}
	return unsafe.Slice(n.entry(0), n.meta&nMask)
}

// entry returns a pointer to entry i, which must be below the capacity.
func (n *node[K, V]) entry(i int) *entry[K, V] {
	off := unsafe.Offsetof(leaf1[K, V]{}.e)
	if n.meta&bareBit != 0 {
		off = unsafe.Offsetof(bare1[K, V]{}.e)
	} else if n.kind() == kindFlat {
		off = unsafe.Offsetof(flat1[K, V]{}.e)
	}
	return (*entry[K, V])(unsafe.Add(unsafe.Pointer(n), off+uintptr(i)*unsafe.Sizeof(entry[K, V]{})))
}

// leafTags are the tags of a leaf; tag i is byte i&7, from the low end, of
// word i>>3. Unused ones are 0, which no hash has.
func (n *node[K, V]) leafTags() *leafTags {
	return (*leafTags)(unsafe.Add(unsafe.Pointer(n), 8))
}

func (n *node[K, V]) group() *group[K, V] { return (*group[K, V])(unsafe.Pointer(n)) }

func groupNode[K comparable, V any](g *group[K, V]) *node[K, V] {
	return (*node[K, V])(unsafe.Pointer(g))
}

// groupHeader is what a group begins with.
type groupHeader[K comparable, V any] struct {
	meta uint64
	size int
}

func (e *edit[K, V]) groupHeader(size int) groupHeader[K, V] {
	return groupHeader[K, V]{meta(kindGroup, e.owner, 0, 0), size}
}

// get returns the entry of k in the map under root, or nil. It is one function
// without calls but for the hash, as it decides what a lookup costs.
func get[K comparable, V any](root *node[K, V], k K) *entry[K, V] {
	const (
		leaf  = uint64(kindLeaf) << kindShift
		inner = uint64(kindInner) << kindShift
	)
	if root == nil {
		getEmpty(k)
		return nil
	}
	m := root.meta
	switch m & (kindMask | customBit) {
	case uint64(kindRoot) << kindShift:
	case uint64(kindFlat) << kindShift:
		p := unsafe.Add(unsafe.Pointer(root), unsafe.Offsetof(bare1[K, V]{}.e))
		if m&bareBit == 0 {
			p = unsafe.Add(unsafe.Pointer(root), unsafe.Offsetof(flat1[K, V]{}.e))
		}
		i := uintptr(m & nMask)
		if unsafe.Sizeof(k) <= 8 { // four at a time: a key that is absent is compared with all
			for ; i >= 4; i -= 4 {
				if en := entryAt[K, V](p, 0); en.key == k {
					return en
				}
				if en := entryAt[K, V](p, 1); en.key == k {
					return en
				}
				if en := entryAt[K, V](p, 2); en.key == k {
					return en
				}
				if en := entryAt[K, V](p, 3); en.key == k {
					return en
				}
				if i == 4 {
					return nil
				}
				p = unsafe.Add(p, 4*unsafe.Sizeof(entry[K, V]{}))
			}
		}
		for j := range i {
			if en := entryAt[K, V](p, j); en.key == k {
				return en
			}
		}
		return nil
	default:
		return getCustom(root, k)
	}
	// The secrets have a fixed place, so that hashing the key does not wait for
	// the root to be loaded.
	text := unsafe.Sizeof(k) == unsafe.Sizeof("") && m&bareBit != 0
	var hash uint64
	var w words
	switch {
	case unsafe.Sizeof(k) <= 8 && m&bareBit != 0:
		hash = wordHash(keyWord(&k), shared.a, shared.b)
	case text:
		s := keyText(&k)
		if !hasWords(len(s)) {
			hash = textHash(&shared, s)
			break
		}
		w = wordsOf(s)
		hash = w.hash(uint64(len(s)), &shared)
	default:
		hash = rootHash((*hasher[K])((*rootHeader)(unsafe.Pointer(root)).h), k)
	}
	off := innerSlots
	if m&bareBit == 0 {
		off = rootSlots
	}
	n := *(**node[K, V])(unsafe.Add(unsafe.Pointer(root), off+uintptr(hash&m&nMask)*unsafe.Sizeof(root)))
	if n == nil {
		return nil
	}
	d := hash
	m = n.meta
	for m&kindMask == inner {
		d >>= digitBits
		n = *(**node[K, V])(unsafe.Add(unsafe.Pointer(n), innerSlots+uintptr(d&m&nMask)*unsafe.Sizeof(n)))
		if n == nil {
			return nil
		}
		m = n.meta
	}
	if m&kindMask != leaf {
		return n.group().find(root.hasher(), 0, hash, k)
	}
	match := (*leafTags)(unsafe.Add(unsafe.Pointer(n), 8)).match(tagOf(hash))
	if text && hasWords(len(keyText(&k))) {
		for ; match != 0; match &= match - 1 {
			i := tagIndex(match)
			en := (*entry[K, V])(unsafe.Add(unsafe.Pointer(n), unsafe.Offsetof(leaf1[K, V]{}.e)+i*unsafe.Sizeof(entry[K, V]{})))
			if s := keyText(&en.key); len(s) == len(keyText(&k)) && w.equal(wordsOf(s)) {
				return en
			}
		}
		return nil
	}
	for ; match != 0; match &= match - 1 {
		i := tagIndex(match)
		en := (*entry[K, V])(unsafe.Add(unsafe.Pointer(n), unsafe.Offsetof(leaf1[K, V]{}.e)+i*unsafe.Sizeof(entry[K, V]{})))
		if en.key == k {
			return en
		}
	}
	return nil
}

// entryAt returns a pointer to element i of the entries at p.
func entryAt[K comparable, V any](p unsafe.Pointer, i uintptr) *entry[K, V] {
	return (*entry[K, V])(unsafe.Add(p, i*unsafe.Sizeof(entry[K, V]{})))
}

// findLeaf returns the entry of k in leaf n, or nil.
func findLeaf[K comparable, V any](h *hasher[K], n *node[K, V], tag uint8, k K) *entry[K, V] {
	t := n.leafTags()
	e := unsafe.Add(unsafe.Pointer(n), unsafe.Offsetof(leaf1[K, V]{}.e))
	for match := t.match(tag); match != 0; match &= match - 1 {
		en := (*entry[K, V])(unsafe.Add(e, tagIndex(match)*unsafe.Sizeof(entry[K, V]{})))
		if h == nil || !h.userEqual {
			if en.key == k {
				return en
			}
		} else if h.user.Equal(en.key, k) {
			return en
		}
	}
	return nil
}

// wordKeys: integer keys are hashed as words.
const wordKeys = true

// keyWord returns an integer key of 4 or 8 bytes as a word.
func keyWord[K any](k *K) uint64 {
	switch unsafe.Sizeof(*k) {
	case 8:
		return *(*uint64)(unsafe.Pointer(k))
	case 4:
		return uint64(*(*uint32)(unsafe.Pointer(k)))
	}
	return 0
}

// indexOf returns the place of en in n.
func indexOf[K comparable, V any](n *node[K, V], en *entry[K, V]) int {
	return int((uintptr(unsafe.Pointer(en)) - uintptr(unsafe.Pointer(n.entry(0)))) / unsafe.Sizeof(*en))
}

// sameBits reports whether two values are the same, bit for bit.
func sameBits[V any](x, y *V) bool {
	size := unsafe.Sizeof(*x)
	if size == 8 {
		return *(*[8]byte)(unsafe.Pointer(x)) == *(*[8]byte)(unsafe.Pointer(y))
	}
	return unsafe.String((*byte)(unsafe.Pointer(x)), size) == unsafe.String((*byte)(unsafe.Pointer(y)), size)
}

// leafLimit is how many entries fit in one leaf: fewer if they are large.
func leafLimit[K comparable, V any]() int {
	switch size := unsafe.Sizeof(entry[K, V]{}); {
	case size <= 40:
		return leafMax
	case size <= 128:
		return leafMax / 2
	default:
		return leafMax / 4
	}
}

// leafCap is the capacity that a builder gives a leaf of n entries.
func leafCap(n int) int { return (n + 3) &^ 3 }

// flatCap is the same for a flat node: the steps fill the allocator's sizes
// for entries of 16 bytes.
func flatCap(n int) int {
	switch {
	case n <= 1:
		return 1
	case n <= 3:
		return 3
	case n <= 5:
		return 5
	}
	return 8
}

func (e *edit[K, V]) newLeaf(n int) *node[K, V] {
	c := n
	if e.owner != 0 {
		c = leafCap(n)
	}
	l := allocLeaf[K, V](c)
	l.meta = meta(kindLeaf, e.owner, n, c)
	return l
}

func (e *edit[K, V]) newFlat(n int) *node[K, V] {
	c := n
	if e.owner != 0 {
		c = flatCap(n)
	}
	if e.h == nil || e.h.bare() {
		f := allocBare[K, V](c)
		f.meta = meta(kindFlat, e.owner, n, c) | bareBit
		return f
	}
	f := allocFlat[K, V](c)
	f.meta = meta(kindFlat, e.owner, n, c)
	if !e.h.plainEqual {
		f.meta |= customBit
	}
	*(**hasher[K])(unsafe.Add(unsafe.Pointer(f), unsafe.Offsetof(flat1[K, V]{}.h))) = e.h
	return f
}

func (e *edit[K, V]) newInner(bits uint, size int) *node[K, V] {
	n := (*node[K, V])(allocInner(1 << bits))
	n.meta = meta(kindInner, e.owner, 1<<bits-1, 0)
	n.setSize(size)
	return n
}

func (e *edit[K, V]) newRoot(bits uint, size int) *node[K, V] {
	if e.h.shared {
		n := (*node[K, V])(allocInner(1 << bits))
		n.meta = meta(kindRoot, e.owner, 1<<bits-1, 0) | bareBit
		n.setSize(size)
		return n
	}
	n := (*node[K, V])(allocRoot(1 << bits))
	n.meta = meta(kindRoot, e.owner, 1<<bits-1, 0)
	if !e.h.plainHash {
		n.meta |= customBit
	}
	n.setSize(size)
	*(**hasher[K])(unsafe.Add(unsafe.Pointer(n), unsafe.Offsetof(rootHeader{}.h))) = e.h
	return n
}

// editOf returns the edit for the map under root. Its hasher is nil if the map
// is bare and the default one does: looking that up is put off until a key has
// to be hashed.
func editOf[K comparable, V any](root *node[K, V], owner uint64) edit[K, V] {
	switch {
	case root == nil:
		if keyMayPanic[K]() {
			return edit[K, V]{h: defaultHasher[K](), owner: owner}
		}
		return edit[K, V]{owner: owner}
	case root.meta&(kindMask|bareBit) == uint64(kindFlat)<<kindShift|bareBit:
		return edit[K, V]{owner: owner}
	}
	return edit[K, V]{h: root.hasher(), owner: owner}
}

// owned returns n if this edit may change it in place, else a copy that it
// may. N is not a group.
func (e *edit[K, V]) owned(n *node[K, V]) *node[K, V] {
	if e.owns(n) {
		return n
	}
	var c *node[K, V]
	switch n.kind() {
	case kindRoot:
		c = (*node[K, V])(unsafe.Pointer(cloneRoot((*dirHeader)(unsafe.Pointer(n)))))
		c.meta = e.stamp().on(c.meta)
	case kindInner:
		c = (*node[K, V])(unsafe.Pointer(cloneInner((*dirHeader)(unsafe.Pointer(n)))))
		c.meta = e.stamp().on(c.meta)
	case kindLeaf:
		c = e.newLeaf(n.size())
		*c.leafTags() = *n.leafTags()
		copy(c.entries(), n.entries())
	case kindFlat:
		c = e.newFlat(n.size())
		copy(c.entries(), n.entries())
	}
	return c
}

// withEntry returns n, a leaf or flat, with en (and its tag) inserted at i.
func (e *edit[K, V]) withEntry(n *node[K, V], i int, v V, k K, tag uint8) *node[K, V] {
	size := int(n.meta & nMask)
	if e.owns(n) && size < int(n.meta>>nBits&nMask) {
		n.meta++
		ents := n.entries()
		copy(ents[i+1:], ents[i:])
		ents[i] = entry[K, V]{v, k}
		if n.kind() == kindLeaf {
			n.leafTags().insert(i, tag)
		}
		return n
	}
	var c *node[K, V]
	if n.kind() == kindLeaf {
		c = e.newLeaf(size + 1)
		*c.leafTags() = *n.leafTags()
		c.leafTags().insert(i, tag)
	} else {
		c = e.newFlat(size + 1)
	}
	to, from := c.entries(), n.entries()
	copy(to, from[:i])
	to[i] = entry[K, V]{v, k}
	copy(to[i+1:], from[i:])
	return c
}

// withoutEntry returns n, a leaf or flat, without its entry i.
func (e *edit[K, V]) withoutEntry(n *node[K, V], i int) *node[K, V] {
	from := n.entries()
	if e.owns(n) {
		copy(from[i:], from[i+1:])
		clear(from[len(from)-1:])
		n.meta--
		if n.kind() == kindLeaf {
			n.leafTags().remove(i)
		}
		return n
	}
	var c *node[K, V]
	if n.kind() == kindLeaf {
		c = e.newLeaf(len(from) - 1)
		*c.leafTags() = *n.leafTags()
		c.leafTags().remove(i)
	} else {
		c = e.newFlat(len(from) - 1)
	}
	to := c.entries()
	copy(to, from[:i])
	copy(to[i:], from[i+1:])
	return c
}

// touch loads the first lines of all leaves in a directory, so that their cache
// misses overlap. Walking a map of a million entries takes half the time.
func touch[K comparable, V any](kids []*node[K, V]) {
	sum := uint64(0)
	for _, c := range kids {
		if c != nil {
			m := c.meta
			sum |= m
			if m&kindMask == uint64(kindLeaf)<<kindShift {
				last := uintptr(m&nMask-1) * unsafe.Sizeof(entry[K, V]{})
				for off := uintptr(64); off < last; off += 64 {
					sum |= uint64(*(*uint8)(unsafe.Add(unsafe.Pointer(c), off)))
				}
			}
		}
	}
	if sum == 1 { // never: it keeps the loads from being optimised away
		panic("hamt: a node has no kind; this is a bug in hamt")
	}
}
