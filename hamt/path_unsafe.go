//go:build !purego

package hamt

import "unsafe"

// The common edits of a map, each in one pass: the key is in a leaf or flat
// node or belongs in one, and the hasher is a default one. They copy that node
// and the directories above it, none of which the owner has yet, and call nothing that can panic once the key is
// hashed. Whatever is rarer (groups, user's hashers, edits in place, leaves that
// move up or down several levels) is left to insert.go and delete.go: the last
// result is false then, and nothing has happened.

// rootHash is the hash of k under a hasher that is not custom.
func rootHash[K comparable](h *hasher[K], k K) uint64 {
	switch {
	case h == nil && unsafe.Sizeof(k) <= 8:
		return wordHash(keyWord(&k), shared.a, shared.b)
	case h == nil:
		return textHash(&shared, keyText(&k))
	case unsafe.Sizeof(k) <= 8 && h.word:
		return wordHash(keyWord(&k), h.secrets.a, h.secrets.b)
	case unsafe.Sizeof(k) == unsafe.Sizeof("") && h.text:
		return textHash(&h.secrets, keyText(&k))
	}
	return h.std.hash(k)
}

// setPath returns root, which is not the owner's, with k set to v, and the entry that
// k had there, if any.
func setPath[K comparable, V any](owner stamp, root *node[K, V], k K, v V) (n *node[K, V], was *entry[K, V], done bool) {
	if root == nil {
		return nil, nil, false
	}
	switch root.meta & (kindMask | customBit) {
	case uint64(kindFlat) << kindShift:
		return setFlat(owner, root, k, v)
	case uint64(kindRoot) << kindShift:
	default:
		return nil, nil, false
	}
	dir := (*dirHeader)(unsafe.Pointer(root))
	var h *hasher[K]
	if root.meta&bareBit == 0 {
		h = (*hasher[K])((*rootHeader)(unsafe.Pointer(root)).h)
	}
	hash := rootHash(h, k)
	at, p := locate(dir, hash)
	n = (*node[K, V])(unsafe.Pointer(at))
	if n == nil || n.kind() != kindLeaf {
		return nil, nil, false
	}
	size := int(n.meta & nMask)
	from := leafEntries(n, size)
	tag := tagOf(hash)
	matches := n.leafTags().match(tag)
	for match := matches; match != 0; match &= match - 1 {
		i := tagIndex(match)
		if i >= uintptr(len(from)) || from[i].key != k {
			continue
		}
		if sameBits(&from[i].val, &v) {
			return root, &from[i], true
		}
		c := newLeafOf[K, V](owner, size)
		*c.leafTags() = *n.leafTags()
		to := leafEntries(c, size)
		copy(to, from)
		to[i].val = v
		last := p.with(owner, unsafe.Pointer(n), unsafe.Pointer(c), 0)
		return (*node[K, V])(p.clonePath(owner, dir, hash, last, 0)), &from[i], true
	}
	full := size >= leafLimit[K, V]()
	if matches != 0 && h != nil && !h.stable { // NaNs among the entries of one tag
		return nil, nil, false
	}
	if full {
		stride := p.stride(unsafe.Pointer(n))
		half0, half1 := splitLeaf(h, owner, n, hash, uint64(stride)<<p.depth, k, v)
		if half0 == nil {
			return nil, nil, false
		}
		last := p.withHalves(owner, stride, unsafe.Pointer(half0), unsafe.Pointer(half1), size+1)
		return (*node[K, V])(p.clonePath(owner, dir, hash, last, 1)), nil, true
	}
	i := n.leafTags().below(tag)
	if matches != 0 {
		// Entries of one tag are in the order of their hashes.
		for i < size && n.leafTags().at(i) == tag && rootHash(h, from[i].key) <= hash {
			i++
		}
	}
	c := newLeafOf[K, V](owner, size+1)
	*c.leafTags() = *n.leafTags()
	c.leafTags().insert(i, tag)
	to := leafEntries(c, size+1)
	copy(to, from[:i])
	to[i] = entry[K, V]{v, k}
	copy(to[i+1:], from[i:])
	last := p.with(owner, unsafe.Pointer(n), unsafe.Pointer(c), 1)
	return (*node[K, V])(p.clonePath(owner, dir, hash, last, 1)), nil, true
}

