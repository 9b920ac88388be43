package fuzz

import (
	"flag"
	"math/rand/v2"
	"testing"
)

var programs = flag.Int("programs", 0, "how many random programs each TestRandom runs (0: a few)")

// random runs a target on random programs, so that a plain `go test` does more
// than replay the seeds. A failure names the seed; the program is the first
// length bytes that it gives.
func random(t *testing.T, few int, target func(t *testing.T, data []byte)) {
	t.Helper()
	n := few
	switch {
	case *programs > 0:
		n = *programs
	case testing.Short():
		n = max(few/10, 1)
	}
	for seed := range uint64(n) {
		rng := rand.New(rand.NewPCG(seed, 1))
		data := fill(rng, 1+rng.IntN(1<<(3+seed%8)))
		target(t, data)
		if t.Failed() {
			t.Fatalf("seed %d, %d bytes: %x", seed, len(data), data[:min(len(data), 200)])
		}
	}
}

func TestInput(t *testing.T) {
	in := NewInput([]byte{7, 3, 1, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	if got := [...]int{in.N(5), in.N(1000), in.N(256)}; got != [...]int{2, 259, 255} {
		t.Error(got)
	}
	if !in.Bool() || in.Uint64() != 0x0908070605040302 || !in.Step() || len(in.Bytes(9)) != 1 {
		t.Error("wrong reads")
	}
	if in.Step() || in.Byte() != 0 || in.N(300) != 0 || in.Uint64() != 0 || in.Bool() || len(in.Bytes(3)) != 0 {
		t.Error("an empty input does not read as zeros")
	}
	in = NewInput(make([]byte, 2*MaxBytes))
	n := 0
	for ; in.Step(); n++ {
		in.Byte()
	}
	if n != MaxSteps {
		t.Error(n, "steps")
	}
	if in = NewInput(make([]byte, 2*MaxBytes)); len(in.data) != MaxBytes {
		t.Error(len(in.data), "bytes")
	}
}
