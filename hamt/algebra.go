package hamt

// # Set algebra
//
// An operation on two maps of one hasher walks their tries in step. Equal
// pointers are equal subtrees and end the walk, so two versions that are k
// edits apart cost O(k log n). Where the two directories at a place are cut
// differently, one of them has there a leaf, a group or nothing:
//
//	a   |     leaf A      |    C    |      one place of two slots of a ...
//	b   |   B1   |   B2   |    D    |      ... is cut finer in b
//
// and the few entries of A are looked up, set or removed one by one in what the
// finer side has. So no operation costs more than the smaller side and the
// paths to it, except that a result is built of what it holds.
//
// Maps of different hashers, and flat ones, are taken entry by entry.

// Union returns a map of the entries of m and o. For a key of both, resolve is
// called once with m's key and both values and gives the value; if resolve is
// nil, m's value stays. M's key stays in any case. Entries in subtrees that m
// and o share stay without a call, as their values are the same.
//
// The result is m itself if it holds nothing else. Two versions k edits apart
// take O(k log n) time; a small and a large map the time of the small one's
// edits to the large one. If the hashers differ, the result has m's, and every
// entry of o is set one by one.
func (m Map[K, V]) Union(o Map[K, V], resolve func(k K, mine, theirs V) V) Map[K, V] {
	if m.root == o.root || o.root == nil {
		return m
	}
	h := hasherOf(m.root)
	u := union[K, V]{
		e:       edit[K, V]{h: h},
		own:     edit[K, V]{h: h, owner: newStamp()},
		resolve: resolve,
	}
	same := h.same(hasherOf(o.root))
	switch {
	case m.Len() == 0 && h == hasherOf(o.root):
		return o
	case !same || o.root.kind() == kindFlat:
		return Map[K, V]{root: u.flatRight(m.root, o.root)}
	case m.root == nil || m.root.kind() == kindFlat:
		return Map[K, V]{root: u.flatLeft(m.root, o.root)}
	}
	return Map[K, V]{root: u.e.top(u.node(m.root, o.root, 0, 0))}
}

// Intersect returns the entries of m whose keys are in o, m itself if all are.
// Shared subtrees are kept without looking at their entries; the time is that
// of the smaller map. Maps of different hashers compare by the equality of o,
// in O(m.Len()) lookups.
func (m Map[K, V]) Intersect(o Map[K, V]) Map[K, V] { return choose(m, o, true) }

// Subtract returns the entries of m whose keys are not in o, m itself if none
// is. Cost as for [Map.Intersect].
func (m Map[K, V]) Subtract(o Map[K, V]) Map[K, V] { return choose(m, o, false) }

// SymmetricDifference returns the entries whose keys are in only one of m and
// o. Cost as for [Map.Union].
func (m Map[K, V]) SymmetricDifference(o Map[K, V]) Map[K, V] {
	return m.Subtract(o).Union(o.Subtract(m), nil)
}

// Restrict returns the entries of m whose keys are in s, m itself if all are.
// Cost as for [Map.Intersect].
func (m Map[K, V]) Restrict(s Set[K]) Map[K, V] { return choose(m, s.m, true) }

// Without returns the entries of m whose keys are not in s, m itself if none
// is. Cost as for [Map.Intersect].
func (m Map[K, V]) Without(s Set[K]) Map[K, V] { return choose(m, s.m, false) }

// SubsetOf reports whether every key of m is in o; values are not looked at.
// It stops at the first key that is not, and skips shared subtrees. Maps of
// different hashers compare by the equality of o, in O(m.Len()) lookups.
func (m Map[K, V]) SubsetOf(o Map[K, V]) bool {
	if hasherOf(m.root) == hasherOf(o.root) && m.Len() > o.Len() {
		return false
	}
	p := pairs[K, V, V]{onlyA: func(*entry[K, V]) bool { return false }}
	return p.roots(m.root, o.root)
}

// Disjoint reports whether no key is in both m and o. It stops at the first one
// that is; the time is at most that of looking up the smaller map's keys. Maps of
// different hashers compare by the equality of o, in O(m.Len()) lookups.
func (m Map[K, V]) Disjoint(o Map[K, V]) bool {
	p := pairs[K, V, V]{both: func(_, _ *entry[K, V]) bool { return false }, stopAtShared: true}
	return p.roots(m.root, o.root)
}

// Keyset returns the keys of m as a set. It takes O(n) time and calls nothing:
// no key is hashed unless m's entries are so large that its leaves are smaller
// than a set's.
func (m Map[K, V]) Keyset() Set[K] {
	return Set[K]{MapValues(m, func(K, V) struct{} { return struct{}{} })}
}

// Union returns the keys of s and o: s itself if it has all. Of equal keys that
// of s stays. Cost as for [Map.Union].
func (s Set[K]) Union(o Set[K]) Set[K] { return Set[K]{s.m.Union(o.m, nil)} }

// Intersect returns the keys of s that are in o: s itself if all are.
func (s Set[K]) Intersect(o Set[K]) Set[K] { return Set[K]{s.m.Intersect(o.m)} }

// Subtract returns the keys of s that are not in o: s itself if none is.
func (s Set[K]) Subtract(o Set[K]) Set[K] { return Set[K]{s.m.Subtract(o.m)} }

// SymmetricDifference returns the keys in only one of s and o.
func (s Set[K]) SymmetricDifference(o Set[K]) Set[K] {
	return Set[K]{s.m.SymmetricDifference(o.m)}
}

// SubsetOf reports whether every key of s is in o.
func (s Set[K]) SubsetOf(o Set[K]) bool { return s.m.SubsetOf(o.m) }

