package hamt

// A user's hasher may use the builder on whose behalf it is called. What it
// reads is the content before the edit, as the hasher is called before the first
// change. What it edits or takes as a Map must not have nodes that the edit then
// changes in place, so it gets a copy of its own; and an edit whose builder was
// edited meanwhile is made again.

// busy is set in the owner of a builder while an edit by a user's hasher runs.
// No stamp has it.
const busy = 1 << 63

// begin gives the builder a stamp.
func (b *Builder[K, V]) begin() {
	if b.owner != 0 {
		b.root = copyOf(b.root)
	}
	b.owner = newStamp()
}

// copyOf returns the trie under root with all its nodes new. It calls no user's
// hasher.
func copyOf[K comparable, V any](root *node[K, V]) *node[K, V] {
	return MapValues(Map[K, V]{root: root}, func(_ K, v V) V { return v }).root
}

// alone makes an edit by a user's hasher.
func (b *Builder[K, V]) alone(edit func(e edit[K, V], root *node[K, V]) *node[K, V]) {
	for range 4 {
		if b.try(edit) {
			return
		}
	}
	panic("hamt: the Hasher edits the builder each time that it is called; let it read only")
}

// try is alone unless the hasher edits the builder: it returns false then, with
// what the hasher made of it.
func (b *Builder[K, V]) try(edit func(e edit[K, V], root *node[K, V]) *node[K, V]) bool {
	e := b.edit()
	b.owner |= busy
	defer func() { b.owner &^= busy }()
	root := edit(e, b.root)
	if b.owner < busy {
		return false
	}
	b.root = root
	return true
}

func (b *Builder[K, V]) setAlone(k K, v V) {
	b.alone(func(e edit[K, V], root *node[K, V]) *node[K, V] {
		root, _ = e.setRoot(root, k, v)
		return root
	})
}

func (b *Builder[K, V]) deleteAlone(k K) (ok bool) {
	b.alone(func(e edit[K, V], root *node[K, V]) *node[K, V] {
		root, ok = e.removeRoot(root, k)
		return root
	})
	return ok
}

func (b *Builder[K, V]) applyAlone(u *update[V], k K, v V, keep bool) {
	b.alone(func(e edit[K, V], root *node[K, V]) *node[K, V] {
		return e.apply(u, root, k, v, keep)
	})
}
