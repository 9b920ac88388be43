package hamt

import (
	"iter"
	"math/rand/v2"
)

// Set is a persistent set: a [Map] without values, which take no space.
//
// The zero Set is empty and ready to use; copying a Set copies one word. All
// that is said of Map about keys, versions, concurrency and cost holds.
type Set[K comparable] struct {
	m Map[K, struct{}]
}

// SetOf returns a set of keys.
func SetOf[K comparable](keys ...K) Set[K] {
	return CollectSet(func(yield func(K) bool) {
		for _, k := range keys {
			if !yield(k) {
				return
			}
		}
	})
}

// CollectSet returns a set of the keys of seq. Of equal keys the first stays.
func CollectSet[K comparable](seq iter.Seq[K]) Set[K] {
	return Set[K]{Collect(func(yield func(K, struct{}) bool) {
		for k := range seq {
			if !yield(k, struct{}{}) {
				return
			}
		}
	})}
}

// NewSetWith returns an empty set that hashes and compares its keys by h.
func NewSetWith[K comparable](h Hasher[K]) Set[K] { return Set[K]{NewWith[K, struct{}](h)} }

// SetFromMap returns the keys of m as a set. It shares m's nodes, and takes
// constant time.
func SetFromMap[K comparable](m Map[K, struct{}]) Set[K] { return Set[K]{m} }

// Map returns the set as a map, which shares its nodes. It takes constant time;
// through it a set has a [Builder].
func (s Set[K]) Map() Map[K, struct{}] { return s.m }

// Len returns the number of keys.
func (s Set[K]) Len() int { return s.m.Len() }

// Has reports whether k is in the set.
func (s Set[K]) Has(k K) bool { return get(s.m.root, k) != nil }

// Add returns a set that has k too: s itself if it has an equal key.
func (s Set[K]) Add(k K) Set[K] { return Set[K]{s.m.Set(k, struct{}{})} }

// Delete returns a set without k: s itself if k is not in it.
func (s Set[K]) Delete(k K) Set[K] { return Set[K]{s.m.Delete(k)} }

// All returns an iterator over the keys, in no particular order.
func (s Set[K]) All() iter.Seq[K] { return s.m.Keys() }

// At returns key number i in the order of All. It panics if i is out of range.
func (s Set[K]) At(i int) K {
	k, _ := s.m.At(i)
	return k
}

// Sample returns a key drawn at random, and false if the set is empty; see
// [Map.Sample].
func (s Set[K]) Sample(rng *rand.Rand) (key K, ok bool) {
	key, _, ok = s.m.Sample(rng)
	return key, ok
}

// Same reports whether s and o are the same version; see [Map.Same].
func (s Set[K]) Same(o Set[K]) bool { return s.m.Same(o.m) }

// Equal reports whether s and o have equal keys. Shared subtrees are skipped.
func (s Set[K]) Equal(o Set[K]) bool {
	return s.m.EqualFunc(o.m, func(struct{}, struct{}) bool { return true })
}

// Check reports the first rule of the set's structure that does not hold; see
// [Map.Check].
func (s Set[K]) Check() error { return s.m.Check() }