// Disjoint reports whether no key is in both s and o.
func (s Set[K]) Disjoint(o Set[K]) bool { return s.m.Disjoint(o.m) }

// isDir reports whether n has slots.
func isDir[K comparable, V any](n *node[K, V]) bool {
	k := n.kind()
	return k == kindInner || k == kindRoot
}

// sameNode reports whether two nodes are one, or both nil. Nodes of maps of
// different value types are never one.
func sameNode[K comparable, V, W any](a *node[K, V], b *node[K, W]) bool {
	return a == nil && b == nil || any(a) == any(b)
}

// place is a set of slots of two directories that agree in the low u bits of i:
// the larger of the regions of slot i on either side.
type place struct {
	i int
	u uint
	// aCut, bCut: the place is cut finer in a, in b. Not both are set. The
	// other side has a leaf, a group or nothing there.
	aCut, bCut bool
}

// placeOf returns the place of slot i and marks its slots in done.
func placeOf[K comparable, V, W any](ka []*node[K, V], kb []*node[K, W], i int, done *uint16) place {
	ua, ub := region(ka, i&(len(ka)-1)), region(kb, i&(len(kb)-1))
	u := min(ua, ub)
	p := place{i: i & (1<<u - 1), u: u, aCut: ua > u, bCut: ub > u}
	*done |= regionSlots[u] << p.i
	return p
}

// regionSlots[u] has a bit for each slot that agrees with slot 0 in u bits.
var regionSlots = [digitBits + 1]uint16{0xffff, 0x5555, 0x1111, 0x0101, 0x0001}

// eachIn calls yield with the entries of n, at the place that agrees with i in
// u bits if n is a directory, until yield returns false.
func eachIn[K comparable, V any](n *node[K, V], i int, u uint, yield func(*entry[K, V]) bool) bool {
	if !isDir(n) {
		return walk(n, yield)
	}
	kids := n.kids()
	if 1<<u > len(kids) {
		panic("hamt: a place is finer than its directory; this is a bug in hamt")
	}
	for j := i; j < len(kids); j += 1 << u {
		if first(kids, j) && !walk(kids[j], yield) {
			return false
		}
	}
	return true
}

// bucketItems appends the entries of n, a leaf, flat or group, with hashes; see
// edit.items.
func (e *edit[K, V]) bucketItems(dst []item[K, V], n *node[K, V], depth uint, prefix uint64) []item[K, V] {
	if n.kind() != kindGroup {
		return e.items(dst, n, depth, prefix)
	}
	g := n.group()
	g.walk(func(en *entry[K, V]) bool {
		dst = append(dst, item[K, V]{g.hash, *en})
		return true
	})
	return dst
}

// settle is pack for slots some of which have lost entries: leaves that fit
// into one are merged, and what is alone moves up. The directory stands at
// depth, below prefix.
func (e *edit[K, V]) settle(s *slots[K, V], depth uint, prefix uint64) *node[K, V] {
	for u := uint(digitBits); u > 0; u-- {
		half := 1 << (u - 1)
		for i := range half {
			x, y := s[i], s[i+half]
			if x == y || x != nil && isDir(x) || y != nil && isDir(y) || !whole(s, i, u) || !whole(s, i+half, u) {
				continue
			}
			switch {
			case x == nil:
				put(s[:], i, u-1, y)
			case y == nil:
				put(s[:], i, u-1, x)
			case x.kind() == kindLeaf && y.kind() == kindLeaf && x.size()+y.size() <= leafLimit[K, V]():
				items := e.items(make([]item[K, V], 0, leafMax), x, depth+u, prefix|uint64(i)<<depth)
				items = e.items(items, y, depth+u, prefix|uint64(i+half)<<depth)
				put(s[:], i, u-1, e.leafOf(items))
			}
		}
	}
	return e.pack(s, sizeOf(s))
}

// whole reports whether the slots that agree with i in u bits are all the same.
func whole[K comparable, V any](s *slots[K, V], i int, u uint) bool {
	for j := i + 1<<u; j < fanout; j += 1 << u {
		if s[j] != s[i] {
			return false
		}
	}
	return true
}

// sizeOf returns the number of entries below s.
func sizeOf[K comparable, V any](s *slots[K, V]) int {
	size := 0
	for i := range s {
		if first(s[:], i) {
			size += s[i].size()
		}
	}
	return size
}

// unchanged reports whether s is the directory of n.
func unchanged[K comparable, V any](n *node[K, V], s *slots[K, V]) bool {
	kids := n.kids()
	for i := range s {
		if s[i] != kids[i&(len(kids)-1)] {
			return false
		}
	}
	return true
}

// regroup returns group n with sub in the place of its trie: a leaf if little
// is left.
func (e *edit[K, V]) regroup(n, sub *node[K, V]) *node[K, V] {
	g := n.group()
	switch {
	case sub == g.sub:
		return n
	case sub == nil:
		return nil
	case sub.size() > leafLimit[K, V]():
		return groupNode(&group[K, V]{groupHeader: e.groupHeader(sub.size()), hash: g.hash, sub: sub})
	}
	items := make([]item[K, V], 0, leafMax)
	walk(sub, func(en *entry[K, V]) bool {
		items = append(items, item[K, V]{g.hash, *en})
		return true
	})
	return e.leafOf(items)
}

// twins reports whether two nodes are groups of one hash whose tries can be
// walked in step.
func twins[K comparable, V, W any](a *node[K, V], b *node[K, W]) bool {
	if a.kind() != kindGroup || b.kind() != kindGroup {
		return false
	}
	ga, gb := a.group(), b.group()
	return ga.hash == gb.hash && ga.sub != nil && gb.sub != nil
}
