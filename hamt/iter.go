package hamt

// walk calls yield with each entry below n until yield returns false, and
// reports whether it never did. The recursion is as deep as the trie, at most
// hashBits/digitBits nodes.
func walk[K comparable, V any](n *node[K, V], yield func(*entry[K, V]) bool) bool {
	if n == nil {
		return true
	}
	switch n.kind {
	case kindInner:
		kids := n.kids()
		for i := range kids {
			if first(kids, i) && !walk(kids[i], yield) {
				return false
			}
		}
		return true
	case kindGroup:
		if n.sub != nil {
			return walk(n.sub, yield)
		}
		for i := range n.ents {
			if !yield(&n.ents[i]) {
				return false
			}
		}
		return true
	}
	ents := n.entries()
	for i := range ents {
		if !yield(&ents[i]) {
			return false
		}
	}
	return true
}
