package maps

import (
	"iter"

	"github.com/benbjohnson/immutable"
	"github.com/dolthub/maphash"

	"github.com/strata-go/strata/bench/internal/harness"
)

// benMap is github.com/benbjohnson/immutable behind the common form.
type benMap[K comparable] struct{ m *immutable.Map[K, int] }

func (b benMap[K]) Get(k K) (int, bool)         { return b.m.Get(k) }
func (b benMap[K]) Len() int                    { return b.m.Len() }
func (b benMap[K]) Set(k K, v int) Versioned[K] { return benMap[K]{b.m.Set(k, v)} }
func (b benMap[K]) Delete(k K) Versioned[K]     { return benMap[K]{b.m.Delete(k)} }
func (b benMap[K]) All() iter.Seq2[K, int]      { return benAll(b.m) }

func benAll[K comparable](m *immutable.Map[K, int]) iter.Seq2[K, int] {
	return func(yield func(K, int) bool) {
		for it := m.Iterator(); ; {
			k, v, ok := it.Next()
			if !ok || !yield(k, v) {
				return
			}
		}
	}
}

// runtimeHasher gives the peer the runtime's hash function, which is what hamt
// uses: with it a comparison says something about tries and not about hashes.
type runtimeHasher[K comparable] struct{ h maphash.Hasher[K] }

func (r runtimeHasher[K]) Hash(k K) uint32   { return uint32(r.h.Hash(k)) }
func (r runtimeHasher[K]) Equal(a, b K) bool { return a == b }

// benPeer is benbjohnson with its own hasher, which knows ints and strings.
func benPeer[K comparable]() Peer[K] {
	var zero K
	return benWith("benbjohnson", immutable.NewHasher(zero))
}

// benMaphashPeer is benbjohnson with the runtime's hash function.
func benMaphashPeer[K comparable]() Peer[K] {
	return benWith[K]("benbjohnson-maphash", runtimeHasher[K]{maphash.NewHasher[K]()})
}

func benWith[K comparable](name string, h immutable.Hasher[K]) Peer[K] {
	return Peer[K]{
		Name:  name,
		Empty: func() Versioned[K] { return benMap[K]{immutable.NewMap[K, int](h)} },
		Build: func(keys []K) any { return benBuild(keys, h) },
		Load:  func(w *Work[K]) Instance { return loadBen(w, h) },
	}
}

func benBuild[K comparable](keys []K, h immutable.Hasher[K]) *immutable.Map[K, int] {
	b := immutable.NewMapBuilder[K, int](h)
	for i, k := range keys {
		b.Set(k, i)
	}
	return b.Map()
}

func loadBen[K comparable](w *Work[K], h immutable.Hasher[K]) Instance {
	m := benBuild(w.Keys, h)
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
					it := m.Iterator()
					for !it.Done() {
						_, v, _ := it.Next()
						sum += uint64(v)
					}
				}
				return sum
			}
		case "keys":
			return func(iters int) (count uint64) {
				for range iters {
					it := m.Iterator()
					for !it.Done() {
						it.Next()
						count++
					}
				}
				return count
			}
		case "build", "builder":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(benBuild(w.Keys, h).Len())
				}
				return sum
			}
		case "frommap":
			src := w.GoMap()
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(immutable.NewMapOf(h, src).Len())
				}
				return sum
			}
		}
		return benAlgebra(w, m, h, op)
	}
}
