package hamt

// Equal reports whether a and b have equal keys with values equal under ==.
// Subtrees that a and b share are skipped, so that two versions k edits apart
// compare in O(k log n) time; Equal(m, m) is true even when m holds NaN. Maps
// under different hashers compare entry by entry, by the equality of b, and for
// that take O(n) space if one of them has a user's equality.
func Equal[K, V comparable](a, b Map[K, V]) bool {
	return a.EqualFunc(b, func(x, y V) bool { return x == y })
}

// EqualFunc is [Equal] with values compared by eq, which is not called for
// entries in subtrees that m and o share.
func (m Map[K, V]) EqualFunc(o Map[K, V], eq func(x, y V) bool) bool {
	if m.root == o.root {
		return true
	}
	if m.Len() != o.Len() {
		return false
	}
	if m.Len() == 0 {
		return true
	}
	hm, ho := hasherOf(m.root), hasherOf(o.root)
	if !hm.same(ho) {
		// Keys of m that o takes for one do not make up for one that m lacks.
		var met map[*entry[K, V]]struct{}
		if hm.userEqual || ho.userEqual {
			met = make(map[*entry[K, V]]struct{}, m.Len())
		}
		return walk(m.root, func(en *entry[K, V]) bool {
			other := get(o.root, en.key)
			if other == nil || !eq(en.val, other.val) {
				return false
			}
			if met != nil {
				met[other] = struct{}{}
			}
			return true
		}) && (met == nil || len(met) == o.Len())
	}
	return equalNodes(ho, m.root, o.root, eq)
}

// equalNodes compares two nodes at one place. As the form is canonical, equal
// contents have equal structure, down to the order within a leaf, except among
// keys of one hash.
func equalNodes[K comparable, V any](h *hasher[K], a, b *node[K, V], eq func(x, y V) bool) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.kind() != b.kind() || a.size() != b.size() {
		return false
	}
	switch a.kind() {
	case kindInner, kindRoot:
		ka, kb := a.kids(), b.kids()
		if len(ka) != len(kb) {
			return false
		}
		for i := range ka {
			if first(ka, i) != first(kb, i) {
				return false
			}
			if first(ka, i) && !equalNodes(h, ka[i], kb[i], eq) {
				return false
			}
		}
		return true
	case kindGroup:
		if a.group().hash != b.group().hash {
			return false
		}
		return a.group().walk(func(en *entry[K, V]) bool {
			other := b.group().find(h, 0, b.group().hash, en.key)
			return other != nil && eq(en.val, other.val)
		})
	case kindFlat:
		return walk(a, func(en *entry[K, V]) bool {
			other := findFlat(h, b, en.key)
			return other != nil && eq(en.val, other.val)
		})
	}
	if *a.leafTags() != *b.leafTags() {
		return false
	}
	ea, eb := a.entries(), b.entries()
	for i := range ea {
		other := &eb[i]
		if !h.equal(ea[i].key, other.key) {
			if other = findLeaf(h, b, a.leafTags().at(i), ea[i].key); other == nil {
				return false
			}
		}
		if !eq(ea[i].val, other.val) {
			return false
		}
	}
	return true
}