func newLeafOf[K comparable, V any](owner stamp, size int) *node[K, V] {
	c := allocLeaf[K, V](size)
	c.meta = owner.on(meta(kindLeaf, 0, size, size))
	return c
}

// leafEntries are the entries of leaf n, whose number is known.
func leafEntries[K comparable, V any](n *node[K, V], size int) []entry[K, V] {
	return unsafe.Slice((*entry[K, V])(unsafe.Add(unsafe.Pointer(n), unsafe.Offsetof(leaf1[K, V]{}.e))), size)
}

// splitLeaf spreads the entries of the full leaf n and one more, whose hash is
// given, over two leaves by one bit of their hashes. It returns nil if that
// leaves one empty.
func splitLeaf[K comparable, V any](h *hasher[K], owner stamp, n *node[K, V], hash, bit uint64, k K, v V) (half0, half1 *node[K, V]) {
	var side [leafMax]uint8
	size := int(n.meta & nMask)
	from := leafEntries(n, size)
	tag := tagOf(hash)
	tags := *n.leafTags()
	ones, pos := 0, 0
	for i := range from {
		was := rootHash(h, from[i].key)
		if was&bit != 0 {
			side[i] = 1
			ones++
		}
		if t := tags.at(i); t < tag || t == tag && was <= hash {
			pos = i + 1
		}
	}
	mine := uint8(0)
	if hash&bit != 0 {
		mine = 1
		ones++
	}
	if ones == 0 || ones == size+1 {
		return nil, nil
	}
	halves := [2]*node[K, V]{newLeafOf[K, V](owner, size+1-ones), newLeafOf[K, V](owner, ones)}
	var to [2][]entry[K, V]
	to[0], to[1] = leafEntries(halves[0], size+1-ones), leafEntries(halves[1], ones)
	var fill [2]int
	for i := range size + 1 {
		if i == pos {
			to[mine][fill[mine]] = entry[K, V]{v, k}
			halves[mine].leafTags().set(fill[mine], tag)
			fill[mine]++
		}
		if i == size {
			break
		}
		s := side[i]
		to[s][fill[s]] = from[i]
		halves[s].leafTags().set(fill[s], tags.at(i))
		fill[s]++
	}
	return halves[0], halves[1]
}

// setFlat is setPath for a flat node.
func setFlat[K comparable, V any](owner stamp, n *node[K, V], k K, v V) (root *node[K, V], was *entry[K, V], done bool) {
	from := n.entries()
	for i := range from {
		if from[i].key != k {
			continue
		}
		if sameBits(&from[i].val, &v) {
			return n, &from[i], true
		}
		c := cloneFlat(owner, n)
		c.entry(i).val = v
		return c, &from[i], true
	}
	if len(from) == flatMax || owner != 0 { // a builder's node gets room for more
		return nil, nil, false
	}
	c := newFlatLike(owner, n, len(from)+1)
	copy(c.entries(), from)
	*c.entry(len(from)) = entry[K, V]{v, k}
	return c, nil, true
}

// cloneFlat returns a copy of a flat node. The full bare one,
// which a small map of a fixed set of keys tends to be, is copied by assignment:
// a few moves, and no call.
func cloneFlat[K comparable, V any](owner stamp, n *node[K, V]) *node[K, V] {
	if n.meta&(bareBit|nMask) == bareBit|8 {
		c := new(bare8[K, V])
		*c = *(*bare8[K, V])(unsafe.Pointer(n))
		c.meta = owner.on(meta(kindFlat, 0, 8, 8) | bareBit)
		return (*node[K, V])(unsafe.Pointer(c))
	}
	c := newFlatLike(owner, n, n.size())
	copy(c.entries(), n.entries())
	return c
}

// newFlatLike returns a flat node of size zero entries for the hasher of n.
func newFlatLike[K comparable, V any](owner stamp, n *node[K, V], size int) *node[K, V] {
	if n.meta&bareBit != 0 {
		c := allocBare[K, V](size)
		c.meta = owner.on(meta(kindFlat, 0, size, size) | bareBit)
		return c
	}
	c := allocFlat[K, V](size)
	c.meta = owner.on(meta(kindFlat, 0, size, size) | n.meta&customBit)
	*(**hasher[K])(unsafe.Add(unsafe.Pointer(c), unsafe.Offsetof(flat1[K, V]{}.h))) = n.hasher()
	return c
}

