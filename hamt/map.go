package hamt

import "iter"

// Map is a persistent map from K to V: an edit returns a new Map and leaves the
// old one as it was, sharing all but a few nodes with it.
//
// The zero Map is empty and ready to use. Copying a Map copies one word, and
// the copy is a snapshot. Any number of goroutines may use a Map at once, as
// nothing ever changes one. Maps are not comparable with ==; see [Map.Same]
// and [Equal].
//
// Keys are compared by == and hashed as the builtin map does, unless the map
// descends from [NewWith]. As in the builtin map, NaN keys are never found,
// and a key whose dynamic type is not comparable panics.
type Map[K comparable, V any] struct {
	_    [0]func()
	root *node[K, V]
}

// NewWith returns an empty map that hashes and compares its keys by h. Maps
// derived from it do the same.
func NewWith[K comparable, V any](h Hasher[K]) Map[K, V] {
	e := edit[K, V]{h: userHasher(h)}
	return Map[K, V]{root: e.newFlat(0)}
}

// edit returns the edit that copies every node on its path.
func (m Map[K, V]) edit() edit[K, V] { return editOf(m.root, 0) }

// hasherOf returns the hasher of the map under root.
func hasherOf[K comparable, V any](root *node[K, V]) *hasher[K] {
	if root == nil {
		return defaultHasher[K]()
	}
	return root.hasher()
}

// Len returns the number of entries. It takes constant time.
func (m Map[K, V]) Len() int {
	if m.root == nil {
		return 0
	}
	return m.root.size()
}

// Get returns the value of k and whether k is in the map.
func (m Map[K, V]) Get(k K) (value V, ok bool) {
	if en := get(m.root, k); en != nil {
		return en.val, true
	}
	return
}

// Has reports whether k is in the map.
func (m Map[K, V]) Has(k K) bool { return get(m.root, k) != nil }

// Entry returns the key that the map holds for k, its value, and whether there
// is one. The stored key is the one first set, and may differ from k where
// equal keys do, as +0 and -0.
func (m Map[K, V]) Entry(k K) (key K, value V, ok bool) {
	if en := get(m.root, k); en != nil {
		return en.key, en.val, true
	}
	return key, value, false
}

// Set returns a map in which k has the value v. If an equal key is there it
// stays, with the new value. If the value is there already, bit for bit, the
// result may be m itself.
func (m Map[K, V]) Set(k K, v V) Map[K, V] {
	if root, _, ok := setPath(0, m.root, k, v); ok {
		return Map[K, V]{root: root}
	}
	e := m.edit()
	root, _ := e.setRoot(m.root, k, v)
	return Map[K, V]{root: root}
}

// Delete returns a map without k: m itself if k is not in it.
func (m Map[K, V]) Delete(k K) Map[K, V] {
	if root, ok := removePath(0, m.root, k); ok {
		return Map[K, V]{root: root}
	}
	e := m.edit()
	root, _ := e.removeRoot(m.root, k)
	return Map[K, V]{root: root}
}

// Update calls f with the value of k, or with the zero value and false, and
// returns a map in which k has the value that f returns; without k if f
// returns false. F is called once, before anything is built. The key is hashed
// once.
func (m Map[K, V]) Update(k K, f func(old V, ok bool) (value V, keep bool)) Map[K, V] {
	u := lookUp(m.root, k)
	v, keep := f(u.value, u.ok)
	e := m.edit()
	return Map[K, V]{root: e.apply(&u, m.root, k, v, keep)}
}

// Same reports whether m and o are the same version: they share their root.
// Maps of equal content need not be. It takes constant time.
func (m Map[K, V]) Same(o Map[K, V]) bool {
	return m.root == o.root || m.Len() == 0 && o.Len() == 0 && hasherOf(m.root).same(hasherOf(o.root))
}

// All returns an iterator over the entries, in no particular order: it differs
// from process to process. The loop may edit the map; it sees the version on
// which All was called.
func (m Map[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		c := cursorOf(m.root)
		for ents := c.next(); len(ents) > 0; ents = c.next() {
			for i := range ents {
				if !yield(ents[i].key, ents[i].val) {
					return
				}
			}
		}
	}
}

// Keys returns an iterator over the keys, in the order of All.
func (m Map[K, V]) Keys() iter.Seq[K] {
	return func(yield func(K) bool) {
		c := cursorOf(m.root)
		for ents := c.next(); len(ents) > 0; ents = c.next() {
			for i := range ents {
				if !yield(ents[i].key) {
					return
				}
			}
		}
	}
}

// Values returns an iterator over the values, in the order of All.
func (m Map[K, V]) Values() iter.Seq[V] {
	return func(yield func(V) bool) {
		c := cursorOf(m.root)
		for ents := c.next(); len(ents) > 0; ents = c.next() {
			for i := range ents {
				if !yield(ents[i].val) {
					return
				}
			}
		}
	}
}

// Builder returns a builder that starts from m. It takes constant time and
// allocates nothing; m stays as it is.
func (m Map[K, V]) Builder() Builder[K, V] { return Builder[K, V]{root: m.root} }
