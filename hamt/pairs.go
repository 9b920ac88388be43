package hamt

// pairs walks two maps in step and calls back for the entries of one or both
// outside the subtrees that they share, until a callback returns false. What
// is wanted of neither side is not visited. A nil callback stands for one that
// returns true.
type pairs[K comparable, V, W any] struct {
	onlyA        func(*entry[K, V]) bool
	onlyB        func(*entry[K, W]) bool
	both         func(*entry[K, V], *entry[K, W]) bool
	stopAtShared bool

	e edit[K, V] // for hashes
}

// roots walks two maps and reports whether no callback returned false.
func (p *pairs[K, V, W]) roots(a *node[K, V], b *node[K, W]) bool {
	sizeA, sizeB := Map[K, V]{root: a}.Len(), Map[K, W]{root: b}.Len()
	if sizeA == 0 {
		return p.restB(b)
	}
	if sizeB == 0 {
		return p.restA(a)
	}
	p.e.h = hasherOf(a)
	same := p.e.h.same(hasherOf(b))
	switch {
	case sameNode(a, b):
		return !p.stopAtShared
	case same && a.kind() != kindFlat && b.kind() != kindFlat:
		return p.nodes(a, b, 0)
	case p.onlyA == nil && (p.onlyB != nil || same && sizeB < sizeA):
		return walk(b, func(y *entry[K, W]) bool { return p.pair(get(a, y.key), y) })
	}
	return walk(a, func(x *entry[K, V]) bool { return p.pair(x, get(b, x.key)) }) &&
		(p.onlyB == nil || walk(b, func(y *entry[K, W]) bool { return get(a, y.key) != nil || p.onlyB(y) }))
}

// pair calls back for one entry that is in a, b or both.
func (p *pairs[K, V, W]) pair(x *entry[K, V], y *entry[K, W]) bool {
	switch {
	case y == nil:
		return p.onlyA == nil || p.onlyA(x)
	case x == nil:
		return p.onlyB == nil || p.onlyB(y)
	}
	return p.both == nil || p.both(x, y)
}

func (p *pairs[K, V, W]) restA(a *node[K, V]) bool { return p.onlyA == nil || walk(a, p.onlyA) }
func (p *pairs[K, V, W]) restB(b *node[K, W]) bool { return p.onlyB == nil || walk(b, p.onlyB) }

func (p *pairs[K, V, W]) nodes(a *node[K, V], b *node[K, W], depth uint) bool {
	switch {
	case a == nil:
		return p.restB(b)
	case b == nil:
		return p.restA(a)
	case sameNode(a, b):
		return !p.stopAtShared
	case isDir(a) && isDir(b):
		return p.dirs(a, b, depth)
	case a.kind() == kindLeaf && b.kind() == kindLeaf:
		return p.leaves(a, b)
	case twins(a, b):
		in := *p
		in.e = p.e.inner()
		return in.nodes(a.group().sub, b.group().sub, 0)
	case a.kind() == kindGroup && b.kind() == kindGroup && a.group().hash == b.group().hash:
		return p.groups(a.group(), b.group())
	}
	return p.mixed(a, b, depth, 0, 0, isDir(b))
}

func (p *pairs[K, V, W]) dirs(a *node[K, V], b *node[K, W], depth uint) bool {
	ka, kb := a.kids(), b.kids()
	done := uint16(0)
	for i := range max(len(ka), len(kb)) {
		ca, cb := ka[i&(len(ka)-1)], kb[i&(len(kb)-1)]
		if done>>i&1 != 0 {
			continue
		}
		if sameNode(ca, cb) {
			if p.stopAtShared && ca != nil {
				return false
			}
			continue
		}
		at := placeOf(ka, kb, i, &done)
		ok := false
		switch {
		case !at.aCut && !at.bCut:
			ok = p.nodes(ca, cb, depth+at.u)
		case at.aCut && cb == nil:
			ok = p.onlyA == nil || eachIn(a, at.i, at.u, p.onlyA)
		case at.bCut && ca == nil:
			ok = p.onlyB == nil || eachIn(b, at.i, at.u, p.onlyB)
		default:
			ok = p.mixed(a, b, depth, at.i, at.u, at.bCut)
		}
		if !ok {
			return false
		}
	}
	return true
}

// mixed walks a place at which one side has a leaf or group, looking the keys
// up one by one. LargeB tells that b is the side with many entries.
func (p *pairs[K, V, W]) mixed(a *node[K, V], b *node[K, W], depth uint, i int, u uint, largeB bool) bool {
	h := p.e.h
	if p.onlyA == nil && (p.onlyB != nil || !largeB) {
		return eachIn(b, i, u, func(y *entry[K, W]) bool {
			return p.pair(find(h, a, depth, p.e.hash(y.key), y.key), y)
		})
	}
	return eachIn(a, i, u, func(x *entry[K, V]) bool {
		return p.pair(x, find(h, b, depth, p.e.hash(x.key), x.key))
	}) && (p.onlyB == nil || eachIn(b, i, u, func(y *entry[K, W]) bool {
		return find(h, a, depth, p.e.hash(y.key), y.key) != nil || p.onlyB(y)
	}))
}

// leaves walks two leaves. In two versions most entries have the same index.
func (p *pairs[K, V, W]) leaves(a *node[K, V], b *node[K, W]) bool {
	ea, eb, ta, tb := a.entries(), b.entries(), a.leafTags(), b.leafTags()
	common := 0
	for i := range ea {
		var y *entry[K, W]
		if i < len(eb) && ta.at(i) == tb.at(i) && p.e.h.equal(ea[i].key, eb[i].key) {
			y = &eb[i]
		} else {
			y = findLeaf(p.e.h, b, ta.at(i), ea[i].key)
		}
		if y != nil {
			common++
		}
		if !p.pair(&ea[i], y) {
			return false
		}
	}
	if p.onlyB == nil || common == len(eb) {
		return true
	}
	for i := range eb {
		if i < len(ea) && ta.at(i) == tb.at(i) && p.e.h.equal(ea[i].key, eb[i].key) {
			continue
		}
		if findLeaf(p.e.h, a, tb.at(i), eb[i].key) == nil && !p.onlyB(&eb[i]) {
			return false
		}
	}
	return true
}

// groups walks two lists of one hash. Versions that are few edits apart differ
// in few places; otherwise this is quadratic.
func (p *pairs[K, V, W]) groups(a *group[K, V], b *group[K, W]) bool {
	h := p.e.h
	if a.sub != nil || b.sub != nil {
		panic("hamt: groups of one key type differ in form; this is a bug in hamt")
	}
	if !a.list.walk(func(i int, x *entry[K, V]) bool {
		if i < b.list.len() {
			if y := b.list.at(i); h.equal(x.key, y.key) {
				return p.pair(x, y)
			}
		}
		return p.pair(x, b.find(h, hashBits, b.hash, x.key))
	}) {
		return false
	}
	return p.onlyB == nil || b.list.walk(func(i int, y *entry[K, W]) bool {
		if i < a.list.len() && h.equal(a.list.at(i).key, y.key) {
			return true
		}
		return a.find(h, hashBits, a.hash, y.key) != nil || p.onlyB(y)
	})
}
