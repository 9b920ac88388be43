package hamt

// Swap gives k the value v and returns the value that k had. It is Get and Set
// with one search in a map of few entries, and at the first edit since Map. If an
// equal key is there it stays.
func (b *Builder[K, V]) Swap(k K, v V) (previous V, loaded bool) {
	if b.root != nil {
		e := b.edit()
		switch {
		case !e.owns(b.root):
			if root, was, ok := setPath(e.stamp(), b.root, k, v); ok {
				b.root = root
				if was != nil {
					previous = was.val
				}
				return previous, was != nil
			}
		case b.root.kind() == kindFlat && !e.h.asks():
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
