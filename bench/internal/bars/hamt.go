package bars

import (
	"fmt"
	"slices"

	"github.com/strata-go/strata/bench/internal/harness"
	"github.com/strata-go/strata/bench/internal/maps"
)

var (
	hamtSizes = []int{8, 64, 1000, 30_000, 100_000, 1_000_000}
	heapSizes = []int{1000, 3000, 8000, 30_000, 100_000, 300_000, 1_000_000, 10_000_000}
	ben       = []string{"benbjohnson", "benbjohnson-maphash"}
)

func init() {
	hamtRows(maps.Int())
	hamtRows(maps.String())
	for _, op := range []string{"equal", "diff", "merge", "union"} {
		for _, k := range []int{0, 1, 10, 100, 1000, 10_000} {
			register(fmt.Sprintf("hamt/%s/int/1000000/changes=%d", op, k), func(m *Meter) (Figure, error) {
				r, err := m.result(maps.Versions(op, 1_000_000, k), "hamt")
				if err != nil {
					return Figure{}, err
				}
				allowed := 1000 + 2000*float64(k)
				return Figure{
					Value: r.Q1 / allowed, Low: harness.Quantile(r.Samples, 0.25) / allowed,
					High: harness.Quantile(r.Samples, 0.75) / allowed, Note: harness.Figure(r.Q1) + " ns",
				}, nil
			})
		}
	}
}

func hamtRows[K comparable](kind maps.Kind[K]) {
	row := func(op string, n int, what string) string {
		return fmt.Sprintf("hamt/%s/%s/%d/%s", op, kind.Name, n, what)
	}
	for _, n := range hamtSizes {
		// One run of hits and misses together: "miss" is judged against "get".
		register(row("get", n, "time"), func(m *Meter) (Figure, error) {
			return m.ratio(maps.Compare(kind, "get", n, "hamt", "builtin"), "hamt", "builtin")
		})
		register(row("miss", n, "time"), func(m *Meter) (Figure, error) {
			return m.ratio(maps.HitAndMiss(kind, n), "miss", "hit")
		})
		for _, op := range []string{"insert", "replace", "delete"} {
			group := func() harness.Group { return maps.Compare(kind, op, n, append(slices.Clone(ben), "hamt")...) }
			register(row(op, n, "time"), func(m *Meter) (Figure, error) { return m.ratio(group(), "hamt", ben...) })
			if n > 8 {
				register(row(op, n, "bytes"), func(m *Meter) (Figure, error) { return m.bytesOf(group(), "hamt") })
			} else if op != "insert" {
				register(row(op, n, "allocs"), func(m *Meter) (Figure, error) { return m.allocsOf(group(), "hamt") })
			}
		}
	}
	for _, n := range []int{1000, 1_000_000} {
		register(row("iterate", n, "time"), func(m *Meter) (Figure, error) {
			return m.ratio(maps.Compare(kind, "iterate", n, "hamt", "builtin"), "hamt", "builtin")
		})
	}
	const million = 1_000_000
	register(row("build", million, "time"), func(m *Meter) (Figure, error) {
		return m.ratio(maps.Builds(kind, million), "collect", "builtin")
	})
	register(row("frommap", million, "time"), func(m *Meter) (Figure, error) {
		return m.ratio(maps.Builds(kind, million), "frommap", "builtin")
	})
	for _, n := range heapSizes {
		register(row("heap", n, "bytes"), func(m *Meter) (Figure, error) {
			r, err := m.result(maps.HeapGroup(kind, n, "hamt"), "hamt")
			return Figure{Value: r.Q1}, err
		})
	}
	register(fmt.Sprintf("hamt/gcmark/%s/1000000", kind.Name), func(m *Meter) (Figure, error) {
		return m.marks(maps.MarkGroup(kind, million, "hamt", "builtin"))
	})
	register(fmt.Sprintf("hamt/versions/%s/1000", kind.Name), func(m *Meter) (Figure, error) {
		r, err := m.result(maps.VersionsGroup(kind, "hamt"), "hamt")
		return Figure{Value: r.Q1}, err
	})
}

// marks is what hamt adds to a collection over what the builtin map adds.
func (m *Meter) marks(g harness.Group) (Figure, error) {
	var q [3]float64
	for i, impl := range []string{"hamt", "builtin", maps.NoMap} {
		r, err := m.result(g, impl)
		if err != nil {
			return Figure{}, err
		}
		q[i] = r.Q1
	}
	// Below a hundredth of a collection's own cost nothing can be told apart.
	ours, theirs := max(q[0]-q[2], 0), max(q[1]-q[2], q[2]/100)
	return Figure{Value: ours / theirs, Note: fmt.Sprintf("adds %.0f against %.0f µs to %.0f µs", ours/1000, theirs/1000, q[2]/1000)}, nil
}
