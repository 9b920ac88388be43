package lua

import (
	"runtime"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"github.com/strata-go/strata/ctx"
)

// adapter is the part of an interpreter that knows which State runs now.
type adapter struct {
	cur    *ctx.State // of the code that runs now
	fibers map[weak.Pointer[lua.LState]]*fiber
	dead   chan weak.Pointer[lua.LState] // dropped coroutines, to be taken out of fibers
	stats  Stats
}

// fiber is a coroutine's own State and level. It has no way to the coroutine,
// so that a dropped coroutine can be collected.
type fiber struct {
	st    *ctx.State
	layer ctx.Layer
}

// Stats count how often a coroutine's level was laid over an execution and
// taken off again. The two are equal whenever no coroutine runs.
type Stats struct {
	Pushes, Pops int
	Coroutines   int // coroutines known and not yet found dead
}

const registryName = "github.com/strata-go/strata"

// Open installs the module "context" (for require, and as a global of that
// name) and wraps coroutine.resume and coroutine.wrap. st is the execution that
// the main thread runs in. Open it once for each interpreter, after the
// coroutine library; a second call only changes st.
func Open(L *lua.LState, st *ctx.State) {
	if a := of(L); a != nil {
		a.cur = st
		return
	}
	a := &adapter{
		cur:    st,
		fibers: make(map[weak.Pointer[lua.LState]]*fiber),
		dead:   make(chan weak.Pointer[lua.LState], 256),
	}
	ud := L.NewUserData()
	ud.Value = a
	registry(L).RawSetString(registryName, ud)
	if co, ok := L.GetGlobal(lua.CoroutineLibName).(*lua.LTable); ok {
		a.wrapCoroutines(L, co)
	}
	mod := a.module(L)
	L.SetGlobal("context", mod)
	L.PreloadModule("context", func(L *lua.LState) int {
		L.Push(mod)
		return 1
	})
}

func registry(L *lua.LState) *lua.LTable { return L.Get(lua.RegistryIndex).(*lua.LTable) }

func of(L *lua.LState) *adapter {
	ud, ok := registry(L).RawGetString(registryName).(*lua.LUserData)
	if !ok {
		return nil
	}
	return ud.Value.(*adapter)
}

// Current returns the State of the code that runs on L now: what a Go function
// called from a script reads and sets variables with. It is nil, which reads as
// empty, when Open was not called.
func Current(L *lua.LState) *ctx.State {
	if a := of(L); a != nil {
		return a.cur
	}
	return nil
}

// ReadStats returns the counters of the interpreter that L belongs to.
func ReadStats(L *lua.LState) Stats {
	a := of(L)
	if a == nil {
		return Stats{}
	}
	a.sweep()
	s := a.stats
	s.Coroutines = len(a.fibers)
	return s
}

// fiber returns the fiber of a coroutine, made at first use.
func (a *adapter) fiber(th *lua.LState) *fiber {
	w := weak.Make(th)
	f := a.fibers[w]
	if f == nil {
		a.sweep()
		f = &fiber{st: ctx.NewState()}
		a.fibers[w] = f
		runtime.AddCleanup(th, func(dead chan weak.Pointer[lua.LState]) {
			select {
			case dead <- w:
			default: // full: sweep looks at every fiber once it is this many behind
			}
		}, a.dead)
	}
	return f
}

// sweep forgets fibers whose coroutine is gone.
func (a *adapter) sweep() {
	full := len(a.dead) == cap(a.dead)
	for {
		select {
		case w := <-a.dead:
			delete(a.fibers, w)
			continue
		default:
		}
		break
	}
	if !full {
		return
	}
	for w := range a.fibers {
		if w.Value() == nil {
			delete(a.fibers, w)
		}
	}
}

// entered is a coroutine's level on the resumer's execution.
type entered struct {
	a    *adapter
	f    *fiber
	th   *lua.LState
	from *ctx.State
	m    ctx.Mark
}

// enter lays the coroutine's level over the current execution. leave must run
// however the coroutine stops. It reports false when the coroutine runs already.
func (a *adapter) enter(th *lua.LState) (e entered, ok bool) {
	f := a.fiber(th)
	if f.layer.Running() {
		return e, false
	}
	e = entered{a, f, th, a.cur, f.st.Resume(a.cur, &f.layer)}
	a.cur = f.st
	a.stats.Pushes++
	return e, true
}

// leave takes the level off again. That of a dead coroutine, which the script may
// keep, is emptied.
func (e entered) leave() {
	e.f.st.Unwind(e.m)
	e.a.cur = e.from
	e.a.stats.Pops++
	if e.th.Dead {
		mode := e.f.layer.Mode()
		_ = e.f.layer.Capture(ctx.Snapshot{}) // no error: neither runs
		_ = e.f.layer.SetMode(mode)
	}
}
