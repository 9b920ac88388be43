package hamt

// removeRoot returns root without k, and whether k was there.
func (e *edit[K, V]) removeRoot(root *node[K, V], k K) (*node[K, V], bool) {
	if root == nil {
		e.h.probe(k)
		return nil, false
	}
	if root.kind == kindFlat {
		en := findFlat(e.h, root, k)
		if en == nil {
			return root, false
		}
		return e.root(e.withoutEntry(root, indexOf(root, en))), true
	}
	n, ok := e.remove(root, 0, e.h.hash(k), k)
	return e.root(n), ok
}

// root makes what remains at depth 0 a root: small leaves become flat.
func (e *edit[K, V]) root(n *node[K, V]) *node[K, V] {
	if n == nil || n.size() == 0 {
		if e.h.user == nil {
			return nil
		}
		return e.newFlat(0)
	}
	if n.kind == kindLeaf && n.size() <= flatMax {
		f := e.newFlat(n.size())
		copy(f.entries(), n.entries())
		return f
	}
	return n
}

// remove returns n, at depth, without k, and whether k was there. The result
// is canonical and may be a smaller kind of node or nil.
func (e *edit[K, V]) remove(n *node[K, V], depth uint, hash uint64, k K) (*node[K, V], bool) {
	switch n.kind {
	case kindInner:
		return e.removeInner(n, depth, hash, k)
	case kindGroup:
		if n.groupHash() != hash && depth < hashBits {
			return n, false
		}
		return e.removeFromGroup(n, k)
	}
	i := findLeaf(e.h, n, tagOf(hash), k)
	if i < 0 {
		return n, false
	}
	if n.size() == 1 {
		return nil, true
	}
	return e.withoutEntry(n, i), true
}

func (e *edit[K, V]) removeInner(n *node[K, V], depth uint, hash uint64, k K) (*node[K, V], bool) {
	kids := n.kids()
	i := int(hash >> depth & uint64(len(kids)-1))
	c := kids[i]
	if c == nil {
		return n, false
	}
	if c.kind == kindInner {
		nc, ok := e.remove(c, depth+digitBits, hash, k)
		if !ok {
			return n, false
		}
		if nc.kind == kindInner {
			n = e.owned(n)
			n.kids()[i] = nc
			n.addSize(-1)
			return n, true
		}
		return e.lift(n, i, digitBits, nc), true
	}
	u := region(kids, i)
	if c.kind == kindLeaf && mergeable(kids, i, u) {
		// The two halves fit in one leaf now. Everything that may call the
		// hasher is done before any change.
		j := findLeaf(e.h, c, tagOf(hash), k)
		if j < 0 {
			return n, false
		}
		b := kids[i^1<<(u-1)]
		items := e.items(make([]item[K, V], 0, leafMax+1), c, depth+u, hash)
		items = append(items[:j], items[j+1:]...)
		items = e.items(items, b, depth+u, hash^1<<(depth+u-1))
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
	return b != nil && b.kind == kindLeaf && b.size()+kids[i].size()-1 <= leafMax && region(kids, i^1<<(u-1)) == u
}

// lift returns inner n, from which one entry was removed, with nc in the slots
// that agree with i in u bits. A leaf or group whose sibling is empty moves up,
// perhaps out of this directory.
func (e *edit[K, V]) lift(n *node[K, V], i int, u uint, nc *node[K, V]) *node[K, V] {
	kids := n.kids()
	size := n.size() - 1
	was := u
	alone := nc
	for u > 0 {
		b := i ^ 1<<(u-1)
		if alone == nil {
			// An emptied half: what stands alone in the other half moves up.
			s := kids[b]
			if s == nil {
				if !allNil(kids, b, u) {
					break
				}
				u--
				continue
			}
			if s.kind == kindInner || region(kids, b) != u {
				break
			}
			alone = s
			u--
			continue
		}
		if !allNil(kids, b, u) {
			break
		}
		u--
	}
	if u == 0 {
		return alone
	}
	if alone == nc && u == was && nc != nil && kids[i].kind != kindInner && region(kids, i) == u {
		n = e.owned(n)
		put(n.kids(), i, u, nc)
		n.addSize(-1)
		return n
	}
	var s slots[K, V]
	expand(n, &s)
	put(s[:], i, was, nc)
	put(s[:], i, u, alone)
	return e.pack(&s, size)
}
