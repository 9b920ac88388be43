package hamt

import "iter"

// Builder is a map under construction: it edits in place the nodes that it made
// itself since the last call of Map, and copies all others.
//
// The zero Builder is empty and ready to use. A Builder must not be copied
// after its first edit, nor used by two goroutines at once. Making one from a
// map and taking a map from it cost a word each.
//
// A [Hasher] may use the builder that calls it. An edit or a call of Map by it
// copies the whole content, and the edit that it interrupts starts again; it
// panics if it is interrupted so several times in a row.
type Builder[K comparable, V any] struct {
	_    noCopy
	root *node[K, V]
	// owner is the stamp of the nodes made since the last Map; 0 before the
	// first edit; busy as well while a user's hasher may be running.
	owner uint64
}

// noCopy makes go vet report copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

func (b *Builder[K, V]) edit() edit[K, V] {
	if b.owner-1 >= busy-1 { // 0 or busy
		b.begin()
	}
	return editOf(b.root, b.owner)
}

// Set gives k the value v. If an equal key is there it stays.
func (b *Builder[K, V]) Set(k K, v V) {
	e := b.edit()
	if b.root != nil && !e.owns(b.root) {
		if root, _, ok := setPath(e.stamp(), b.root, k, v); ok {
			b.root = root
			return
		}
	}
	if e.h.asks() {
		b.setAlone(k, v)
		return
	}
	b.root, _ = e.setRoot(b.root, k, v)
}

// Delete removes k and reports whether it was there.
func (b *Builder[K, V]) Delete(k K) bool {
	e := b.edit()
	if b.root != nil && !e.owns(b.root) {
		if root, ok := removePath(e.stamp(), b.root, k); ok {
			removed := root != b.root
			b.root = root
			return removed
		}
	}
	if e.h.asks() {
		return b.deleteAlone(k)
	}
	root, ok := e.removeRoot(b.root, k)
	b.root = root
	return ok
}

// Update calls f with the value of k, or with the zero value and false, and
// gives k the value that f returns; it removes k if f returns false. F is
// called once, before anything changes, and may itself use the builder.
func (b *Builder[K, V]) Update(k K, f func(old V, ok bool) (value V, keep bool)) {
	u := lookUp(b.root, k)
	v, keep := f(u.value, u.ok)
	e := b.edit()
	if e.h.asks() {
		b.applyAlone(&u, k, v, keep)
		return
	}
	b.root = e.apply(&u, b.root, k, v, keep)
}

// Get returns the value of k and whether k is there.
func (b *Builder[K, V]) Get(k K) (value V, ok bool) {
	if en := get(b.root, k); en != nil {
		return en.val, true
	}
	return
}

// Has reports whether k is there.
func (b *Builder[K, V]) Has(k K) bool { return get(b.root, k) != nil }

// Len returns the number of entries.
func (b *Builder[K, V]) Len() int { return Map[K, V]{root: b.root}.Len() }

// Map returns the content as a map. The builder may be used further; the map
// does not change with it. It takes constant time and allocates nothing.
func (b *Builder[K, V]) Map() Map[K, V] {
	if b.owner >= busy {
		return Map[K, V]{root: copyOf(b.root)}
	}
	b.owner = 0
	return Map[K, V]{root: b.root}
}

// All returns an iterator over the entries at the time of the call of All; the
// loop may edit the builder.
func (b *Builder[K, V]) All() iter.Seq2[K, V] { return b.Map().All() }
