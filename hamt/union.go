package hamt

// union is one call of Union. Nodes of the result are made by e, with no room
// to grow; own sets single keys, in nodes that it owns where it can. Nothing
// else ever sees a node of own before the end, so a panic in resolve is safe.
type union[K comparable, V any] struct {
	e, own  edit[K, V]
	resolve func(k K, mine, theirs V) V
}

// node returns the union of two nodes at one place.
func (u *union[K, V]) node(a, b *node[K, V], depth uint, prefix uint64) *node[K, V] {
	switch {
	case a == b || b == nil:
		return a
	case a == nil:
		return b
	case isDir(a) && isDir(b):
		return u.dirs(a, b, depth, prefix)
	case isDir(a):
		return u.addRight(a, u.e.bucketItems(nil, b, depth, prefix), depth)
	case isDir(b):
		return u.addLeft(b, u.e.bucketItems(nil, a, depth, prefix), depth)
	}
	n, items := u.buckets(a, b, depth, prefix)
	if items != nil {
		return u.e.build(items, depth)
	}
	return n
}

func (u *union[K, V]) dirs(a, b *node[K, V], depth uint, prefix uint64) *node[K, V] {
	ka, kb := a.kids(), b.kids()
	var out slots[K, V]
	expand(a, &out)
	// Entries of a coarse leaf or group, to be set in what the other side has.
	var left, right []item[K, V]
	done := uint16(0)
	for i := range max(len(ka), len(kb)) {
		ca, cb := ka[i&(len(ka)-1)], kb[i&(len(kb)-1)]
		if ca == cb || done>>i&1 != 0 {
			continue
		}
		p := placeOf(ka, kb, i, &done)
		at, d := prefix|uint64(p.i)<<depth, depth+p.u
		switch {
		case p.bCut:
			for j := p.i; j < fanout; j += 1 << p.u {
				out[j] = kb[j&(len(kb)-1)]
			}
			if ca != nil {
				left = u.e.bucketItems(left, ca, d, at)
			}
		case p.aCut:
			if cb != nil {
				right = u.e.bucketItems(right, cb, d, at)
			}
		case ca != nil && cb != nil && !isDir(ca) && !isDir(cb):
			n, items := u.buckets(ca, cb, d, at)
			if items != nil {
				u.e.fill(&out, p.i, p.u, items, depth)
			} else {
				put(out[:], p.i, p.u, n)
			}
		default:
			put(out[:], p.i, p.u, u.node(ca, cb, d, at))
		}
	}
	n := a
	if !unchanged(a, &out) {
		n = u.e.pack(&out, sizeOf(&out))
	}
	return u.addLeft(u.addRight(n, right, depth), left, depth)
}

// buckets returns the union of leaves and groups: as a node if all keys of b
// are in a, else as items.
func (u *union[K, V]) buckets(a, b *node[K, V], depth uint, prefix uint64) (*node[K, V], []item[K, V]) {
	if twins(a, b) {
		in := *u
		in.e, in.own = u.e.inner(), u.own.inner()
		return u.e.regroup(a, in.node(a.group().sub, b.group().sub, 0, 0)), nil
	}
	n := a
	var add []item[K, V]
	if a.kind() == kindLeaf && b.kind() == kindLeaf {
		ents, tags := b.entries(), b.leafTags()
		mask := uint64(1)<<depth - 1
		for i := range ents {
			if en := findLeaf(u.e.h, n, tags.at(i), ents[i].key); en != nil {
				if u.resolve != nil {
					v := u.resolve(en.key, en.val, ents[i].val)
					n = u.own.withValue(n, en, v)
				}
				continue
			}
			if add == nil {
				add = make([]item[K, V], 0, 2*leafMax)
			}
			hash := u.e.hash(ents[i].key)&^mask | prefix&mask
			add = append(add, item[K, V]{hash, ents[i]})
		}
	} else {
		for _, it := range u.e.bucketItems(nil, b, depth, prefix) {
			if find(u.e.h, n, depth, it.hash, it.key) != nil {
				n = u.addRight(n, []item[K, V]{it}, depth)
			} else {
				add = append(add, it)
			}
		}
	}
	if add == nil {
		return n, nil
	}
	return nil, u.e.bucketItems(add, n, depth, prefix)
}

// addRight returns n, of the left map, with items of the right one.
func (u *union[K, V]) addRight(n *node[K, V], items []item[K, V], depth uint) *node[K, V] {
	for _, it := range items {
		if en := find(u.e.h, n, depth, it.hash, it.key); en != nil {
			if u.resolve == nil {
				continue
			}
			it.val = u.resolve(en.key, en.val, it.val)
		}
		n, _ = u.own.set(n, depth, it.hash, it.key, it.val)
	}
	return n
}

// addLeft returns n, of the right map, with items of the left one, whose keys
// replace equal ones.
func (u *union[K, V]) addLeft(n *node[K, V], items []item[K, V], depth uint) *node[K, V] {
	for _, it := range items {
		if en := find(u.e.h, n, depth, it.hash, it.key); en != nil {
			if u.resolve != nil {
				it.val = u.resolve(it.key, it.val, en.val)
			}
			if !sameBits(&en.key, &it.key) {
				n, _ = u.own.remove(n, depth, it.hash, it.key)
			}
		}
		if n == nil {
			n = u.e.leafOf([]item[K, V]{it})
			continue
		}
		n, _ = u.own.set(n, depth, it.hash, it.key, it.val)
	}
	return n
}

// flatRight returns the root a with the entries below b, one by one.
func (u *union[K, V]) flatRight(a, b *node[K, V]) *node[K, V] {
	walk(b, func(en *entry[K, V]) bool {
		v := en.val
		if mine := get(a, en.key); mine != nil {
			if u.resolve == nil {
				return true
			}
			v = u.resolve(mine.key, mine.val, v)
		}
		a, _ = u.own.setRoot(a, en.key, v)
		return true
	})
	return a
}

// flatLeft returns the root b with the entries of the flat a.
func (u *union[K, V]) flatLeft(a, b *node[K, V]) *node[K, V] {
	walk(a, func(en *entry[K, V]) bool {
		v := en.val
		if theirs := get(b, en.key); theirs != nil {
			if u.resolve != nil {
				v = u.resolve(en.key, v, theirs.val)
			}
			if !sameBits(&theirs.key, &en.key) {
				b, _ = u.own.removeRoot(b, en.key)
			}
		}
		b, _ = u.own.setRoot(b, en.key, v)
		return true
	})
	return b
}
