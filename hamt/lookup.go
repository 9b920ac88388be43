package hamt

// getEmpty panics as the builtin map does if k cannot be hashed.
func getEmpty[K comparable](k K) {
	if keyMayPanic[K]() {
		defaultHasher[K]().probe(k)
	}
}

// getCustom is get under a hasher that is not simple.
func getCustom[K comparable, V any](root *node[K, V], k K) *entry[K, V] {
	h := root.hasher()
	if root.kind() == kindFlat {
		return findFlat(h, root, k)
	}
	return find(h, root, 0, h.hash(k), k)
}

// findFlat returns the entry of k in a flat node, or nil.
func findFlat[K comparable, V any](h *hasher[K], n *node[K, V], k K) *entry[K, V] {
	h.probe(k)
	ents := n.entries()
	if h != nil && h.userEqual {
		for i := range ents {
			if h.user.Equal(ents[i].key, k) {
				return &ents[i]
			}
		}
		return nil
	}
	for i := range ents {
		if ents[i].key == k {
			return &ents[i]
		}
	}
	return nil
}

// find returns the entry of k, whose hash is given, below n at depth.
func find[K comparable, V any](h *hasher[K], n *node[K, V], depth uint, hash uint64, k K) *entry[K, V] {
	for n != nil {
		switch n.kind() {
		case kindInner, kindRoot:
			kids := n.kids()
			n = kids[hash>>depth&uint64(len(kids)-1)]
			depth += digitBits
		case kindGroup:
			return n.group().find(h, depth, hash, k)
		default:
			return findLeaf(h, n, tagOf(hash), k)
		}
	}
	return nil
}
