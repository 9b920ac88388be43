package hashertest

import (
	"fmt"
	"hash/maphash"
	"iter"
	"math/bits"
	"slices"

	"github.com/strata-go/strata/hamt"
)

// Report says how well a Hasher spreads given keys.
type Report struct {
	Keys     int // distinct under Equal
	Distinct int // different 64-bit hashes
	// Group is the largest number of keys with one hash. All operations on
	// those take time in proportion to it.
	Group int
	// Lasting is the largest number of keys that share a hash under three
	// seeds: who knows them can flood every process.
	Lasting int
	// Depth is how many bits of the hash tell a key from all others, the average
	// over the keys; Random is the same for random hashes.
	Depth, Random float64
}

// Flooded reports whether operations on maps of these keys are much slower than
// they should be: eight keys or more share one hash, or keys are told apart
// only by twice the bits that random hashes need and eight more.
func (r Report) Flooded() bool { return r.Group >= 8 || r.Depth > 2*r.Random+8 }

// String is one line for people.
func (r Report) String() string {
	return fmt.Sprintf("%d keys, %d hashes, largest group %d (%d under every seed), told apart by %.1f bits (random: %.1f)",
		r.Keys, r.Distinct, r.Group, r.Lasting, r.Depth, r.Random)
}

// Measure hashes the keys, each counted once under Equal.
func Measure[K comparable](h hamt.Hasher[K], keys iter.Seq[K]) Report {
	list := distinct(h, collect(keys))
	var sums [3][]uint64
	for i := range sums {
		hash := hashOf(h, maphash.MakeSeed())
		for _, k := range list {
			sums[i] = append(sums[i], hash(k))
		}
	}
	r := Report{Keys: len(list)}
	all := make(map[[3]uint64]int)
	one := make(map[uint64]int)
	random := make([]uint64, len(list))
	s := maphash.MakeSeed()
	for i := range list {
		one[sums[0][i]]++
		all[[3]uint64{sums[0][i], sums[1][i], sums[2][i]}]++
		random[i] = maphash.Comparable(s, i)
	}
	r.Distinct = len(one)
	for _, n := range one {
		r.Group = max(r.Group, n)
	}
	for _, n := range all {
		r.Lasting = max(r.Lasting, n)
	}
	r.Depth, r.Random = depth(sums[0]), depth(random)
	return r
}

// distinct keeps the first of equal keys.
func distinct[K comparable](h hamt.Hasher[K], list []K) (out []K) {
	hash := hashOf(h, maphash.MakeSeed())
	byHash := make(map[uint64][]K)
	for _, k := range list {
		sum := hash(k)
		if !slices.ContainsFunc(byHash[sum], func(o K) bool { return h.Equal(k, o) }) {
			byHash[sum] = append(byHash[sum], k)
			out = append(out, k)
		}
	}
	return out
}

// depth is the average number of low bits that tell a hash from all others; 64
// for equal ones. Maps place keys by the low bits first.
func depth(sums []uint64) float64 {
	if len(sums) < 2 {
		return 0
	}
	low := make([]uint64, len(sums))
	for i, sum := range sums {
		low[i] = bits.Reverse64(sum) // so that neighbours in order share low bits
	}
	slices.Sort(low)
	shared := func(a, b uint64) int { return min(bits.LeadingZeros64(a^b)+1, 64) }
	total := 0
	for i := range low {
		n := 0
		if i > 0 {
			n = shared(low[i-1], low[i])
		}
		if i+1 < len(low) {
			n = max(n, shared(low[i], low[i+1]))
		}
		total += n
	}
	return float64(total) / float64(len(low))
}
