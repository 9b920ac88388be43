package goja_test

import (
	"fmt"
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
		f.Add(fuzz.Bytes(seed, 7, int(60+40*seed)))
	}
	f.Fuzz(fuzzScripts)
}

func TestRandomScripts(t *testing.T) { fuzz.Programs(t, 400, 600, fuzzScripts) }

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
	line, a, b := fuzz.Differ(got, want)
	t.Errorf("line %d is %q, want %q\n%s", line, a, b, src.String())
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
