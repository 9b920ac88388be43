package hamt

// Filter returns the entries for which keep returns true: m itself if that is
// all of them. Keep is called once per entry. It takes O(n) time; nodes that
// keep all their entries are shared with m.
func (m Map[K, V]) Filter(keep func(k K, v V) bool) Map[K, V] {
	return m.filter(func(en *entry[K, V]) bool { return keep(en.key, en.val) })
}

func (m Map[K, V]) filter(keep func(*entry[K, V]) bool) Map[K, V] {
	if m.root == nil {
		return m
	}
	e := edit[K, V]{h: hasherOf(m.root)}
	if m.root.kind() != kindFlat {
		return Map[K, V]{root: e.top(e.filter(m.root, 0, 0, keep))}
	}
	ents := m.root.entries()
	kept := make([]entry[K, V], 0, flatMax)
	for i := range ents {
		if keep(&ents[i]) {
			kept = append(kept, ents[i])
		}
	}
	switch len(kept) {
	case len(ents):
		return m
	case 0:
		return Map[K, V]{root: e.flat(nil)}
	}
	n := e.newFlat(len(kept))
	copy(n.entries(), kept)
	return Map[K, V]{root: n}
}

func (e *edit[K, V]) filter(n *node[K, V], depth uint, prefix uint64, keep func(*entry[K, V]) bool) *node[K, V] {
	if !isDir(n) {
		return e.sift(n, depth, func(_ int, en *entry[K, V]) bool { return keep(en) })
	}
	kids := n.kids()
	var out slots[K, V]
	expand(n, &out)
	for i, c := range kids {
		if first(kids, i) {
			u := region(kids, i)
			put(out[:], i, u, e.filter(c, depth+u, prefix|uint64(i)<<depth, keep))
		}
	}
	if unchanged(n, &out) {
		return n
	}
	return e.settle(&out, depth, prefix)
}

// Filter returns the keys for which keep returns true; see [Map.Filter].
func (s Set[K]) Filter(keep func(k K) bool) Set[K] {
	return Set[K]{s.m.filter(func(en *entry[K, struct{}]) bool { return keep(en.key) })}
}

// MapValues returns a map with the keys of m and the values that f returns for
// them: m itself if all are what they were, bit for bit. F is called once per
// entry. It takes O(n) time, hashes no key, and shares the nodes in which
// nothing changes. The function [MapValues] converts to another type.
func (m Map[K, V]) MapValues(f func(k K, v V) V) Map[K, V] {
	if m.root == nil {
		return m
	}
	e := edit[K, V]{h: hasherOf(m.root)}
	return Map[K, V]{root: e.mapValues(m.root, f)}
}

func (e *edit[K, V]) mapValues(n *node[K, V], f func(K, V) V) *node[K, V] {
	switch n.kind() {
	case kindInner, kindRoot:
		c, kids := n, n.kids()
		for i := range kids {
			if !first(kids, i) {
				continue
			}
			if k := e.mapValues(kids[i], f); k != kids[i] {
				if c == n {
					c = e.owned(n)
				}
				put(c.kids(), i, region(kids, i), k)
			}
		}
		return c
	case kindGroup:
		return convertGroup(e, n, f)
	}
	c, ents := n, n.entries()
	for i := range ents {
		if v := f(ents[i].key, ents[i].val); !sameBits(&v, &ents[i].val) {
			if c == n {
				c = e.owned(n)
			}
			c.entries()[i].val = v
		}
	}
	return c
}

// MapValues returns a map with the keys of m, hashed and compared as in m, and
// the values that f returns for them. F is called once per entry. It takes O(n)
// time and hashes no key, unless the leaves for one of the value types are
// smaller because its entries are large.
func MapValues[K comparable, V, W any](m Map[K, V], f func(k K, v V) W) Map[K, W] {
	if m.root == nil {
		return Map[K, W]{}
	}
	e := edit[K, W]{h: hasherOf(m.root)}
	if m.root.kind() == kindFlat || leafLimit[K, V]() == leafLimit[K, W]() {
		return Map[K, W]{root: convert(&e, m.root, f)}
	}
	items := make([]item[K, W], 0, m.Len())
	walk(m.root, func(en *entry[K, V]) bool {
		items = append(items, item[K, W]{e.hash(en.key), entry[K, W]{f(en.key, en.val), en.key}})
		return true
	})
	return Map[K, W]{root: e.top(e.build(items, 0))}
}

// convert returns n with converted values, as a node of the same form.
func convert[K comparable, V, W any](e *edit[K, W], n *node[K, V], f func(K, V) W) *node[K, W] {
	switch n.kind() {
	case kindGroup:
		return convertGroup(e, n, f)
	case kindLeaf, kindFlat:
		ents := n.entries()
		var c *node[K, W]
		switch {
		case n.kind() == kindLeaf:
			c = e.newLeaf(len(ents))
			*c.leafTags() = *n.leafTags()
		case len(ents) == 0:
			return e.flat(nil)
		default:
			c = e.newFlat(len(ents))
		}
		to := c.entries()
		for i := range ents {
			to[i] = entry[K, W]{f(ents[i].key, ents[i].val), ents[i].key}
		}
		return c
	}
	kids := n.kids()
	d := uint(trailingZeros(uint64(len(kids))))
	var c *node[K, W]
	if n.kind() == kindRoot {
		c = e.newRoot(d, n.size())
	} else {
		c = e.newInner(d, n.size())
	}
	for i := range kids {
		if first(kids, i) {
			put(c.kids(), i, region(kids, i), convert(e, kids[i], f))
		}
	}
	return c
}

func convertGroup[K comparable, V, W any](e *edit[K, W], n *node[K, V], f func(K, V) W) *node[K, W] {
	g := n.group()
	items := make([]item[K, W], 0, n.size())
	g.walk(func(en *entry[K, V]) bool {
		items = append(items, item[K, W]{g.hash, entry[K, W]{f(en.key, en.val), en.key}})
		return true
	})
	return e.groupOf(items)
}