// removePath returns root, which is not the owner's, without k.
func removePath[K comparable, V any](owner stamp, root *node[K, V], k K) (*node[K, V], bool) {
	if root == nil {
		return nil, false
	}
	switch root.meta & (kindMask | customBit) {
	case uint64(kindFlat) << kindShift:
		return removeFlat(owner, root, k)
	case uint64(kindRoot) << kindShift:
	default:
		return nil, false
	}
	dir := (*dirHeader)(unsafe.Pointer(root))
	var h *hasher[K]
	if root.meta&bareBit == 0 {
		h = (*hasher[K])((*rootHeader)(unsafe.Pointer(root)).h)
	}
	hash := rootHash(h, k)
	at, p := locate(dir, hash)
	n := (*node[K, V])(unsafe.Pointer(at))
	if n == nil {
		return root, true
	}
	if n.kind() != kindLeaf {
		return nil, false
	}
	size := int(n.meta & nMask)
	from := leafEntries(n, size)
	for match := n.leafTags().match(tagOf(hash)); match != 0; match &= match - 1 {
		i := int(tagIndex(match))
		if i >= len(from) || from[i].key != k {
			continue
		}
		if size == 1 || dir.size <= flatMax+1 {
			return nil, false
		}
		stride := p.stride(unsafe.Pointer(n))
		var last *dirHeader
		if b := p.sibling(stride); b != nil && b.meta&kindMask == uint64(kindLeaf)<<kindShift && int(b.meta&nMask)+size-1 <= leafLimit[K, V]() {
			if h != nil && !h.stable {
				return nil, false
			}
			c := mergeLeaves(h, owner, n, i, (*node[K, V])(unsafe.Pointer(b)))
			if last = p.withMerged(owner, stride, unsafe.Pointer(c)); last == nil {
				return nil, false
			}
		} else {
			c := newLeafOf[K, V](owner, size-1)
			*c.leafTags() = *n.leafTags()
			c.leafTags().remove(i)
			to := leafEntries(c, size-1)
			copy(to, from[:i])
			copy(to[i:], from[i+1:])
			last = p.with(owner, unsafe.Pointer(n), unsafe.Pointer(c), -1)
		}
		return (*node[K, V])(p.clonePath(owner, dir, hash, last, -1)), true
	}
	return root, true
}

// mergeLeaves returns a leaf of the entries of n, but for entry i, and of b.
func mergeLeaves[K comparable, V any](h *hasher[K], owner stamp, n *node[K, V], i int, b *node[K, V]) *node[K, V] {
	x, y := leafEntries(n, int(n.meta&nMask)), leafEntries(b, int(b.meta&nMask))
	s, t := *n.leafTags(), *b.leafTags()
	c := newLeafOf[K, V](owner, len(x)+len(y)-1)
	to, tags := leafEntries(c, len(x)+len(y)-1), c.leafTags()
	j, k := 0, 0
	for at := range to {
		if j == i {
			j++
		}
		left := k == len(y)
		if !left && j < len(x) {
			p, q := s.at(j), t.at(k)
			left = p < q || p == q && rootHash(h, x[j].key) <= rootHash(h, y[k].key)
		}
		if left {
			to[at] = x[j]
			tags.set(at, s.at(j))
			j++
		} else {
			to[at] = y[k]
			tags.set(at, t.at(k))
			k++
		}
	}
	return c
}

// removeFlat is removePath for a flat node.
func removeFlat[K comparable, V any](owner stamp, n *node[K, V], k K) (*node[K, V], bool) {
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
	if n.meta&bareBit != 0 && len(from) == 8 {
		c := new(bare7[K, V])
		*c = *(*bare7[K, V])(unsafe.Pointer(n))
		c.meta = owner.on(meta(kindFlat, 0, 7, 7) | bareBit)
		copy(c.e[i:], from[i+1:])
		return (*node[K, V])(unsafe.Pointer(c)), true
	}
	c := newFlatLike(owner, n, len(from)-1)
	to := c.entries()
	copy(to, from[:i])
	copy(to[i:], from[i+1:])
	return c, true
}
