package hamt

// Equal reports whether a and b have equal keys with values equal under ==.
// Subtrees that a and b share are skipped, so that two versions k edits apart
// compare in about k steps; Equal(m, m) is true even when m holds NaN.
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
	return walk(m.root, func(en *entry[K, V]) bool {
		other := get(o.root, en.key)
		return other != nil && eq(en.val, other.val)
	})
}
