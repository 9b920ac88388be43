package lua_test

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/fuzz"
	stratalua "github.com/strata-go/strata/runtimes/lua"
)

// FuzzScripts reads its input as a script of variables, stacks, snapshots,
// coroutines in all modes, blocks and errors; runs it; and compares what it
// prints with the backtrace oracle of package ctx.
func FuzzScripts(f *testing.F) {
	f.Add([]byte{7, 2, 0, 9, 25, 1, 1, 3, 2, 0, 4, 31, 0, 0, 0, 0, 0, 27, 0, 0, 27, 0, 0, 0, 0, 0})
	for seed := range uint64(8) {
		f.Add(fuzz.Bytes(seed, 7, int(60+40*seed)))
	}
	f.Fuzz(fuzzScripts)
}

func TestRandomScripts(t *testing.T) { fuzz.Programs(t, 400, 600, fuzzScripts) }

func fuzzScripts(t *testing.T, data []byte) {
	in := fuzz.NewInput(data)
	var block []*stmt
	for in.More() && len(block) < 400 {
		block = append(block, generate(in, 0, false)...)
	}
	want, fails := newOracle().run(block)
	var src strings.Builder
	script(&src, block, "")
	src.WriteString("show()\n")
	got, err := execute(t, prelude+src.String())
	if got == want && (err != nil) == fails {
		return
	}
	line, a, b := fuzz.Differ(got, want)
	t.Errorf("line %d is %q, want %q; the script ends with %v, want an error: %v\n%s", line, a, b, err, fails, src.String())
}

// execute runs a script and returns what it prints.
func execute(t *testing.T, src string) (string, error) {
	L := lua.NewState()
	defer L.Close()
	st := ctx.NewState()
	m := st.Mark()
	stratalua.Open(L, st)
	var out strings.Builder
	steps := 0
	L.SetGlobal("out", L.NewFunction(func(L *lua.LState) int {
		var list []any
		for i := range L.GetTop() {
			list = append(list, L.Get(i+1).String())
		}
		fmt.Fprintln(&out, list...)
		return 0
	}))
	L.SetGlobal("tick", L.NewFunction(func(L *lua.LState) int {
		if steps++; steps > maxTicks {
			L.RaiseError("too many steps")
		}
		return 0
	}))
	err := L.DoString(src)
	balanced(t, L)
	if stratalua.Current(L) != st || st.Mark() != m {
		t.Errorf("the execution is not the one from before")
	}
	return out.String(), err
}
