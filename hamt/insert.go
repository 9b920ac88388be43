package hamt

// setRoot returns root with k set to v, and whether k is new. Root may be nil
// or flat.
func (e *edit[K, V]) setRoot(root *node[K, V], k K, v V) (*node[K, V], bool) {
	if root == nil {
		e.h.probe(k)
		n := e.newFlat(1)
		n.entries()[0] = entry[K, V]{v, k}
		return n, true
	}
	if root.kind() != kindFlat {
		return e.setInner(root, 0, e.h.hash(k), k, v)
	}
	if en := findFlat(e.h, root, k); en != nil {
		return e.withValue(root, en, v), false
	}
	if root.size() < flatMax {
		return e.withEntry(root, root.size(), v, k, 0), true
	}
	items := e.items(make([]item[K, V], 0, flatMax+1), root, 0, 0)
	items = append(items, item[K, V]{e.hash(k), entry[K, V]{v, k}})
	return e.top(e.build(items, 0)), true
}

// withValue returns n, a leaf or flat, with v as the value of its entry en.
func (e *edit[K, V]) withValue(n *node[K, V], en *entry[K, V], v V) *node[K, V] {
	if sameBits(&en.val, &v) {
		return n
	}
	if e.owns(n) {
		en.val = v
		return n
	}
	i := indexOf(n, en)
	n = e.owned(n)
	n.entries()[i].val = v
	return n
}

// set returns n, at depth, with k set to v, and whether k is new. Every call of
// the hasher comes before the first change of a node in place, so that a panic
// in it leaves everything as it was.
func (e *edit[K, V]) set(n *node[K, V], depth uint, hash uint64, k K, v V) (*node[K, V], bool) {
	switch n.kind() {
	case kindInner, kindRoot:
		return e.setInner(n, depth, hash, k, v)
	case kindGroup:
		if n.group().holds(depth, hash) {
			return e.setInGroup(n, k, v)
		}
		var s slots[K, V]
		e.apart(&s, 0, 0, depth, n, e.leafOf([]item[K, V]{{hash, entry[K, V]{v, k}}}), hash)
		return e.pack(&s, n.size()+1), true
	}
	if en := findLeaf(e.h, n, tagOf(hash), k); en != nil {
		return e.withValue(n, en, v), false
	}
	if n.size() < leafLimit[K, V]() {
		return e.withEntry(n, e.leafPos(n, hash), v, k, tagOf(hash)), true
	}
	return e.build(e.overflow(n, depth, hash, k, v), depth), true
}

// overflow returns the items of the full leaf n and one more.
func (e *edit[K, V]) overflow(n *node[K, V], depth uint, hash uint64, k K, v V) []item[K, V] {
	items := e.items(make([]item[K, V], 0, leafMax+1), n, depth, hash)
	return append(items, item[K, V]{hash, entry[K, V]{v, k}})
}

// leafPos returns where a new entry of hash goes in leaf n. Entries of one tag
// are in the order of their hashes, but for NaNs, which hash anew each time.
func (e *edit[K, V]) leafPos(n *node[K, V], hash uint64) int {
	tag, tags, size := tagOf(hash), n.leafTags(), n.size()
	pos := 0
	for pos < size && tags.at(pos) < tag {
		pos++
	}
	for i := pos; i < size && tags.at(i) == tag; i++ {
		if k := n.entries()[i].key; k == k && e.hash(k) <= hash {
			pos = i + 1
		}
	}
	return pos
}

// setInner is set for an inner node or root.
func (e *edit[K, V]) setInner(n *node[K, V], depth uint, hash uint64, k K, v V) (*node[K, V], bool) {
	kids := n.kids()
	i := int(hash >> depth & uint64(len(kids)-1))
	c := kids[i]
	if c != nil && c.kind() == kindInner {
		nc, added := e.setInner(c, depth+digitBits, hash, k, v)
		return e.withKid(n, i, digitBits, nc, added), added
	}
	u := region(kids, i)
	if c == nil {
		leaf := e.leafOf([]item[K, V]{{hash, entry[K, V]{v, k}}})
		return e.withKid(n, i, u, leaf, true), true
	}
	full := false
	if c.kind() == kindLeaf {
		if en := findLeaf(e.h, c, tagOf(hash), k); en != nil {
			return e.withKid(n, i, u, e.withValue(c, en, v), false), false
		}
		if c.size() < leafLimit[K, V]() {
			c = e.withEntry(c, e.leafPos(c, hash), v, k, tagOf(hash))
			return e.withKid(n, i, u, c, true), true
		}
		full = true
	} else if c.group().holds(depth+u, hash) {
		nc, added := e.setInGroup(c, k, v)
		return e.withKid(n, i, u, nc, added), added
	}
	// The child splits, inside this directory and perhaps below it.
	var s slots[K, V]
	expand(n, &s)
	at := i & (1<<u - 1)
	if full {
		e.fill(&s, at, u, e.overflow(c, depth+u, hash, k, v), depth)
	} else {
		e.apart(&s, at, u, depth, c, e.leafOf([]item[K, V]{{hash, entry[K, V]{v, k}}}), hash)
	}
	return e.packAs(n, &s, n.size()+1), true
}

// withKid returns inner n with c in the slots that agree with i in u bits.
func (e *edit[K, V]) withKid(n *node[K, V], i int, u uint, c *node[K, V], added bool) *node[K, V] {
	if !added && n.kids()[i] == c {
		return n
	}
	n = e.owned(n)
	put(n.kids(), i, u, c)
	if added {
		n.addSize(1)
	}
	return n
}
