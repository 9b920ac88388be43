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
