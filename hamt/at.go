package hamt

import (
	"fmt"
	"iter"
	"math/rand/v2"
)

// At returns entry number i in the order of All, counted from 0. It panics if i
// is out of range. It takes O(log n) time, as every directory knows the number
// of entries below it.
func (m Map[K, V]) At(i int) (key K, value V) {
	if i < 0 || i >= m.Len() {
		panic(fmt.Sprintf("hamt: At(%d) of a map of %d entries", i, m.Len()))
	}
	eachFrom(m.root, i, i+1, func(k K, v V) bool {
		key, value = k, v
		return false
	})
	return key, value
}

// Sample returns an entry drawn at random, each with the same chance, and false
// if the map is empty. A nil rng stands for the global generator. It takes
// O(log n) time.
func (m Map[K, V]) Sample(rng *rand.Rand) (key K, value V, ok bool) {
	n := m.Len()
	if n == 0 {
		return key, value, false
	}
	i := 0
	if rng == nil {
		i = rand.IntN(n)
	} else {
		i = rng.IntN(n)
	}
	key, value = m.At(i)
	return key, value, true
}

// Split returns iterators over n parts of the map that together yield each
// entry once, so that n goroutines can share the work. The parts' lengths
// differ by one at most; if the map has fewer than n entries there are as many
// parts as entries. It panics if n is less than 1.
func (m Map[K, V]) Split(n int) []iter.Seq2[K, V] {
	if n < 1 {
		panic(fmt.Sprintf("hamt: Split(%d); ask for at least one part", n))
	}
	n = min(n, m.Len())
	parts := make([]iter.Seq2[K, V], n)
	for i := range parts {
		from, to := share(i, n, m.Len()), share(i+1, n, m.Len())
		parts[i] = func(yield func(K, V) bool) { eachFrom(m.root, from, to, yield) }
	}
	return parts
}

// share is i*size/n without overflow.
func share(i, n, size int) int { return size/n*i + min(i, size%n) }

// eachFrom is each for the entries from number from up to number to.
func eachFrom[K comparable, V any](n *node[K, V], from, to int, yield func(K, V) bool) bool {
	switch n.kind() {
	case kindInner, kindRoot:
		kids := n.kids()
		for i := range kids {
			if !first(kids, i) {
				continue
			}
			size := kids[i].size()
			if from < size && !eachFrom(kids[i], from, min(to, size), yield) {
				return false
			}
			from, to = max(0, from-size), to-size
			if to <= 0 {
				return true
			}
		}
		return true
	case kindGroup:
		return n.group().eachFrom(from, to, yield)
	}
	for _, en := range n.entries()[from:to] {
		if !yield(en.key, en.val) {
			return false
		}
	}
	return true
}
