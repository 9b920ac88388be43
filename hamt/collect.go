package hamt

import "iter"

// Collect returns a map of the pairs of seq. Of equal keys, the first key and
// the last value stay.
func Collect[K comparable, V any](seq iter.Seq2[K, V]) Map[K, V] {
	var b Builder[K, V]
	for k, v := range seq {
		b.Set(k, v)
	}
	return b.Map()
}

// FromMap returns a map of the entries of m.
func FromMap[K comparable, V any](m map[K]V) Map[K, V] {
	var b Builder[K, V]
	for k, v := range m {
		b.Set(k, v)
	}
	return b.Map()
}
