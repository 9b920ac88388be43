package maps

import (
	"fmt"

	"github.com/strata-go/strata/hamt"

	"github.com/strata-go/strata/bench/internal/harness"
)

// Groups in which hamt is compared with itself or on its own: only the bars
// ask for them.

// HitAndMiss times lookups of present and of absent keys of one map.
func HitAndMiss[K comparable](kind Kind[K], n int) harness.Group {
	return harness.Group{Name: Name("hitmiss", kind.Name, n), Prepare: func() []harness.Contestant {
		i := loadHamt(NewWork(kind, n))
		return []harness.Contestant{{Impl: "hit", Body: i("get")}, {Impl: "miss", Body: i("miss")}}
	}}
}

// Builds times bulk building, per entry: the builtin map without a size hint
// (a sequence has none), Collect, and FromMap.
func Builds[K comparable](kind Kind[K], n int) harness.Group {
	return harness.Group{Name: Name("builds", kind.Name, n), Per: n, Check: 1, Prepare: func() []harness.Contestant {
		w := NewWork(kind, n)
		i := loadHamt(w)
		cs := []harness.Contestant{{Impl: "builtin", Body: loadBuiltin(w)("build")}, {Impl: "collect", Body: i("build")}}
		if f := i("frommap"); f != nil {
			cs = append(cs, harness.Contestant{Impl: "frommap", Body: f})
		}
		return cs
	}}
}

// Versions times an operation on two versions of n int entries that differ in
// k of them: "equal", "diff", "union", and "merge", where the third version
// differs in k others.
func Versions(op string, n, k int) harness.Group {
	return harness.Group{Name: Name(fmt.Sprintf("%s/changes=%d", op, k), "int", n), Prepare: func() []harness.Contestant {
		w, m := base(n)
		edit := func(keys []int) hamt.Map[int, int] {
			c := m
			for i, key := range keys {
				c = c.Set(key, newValue(i))
			}
			return c
		}
		b := hamtPair(op, m, edit(w.Probe[:k]), edit(w.Probe[k:2*k]))
		if b == nil {
			return nil
		}
		return []harness.Contestant{{Impl: "hamt", Body: b}}
	}}
}

// lastBase is the last map that Versions worked on: two dozen groups share it.
var lastBase struct {
	w *Work[int]
	m hamt.Map[int, int]
}

// Forget lets go of that map: what a timed write pays for collections depends
// on what else is alive.
func Forget() { lastBase.w, lastBase.m = nil, hamt.Map[int, int]{} }

func base(n int) (*Work[int], hamt.Map[int, int]) {
	if lastBase.w == nil || lastBase.w.N != n {
		lastBase.w = NewWork(Int(), n)
		lastBase.m = hamtBuild(lastBase.w.Keys)
	}
	return lastBase.w, lastBase.m
}
