package maps

import (
	"cmp"
	"iter"

	"github.com/google/btree"

	"github.com/strata-go/strata/bench/internal/harness"
)

// googleDegree is the one its documentation and most users choose.
const googleDegree = 32

type googleEntry[K cmp.Ordered] struct {
	k K
	v int
}

// googleMap is github.com/google/btree with a lazy clone before every write.
type googleMap[K cmp.Ordered] struct{ t *btree.BTreeG[googleEntry[K]] }

func newGoogle[K cmp.Ordered]() *btree.BTreeG[googleEntry[K]] {
	return btree.NewG(googleDegree, func(a, b googleEntry[K]) bool { return a.k < b.k })
}

func (g googleMap[K]) Get(k K) (int, bool) {
	e, ok := g.t.Get(googleEntry[K]{k: k})
	return e.v, ok
}
func (g googleMap[K]) Len() int { return g.t.Len() }
func (g googleMap[K]) Set(k K, v int) Versioned[K] {
	c := g.t.Clone()
	c.ReplaceOrInsert(googleEntry[K]{k, v})
	return googleMap[K]{c}
}

func (g googleMap[K]) Delete(k K) Versioned[K] {
	c := g.t.Clone()
	c.Delete(googleEntry[K]{k: k})
	return googleMap[K]{c}
}

func (g googleMap[K]) All() iter.Seq2[K, int] {
	return func(yield func(K, int) bool) {
		g.t.Ascend(func(e googleEntry[K]) bool { return yield(e.k, e.v) })
	}
}

// googlePeer is an ordered tree: its iteration is sorted.
func googlePeer[K cmp.Ordered]() Peer[K] {
	return Peer[K]{
		Name:  "google-btree",
		Empty: func() Versioned[K] { return googleMap[K]{newGoogle[K]()} },
		Build: func(keys []K) any { return googleBuild(keys) },
		Load:  loadGoogle[K],
	}
}

func googleBuild[K cmp.Ordered](keys []K) *btree.BTreeG[googleEntry[K]] {
	t := newGoogle[K]()
	for i, k := range keys {
		t.ReplaceOrInsert(googleEntry[K]{k, i})
	}
	return t
}

func loadGoogle[K cmp.Ordered](w *Work[K]) Instance {
	m := googleBuild(w.Keys)
	return func(op string) harness.Body {
		hits, misses := w.present(), w.absent()
		switch op {
		case "get":
			return func(iters int) (sum uint64) {
				for range iters {
					e, ok := m.Get(googleEntry[K]{k: hits.next()})
					if ok {
						sum += uint64(e.v)
					}
				}
				return sum
			}
		case "miss":
			return func(iters int) (found uint64) {
				for range iters {
					if _, ok := m.Get(googleEntry[K]{k: misses.next()}); ok {
						found++
					}
				}
				return found
			}
		case "insert":
			return func(iters int) (sum uint64) {
				for i := range iters {
					c := m.Clone()
					c.ReplaceOrInsert(googleEntry[K]{misses.next(), i})
					sum += uint64(c.Len())
				}
				return sum
			}
		case "replace":
			return func(iters int) (sum uint64) {
				for i := range iters {
					c := m.Clone()
					c.ReplaceOrInsert(googleEntry[K]{hits.next(), i})
					sum += uint64(c.Len())
				}
				return sum
			}
		case "delete":
			return func(iters int) (sum uint64) {
				for range iters {
					c := m.Clone()
					c.Delete(googleEntry[K]{k: hits.next()})
					sum += uint64(c.Len())
				}
				return sum
			}
		case "delete-miss":
			return func(iters int) (sum uint64) {
				for range iters {
					c := m.Clone()
					c.Delete(googleEntry[K]{k: misses.next()})
					sum += uint64(c.Len())
				}
				return sum
			}
		case "iterate":
			return func(iters int) (sum uint64) {
				for range iters {
					m.Ascend(func(e googleEntry[K]) bool { sum += uint64(e.v); return true })
				}
				return sum
			}
		case "keys":
			return func(iters int) (count uint64) {
				for range iters {
					m.Ascend(func(googleEntry[K]) bool { count++; return true })
				}
				return count
			}
		case "build", "builder":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(googleBuild(w.Keys).Len())
				}
				return sum
			}
		case "frommap":
			src := w.GoMap()
			return func(iters int) (sum uint64) {
				for range iters {
					t := newGoogle[K]()
					for k, v := range src {
						t.ReplaceOrInsert(googleEntry[K]{k, v})
					}
					sum += uint64(t.Len())
				}
				return sum
			}
		}
		return nil
	}
}
