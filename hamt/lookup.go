package hamt

// get returns the entry of k in the map under root, or nil.
func get[K comparable, V any](root *node[K, V], k K) *entry[K, V] {
	if root == nil {
		if keyMayPanic[K]() {
			defaultHasher[K]().probe(k)
		}
		return nil
	}
	h := root.hasher()
	if root.kind == kindFlat {
		return findFlat(h, root, k)
	}
	return find(h, root, 0, h.hash(k), k)
}

func findFlat[K comparable, V any](h *hasher[K], n *node[K, V], k K) *entry[K, V] {
	h.probe(k)
	ents := n.entries()
	if h.userEqual {
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
		switch n.kind {
		case kindInner:
			kids := n.kids()
			n = kids[hash>>depth&uint64(len(kids)-1)]
			depth += digitBits
		case kindGroup:
			if n.groupHash() != hash && depth < hashBits {
				return nil
			}
			return findInGroup(h, n, k)
		default:
			if i := findLeaf(h, n, tagOf(hash), k); i >= 0 {
				return &n.entries()[i]
			}
			return nil
		}
	}
	return nil
}

func findLeaf[K comparable, V any](h *hasher[K], n *node[K, V], tag uint8, k K) int {
	ents := n.entries()
	for i, t := range n.tags() {
		if t == tag && h.equal(ents[i].key, k) {
			return i
		}
	}
	return -1
}
