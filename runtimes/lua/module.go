package lua

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/strata-go/strata/ctx"
)

var errNotOpen = errors.New("lua: the interpreter has no context module: call Open first")

// The userdata of scripts. Each holds a handle of package ctx and nothing else.
type (
	variable struct{ v ctx.Var[lua.LValue] }
	stack    struct{ v ctx.StackVar[lua.LValue] }
	token    struct{ t ctx.Token[lua.LValue] }
	element  struct{ p ctx.Pushed[lua.LValue] }
	snapshot struct{ s ctx.Snapshot }
)

const (
	varType      = "context.var"
	stackType    = "context.stack"
	tokenType    = "context.token"
	elementType  = "context.element"
	snapshotType = "context.snapshot"
)

// module makes the table that scripts require.
func (a *adapter) module(L *lua.LState) *lua.LTable {
	functions := map[string]lua.LGFunction{
		"var": a.newVar, "get": a.get, "set": a.set, "reset": a.reset, "unset": a.unset, "mask": a.mask, "with": a.with,
		"stack": a.newStack, "push": a.push, "pop": a.pop, "top": a.top, "list": a.list,
		"snapshot": a.snapshot, "run": a.run, "mode": a.mode,
	}
	mod := L.SetFuncs(L.NewTable(), functions)
	methods := func(typ string, names ...string) {
		index := L.NewTable()
		for _, n := range names {
			index.RawSetString(n, mod.RawGetString(n))
		}
		mt := L.NewTypeMetatable(typ)
		mt.RawSetString("__index", index)
		mt.RawSetString("__metatable", lua.LString(typ))
		mt.RawSetString("__tostring", L.NewFunction(describe))
	}
	methods(varType, "get", "set", "reset", "unset", "mask", "with")
	methods(stackType, "push", "top", "list")
	methods(elementType, "pop")
	methods(snapshotType, "run")
	methods(tokenType)
	return mod
}

// describe prints labels, never values.
func describe(L *lua.LState) int {
	s := "context value"
	switch x := L.CheckUserData(1).Value.(type) {
	case *variable:
		s = "context.var: " + x.v.Name()
	case *stack:
		s = "context.stack: " + x.v.Name()
	case *token:
		s = "context.token"
	case *element:
		s = "context.element"
	case *snapshot:
		s = x.s.String()
	}
	L.Push(lua.LString(s))
	return 1
}

func give(L *lua.LState, typ string, x any) int {
	ud := L.NewUserData()
	ud.Value = x
	ud.Metatable = L.GetTypeMetatable(typ)
	L.Push(ud)
	return 1
}

func check[T any](L *lua.LState, n int, typ string) T {
	x, ok := L.CheckUserData(n).Value.(T)
	if !ok {
		L.ArgError(n, typ+" expected")
	}
	return x
}

func fail(L *lua.LState, err error) {
	if err != nil {
		L.RaiseError("%s", err.Error())
	}
}

// newVar is context.var(name, default): a collectable variable.
func (a *adapter) newVar(L *lua.LState) int {
	name := L.OptString(1, "var")
	return give(L, varType, &variable{ctx.New(name, ctx.Default(orNil(L.Get(2))))})
}

func orNil(v lua.LValue) lua.LValue {
	if v == nil {
		return lua.LNil
	}
	return v
}

func (a *adapter) get(L *lua.LState) int {
	L.Push(check[*variable](L, 1, varType).v.Get(a.cur))
	return 1
}

func (a *adapter) set(L *lua.LState) int {
	v := check[*variable](L, 1, varType)
	t, err := v.v.TrySet(a.cur, orNil(L.Get(2)))
	fail(L, err)
	return give(L, tokenType, &token{t})
}

func (a *adapter) reset(L *lua.LState) int {
	v := check[*variable](L, 1, varType)
	fail(L, v.v.Reset(a.cur, check[*token](L, 2, tokenType).t))
	return 0
}

func (a *adapter) unset(L *lua.LState) int {
	L.Push(lua.LBool(check[*variable](L, 1, varType).v.Unset(a.cur)))
	return 1
}

func (a *adapter) mask(L *lua.LState) int {
	return give(L, tokenType, &token{check[*variable](L, 1, varType).v.Mask(a.cur)})
}

// with is context.with(v, x, f, ...): f(...) with v set to x. It returns what
// f returns; an error in f goes on after the reset. f must not yield.
func (a *adapter) with(L *lua.LState) int {
	v := check[*variable](L, 1, varType)
	x, f := orNil(L.Get(2)), L.CheckFunction(3)
	defer v.v.Scope(a.cur, x).End()
	return call(L, f, 4)
}

// run is context.run(s, f, ...): f(...) in the context of a snapshot. What f
// sets goes with it. f must not yield.
func (a *adapter) run(L *lua.LState) int {
	s := check[*snapshot](L, 1, snapshotType)
	f := L.CheckFunction(2)
	m := a.cur.Swap(s.s)
	defer a.cur.Unwind(m)
	return call(L, f, 3)
}

// call calls f with the arguments from first on and returns its results.
func call(L *lua.LState, f *lua.LFunction, first int) int {
	top := L.GetTop()
	L.Push(f)
	for i := first; i <= top; i++ {
		L.Push(L.Get(i))
	}
	L.Call(max(top-first+1, 0), lua.MultRet)
	return L.GetTop() - top
}

func (a *adapter) newStack(L *lua.LState) int {
	return give(L, stackType, &stack{ctx.NewStack[lua.LValue](L.OptString(1, "stack"))})
}

func (a *adapter) push(L *lua.LState) int {
	s := check[*stack](L, 1, stackType)
	return give(L, elementType, &element{s.v.Push(a.cur, orNil(L.Get(2)))})
}

func (a *adapter) pop(L *lua.LState) int {
	fail(L, check[*element](L, 1, elementType).p.TryPop(a.cur))
	return 0
}

func (a *adapter) top(L *lua.LState) int {
	x, ok := check[*stack](L, 1, stackType).v.Lookup(a.cur)
	if !ok {
		x = lua.LNil
	}
	L.Push(x)
	return 1
}

// list is context.list(s): a table of the elements, outermost first.
func (a *adapter) list(L *lua.LState) int {
	t := L.NewTable()
	for x := range check[*stack](L, 1, stackType).v.All(a.cur) {
		t.Append(x)
	}
	L.Push(t)
	return 1
}

func (a *adapter) snapshot(L *lua.LState) int {
	return give(L, snapshotType, &snapshot{a.cur.Snapshot()})
}

// mode is context.mode(co, "overlay"|"none"|"captured"), and context.mode(co)
// to ask. Captured keeps the context of the call.
func (a *adapter) mode(L *lua.LState) int {
	th := L.CheckThread(1)
	if L.GetTop() > 1 {
		modes := map[string]ctx.Mode{"overlay": ctx.Overlay, "none": ctx.None, "captured": ctx.Captured}
		m, ok := modes[L.CheckString(2)]
		if !ok {
			L.ArgError(2, "overlay, none or captured expected")
		}
		fail(L, SetMode(L, th, m))
	}
	L.Push(lua.LString(a.fiber(th).layer.Mode().String()))
	return 1
}
