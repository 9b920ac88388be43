package maps

import (
	"cmp"
	"iter"

	"github.com/tidwall/btree"

	"github.com/strata-go/strata/bench/internal/harness"
)

// tidwallMap is github.com/tidwall/btree with a lazy copy before every write.
type tidwallMap[K cmp.Ordered] struct{ m *btree.Map[K, int] }

func (t tidwallMap[K]) Get(k K) (int, bool) { return t.m.Get(k) }
func (t tidwallMap[K]) Len() int            { return t.m.Len() }
func (t tidwallMap[K]) Set(k K, v int) Versioned[K] {
	c := t.m.Copy()
	c.Set(k, v)
	return tidwallMap[K]{c}
}

func (t tidwallMap[K]) Delete(k K) Versioned[K] {
	c := t.m.Copy()
	c.Delete(k)
	return tidwallMap[K]{c}
}
func (t tidwallMap[K]) All() iter.Seq2[K, int] {
	return func(yield func(K, int) bool) { t.m.Scan(yield) }
}

// tidwallPeer is an ordered tree: its iteration is sorted.
func tidwallPeer[K cmp.Ordered]() Peer[K] {
	return Peer[K]{
		Name:  "tidwall-btree",
		Empty: func() Versioned[K] { return tidwallMap[K]{new(btree.Map[K, int])} },
		Build: func(keys []K) any { return tidwallBuild(keys) },
		Load:  loadTidwall[K],
	}
}

func tidwallBuild[K cmp.Ordered](keys []K) *btree.Map[K, int] {
	m := new(btree.Map[K, int])
	for i, k := range keys {
		m.Set(k, i)
	}
	return m
}

func loadTidwall[K cmp.Ordered](w *Work[K]) Instance {
	m := tidwallBuild(w.Keys)
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
					c := m.Copy()
					c.Set(misses.next(), i)
					sum += uint64(c.Len())
				}
				return sum
			}
		case "replace":
			return func(iters int) (sum uint64) {
				for i := range iters {
					c := m.Copy()
					c.Set(hits.next(), i)
					sum += uint64(c.Len())
				}
				return sum
			}
		case "delete":
			return func(iters int) (sum uint64) {
				for range iters {
					c := m.Copy()
					c.Delete(hits.next())
					sum += uint64(c.Len())
				}
				return sum
			}
		case "delete-miss":
			return func(iters int) (sum uint64) {
				for range iters {
					c := m.Copy()
					c.Delete(misses.next())
					sum += uint64(c.Len())
				}
				return sum
			}
		case "iterate":
			return func(iters int) (sum uint64) {
				for range iters {
					m.Scan(func(_ K, v int) bool { sum += uint64(v); return true })
				}
				return sum
			}
		case "keys":
			return func(iters int) (count uint64) {
				for range iters {
					m.Scan(func(K, int) bool { count++; return true })
				}
				return count
			}
		case "build", "builder":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(tidwallBuild(w.Keys).Len())
				}
				return sum
			}
		case "frommap":
			src := w.GoMap()
			return func(iters int) (sum uint64) {
				for range iters {
					c := new(btree.Map[K, int])
					for k, v := range src {
						c.Set(k, v)
					}
					sum += uint64(c.Len())
				}
				return sum
			}
		}
		return nil
	}
}
