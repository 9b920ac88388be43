package maps

import (
	"iter"

	"github.com/strata-go/strata/hamt"

	"github.com/strata-go/strata/bench/internal/harness"
)

// hamtMap is the subject behind the common form.
type hamtMap[K comparable] struct{ m hamt.Map[K, int] }

func (h hamtMap[K]) Get(k K) (int, bool)         { return h.m.Get(k) }
func (h hamtMap[K]) Len() int                    { return h.m.Len() }
func (h hamtMap[K]) Set(k K, v int) Versioned[K] { return hamtMap[K]{h.m.Set(k, v)} }
func (h hamtMap[K]) Delete(k K) Versioned[K]     { return hamtMap[K]{h.m.Delete(k)} }
func (h hamtMap[K]) All() iter.Seq2[K, int]      { return h.m.All() }

func hamtPeer[K comparable]() Peer[K] {
	return Peer[K]{
		Name:  "hamt",
		Empty: func() Versioned[K] { return hamtMap[K]{} },
		Build: func(keys []K) any { return hamtBuild(keys) },
		Load:  loadHamt[K],
	}
}

func hamtBuild[K comparable](keys []K) hamt.Map[K, int] {
	var empty hamt.Map[K, int]
	b := empty.Builder()
	for i, k := range keys {
		b.Set(k, i)
	}
	return b.Map()
}

// entries is the sequence that a bulk build reads.
func entries[K comparable](keys []K) iter.Seq2[K, int] {
	return func(yield func(K, int) bool) {
		for i, k := range keys {
			if !yield(k, i) {
				return
			}
		}
	}
}

func loadHamt[K comparable](w *Work[K]) Instance {
	m := hamtBuild(w.Keys)
	return func(op string) harness.Body {
		hits, misses := w.present(), w.absent()
		switch op {
		case "get":
			return func(iters int) (sum uint64) {
				for range iters {
					v, ok := m.Get(hits.next())
					if ok {
						sum += uint64(v)
					}
				}
				return sum
			}
		case "miss":
			return func(iters int) (found uint64) {
				for range iters {
					if _, ok := m.Get(misses.next()); ok {
						found++
					}
				}
				return found
			}
		case "insert":
			return func(iters int) (sum uint64) {
				for i := range iters {
					sum += uint64(m.Set(misses.next(), i).Len())
				}
				return sum
			}
		case "replace":
			return func(iters int) (sum uint64) {
				for i := range iters {
					sum += uint64(m.Set(hits.next(), i).Len())
				}
				return sum
			}
		case "delete":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(m.Delete(hits.next()).Len())
				}
				return sum
			}
		case "delete-miss":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(m.Delete(misses.next()).Len())
				}
				return sum
			}
		case "iterate":
			return func(iters int) (sum uint64) {
				for range iters {
					for _, v := range m.All() {
						sum += uint64(v)
					}
				}
				return sum
			}
		case "keys":
			return func(iters int) (count uint64) {
				for range iters {
					for range m.Keys() {
						count++
					}
				}
				return count
			}
		case "build":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(hamt.Collect(entries(w.Keys)).Len())
				}
				return sum
			}
		case "builder":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(hamtBuild(w.Keys).Len())
				}
				return sum
			}
		case "frommap":
			src := w.GoMap()
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(hamt.FromMap(src).Len())
				}
				return sum
			}
		}
		return hamtAlgebra(w, m, op)
	}
}
