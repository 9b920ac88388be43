package hamt

// update is what Update knows of a key before it calls back.
type update[V any] struct {
	value  V
	ok     bool
	hash   uint64
	hashed bool // the map is not flat, and the key's hash is known
}

func lookUp[K comparable, V any](root *node[K, V], k K) (u update[V]) {
	var en *entry[K, V]
	if root == nil || root.kind() == kindFlat {
		en = get(root, k)
	} else {
		h := root.hasher()
		u.hash, u.hashed = h.hash(k), true
		en = find(h, root, 0, u.hash, k)
	}
	if en != nil {
		u.value, u.ok = en.val, true
	}
	return u
}

// apply returns root with k set to v, or without k. Root may have changed since
// the lookup, if the callback used the builder.
func (e *edit[K, V]) apply(u *update[V], root *node[K, V], k K, v V, keep bool) *node[K, V] {
	known := u.hashed && root != nil && root.kind() == kindRoot
	switch {
	case keep && known:
		root, _ = e.setInner(root, 0, u.hash, k, v)
	case keep:
		root, _ = e.setRoot(root, k, v)
	case known:
		root, _ = e.removeInner(root, 0, u.hash, k)
		root = e.top(root)
	default:
		root, _ = e.removeRoot(root, k)
	}
	return root
}
