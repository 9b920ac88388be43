package lua_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"github.com/strata-go/strata/ctx"
	stratalua "github.com/strata-go/strata/runtimes/lua"
)

// open returns an interpreter whose print goes to the builder.
func open(t testing.TB) (*lua.LState, *strings.Builder) {
	t.Helper()
	L := lua.NewState()
	t.Cleanup(L.Close)
	stratalua.Open(L, ctx.NewState())
	out := new(strings.Builder)
	L.SetGlobal("print", L.NewFunction(func(L *lua.LState) int {
		for i := 1; i <= L.GetTop(); i++ {
			if i > 1 {
				out.WriteByte('\t')
			}
			out.WriteString(L.ToStringMeta(L.Get(i)).String())
		}
		out.WriteByte('\n')
		return 0
	}))
	return L, out
}

func balanced(t *testing.T, L *lua.LState) {
	t.Helper()
	s := stratalua.ReadStats(L)
	require.Equal(t, s.Pushes, s.Pops, "levels pushed and popped")
}

// TestScripts runs the scripts in testdata and compares their output with the
// lines that start with "-- >" in them.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			want := new(strings.Builder)
			for line := range strings.Lines(string(text)) {
				if s, ok := strings.CutPrefix(line, "-- > "); ok {
					want.WriteString(s)
				}
			}
			L, out := open(t)
			require.NoError(t, L.DoFile(file))
			require.Equal(t, want.String(), out.String())
			balanced(t, L)
		})
	}
}

// TestEngineSuites runs the engine's own test scripts with the module open:
// wrapping the coroutine library must change nothing that they see.
func TestEngineSuites(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/gopher-lua").Output()
	require.NoError(t, err)
	root := strings.TrimSpace(string(dir))
	for _, file := range []string{
		"_glua-tests/coroutine.lua", "_glua-tests/issues.lua", "_glua-tests/base.lua", "_glua-tests/vm.lua",
		"_lua5.1-tests/closure.lua",
	} {
		t.Run(file, func(t *testing.T) {
			t.Chdir(filepath.Dir(filepath.Join(root, file)))
			L := lua.NewState(lua.Options{RegistrySize: 1024 * 20, CallStackSize: 1024})
			defer L.Close()
			L.SetGlobal("print", L.NewFunction(func(*lua.LState) int { return 0 }))
			stratalua.Open(L, ctx.NewState())
			require.NoError(t, L.DoFile(filepath.Base(file)))
			balanced(t, L)
		})
	}
}

func Example() {
	L := lua.NewState()
	defer L.Close()
	stratalua.Open(L, ctx.NewState())
	err := L.DoString(`
		local context = require "context"
		local user = context.var("user", "nobody")
		local greet = coroutine.wrap(function()
			while true do
				print("hello " .. user:get())
				coroutine.yield()
			end
		end)
		greet()
		user:with("ann", greet)
	`)
	fmt.Println(err)
	// Output:
	// hello nobody
	// hello ann
	// <nil>
}
