package lua

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/strata-go/strata/ctx"
)

// wrapCoroutines replaces resume and wrap by functions that lay the coroutine's
// level over the resumer's execution. The engine's own functions run inside
// them, in the same call frame, so arguments, results and errors are theirs.
func (a *adapter) wrapCoroutines(L *lua.LState, lib *lua.LTable) {
	resume, ok1 := lib.RawGetString("resume").(*lua.LFunction)
	wrap, ok2 := lib.RawGetString("wrap").(*lua.LFunction)
	if !ok1 || !ok2 || !resume.IsG || !wrap.IsG {
		return
	}
	lib.RawSetString("resume", L.NewFunction(func(L *lua.LState) int {
		th := L.CheckThread(1)
		if L.Status(th) == "suspended" {
			e, ok := a.enter(th)
			if !ok {
				return cannotResume(L)
			}
			defer e.leave()
		} else if L.Status(th) == "normal" {
			return cannotResume(L)
		}
		return resume.GFunction(L)
	}))
	lib.RawSetString("wrap", L.NewFunction(func(L *lua.LState) int {
		if n := wrap.GFunction(L); n != 1 {
			return n
		}
		// The engine's closure finds its coroutine in its first upvalue. Ours
		// has the same upvalue and calls the same code.
		inner := L.Get(-1).(*lua.LFunction)
		L.Pop(1)
		th := inner.Upvalues[0].Value().(*lua.LState)
		L.Push(L.NewClosure(func(L *lua.LState) int {
			th := L.ToThread(lua.UpvalueIndex(1))
			switch L.Status(th) {
			case "suspended":
				e, ok := a.enter(th)
				if !ok {
					L.RaiseError("cannot resume non-suspended coroutine")
				}
				defer e.leave()
			case "normal":
				L.RaiseError("cannot resume non-suspended coroutine")
			}
			return inner.GFunction(L)
		}, th))
		return 1
	}))
}

func cannotResume(L *lua.LState) int {
	L.Push(lua.LFalse)
	L.Push(lua.LString("cannot resume non-suspended coroutine"))
	return 2
}

// Resume is L.Resume with the coroutine's level laid over the current
// execution, for Go code that drives coroutines.
func Resume(L, th *lua.LState, fn *lua.LFunction, args ...lua.LValue) (lua.ResumeState, error, []lua.LValue) { //nolint:revive,staticcheck // the engine's order of results
	if a := of(L); a != nil && !th.Dead {
		if e, ok := a.enter(th); ok {
			defer e.leave()
		}
	}
	return L.Resume(th, fn, args...)
}

// SetMode says how a suspended coroutine joins the executions that resume it.
// With ctx.Captured it keeps the execution as it is now. The error is
// ctx.ErrRunning while the coroutine runs.
func SetMode(L, th *lua.LState, mode ctx.Mode) error {
	a := of(L)
	if a == nil {
		return errNotOpen
	}
	f := a.fiber(th)
	if mode == ctx.Captured {
		return f.layer.Capture(a.cur.Snapshot())
	}
	return f.layer.SetMode(mode)
}
