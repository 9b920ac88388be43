package hamt

// A group holds more entries of one hash than fit in a leaf. For keys of an
// ordered kind it is a trie of its own over a second hash, so that it costs
// what any trie costs. For other kinds it is a list, searched from one end to
// the other, of which an edit copies one chunk and the path to it.
type group[K comparable, V any] struct {
	groupHeader[K, V]
	hash uint64      // of all keys
	sub  *node[K, V] // leaf, inner or group; nil if the entries are in list
	list list[entry[K, V]]
}

// groupOf makes a group of items of one hash.
func (e *edit[K, V]) groupOf(items []item[K, V]) *node[K, V] {
	g := &group[K, V]{groupHeader: e.groupHeader(len(items)), hash: items[0].hash}
	if e.h.ordered && !e.again {
		in := e.inner()
		sub := make([]item[K, V], len(items))
		for i := range items {
			sub[i] = item[K, V]{in.hash(items[i].key), items[i].entry}
		}
		g.sub = in.build(sub, 0)
	} else {
		for i := range items {
			g.list.push(e.owner, items[i].entry)
		}
	}
	return groupNode(g)
}

// inner returns the edit that works inside a group.
func (e *edit[K, V]) inner() edit[K, V] {
	in := *e
	in.again = true
	return in
}

// ownedGroup returns the group in n, or a copy that e may change.
func (e *edit[K, V]) ownedGroup(n *node[K, V]) *group[K, V] {
	g := n.group()
	if e.owns(n) {
		return g
	}
	return &group[K, V]{groupHeader: e.groupHeader(n.size()), hash: g.hash, sub: g.sub, list: g.list}
}

// holds reports whether a key of hash belongs in the group at depth. With no
// bits left every key does: its hash may have changed since it was set.
func (g *group[K, V]) holds(depth uint, hash uint64) bool { return g.hash == hash || depth >= hashBits }

func (g *group[K, V]) find(h *hasher[K], depth uint, hash uint64, k K) *entry[K, V] {
	if !g.holds(depth, hash) {
		return nil
	}
	if g.sub != nil {
		return find(h, g.sub, 0, h.rehash(k), k)
	}
	if i := g.index(h, k); i >= 0 {
		return g.list.at(i)
	}
	return nil
}

// index returns the place of k in the list, or -1.
func (g *group[K, V]) index(h *hasher[K], k K) int {
	found := -1
	g.list.walk(func(i int, en *entry[K, V]) bool {
		if h.equal(en.key, k) {
			found = i
			return false
		}
		return true
	})
	return found
}

func (g *group[K, V]) walk(yield func(*entry[K, V]) bool) bool {
	if g.sub != nil {
		return walk(g.sub, yield)
	}
	return g.list.walk(func(_ int, en *entry[K, V]) bool { return yield(en) })
}

func (e *edit[K, V]) setInGroup(n *node[K, V], k K, v V) (*node[K, V], bool) {
	g := n.group()
	if g.sub != nil {
		in := e.inner()
		sub, added := in.set(g.sub, 0, in.hash(k), k, v)
		if sub == g.sub && !added {
			return n, false
		}
		g = e.ownedGroup(n)
		g.sub = sub
		n = groupNode(g)
		if added {
			n.addSize(1)
		}
		return n, added
	}
	i := g.index(e.h, k)
	if i >= 0 && sameBits(&g.list.at(i).val, &v) {
		return n, false
	}
	g = e.ownedGroup(n)
	n = groupNode(g)
	if i >= 0 {
		g.list.set(e.owner, i, entry[K, V]{v, g.list.at(i).key})
		return n, false
	}
	g.list.push(e.owner, entry[K, V]{v, k})
	n.addSize(1)
	return n, true
}

// removeFromGroup may return a leaf.
func (e *edit[K, V]) removeFromGroup(n *node[K, V], k K) (*node[K, V], bool) {
	g := n.group()
	if g.sub != nil {
		in := e.inner()
		sub, ok := in.remove(g.sub, 0, in.hash(k), k)
		if !ok {
			return n, false
		}
		g = e.ownedGroup(n)
		g.sub = sub
	} else {
		i := g.index(e.h, k)
		if i < 0 {
			return n, false
		}
		g = e.ownedGroup(n)
		last := g.list.len() - 1
		if i < last {
			g.list.set(e.owner, i, *g.list.at(last))
		}
		g.list.pop(e.owner)
	}
	n = groupNode(g)
	n.addSize(-1)
	if n.size() > leafLimit[K, V]() {
		return n, true
	}
	items := make([]item[K, V], 0, leafMax)
	g.walk(func(en *entry[K, V]) bool {
		items = append(items, item[K, V]{g.hash, *en})
		return true
	})
	return e.leafOf(items), true
}

// apart places group g and leaf l, of one entry with the given hash, in the
// slots that agree with v in u bits, in a directory at depth. Their hashes
// differ at or above depth+u.
func (e *edit[K, V]) apart(s *slots[K, V], v int, u, depth uint, g, l *node[K, V], hash uint64) {
	differ := g.group().hash ^ hash
	for ; u < digitBits; u++ {
		bit := hash >> (depth + u) & 1
		mine, other := v|int(bit)<<u, v|int(bit^1)<<u
		if differ>>(depth+u)&1 == 1 {
			put(s[:], mine, u+1, l)
			put(s[:], other, u+1, g)
			return
		}
		put(s[:], other, u+1, nil)
		v = mine
	}
	var below slots[K, V]
	e.apart(&below, 0, 0, depth+digitBits, g, l, hash)
	s[v] = e.pack(&below, g.size()+1)
}

func (g *group[K, V]) eachFrom(from, to int, yield func(K, V) bool) bool {
	if g.sub != nil {
		return eachFrom(g.sub, from, to, yield)
	}
	for i := from; i < to; i++ {
		if en := g.list.at(i); !yield(en.key, en.val) {
			return false
		}
	}
	return true
}
