package hamt

// choice keeps the entries of a map a whose keys are in b (keep) or are not.
type choice[K comparable, V, W any] struct {
	e     edit[K, V]
	right edit[K, W] // for the hashes of b's keys
	keep  bool
}

func choose[K comparable, V, W any](m Map[K, V], o Map[K, W], keep bool) Map[K, V] {
	c := choice[K, V, W]{e: edit[K, V]{h: hasherOf(m.root)}, keep: keep}
	c.right.h = c.e.h
	switch {
	case m.Len() == 0:
		return m
	case sameNode(m.root, o.root):
		return Map[K, V]{root: c.e.top(c.all(m.root, keep))}
	case o.Len() == 0:
		return Map[K, V]{root: c.e.top(c.all(m.root, !keep))}
	case m.root.kind() == kindFlat || !c.e.h.same(hasherOf(o.root)):
		return m.filter(func(en *entry[K, V]) bool { return (get(o.root, en.key) != nil) == keep })
	}
	return Map[K, V]{root: c.e.top(c.node(m.root, o.root, 0, 0))}
}

func (c *choice[K, V, W]) all(a *node[K, V], keep bool) *node[K, V] {
	if keep {
		return a
	}
	return nil
}

// node returns what is chosen of a, given the node of b at the same place.
func (c *choice[K, V, W]) node(a *node[K, V], b *node[K, W], depth uint, prefix uint64) *node[K, V] {
	switch {
	case a == nil:
		return nil
	case b == nil:
		return c.all(a, !c.keep)
	case sameNode(a, b):
		return c.all(a, c.keep)
	case isDir(a) && isDir(b):
		return c.dirs(a, b, depth, prefix)
	case isDir(a):
		items := c.right.bucketItems(nil, b, depth, prefix)
		if !c.keep {
			return c.drop(a, items, depth)
		}
		return c.e.build(c.common(a, items, depth), depth)
	case twins(a, b):
		in := *c
		in.e, in.right = c.e.inner(), c.right.inner()
		return c.e.regroup(a, in.node(a.group().sub, b.group().sub, 0, 0))
	case a.kind() == kindLeaf && b.kind() == kindLeaf:
		tags, ents := a.leafTags(), b.entries()
		return c.e.sift(a, depth, func(i int, en *entry[K, V]) bool {
			found := i < len(ents) && c.e.h.equal(ents[i].key, en.key) || findLeaf(c.e.h, b, tags.at(i), en.key) != nil
			return found == c.keep
		})
	}
	return c.bucket(a, b, depth)
}

// bucket returns what is chosen of a leaf or group a of a directory at depth or
// below, looking its keys up in b at depth.
func (c *choice[K, V, W]) bucket(a *node[K, V], b *node[K, W], depth uint) *node[K, V] {
	return c.e.sift(a, depth, func(_ int, en *entry[K, V]) bool {
		hash := uint64(0)
		if a.kind() == kindGroup {
			hash = a.group().hash
		} else {
			hash = c.e.hash(en.key)
		}
		return (find(c.e.h, b, depth, hash, en.key) != nil) == c.keep
	})
}

func (c *choice[K, V, W]) dirs(a *node[K, V], b *node[K, W], depth uint, prefix uint64) *node[K, V] {
	ka, kb := a.kids(), b.kids()
	var out slots[K, V]
	expand(a, &out)
	var gone []item[K, W]
	done := uint16(0)
	wide := max(len(ka), len(kb))
	for i := range wide {
		ca, cb := ka[i&(len(ka)-1)], kb[i&(len(kb)-1)]
		if done>>i&1 != 0 {
			continue
		}
		if sameNode(ca, cb) {
			if !c.keep {
				for j := i; j < fanout; j += wide {
					out[j] = nil
				}
			}
			continue
		}
		p := placeOf(ka, kb, i, &done)
		at, d := prefix|uint64(p.i)<<depth, depth+p.u
		switch {
		case p.bCut:
			if ca != nil {
				put(out[:], p.i, p.u, c.bucket(ca, b, depth))
			}
		case p.aCut && cb == nil:
			if c.keep {
				put(out[:], p.i, p.u, nil)
			}
		case p.aCut:
			items := c.right.bucketItems(nil, cb, d, at)
			if c.keep {
				c.e.fill(&out, p.i, p.u, c.common(a, items, depth), depth)
			} else {
				gone = append(gone, items...)
			}
		default:
			put(out[:], p.i, p.u, c.node(ca, cb, d, at))
		}
	}
	n := a
	if !unchanged(a, &out) {
		n = c.e.settle(&out, depth, prefix)
	}
	return c.drop(n, gone, depth)
}

// common returns the entries below a that have the keys of items.
func (c *choice[K, V, W]) common(a *node[K, V], items []item[K, W], depth uint) []item[K, V] {
	var both []item[K, V]
	for i := range items {
		if en := find(c.e.h, a, depth, items[i].hash, items[i].key); en != nil {
			both = append(both, item[K, V]{items[i].hash, *en})
		}
	}
	return both
}

// drop returns n without the keys of items.
func (c *choice[K, V, W]) drop(n *node[K, V], items []item[K, W], depth uint) *node[K, V] {
	if len(items) == 0 {
		return n
	}
	own := c.e
	own.owner = newStamp()
	for i := range items {
		if n == nil {
			break
		}
		n, _ = own.remove(n, depth, items[i].hash, items[i].key)
	}
	return n
}

// sift returns the entries of n, a leaf or group, for which keep returns true:
// n itself if that is all of them.
func (e *edit[K, V]) sift(n *node[K, V], depth uint, keep func(i int, en *entry[K, V]) bool) *node[K, V] {
	if n.kind() == kindGroup {
		g := n.group()
		var items []item[K, V]
		i := 0
		g.walk(func(en *entry[K, V]) bool {
			if keep(i, en) {
				items = append(items, item[K, V]{g.hash, *en})
			}
			i++
			return true
		})
		if len(items) == n.size() {
			return n
		}
		return e.build(items, depth)
	}
	ents, kept, mask := n.entries(), 0, uint32(0)
	for i := range ents {
		if keep(i, &ents[i]) {
			mask |= 1 << i
			kept++
		}
	}
	if kept == len(ents) {
		return n
	}
	if kept == 0 {
		return nil
	}
	l := e.newLeaf(kept)
	to, tags, from := l.entries(), l.leafTags(), n.leafTags()
	at := 0
	for i := range ents {
		if mask>>i&1 != 0 {
			to[at] = ents[i]
			tags.set(at, from.at(i))
			at++
		}
	}
	return l
}
