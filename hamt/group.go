package hamt

// A group holds more than leafMax entries of one hash. For keys of an ordered
// kind it is a trie of its own over a second hash, so that it costs what any
// trie costs. For other kinds it is a list.

// groupOf makes a group of items of one hash.
func (e *edit[K, V]) groupOf(items []item[K, V]) *node[K, V] {
	g := &node[K, V]{owner: e.owner, kind: kindGroup, total: len(items), h: e.h, hash: items[0].hash}
	if e.h.ordered && !e.again {
		in := *e
		in.again = true
		sub := make([]item[K, V], len(items))
		for i := range items {
			sub[i] = item[K, V]{in.hash(items[i].key), items[i].entry}
		}
		g.sub = in.build(sub, 0)
		return g
	}
	for i := range items {
		g.ents = append(g.ents, items[i].entry)
	}
	return g
}

func findInGroup[K comparable, V any](h *hasher[K], g *node[K, V], k K) *entry[K, V] {
	if g.sub != nil {
		return find(h, g.sub, 0, h.rehash(k), k)
	}
	for i := range g.ents {
		if h.equal(g.ents[i].key, k) {
			return &g.ents[i]
		}
	}
	return nil
}

func (e *edit[K, V]) setInGroup(g *node[K, V], k K, v V) (*node[K, V], bool) {
	if g.sub != nil {
		in := *e
		in.again = true
		sub, added := in.set(g.sub, 0, in.hash(k), k, v)
		g = e.owned(g)
		g.sub = sub
		g.total = sub.size()
		return g, added
	}
	for i := range g.ents {
		if e.h.equal(g.ents[i].key, k) {
			g = e.owned(g)
			g.ents[i].val = v
			return g, false
		}
	}
	g = e.owned(g)
	g.ents = append(g.ents, entry[K, V]{v, k})
	g.total++
	return g, true
}

// removeFromGroup may return a leaf.
func (e *edit[K, V]) removeFromGroup(g *node[K, V], k K) (*node[K, V], bool) {
	if g.sub != nil {
		in := *e
		in.again = true
		sub, ok := in.remove(g.sub, 0, in.hash(k), k)
		if !ok {
			return g, false
		}
		if sub.size() > leafMax {
			g = e.owned(g)
			g.sub = sub
			g.total = sub.size()
			return g, true
		}
		var items []item[K, V]
		walk(sub, func(en *entry[K, V]) bool {
			items = append(items, item[K, V]{g.hash, *en})
			return true
		})
		return e.leafOf(items), true
	}
	for i := range g.ents {
		if e.h.equal(g.ents[i].key, k) {
			g = e.owned(g)
			last := len(g.ents) - 1
			g.ents[i] = g.ents[last]
			clear(g.ents[last:])
			g.ents = g.ents[:last]
			g.total--
			if last > leafMax {
				return g, true
			}
			return e.build(e.items(nil, g, 0, 0), hashBits), true
		}
	}
	return g, false
}
