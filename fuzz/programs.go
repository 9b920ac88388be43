package fuzz

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Bytes returns n random bytes, always the same for a seed and a stream.
func Bytes(seed, stream uint64, n int) []byte {
	return fill(rand.New(rand.NewPCG(seed, stream)), n)
}

func fill(rng *rand.Rand, n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return data
}

// Programs runs a target on n random programs of up to limit bytes, so that a
// plain `go test` does more than replay the seeds; with -short on an eighth of
// them. A failure names the seed.
func Programs(t *testing.T, n, limit int, target func(t *testing.T, data []byte)) {
	t.Helper()
	if testing.Short() {
		n = max(n/8, 1)
	}
	for seed := range uint64(n) {
		rng := rand.New(rand.NewPCG(seed, 8))
		if target(t, fill(rng, 1+rng.IntN(limit))); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// Differ returns the first line, counted from 1, in which two texts differ, as
// it is in each of them; 0 where they are equal.
func Differ(got, want string) (line int, a, b string) {
	if got == want {
		return 0, "", ""
	}
	for {
		var more, rest bool
		a, got, more = strings.Cut(got, "\n")
		b, want, rest = strings.Cut(want, "\n")
		if line++; a != b || !more || !rest {
			return line, a, b
		}
	}
}
