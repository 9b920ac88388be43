package hamt

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// many are n colliders whose places place gives; numbers start at from.
func many(from, n int, place func(i int) uint64) map[Collider]int {
	m := map[Collider]int{}
	for i := from; i < from+n; i++ {
		m[Collider{i, place(i)}] = i
	}
	return m
}

func joined(parts ...map[Collider]int) map[Collider]int {
	m := map[Collider]int{}
	for _, p := range parts {
		maps.Copy(m, p)
	}
	return m
}

// TestAlgebraOfShapes: every operation on every two of maps that are cut as
// differently as maps can be: leaves, groups and directories meet nothing and
// each other at every depth. Many are of one size.
func TestAlgebraOfShapes(t *testing.T) {
	at := func(place uint64) func(int) uint64 { return func(int) uint64 { return place } }
	low := func(place uint64, bits uint) func(int) uint64 {
		return func(i int) uint64 { return place | uint64(i)<<bits }
	}
	contents := []map[Collider]int{
		{},
		many(3, 1, at(5)),
		many(0, 9, low(0, 0)),
		many(0, 3, at(5)),
		many(0, 17, at(5)),
		many(0, 34, at(5)),
		many(17, 17, at(5)),
		joined(many(0, 17, at(5)), many(0, 17, at(21))),
		joined(many(0, 17, at(5)), many(0, 17, at(1<<60|5))),
		joined(many(0, 17, at(5)), many(0, 17, at(6))),
		joined(many(0, 17, at(6)), many(0, 17, at(21))),
		joined(many(0, 17, at(5)), many(0, 17, low(0, 5))),
		many(0, 34, low(0, 0)),
		many(0, 34, low(5, 4)),
		many(0, 34, low(21, 5)),
		many(0, 34, low(21, 40)),
		many(17, 17, low(21, 5)),
		many(0, 90, low(0, 0)),
		many(45, 90, low(0, 0)),
		joined(many(0, 90, low(0, 0)), many(0, 34, low(21, 40)), many(0, 34, at(5))),
		joined(many(0, 9, low(0, 1)), many(0, 8, low(1, 1))),
		joined(many(0, 8, low(0, 1)), many(0, 9, low(1, 1))),
		joined(many(0, 16, at(8)), many(0, 18, low(0, 4))),
	}
	empty, _ := newColliders()
	build := func(content map[Collider]int) Map[Collider, int] {
		m := empty
		for k, v := range content {
			m = m.Set(k, v)
		}
		return m
	}
	ms := make([]Map[Collider, int], len(contents))
	for i, c := range contents {
		ms[i] = build(c)
		require.NoError(t, ms[i].Check())
	}
	for i, a := range ms {
		for j, b := range ms {
			name := fmt.Sprint(i, " and ", j)
			wa, wb := contents[i], contents[j]
			both, onlyA := map[Collider]int{}, map[Collider]int{}
			sum := maps.Clone(wa)
			for k, v := range wa {
				if _, ok := wb[k]; ok {
					both[k] = v
				} else {
					onlyA[k] = v
				}
			}
			for k, v := range wb {
				if mine, ok := wa[k]; ok {
					v = mine + 1000*v + 1
				}
				sum[k] = v
			}
			same := func(what string, got Map[Collider, int], want map[Collider]int) {
				t.Helper()
				require.NoError(t, got.Check(), "%s: %s", name, what)
				require.Equal(t, len(want), got.Len(), "%s: %s", name, what)
				require.True(t, Equal(got, build(want)), "%s: %s", name, what)
			}
			again := build(wb) // shares nothing with b
			require.Equal(t, maps.Equal(wa, wb), Equal(a, again), name)
			same("union", a.Union(again, func(_ Collider, x, y int) int { return x + 1000*y + 1 }), sum)
			same("union without resolve", a.Union(b, nil), joined(wb, wa))
			same("intersection", a.Intersect(again), both)
			same("difference", a.Subtract(again), onlyA)
			require.Equal(t, len(onlyA) == 0, a.SubsetOf(again), name)
			require.Equal(t, len(both) == 0, a.Disjoint(again), name)
			patch := Patch[Collider, int](slices.Collect(Diff(a, again)))
			require.Len(t, patch, len(onlyA)+len(wb)-len(both), name)
			patched, err := patch.Apply(a)
			require.NoError(t, err)
			same("patch", patched, wb)
		}
	}
}
