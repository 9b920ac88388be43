package lua_test

import (
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"github.com/strata-go/strata/ctx"
	stratalua "github.com/strata-go/strata/runtimes/lua"
)

var tenant = ctx.Static[string]("tenant", ctx.Default("none"))

// TestCurrent: Go functions called from scripts read and set variables of Go in
// the execution of their caller.
func TestCurrent(t *testing.T) {
	L, out := open(t)
	L.SetGlobal("tenant", L.NewFunction(func(L *lua.LState) int {
		st := stratalua.Current(L)
		if L.GetTop() > 0 {
			tenant.Put(st, L.CheckString(1))
		}
		L.Push(lua.LString(tenant.Get(st)))
		return 1
	}))
	require.NoError(t, L.DoString(`
		tenant("main")
		local co = coroutine.wrap(function()
			coroutine.yield(tenant())
			tenant("own")
			coroutine.yield(tenant())
		end)
		print(co(), co(), tenant())
	`))
	require.Equal(t, "main\town\tmain\n", out.String())
	require.Equal(t, "main", tenant.Get(stratalua.Current(L)))
	require.Nil(t, stratalua.Current(lua.NewState()))
}

// TestResumeFromGo drives a coroutine from Go under two executions.
func TestResumeFromGo(t *testing.T) {
	L, _ := open(t)
	st := stratalua.Current(L)
	require.NoError(t, L.DoString(`
		local context = require "context"
		v = context.var("v", "d")
		function body()
			coroutine.yield(v:get())
			v:set("own")
			coroutine.yield(v:get())
			error("end", 0)
		end
		function read() return v:get() end
	`))
	th, _ := L.NewThread()
	body := L.GetGlobal("body").(*lua.LFunction)
	step := func() (lua.ResumeState, string) {
		state, err, values := stratalua.Resume(L, th, body)
		if err != nil {
			return state, err.Error()
		}
		return state, values[0].String()
	}
	_, x := step()
	require.Equal(t, "d", x)
	m := st.Swap(ctx.Snapshot{})
	_, x = step()
	require.Equal(t, "own", x)
	st.Unwind(m)
	require.NoError(t, L.CallByParam(lua.P{Fn: L.GetGlobal("read"), NRet: 1, Protect: true}))
	require.Equal(t, "d", L.Get(-1).String())
	state, msg := step()
	require.Equal(t, lua.ResumeError, state)
	require.Contains(t, msg, "end")
	state, msg = step()
	require.Equal(t, lua.ResumeError, state)
	require.Contains(t, msg, "dead")
	balanced(t, L)
}

// TestSetMode from Go, and on an interpreter that is not open.
func TestSetMode(t *testing.T) {
	L, out := open(t)
	require.NoError(t, L.DoString(`
		local context = require "context"
		v = context.var("v", "d")
		co = coroutine.create(function() print(v:get()) v:set("through") end)
	`))
	th := L.GetGlobal("co").(*lua.LState)
	require.NoError(t, stratalua.SetMode(L, th, ctx.None))
	require.ErrorIs(t, stratalua.SetMode(L, th, ctx.Mode(9)), ctx.ErrMode)
	require.NoError(t, L.DoString(`coroutine.resume(co) print(v:get())`))
	require.Equal(t, "d\nthrough\n", out.String())

	plain := lua.NewState()
	defer plain.Close()
	th, _ = plain.NewThread()
	require.ErrorContains(t, stratalua.SetMode(plain, th, ctx.None), "call Open first")
	require.Zero(t, stratalua.ReadStats(plain))
}

// TestOpenAgain only changes the State.
func TestOpenAgain(t *testing.T) {
	L, _ := open(t)
	st := ctx.NewState()
	stratalua.Open(L, st)
	require.Same(t, st, stratalua.Current(L))
}

// TestPanicUnwinds: a Go panic out of a coroutine, recovered by pcall or by the
// host, takes the levels off.
func TestPanicUnwinds(t *testing.T) {
	L, out := open(t)
	L.SetGlobal("explode", L.NewFunction(func(*lua.LState) int { panic("boom") }))
	require.NoError(t, L.DoString(`
		local context = require "context"
		local v = context.var("v", "d")
		local co = coroutine.wrap(function() v:set("own") explode() end)
		print(pcall(co))
		print(v:get())
	`))
	require.Contains(t, out.String(), "boom")
	require.Contains(t, out.String(), "\nd\n")
	balanced(t, L)
}

// bigValues gives scripts a function big, and returns one that counts those of its
// results which are still in memory.
func bigValues(L *lua.LState) (live func() int) {
	var values []weak.Pointer[lua.LUserData]
	L.SetGlobal("big", L.NewFunction(func(L *lua.LState) int {
		ud := L.NewUserData()
		ud.Value = make([]byte, 1<<10)
		values = append(values, weak.Make(ud))
		L.Push(ud)
		return 1
	}))
	return func() (n int) {
		for _, w := range values {
			if w.Value() != nil {
				n++
			}
		}
		return n
	}
}

// TestDroppedCoroutines: a coroutine that is dropped while it is suspended
// inside a block, with a value that refers to its own variable and to the
// coroutine, goes with all it holds.
func TestDroppedCoroutines(t *testing.T) {
	L, _ := open(t)
	live := bigValues(L)
	require.NoError(t, L.DoString(`
		local context = require "context"
		local shared = context.var("shared")
		for i = 1, 200 do
			local co
			co = coroutine.create(function()
				local own = context.var("own")
				local value = { big(), own, co }
				own:set(value)
				shared:set(value)
				coroutine.yield()
			end)
			coroutine.resume(co)
		end
	`))
	L.SetTop(0)
	// The engine's registers may still hold the last few.
	for range 20 {
		if runtime.GC(); live() <= 4 && stratalua.ReadStats(L).Coroutines <= 4 {
			break
		}
	}
	require.LessOrEqual(t, live(), 4)
	require.LessOrEqual(t, stratalua.ReadStats(L).Coroutines, 4)
	balanced(t, L)
}

// TestDeadCoroutines: a coroutine that has ended, by return or error, holds
// nothing of what it set, however long the script keeps it.
func TestDeadCoroutines(t *testing.T) {
	L, out := open(t)
	live := bigValues(L)
	require.NoError(t, L.DoString(`
		local context = require "context"
		local v = context.var("v")
		kept = {}
		for i = 1, 200 do
			local co = coroutine.create(function()
				v:set(big())
				coroutine.yield()
				if i % 2 == 0 then error("x") end
			end)
			if i % 3 == 0 then context.mode(co, "captured") end
			coroutine.resume(co)
			coroutine.resume(co)
			kept[i] = co
		end
		print(coroutine.status(kept[1]), context.mode(kept[3]), context.mode(kept[4]))
	`))
	require.Equal(t, "dead\tcaptured\toverlay\n", out.String())
	L.SetTop(0)
	for range 20 {
		if runtime.GC(); live() <= 4 {
			break
		}
	}
	require.LessOrEqual(t, live(), 4) // the engine's registers may hold the last few
	runtime.KeepAlive(L)
	balanced(t, L)
}
