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
	if root.kind != kindFlat {
		return e.set(root, 0, e.h.hash(k), k, v)
	}
	if en := findFlat(e.h, root, k); en != nil {
		i := indexOf(root, en)
		n := e.owned(root)
		n.entries()[i].val = v
		return n, false
	}
	if root.size() < flatMax {
		return e.withEntry(root, root.size(), entry[K, V]{v, k}, 0), true
	}
	items := e.items(make([]item[K, V], 0, flatMax+1), root, 0, 0)
	items = append(items, item[K, V]{e.h.hash(k), entry[K, V]{v, k}})
	return e.build(items, 0), true
}

func indexOf[K comparable, V any](n *node[K, V], en *entry[K, V]) int {
	ents := n.entries()
	for i := range ents {
		if &ents[i] == en {
			return i
		}
	}
	panic("hamt: an entry is not in its node; this is a bug in hamt")
}

// set returns n, at depth, with k set to v, and whether k is new. Every call of
// the hasher comes before the first change of a node in place, so that a panic
// in it leaves everything as it was.
func (e *edit[K, V]) set(n *node[K, V], depth uint, hash uint64, k K, v V) (*node[K, V], bool) {
	switch n.kind {
	case kindInner:
		return e.setInner(n, depth, hash, k, v)
	case kindGroup:
		if n.groupHash() == hash || depth >= hashBits {
			return e.setInGroup(n, k, v)
		}
	default:
		if i := findLeaf(e.h, n, tagOf(hash), k); i >= 0 {
			n = e.owned(n)
			n.entries()[i].val = v
			return n, false
		}
		if n.size() < leafMax {
			return e.withEntry(n, e.leafPos(n, hash), entry[K, V]{v, k}, tagOf(hash)), true
		}
	}
	// A full leaf, or a group of another hash.
	items := e.items(make([]item[K, V], 0, n.size()+1), n, depth, hash)
	return e.build(append(items, item[K, V]{hash, entry[K, V]{v, k}}), depth), true
}

// leafPos returns where a new entry of hash goes in leaf n.
func (e *edit[K, V]) leafPos(n *node[K, V], hash uint64) int {
	tag := tagOf(hash)
	tags, ents := n.tags(), n.entries()
	i := 0
	for i < len(tags) && tags[i] < tag {
		i++
	}
	for i < len(tags) && tags[i] == tag && e.hash(ents[i].key) <= hash {
		i++
	}
	return i
}

func (e *edit[K, V]) setInner(n *node[K, V], depth uint, hash uint64, k K, v V) (*node[K, V], bool) {
	kids := n.kids()
	i := int(hash >> depth & uint64(len(kids)-1))
	c := kids[i]
	if c != nil && c.kind == kindInner {
		nc, added := e.set(c, depth+digitBits, hash, k, v)
		return e.withKid(n, i, digitBits, nc, added), added
	}
	u := region(kids, i)
	if c == nil {
		leaf := e.leafOf([]item[K, V]{{hash, entry[K, V]{v, k}}})
		return e.withKid(n, i, u, leaf, true), true
	}
	if c.kind == kindLeaf && c.size() < leafMax || c.kind == kindGroup && (c.groupHash() == hash || depth+u >= hashBits) ||
		find(e.h, c, depth+u, hash, k) != nil {
		nc, added := e.set(c, depth+u, hash, k, v)
		return e.withKid(n, i, u, nc, added), added
	}
	// The bucket splits, inside this directory and perhaps below it.
	items := e.items(make([]item[K, V], 0, c.size()+1), c, depth+u, hash)
	items = append(items, item[K, V]{hash, entry[K, V]{v, k}})
	var s slots[K, V]
	expand(n, &s)
	e.fill(&s, i&(1<<u-1), u, items, depth)
	return e.pack(&s, n.size()+1), true
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
