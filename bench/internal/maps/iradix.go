package maps

import (
	"iter"

	iradix "github.com/hashicorp/go-immutable-radix/v2"

	"github.com/strata-go/strata/bench/internal/harness"
)

// radixEntry keeps the key beside the value: an iradix tree can only give back
// the encoded one.
type radixEntry[K comparable] struct {
	k K
	v int
}

// radixMap is github.com/hashicorp/go-immutable-radix behind the common form.
type radixMap[K comparable] struct {
	t     *iradix.Tree[radixEntry[K]]
	bytes func(K) []byte
}

func (r radixMap[K]) Get(k K) (int, bool) {
	e, ok := r.t.Get(r.bytes(k))
	return e.v, ok
}
func (r radixMap[K]) Len() int { return r.t.Len() }
func (r radixMap[K]) Set(k K, v int) Versioned[K] {
	t, _, _ := r.t.Insert(r.bytes(k), radixEntry[K]{k, v})
	return radixMap[K]{t, r.bytes}
}

func (r radixMap[K]) Delete(k K) Versioned[K] {
	t, _, _ := r.t.Delete(r.bytes(k))
	return radixMap[K]{t, r.bytes}
}

func (r radixMap[K]) All() iter.Seq2[K, int] {
	return func(yield func(K, int) bool) {
		for it := r.t.Root().Iterator(); ; {
			_, e, ok := it.Next()
			if !ok || !yield(e.k, e.v) {
				return
			}
		}
	}
}

// radixPeer encodes the key at every call, as a user with such keys has to.
func radixPeer[K comparable](kind Kind[K]) Peer[K] {
	return Peer[K]{
		Name:  "iradix",
		Empty: func() Versioned[K] { return radixMap[K]{iradix.New[radixEntry[K]](), kind.Bytes} },
		Build: func(keys []K) any { return radixBuild(keys, kind.Bytes) },
		Load:  loadRadix[K],
	}
}

func radixBuild[K comparable](keys []K, bytes func(K) []byte) *iradix.Tree[radixEntry[K]] {
	txn := iradix.New[radixEntry[K]]().Txn()
	for i, k := range keys {
		txn.Insert(bytes(k), radixEntry[K]{k, i})
	}
	return txn.Commit()
}

func loadRadix[K comparable](w *Work[K]) Instance {
	bytes := w.Kind.Bytes
	m := radixBuild(w.Keys, bytes)
	return func(op string) harness.Body {
		hits, misses := w.present(), w.absent()
		switch op {
		case "get":
			return func(iters int) (sum uint64) {
				for range iters {
					e, ok := m.Get(bytes(hits.next()))
					if ok {
						sum += uint64(e.v)
					}
				}
				return sum
			}
		case "miss":
			return func(iters int) (found uint64) {
				for range iters {
					if _, ok := m.Get(bytes(misses.next())); ok {
						found++
					}
				}
				return found
			}
		case "insert":
			return func(iters int) (sum uint64) {
				for i := range iters {
					k := misses.next()
					c, _, _ := m.Insert(bytes(k), radixEntry[K]{k, i})
					sum += uint64(c.Len())
				}
				return sum
			}
		case "replace":
			return func(iters int) (sum uint64) {
				for i := range iters {
					k := hits.next()
					c, _, _ := m.Insert(bytes(k), radixEntry[K]{k, i})
					sum += uint64(c.Len())
				}
				return sum
			}
		case "delete":
			return func(iters int) (sum uint64) {
				for range iters {
					c, _, _ := m.Delete(bytes(hits.next()))
					sum += uint64(c.Len())
				}
				return sum
			}
		case "delete-miss":
			return func(iters int) (sum uint64) {
				for range iters {
					c, _, _ := m.Delete(bytes(misses.next()))
					sum += uint64(c.Len())
				}
				return sum
			}
		case "iterate":
			return func(iters int) (sum uint64) {
				for range iters {
					it := m.Root().Iterator()
					for _, e, ok := it.Next(); ok; _, e, ok = it.Next() {
						sum += uint64(e.v)
					}
				}
				return sum
			}
		case "keys":
			return func(iters int) (count uint64) {
				for range iters {
					it := m.Root().Iterator()
					for _, _, ok := it.Next(); ok; _, _, ok = it.Next() {
						count++
					}
				}
				return count
			}
		case "build", "builder":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(radixBuild(w.Keys, bytes).Len())
				}
				return sum
			}
		case "frommap":
			src := w.GoMap()
			return func(iters int) (sum uint64) {
				for range iters {
					txn := iradix.New[radixEntry[K]]().Txn()
					for k, v := range src {
						txn.Insert(bytes(k), radixEntry[K]{k, v})
					}
					sum += uint64(txn.Commit().Len())
				}
				return sum
			}
		}
		return nil
	}
}
