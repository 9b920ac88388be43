package goja_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/fuzz"
	stratagoja "github.com/strata-go/strata/runtimes/goja"
	"github.com/strata-go/strata/runtimes/goja/internal/loop"
)

// FuzzScripts reads its input as a script of variables, snapshots, async
// functions, promise reactions, timers, generators and errors; runs it; and
// compares what it prints, in its order, with an oracle that has one Go map for
// each job.
func FuzzScripts(f *testing.F) {
	f.Add([]byte{6, 3, 0, 7, 3, 0, 0, 0, 11, 0, 0, 2, 13, 0, 0, 0, 0, 0})
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 7))
		data := make([]byte, 60+40*seed)
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(fuzzScripts)
}

func TestRandomScripts(t *testing.T) {
	n := uint64(400)
	if testing.Short() {
		n = 50
	}
	for seed := range n {
		rng := rand.New(rand.NewPCG(seed, 8))
		data := make([]byte, 1+rng.IntN(600))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		if fuzzScripts(t, data); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func fuzzScripts(t *testing.T, data []byte) {
	input := fuzz.NewInput(data)
	var block []*stmt
	for input.More() && len(block) < 400 {
		block = append(block, generate(input, 0, plain)...)
	}
	want := new(oracle).run(block)
	var src strings.Builder
	script(&src, block, "  ")
	got := execute(t, prelude+"try {\n"+src.String()+"} catch { out(\"main failed\") }")
	if got == want {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	at := 0
	for at < min(len(a), len(b))-1 && a[at] == b[at] {
		at++
	}
	t.Errorf("line %d is %q, want %q\n%s", at+1, a[at], b[at], src.String())
}

// execute runs a script and all that it leaves to the loop, and returns what it
// prints.
func execute(t *testing.T, src string) string {
	vm := goja.New()
	l, err := loop.New(vm)
	require.NoError(t, err)
	st := ctx.NewState()
	require.NoError(t, stratagoja.Install(vm, st, stratagoja.Options{}))
	require.NoError(t, stratagoja.WrapTimers(vm, func(err error) { t.Error(err) }))
	var out strings.Builder
	steps := 0
	for name, f := range map[string]any{
		"require": func(string) *goja.Object { return stratagoja.AsyncHooks(vm) },
		"out": func(call goja.FunctionCall) goja.Value {
			var list []any
			for _, x := range call.Arguments {
				list = append(list, x.String())
			}
			fmt.Fprintln(&out, list...)
			return goja.Undefined()
		},
		"tick": func(goja.FunctionCall) goja.Value {
			if steps++; steps > maxTicks {
				panic(vm.NewTypeError("too many steps"))
			}
			return goja.Undefined()
		},
	} {
		require.NoError(t, vm.Set(name, f))
	}
	m := st.Mark()
	stratagoja.Turn(vm, func() {
		if _, err := vm.RunString(src); err != nil {
			t.Errorf("%v\n%s", err, src)
		}
	})
	l.Run()
	if stratagoja.Current(vm) != st || st.Mark() != m || st.Snapshot().Len() != 0 {
		t.Errorf("the execution is not the one from before")
	}
	return out.String()
}
