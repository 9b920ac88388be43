package maps

import (
	"maps"

	"github.com/strata-go/strata/bench/internal/harness"
)

// builtinPeer is the floor: the builtin map, edited in place. It has no old
// versions, so its writes do less than everyone else's.
func builtinPeer[K comparable]() Peer[K] {
	return Peer[K]{
		Name:  "builtin",
		Build: func(keys []K) any { return builtinBuild(keys, 0) },
		Load:  loadBuiltin[K],
	}
}

// builtinBuild inserts into a map made with the given size hint.
func builtinBuild[K comparable](keys []K, hint int) map[K]int {
	m := make(map[K]int, hint)
	for i, k := range keys {
		m[k] = i
	}
	return m
}

func loadBuiltin[K comparable](w *Work[K]) Instance {
	m := builtinBuild(w.Keys, 0)
	return func(op string) harness.Body {
		hits, misses := w.present(), w.absent()
		switch op {
		case "get":
			return func(iters int) (sum uint64) {
				for range iters {
					v, ok := m[hits.next()]
					if ok {
						sum += uint64(v)
					}
				}
				return sum
			}
		case "miss":
			return func(iters int) (found uint64) {
				for range iters {
					if _, ok := m[misses.next()]; ok {
						found++
					}
				}
				return found
			}
		case "replace":
			m := maps.Clone(m) // the values change, and other operations read them
			return func(iters int) (sum uint64) {
				for i := range iters {
					m[hits.next()] = i
					sum += uint64(len(m))
				}
				return sum
			}
		case "delete-miss":
			return func(iters int) (sum uint64) {
				for range iters {
					delete(m, misses.next())
					sum += uint64(len(m))
				}
				return sum
			}
		case "iterate":
			return func(iters int) (sum uint64) {
				for range iters {
					for _, v := range m {
						sum += uint64(v)
					}
				}
				return sum
			}
		case "keys":
			return func(iters int) (count uint64) {
				for range iters {
					for range maps.Keys(m) {
						count++
					}
				}
				return count
			}
		case "build", "builder":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(len(builtinBuild(w.Keys, 0)))
				}
				return sum
			}
		case "frommap":
			src := w.GoMap()
			return func(iters int) (sum uint64) {
				for range iters {
					c := make(map[K]int)
					maps.Copy(c, src)
					sum += uint64(len(c))
				}
				return sum
			}
		}
		return builtinAlgebra(w, m, op)
	}
}
