package maps

import (
	"iter"
	"maps"

	"github.com/strata-go/strata/bench/internal/harness"
)

// cloneMap makes a persistent map of the builtin one the way everybody does
// who has no persistent map: copy everything, change the copy.
type cloneMap[K comparable] map[K]int

func (m cloneMap[K]) Get(k K) (int, bool)    { v, ok := m[k]; return v, ok }
func (m cloneMap[K]) Len() int               { return len(m) }
func (m cloneMap[K]) All() iter.Seq2[K, int] { return maps.All(m) }
func (m cloneMap[K]) Set(k K, v int) Versioned[K] {
	c := maps.Clone(m)
	c[k] = v
	return c
}

func (m cloneMap[K]) Delete(k K) Versioned[K] {
	c := maps.Clone(m)
	delete(c, k)
	return c
}

// clonePeer is the ceiling: maps.Clone for every write. Reading a clone is
// reading a builtin map and is not timed again.
func clonePeer[K comparable]() Peer[K] {
	return Peer[K]{
		Name:  "maps.Clone",
		Empty: func() Versioned[K] { return cloneMap[K]{} },
		Load:  loadClone[K],
	}
}

func loadClone[K comparable](w *Work[K]) Instance {
	m := builtinBuild(w.Keys, 0)
	return func(op string) harness.Body {
		hits, misses := w.present(), w.absent()
		if w.N > 100_000 && (op == "insert" || op == "replace" || op == "delete") {
			return nil // tens of milliseconds a write: nobody does that
		}
		switch op {
		case "insert":
			return func(iters int) (sum uint64) {
				for i := range iters {
					c := maps.Clone(m)
					c[misses.next()] = i
					sum += uint64(len(c))
				}
				return sum
			}
		case "replace":
			return func(iters int) (sum uint64) {
				for i := range iters {
					c := maps.Clone(m)
					c[hits.next()] = i
					sum += uint64(len(c))
				}
				return sum
			}
		case "delete":
			return func(iters int) (sum uint64) {
				for range iters {
					c := maps.Clone(m)
					delete(c, hits.next())
					sum += uint64(len(c))
				}
				return sum
			}
		case "frommap":
			src := w.GoMap()
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(len(maps.Clone(src)))
				}
				return sum
			}
		}
		return nil
	}
}
