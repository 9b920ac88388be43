package lua_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/strata-go/strata/ctx"
	stratalua "github.com/strata-go/strata/runtimes/lua"
)

// BenchmarkResume is a coroutine's resume and yield, with the module and
// without it.
func BenchmarkResume(b *testing.B) {
	for _, with := range []bool{false, true} {
		name := "plain"
		if with {
			name = "context"
		}
		b.Run(name, func(b *testing.B) {
			L := lua.NewState()
			defer L.Close()
			if with {
				stratalua.Open(L, ctx.NewState())
			}
			if err := L.DoString(`
				local co = coroutine.create(function() while true do coroutine.yield() end end)
				function step() for _ = 1, 100 do coroutine.resume(co) end end`); err != nil {
				b.Fatal(err)
			}
			step := lua.P{Fn: L.GetGlobal("step")}
			for b.Loop() {
				if err := L.CallByParam(step); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
