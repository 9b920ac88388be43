package hamt

// walk calls yield with each entry below n until yield returns false, and
// reports whether it never did. The recursion is as deep as the trie, at most
// hashBits/digitBits nodes.
func walk[K comparable, V any](n *node[K, V], yield func(*entry[K, V]) bool) bool {
	if n == nil {
		return true
	}
	switch n.kind() {
	case kindInner, kindRoot:
		kids := n.kids()
		for i := range kids {
			if first(kids, i) && !walk(kids[i], yield) {
				return false
			}
		}
		return true
	case kindGroup:
		return n.group().walk(yield)
	}
	ents := n.entries()
	for i := range ents {
		if !yield(&ents[i]) {
			return false
		}
	}
	return true
}

// far is the number of entries from which a map does not fit in the caches.
const far = 1 << 15

// each is walk for the iterators of users: one call per entry. When touching is
// set it loads the leaves of a directory together before it visits them.
func each[K comparable, V any](n *node[K, V], touching bool, yield func(K, V) bool) bool {
	if n == nil {
		return true
	}
	switch n.kind() {
	case kindInner, kindRoot:
		kids := n.kids()
		if touching {
			touch(kids)
		}
		for i, c := range kids {
			if !first(kids, i) {
				continue
			}
			if c.kind() == kindLeaf {
				ents := c.entries()
				for j := range ents {
					if !yield(ents[j].key, ents[j].val) {
						return false
					}
				}
			} else if !each(c, touching, yield) {
				return false
			}
		}
		return true
	case kindGroup:
		return n.group().walk(func(en *entry[K, V]) bool { return yield(en.key, en.val) })
	}
	ents := n.entries()
	for i := range ents {
		if !yield(ents[i].key, ents[i].val) {
			return false
		}
	}
	return true
}
