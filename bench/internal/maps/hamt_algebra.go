package maps

import (
	"github.com/strata-go/strata/hamt"

	"github.com/strata-go/strata/bench/internal/harness"
)

func hamtAlgebra[K comparable](w *Work[K], m hamt.Map[K, int], op string) harness.Body {
	edit := func(keys []K, off int) hamt.Map[K, int] {
		c := m
		for i, k := range keys {
			c = c.Set(k, newValue(i+off))
		}
		return c
	}
	switch op {
	case opEqualRebuilt, opEqualVersion:
		all := editions(w, op, func() hamt.Map[K, int] { return hamtBuild(w.Keys) }, edit)
		return func(iters int) (equal uint64) {
			for range iters {
				for _, b := range all {
					if hamt.Equal(m, b) {
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
				for range hamt.Diff(m, b) {
					changes++
				}
			}
			return changes
		}
	}
	if pct, ok := percents[harness.Field(op, "overlap")]; ok && isUnion(op) {
		b := hamtBuild(w.Overlapping(pct))
		return func(iters int) (sum uint64) {
			for range iters {
				sum += uint64(m.Union(b, nil).Len())
			}
			return sum
		}
	}
	if pct, ok := percents[harness.Field(op, "overlap")]; ok {
		ourKeys, theirKeys := w.mergeSides(pct)
		return hamtMerge(m, edit(ourKeys, 0), edit(theirKeys, w.N))
	}
	return nil
}

// hamtMerge counts conflicts and keeps ours.
func hamtMerge[K comparable](base, ours, theirs hamt.Map[K, int]) harness.Body {
	return func(iters int) (sum uint64) {
		for range iters {
			merged, err := hamt.Merge3(base, ours, theirs, func(c hamt.Conflict[K, int]) (int, bool, bool) {
				sum++
				return c.Ours, true, true
			})
			if err != nil {
				return 0
			}
			sum += uint64(merged.Len())
		}
		return sum
	}
}

// hamtPair is one operation on the map m and its version a; b is a third one,
// for the merge.
func hamtPair[K comparable](op string, m, a, b hamt.Map[K, int]) harness.Body {
	switch op {
	case "equal":
		return func(iters int) (equal uint64) {
			for range iters {
				if hamt.Equal(m, a) {
					equal++
				}
			}
			return equal
		}
	case "diff":
		return func(iters int) (changes uint64) {
			for range iters {
				for range hamt.Diff(m, a) {
					changes++
				}
			}
			return changes
		}
	case "merge":
		return hamtMerge(m, a, b)
	case "union":
		return func(iters int) (sum uint64) {
			for range iters {
				sum += uint64(m.Union(a, nil).Len())
			}
			return sum
		}
	}
	return nil
}
