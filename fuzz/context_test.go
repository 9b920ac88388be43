package fuzz

import (
	"testing"

	gofuzz "github.com/google/gofuzz"

	"github.com/strata-go/strata/internal/ctxmodel"
	"github.com/strata-go/strata/internal/ctxmodel/drive"
)

// FuzzContext runs programs of package ctx: variables, tokens, stacks, layers
// in all modes, snapshots, Envs, handles, tasks, panics and Goexit. The model
// and the decoder are those of the property test of rule G10: a backtrace whose
// levels are Go maps, and every read compared after every step.
func FuzzContext(f *testing.F) {
	for seed := range uint64(16) {
		r := gofuzz.NewWithSeed(int64(seed)).NilChance(0).NumElements(30, 300)
		var data []byte
		r.Fuzz(&data)
		f.Add(data)
	}
	f.Fuzz(fuzzContext)
}

func TestRandomContext(t *testing.T) { random(t, 1000, fuzzContext) }

func fuzzContext(t *testing.T, data []byte) {
	p := ctxmodel.Decode(data[:min(len(data), MaxBytes)])
	p = p[:min(len(p), MaxSteps)]
	if failure := drive.Run(p, nil); failure != "" {
		small := ctxmodel.Shrink(p, 1000, func(p ctxmodel.Program) bool { return drive.Run(p, nil) != "" })
		t.Fatalf("%s\nshrunk to %d steps: %v\ngo test ./ctx -run G10 -ctx.replay=%s", failure, len(small), small, small.Encode())
	}
}
