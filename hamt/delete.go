package hamt

// removeRoot returns root without k, and whether k was there.
func (e *edit[K, V]) removeRoot(root *node[K, V], k K) (*node[K, V], bool) {
	if root == nil {
		e.h.probe(k)
		return nil, false
	}
	if root.kind() == kindFlat {
		en := findFlat(e.h, root, k)
		if en == nil {
			return root, false
		}
		if root.size() == 1 {
			return e.flat(nil), true
		}
		return e.withoutEntry(root, indexOf(root, en)), true
	}
	n, ok := e.removeInner(root, 0, e.h.hash(k), k)
	return e.top(n), ok
}

// remove returns n, at depth, without k, and whether k was there. The result
// is canonical and may be a smaller kind of node or nil.
func (e *edit[K, V]) remove(n *node[K, V], depth uint, hash uint64, k K) (*node[K, V], bool) {
	switch n.kind() {
	case kindInner, kindRoot:
		return e.removeInner(n, depth, hash, k)
	case kindGroup:
		if !n.group().holds(depth, hash) {
			return n, false
		}
		return e.removeFromGroup(n, k)
	}
	en := findLeaf(e.h, n, tagOf(hash), k)
	if en == nil {
		return n, false
	}
	if n.size() == 1 {
		return nil, true
	}
	return e.withoutEntry(n, indexOf(n, en)), true
}

// removeInner is remove for an inner node or root.
func (e *edit[K, V]) removeInner(n *node[K, V], depth uint, hash uint64, k K) (*node[K, V], bool) {
	kids := n.kids()
	i := int(hash >> depth & uint64(len(kids)-1))
	c := kids[i]
	if c == nil {
		return n, false
	}
	if c.kind() == kindInner {
		nc, ok := e.removeInner(c, depth+digitBits, hash, k)
		if !ok {
			return n, false
		}
		return e.lift(n, i, digitBits, nc), true
	}
	u := region(kids, i)
	if c.kind() == kindLeaf && u > 0 && mergeable(kids, i, u) {
		// The two halves fit in one leaf now. Everything that may call the
		// hasher is done before any change.
		en := findLeaf(e.h, c, tagOf(hash), k)
		if en == nil {
			return n, false
		}
		j := indexOf(c, en)
		items := e.items(make([]item[K, V], 0, leafMax+1), c, depth+u, hash)
		items = append(items[:j], items[j+1:]...)
		items = e.items(items, kids[i^1<<(u-1)], depth+u, hash^1<<(depth+u-1))
		return e.lift(n, i, u-1, e.leafOf(items)), true
	}
	nc, ok := e.remove(c, depth+u, hash, k)
	if !ok {
		return n, false
	}
	return e.lift(n, i, u, nc), true
}

// mergeable reports whether the leaf of slot i, less one entry, and its sibling
// fit in one leaf.
func mergeable[K comparable, V any](kids []*node[K, V], i int, u uint) bool {
	b := kids[i^1<<(u-1)]
	return b != nil && b.kind() == kindLeaf && b.size()+kids[i].size()-1 <= leafLimit[K, V]() && region(kids, i^1<<(u-1)) == u
}

// lift returns inner n, from which one entry was removed, with nc in the slots
// that agree with i in u bits. A leaf or group whose sibling is empty moves up,
// perhaps out of this directory.
func (e *edit[K, V]) lift(n *node[K, V], i int, u uint, nc *node[K, V]) *node[K, V] {
	kids := n.kids()
	if len(kids) == 1 { // a root above one leaf or group
		if nc != nil && (nc.kind() != kindLeaf || nc.size() > flatMax) {
			return e.replace(n, i, 0, nc)
		}
		return nc
	}
	if kids[i].kind() == kindInner && nc.kind() == kindInner {
		return e.replace(n, i, u, nc)
	}
	was, alone := u, nc
	for u > 0 {
		b := i ^ 1<<(u-1)
		if alone != nil {
			if !allNil(kids, b, u) {
				break
			}
		} else {
			// This half is empty now. What is alone in the other moves up.
			alone = kids[b]
			if alone == nil || alone.kind() == kindInner || region(kids, b) != u {
				alone = nil
				break
			}
		}
		u--
	}
	if u == 0 {
		return alone
	}
	if alone == nc && nc != nil && region(kids, i) == u && kids[i].kind() != kindInner {
		return e.replace(n, i, u, nc)
	}
	var s slots[K, V]
	expand(n, &s)
	put(s[:], i, was, nc)
	put(s[:], i, u, alone)
	return e.packAs(n, &s, n.size()-1)
}

// replace returns inner n, of which one entry was removed, with nc in the slots
// that agree with i in u bits.
func (e *edit[K, V]) replace(n *node[K, V], i int, u uint, nc *node[K, V]) *node[K, V] {
	n = e.owned(n)
	put(n.kids(), i, u, nc)
	n.addSize(-1)
	return n
}
