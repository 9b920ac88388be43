//go:build !purego

package hamt

import (
	"hash/maphash"
	"unsafe"
)

// The common edits of a map, each in one pass: the key is in a leaf or flat
// node or belongs in one with room, and the hasher is a default one. They copy
// that node and the directories above it, top down, and call nothing that can
// panic once the key is hashed. Whatever is rarer (a leaf that splits or merges,
// groups, user's hashers, edits in place) is left to insert.go and delete.go:
// the last result is false, and nothing has happened.

// rootHash is the hash of k for the map under root, which is not custom.
func rootHash[K comparable, V any](root *node[K, V], k K) uint64 {
	h := *(**hasher[K])(unsafe.Add(unsafe.Pointer(root), unsafe.Offsetof(rootHeader{}.h)))
	switch {
	case unsafe.Sizeof(k) <= 8 && h.word:
		return wordHash(keyWord(&k), h.word0, h.word1)
	case unsafe.Sizeof(k) == unsafe.Sizeof("") && h.text:
		return maphash.String(h.textSeed, keyText(&k))
	}
	return h.std.hash(k)
}

// setPath returns root with k set to v.
func setPath[K comparable, V any](root *node[K, V], k K, v V) (*node[K, V], bool) {
	if root == nil {
		return nil, false
	}
	switch root.meta & (kindMask | customBit) {
	case uint64(kindFlat) << kindShift:
		return setFlat(root, k, v)
	case uint64(kindRoot) << kindShift:
	default:
		return nil, false
	}
	dir := (*dirHeader)(unsafe.Pointer(root))
	hash := rootHash(root, k)
	n := (*node[K, V])(unsafe.Pointer(leafUnder(dir, hash)))
	if n == nil || n.kind() != kindLeaf {
		return nil, false
	}
	t := n.leafTags()
	size := int(n.meta & nMask)
	ents := unsafe.Add(unsafe.Pointer(n), unsafe.Offsetof(leaf1[K, V]{}.e))
	matches := t.match(tagOf(hash))
	for match := matches; match != 0; match &= match - 1 {
		i := tagIndex(match)
		en := (*entry[K, V])(unsafe.Add(ents, i*unsafe.Sizeof(entry[K, V]{})))
		if en.key != k {
			continue
		}
		if sameBits(&en.val, &v) {
			return root, true
		}
		c := allocLeaf[K, V](size)
		c.meta = meta(kindLeaf, 0, size, size)
		*c.leafTags() = *t
		to := unsafe.Add(unsafe.Pointer(c), unsafe.Offsetof(leaf1[K, V]{}.e))
		copy(unsafe.Slice((*entry[K, V])(to), size), unsafe.Slice((*entry[K, V])(ents), size))
		(*entry[K, V])(unsafe.Add(to, i*unsafe.Sizeof(entry[K, V]{}))).val = v
		return (*node[K, V])(unsafe.Pointer(clonePath(dir, hash, unsafe.Pointer(n), unsafe.Pointer(c), 0))), true
	}
	if matches != 0 || size >= leafLimit[K, V]() {
		// Entries of one tag are in the order of their hashes, which are not known.
		return nil, false
	}
	i := t.below(tagOf(hash))
	c := allocLeaf[K, V](size + 1)
	c.meta = meta(kindLeaf, 0, size+1, size+1)
	*c.leafTags() = *t
	c.leafTags().insert(i, tagOf(hash))
	to := unsafe.Slice((*entry[K, V])(unsafe.Add(unsafe.Pointer(c), unsafe.Offsetof(leaf1[K, V]{}.e))), size+1)
	from := unsafe.Slice((*entry[K, V])(ents), size)
	copy(to, from[:i])
	to[i] = entry[K, V]{v, k}
	copy(to[i+1:], from[i:])
	return (*node[K, V])(unsafe.Pointer(clonePath(dir, hash, unsafe.Pointer(n), unsafe.Pointer(c), 1))), true
}

// setFlat is setPath for a flat node.
func setFlat[K comparable, V any](n *node[K, V], k K, v V) (*node[K, V], bool) {
	from := n.entries()
	i := 0
	for i < len(from) && from[i].key != k {
		i++
	}
	size := len(from)
	if i == size {
		if size == flatMax {
			return nil, false
		}
		size++
	} else if sameBits(&from[i].val, &v) {
		return n, true
	}
	c := newFlatLike(n, size)
	to := c.entries()
	copy(to, from)
	if i == len(from) {
		to[i].key = k
	}
	to[i].val = v
	return c, true
}

// newFlatLike returns a flat node of size zero entries for the hasher of n.
func newFlatLike[K comparable, V any](n *node[K, V], size int) *node[K, V] {
	if n.meta&bareBit != 0 {
		c := allocBare[K, V](size)
		c.meta = meta(kindFlat, 0, size, size) | bareBit
		return c
	}
	c := allocFlat[K, V](size)
	c.meta = meta(kindFlat, 0, size, size) | n.meta&customBit
	*(**hasher[K])(unsafe.Add(unsafe.Pointer(c), unsafe.Offsetof(flat1[K, V]{}.h))) = n.hasher()
	return c
}

// removePath returns root without k.
func removePath[K comparable, V any](root *node[K, V], k K) (*node[K, V], bool) {
	if root == nil {
		return nil, false
	}
	switch root.meta & (kindMask | customBit) {
	case uint64(kindFlat) << kindShift:
		return removeFlat(root, k)
	case uint64(kindRoot) << kindShift:
	default:
		return nil, false
	}
	dir := (*dirHeader)(unsafe.Pointer(root))
	hash := rootHash(root, k)
	n := (*node[K, V])(unsafe.Pointer(leafUnder(dir, hash)))
	if n == nil {
		return root, true
	}
	if n.kind() != kindLeaf {
		return nil, false
	}
	t := n.leafTags()
	size := int(n.meta & nMask)
	ents := unsafe.Add(unsafe.Pointer(n), unsafe.Offsetof(leaf1[K, V]{}.e))
	for match := t.match(tagOf(hash)); match != 0; match &= match - 1 {
		i := int(tagIndex(match))
		if (*entry[K, V])(unsafe.Add(ents, uintptr(i)*unsafe.Sizeof(entry[K, V]{}))).key != k {
			continue
		}
		if size == 1 || dir.size <= flatMax+1 || siblingFits(dir, hash, size-1, leafLimit[K, V]()) {
			return nil, false
		}
		c := allocLeaf[K, V](size - 1)
		c.meta = meta(kindLeaf, 0, size-1, size-1)
		*c.leafTags() = *t
		c.leafTags().remove(i)
		to := unsafe.Slice((*entry[K, V])(unsafe.Add(unsafe.Pointer(c), unsafe.Offsetof(leaf1[K, V]{}.e))), size-1)
		from := unsafe.Slice((*entry[K, V])(ents), size)
		copy(to, from[:i])
		copy(to[i:], from[i+1:])
		return (*node[K, V])(unsafe.Pointer(clonePath(dir, hash, unsafe.Pointer(n), unsafe.Pointer(c), -1))), true
	}
	return root, true
}

// removeFlat is removePath for a flat node.
func removeFlat[K comparable, V any](n *node[K, V], k K) (*node[K, V], bool) {
	from := n.entries()
	i := 0
	for i < len(from) && from[i].key != k {
		i++
	}
	if i == len(from) {
		return n, true
	}
	if len(from) == 1 {
		return nil, false
	}
	c := newFlatLike(n, len(from)-1)
	to := c.entries()
	copy(to, from[:i])
	copy(to[i:], from[i+1:])
	return c, true
}
