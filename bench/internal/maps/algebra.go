package maps

import (
	"maps"

	"github.com/benbjohnson/immutable"

	"github.com/strata-go/strata/bench/internal/harness"
)

// Operations on two or three versions. Only hamt offers them; for the builtin
// map and for benbjohnson/immutable they are written here by hand, as their
// users have to.
//
//	equal/of=rebuilt    two maps of the same content that share nothing
//	equal/of=version    two versions, one entry changed
//	diff/changes=k      two versions, k entries changed
//	union/overlap=p     two maps of n keys, p percent of them common
//	merge/overlap=p     three-way: each side changed n/10 keys, p percent of them both
const (
	opEqualRebuilt = "equal/of=rebuilt"
	opEqualVersion = "equal/of=version"
	opDiffOne      = "diff/changes=1"
	opDiffMany     = "diff/changes=1%"
)

// percents are the overlaps of union and merge.
var percents = map[string]int{"0": 0, "10": 10, "50": 50, "90": 90, "100": 100}

// changed returns the keys an edited version differs in.
func (w *Work[K]) changed(op string) []K {
	if op == opDiffMany {
		return w.Probe[:max(1, w.N/100)]
	}
	return w.Probe[:1]
}

// mergeSides returns the keys that ours and theirs change, n/10 each, pct
// percent of them common.
func (w *Work[K]) mergeSides(pct int) (ours, theirs []K) {
	m := max(1, w.N/10)
	common := m * pct / 100
	return w.Probe[:m], w.Probe[m-common : 2*m-common]
}

// changedOnce is how many versions equal/of=version compares with the base, each
// with another key changed: how soon a comparison finds the difference depends
// on where it lies, and every implementation iterates in its own order.
const changedOnce = 16

// editions returns those versions, or for equal/of=rebuilt just one rebuilt map.
func editions[K comparable, M any](w *Work[K], op string, rebuilt func() M, edit func(keys []K, off int) M) []M {
	if op == opEqualRebuilt {
		return []M{rebuilt()}
	}
	var all []M
	for i := range changedOnce {
		at := i * w.N / changedOnce
		all = append(all, edit(w.Probe[at:at+1], i))
	}
	return all
}

// newValue is what an edit writes at its i-th key: never a value of the base.
func newValue(i int) int { return -1 - i }

func builtinAlgebra[K comparable](w *Work[K], m map[K]int, op string) harness.Body {
	edit := func(keys []K, off int) map[K]int {
		c := maps.Clone(m)
		for i, k := range keys {
			c[k] = newValue(i + off)
		}
		return c
	}
	switch op {
	case opEqualRebuilt, opEqualVersion:
		all := editions(w, op, func() map[K]int { return builtinBuild(w.Keys, 0) }, edit)
		return func(iters int) (equal uint64) {
			for range iters {
				for _, b := range all {
					if maps.Equal(m, b) {
						equal++
					}
				}
			}
			return equal
		}
	case opDiffOne, opDiffMany:
		b := edit(w.changed(op), 0)
		return func(iters int) (changes uint64) {
			for range iters {
				for k, v := range b {
					if old, ok := m[k]; !ok || old != v {
						changes++
					}
				}
				for k := range m {
					if _, ok := b[k]; !ok {
						changes++
					}
				}
			}
			return changes
		}
	}
	pct, ok := percents[harness.Field(op, "overlap")]
	if !ok {
		return nil
	}
	if isUnion(op) {
		b := builtinBuild(w.Overlapping(pct), 0)
		return func(iters int) (sum uint64) {
			for range iters {
				c := maps.Clone(m)
				maps.Copy(c, b)
				sum += uint64(len(c))
			}
			return sum
		}
	}
	ourKeys, theirKeys := w.mergeSides(pct)
	ours, theirs := edit(ourKeys, 0), edit(theirKeys, w.N)
	return func(iters int) (sum uint64) {
		for range iters {
			c := maps.Clone(ours)
			for k, v := range theirs {
				if base := m[k]; v != base {
					if c[k] == base {
						c[k] = v
					} else {
						sum++ // conflict: ours stays
					}
				}
			}
			sum += uint64(len(c))
		}
		return sum
	}
}

func benAlgebra[K comparable](w *Work[K], m *immutable.Map[K, int], h immutable.Hasher[K], op string) harness.Body {
	edit := func(keys []K, off int) *immutable.Map[K, int] {
		c := m
		for i, k := range keys {
			c = c.Set(k, newValue(i+off))
		}
		return c
	}
	switch op {
	case opEqualRebuilt, opEqualVersion:
		all := editions(w, op, func() *immutable.Map[K, int] { return benBuild(w.Keys, h) }, edit)
		return func(iters int) (equal uint64) {
			for range iters {
				for _, b := range all {
					same := m.Len() == b.Len()
					for it := m.Iterator(); same && !it.Done(); {
						k, v, _ := it.Next()
						other, ok := b.Get(k)
						same = ok && other == v
					}
					if same {
						equal++
					}
				}
			}
			return equal
		}
	case opDiffOne, opDiffMany:
		b := edit(w.changed(op), 0)
		return func(iters int) (changes uint64) {
			for range iters {
				for it := b.Iterator(); !it.Done(); {
					k, v, _ := it.Next()
					if old, ok := m.Get(k); !ok || old != v {
						changes++
					}
				}
				for it := m.Iterator(); !it.Done(); {
					k, _, _ := it.Next()
					if _, ok := b.Get(k); !ok {
						changes++
					}
				}
			}
			return changes
		}
	}
	pct, ok := percents[harness.Field(op, "overlap")]
	if !ok {
		return nil
	}
	if isUnion(op) {
		b := benBuild(w.Overlapping(pct), h)
		return func(iters int) (sum uint64) {
			for range iters {
				c := immutable.NewMapBuilder[K, int](h) // a builder cannot start from a map
				for k, v := range benAll(m) {
					c.Set(k, v)
				}
				for k, v := range benAll(b) {
					c.Set(k, v)
				}
				sum += uint64(c.Len())
			}
			return sum
		}
	}
	ourKeys, theirKeys := w.mergeSides(pct)
	ours, theirs := edit(ourKeys, 0), edit(theirKeys, w.N)
	return func(iters int) (sum uint64) {
		for range iters {
			c := ours
			for k, v := range benAll(theirs) {
				if base, _ := m.Get(k); v != base {
					if mine, _ := c.Get(k); mine == base {
						c = c.Set(k, v)
					} else {
						sum++
					}
				}
			}
			sum += uint64(c.Len())
		}
		return sum
	}
}

func isUnion(op string) bool { return len(op) > 5 && op[:5] == "union" }
