package hashertest_test

import (
	"fmt"
	"hash/maphash"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/fuzz/hashertest"
)

// folding calls strings equal that differ in case only.
type folding struct{}

func (folding) Hash(h *maphash.Hash, s string) { h.WriteString(strings.ToLower(s)) }
func (folding) Equal(x, y string) bool         { return strings.ToLower(x) == strings.ToLower(y) }

func Example() {
	keys := slices.Values([]string{"Alpha", "alpha", "beta", "gamma"})
	fmt.Println(hashertest.Check(folding{}, keys))
	r := hashertest.Measure(folding{}, keys)
	fmt.Println(r.Keys, r.Distinct, r.Flooded())
	// Output:
	// <nil>
	// 3 3 false
}

func words(n int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range n {
			if !yield(fmt.Sprintf("Word%d", i)) || !yield(fmt.Sprintf("wORD%d", i)) {
				return
			}
		}
	}
}

func TestGoodHasher(t *testing.T) { hashertest.Test(t, folding{}, words(500)) }

func FuzzFolding(f *testing.F) {
	hashertest.Fuzz(f, folding{}, func(b []byte) string { return string(b) })
}

// made of functions, so that each case breaks one rule
type broken[K any] struct {
	hash  func(h *maphash.Hash, k K)
	equal func(x, y K) bool
}

func (b broken[K]) Hash(h *maphash.Hash, k K) { b.hash(h, k) }
func (b broken[K]) Equal(x, y K) bool         { return b.equal(x, y) }

type two struct{ broken[int] }

func (two) Hash64(seed uint64, k int) uint64 { return seed ^ uint64(k) } // but 2k and 2k+1 are equal

func TestBrokenContracts(t *testing.T) {
	plain := func(h *maphash.Hash, k int) { maphash.WriteComparable(h, k) }
	same := func(x, y int) bool { return x == y }
	calls := 0
	for want, h := range map[string]interface {
		Hash(*maphash.Hash, int)
		Equal(x, y int) bool
	}{
		"may depend on the key": broken[int]{func(h *maphash.Hash, k int) { calls++; plain(h, calls) }, same},
		"of one key is false":   broken[int]{plain, func(x, y int) bool { return x != y }},
		"the other way round":   broken[int]{plain, func(x, y int) bool { return x <= y }},
		"are equal, their":      broken[int]{plain, func(x, y int) bool { return x/2 == y/2 }},
		"are not":               two{broken[int]{func(h *maphash.Hash, k int) { plain(h, k/2) }, func(x, y int) bool { return x/2 == y/2 }}},
		"but only one":          broken[int]{func(h *maphash.Hash, k int) { plain(h, 0) }, func(x, y int) bool { return x-y < 2 && y-x < 2 }},
	} {
		var keys []int
		for i := range 40 {
			keys = append(keys, i, i)
		}
		err := hashertest.Check(h, slices.Values(keys))
		require.Error(t, err, want)
		require.Contains(t, err.Error(), want)
	}
	// keys that are == but not Equal
	zero := broken[float64]{
		func(h *maphash.Hash, k float64) {},
		func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) },
	}
	err := hashertest.Check(zero, slices.Values([]float64{0, math.Copysign(0, -1), math.NaN()}))
	require.ErrorContains(t, err, "but they are ==")
	hundred := func(yield func(int) bool) {
		for i := 0; i < 100 && yield(i); i++ {
		}
	}
	// found by the map, even where the check of the contract is not asked
	err = hashertest.Drive(broken[int]{plain, func(x, y int) bool { return x/2 == y/2 }}, hundred, 1)
	require.Error(t, err)
	require.NoError(t, hashertest.Drive(folding{}, slices.Values([]string(nil)), 1))
}

func TestFlooding(t *testing.T) {
	same := func(x, y int) bool { return x == y }
	ints := func(yield func(int) bool) {
		for i := range 1000 {
			if !yield(i) || !yield(i) {
				return
			}
		}
	}
	good := hashertest.Measure(broken[int]{func(h *maphash.Hash, k int) { maphash.WriteComparable(h, k) }, same}, ints)
	require.False(t, good.Flooded(), good)
	require.Equal(t, [4]int{1000, 1000, 1, 1}, [4]int{good.Keys, good.Distinct, good.Group, good.Lasting})
	require.InDelta(t, good.Random, good.Depth, 2)

	few := hashertest.Measure(broken[int]{func(h *maphash.Hash, k int) { maphash.WriteComparable(h, k%50) }, same}, ints)
	require.True(t, few.Flooded(), few)
	require.Equal(t, [4]int{1000, 50, 20, 20}, [4]int{few.Keys, few.Distinct, few.Group, few.Lasting})
	require.Contains(t, few.String(), "1000 keys, 50 hashes, largest group 20 (20 under every seed)")

	deep := hashertest.Measure(high{broken[int]{func(*maphash.Hash, int) {}, same}}, ints)
	require.True(t, deep.Flooded(), deep)
	require.Equal(t, 1, deep.Group)
	require.Greater(t, deep.Depth, 50.0)

	require.Zero(t, hashertest.Measure(folding{}, slices.Values([]string{"one"})).Depth)
}

// high has hashes that differ in their highest bits only.
type high struct{ broken[int] }

func (high) Hash64(seed uint64, k int) uint64 { return seed&(1<<50-1) | uint64(k)<<50 }

// recorder is a testing.TB that notes a failure.
type recorder struct {
	testing.TB
	log []string
}

func (r *recorder) Helper()        {}
func (r *recorder) Log(...any)     {}
func (r *recorder) Fatal(a ...any) { r.log = append(r.log, fmt.Sprint(a...)); panic(r) }
func (r *recorder) Errorf(format string, a ...any) {
	r.log = append(r.log, fmt.Sprintf(format, a...))
}

func TestTestFails(t *testing.T) {
	failed := func(f func(tb testing.TB)) string {
		r := new(recorder)
		func() {
			defer func() {
				if p := recover(); p != nil && p != any(r) {
					panic(p)
				}
			}()
			f(r)
		}()
		return strings.Join(r.log, "; ")
	}
	ints := slices.Values([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	constant := func(h *maphash.Hash, k int) {}
	require.Contains(t, failed(func(tb testing.TB) {
		hashertest.Test(tb, broken[int]{constant, func(x, y int) bool { return x == y }}, ints)
	}), "flood the hasher")
	require.Contains(t, failed(func(tb testing.TB) {
		hashertest.Test(tb, broken[int]{constant, func(x, y int) bool { return false }}, ints)
	}), "of one key is false")
}
