package hamt

// Swap gives k the value v and returns the value that k had. It is Get and Set
// with one search in a map of few entries that the builder owns. If an equal
// key is there it stays.
func (b *Builder[K, V]) Swap(k K, v V) (previous V, loaded bool) {
	if b.root != nil && b.owner != 0 && b.root.kind() == kindFlat {
		if e := b.edit(); e.owns(b.root) {
			if en := findFlat(e.h, b.root, k); en != nil {
				previous, en.val = en.val, v
				return previous, true
			}
		}
	}
	previous, loaded = b.Get(k)
	b.Set(k, v)
	return previous, loaded
}
