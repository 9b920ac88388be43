package maps

import (
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"

	"github.com/strata-go/strata/bench/internal/harness"
)

// heaps yields one group per size: live bytes per entry, the bytes of the keys
// themselves (strings) apart, because every peer shares them.
func heaps[K comparable](kind Kind[K], sizes []int, only []string) iter.Seq[harness.Group] {
	return func(yield func(harness.Group) bool) {
		for _, n := range sizes {
			if !yield(HeapGroup(kind, n, only...)) {
				return
			}
		}
	}
}

// HeapGroup measures bytes per entry at one size. Small maps are measured many
// at a time, with different keys.
func HeapGroup[K comparable](kind Kind[K], n int, only ...string) harness.Group {
	return harness.Group{Name: Name("heap", kind.Name, n), Unit: "B/entry", Rounds: 1, Prepare: func() []harness.Contestant {
		copies := max(1, 200_000/n)
		keys := kind.Gen(n*copies, rand.New(rand.NewPCG(20170812, uint64(n))))
		return perPeer(kind, only, func(p Peer[K]) func() float64 {
			return func() float64 {
				return harness.HeapAfter(func() any {
					all := make([]any, copies)
					for i := range all {
						all[i] = p.Build(keys[i*n : (i+1)*n])
					}
					return all
				}) / float64(len(keys))
			}
		})
	}}
}

// marks yields what one map of n entries adds to a collection.
func marks[K comparable](kind Kind[K], n int, only ...string) iter.Seq[harness.Group] {
	return func(yield func(harness.Group) bool) { yield(MarkGroup(kind, n, only...)) }
}

// markCopies is how many maps are alive at once: the builtin map of ints holds
// so few pointers that one alone disappears in what a collection costs anyway.
const markCopies = 4

// NoMap is the contestant of MarkGroup that keeps no map: what a collection
// costs without one.
const NoMap = "none"

// MarkGroup measures the time of a collection while maps are alive, beside
// their keys; divided by the number of maps.
func MarkGroup[K comparable](kind Kind[K], n int, only ...string) harness.Group {
	return harness.Group{Name: Name("gcmark", kind.Name, n), Unit: "ns/collection", Rounds: 4, Prepare: func() []harness.Contestant {
		keys := NewWork(kind, n).Keys
		return append([]harness.Contestant{{Impl: NoMap, Gauge: func() float64 {
			t := harness.MarkTime() / markCopies
			runtime.KeepAlive(keys)
			return t
		}}}, perPeer(kind, only, func(p Peer[K]) func() float64 {
			return func() float64 {
				var all [markCopies]any
				for i := range all {
					all[i] = p.Build(keys)
				}
				t := harness.MarkTime() / markCopies
				runtime.KeepAlive(all)
				return t
			}
		})...)
	}}
}

// versions yields what a version costs when all of them are kept: 1000
// versions of a 1000-entry map, one Set apart.
func versions[K comparable](kind Kind[K], only ...string) iter.Seq[harness.Group] {
	return func(yield func(harness.Group) bool) { yield(VersionsGroup(kind, only...)) }
}

// VersionsGroup measures bytes per kept version.
func VersionsGroup[K comparable](kind Kind[K], only ...string) harness.Group {
	const n = 1000
	return harness.Group{Name: Name("versions", kind.Name, n), Unit: "B/version", Rounds: 1, Prepare: func() []harness.Contestant {
		w := NewWork(kind, n)
		var cs []harness.Contestant
		for _, p := range kind.Peers(kind) {
			if p.Empty == nil || only != nil && !slices.Contains(only, p.Name) {
				continue
			}
			cs = append(cs, harness.Contestant{Impl: p.Name, Gauge: func() float64 {
				v := p.Empty()
				for i, k := range w.Keys {
					v = v.Set(k, i)
				}
				kept := make([]Versioned[K], n)
				return harness.HeapAfter(func() any {
					for i := range kept {
						v = v.Set(w.Probe[i%w.N], newValue(i))
						kept[i] = v
					}
					return kept
				}) / n
			}})
		}
		return cs
	}}
}

func perPeer[K comparable](kind Kind[K], only []string, gauge func(Peer[K]) func() float64) []harness.Contestant {
	var cs []harness.Contestant
	for _, p := range kind.Peers(kind) {
		if p.Build == nil || only != nil && !slices.Contains(only, p.Name) {
			continue
		}
		cs = append(cs, harness.Contestant{Impl: p.Name, Gauge: gauge(p)})
	}
	return cs
}
