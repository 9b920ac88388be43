package maps

import (
	"iter"

	"github.com/cilium/statedb/part"

	"github.com/strata-go/strata/bench/internal/harness"
)

// partMap is the persistent radix map of github.com/cilium/statedb.
type partMap[K comparable] struct{ m part.Map[K, int] }

func (p partMap[K]) Get(k K) (int, bool)         { return p.m.Get(k) }
func (p partMap[K]) Len() int                    { return p.m.Len() }
func (p partMap[K]) Set(k K, v int) Versioned[K] { return partMap[K]{p.m.Set(k, v)} }
func (p partMap[K]) Delete(k K) Versioned[K]     { return partMap[K]{p.m.Delete(k)} }
func (p partMap[K]) All() iter.Seq2[K, int]      { return p.m.All() }

// partPeer needs an encoding of the key and pays for it at every call, as its
// users do. Its trees are ordered, which a hash trie's are not.
func partPeer[K comparable](kind Kind[K]) Peer[K] {
	part.RegisterKeyType(kind.Bytes)
	return Peer[K]{
		Name:  "statedb-part",
		Empty: func() Versioned[K] { return partMap[K]{} },
		Build: func(keys []K) any { return partBuild(keys) },
		Load:  loadPart[K],
	}
}

func partBuild[K comparable](keys []K) part.Map[K, int] {
	var m part.Map[K, int]
	txn := m.Txn()
	for i, k := range keys {
		txn.Set(k, i)
	}
	return txn.Commit()
}

func loadPart[K comparable](w *Work[K]) Instance {
	m := partBuild(w.Keys)
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
					for range m.All() {
						count++
					}
				}
				return count
			}
		case "build", "builder":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(partBuild(w.Keys).Len())
				}
				return sum
			}
		case "frommap":
			src := w.GoMap()
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(part.FromMap(part.Map[K, int]{}, src).Len())
				}
				return sum
			}
		}
		return nil
	}
}
