package lua_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/fuzz/runtimetest"
	stratalua "github.com/strata-go/strata/runtimes/lua"
)

// guest is an interpreter as runtimetest drives it. in is the thread that runs
// now: what a Go function calls back into.
type guest struct {
	t     *testing.T
	main  *lua.LState
	in    *lua.LState
	mode  ctx.Mode
	tasks []*coroutine
}

// The guest's side: functions that call back into Go.
const guestSource = `
	function call(body) body() end
	function generate(step)
		return coroutine.create(function() while step() do coroutine.yield() end end)
	end
	function resume(co) return coroutine.resume(co) end
	function status(co) return coroutine.status(co) end
`

func newGuest(t *testing.T, mode ctx.Mode) *guest {
	t.Helper()
	L, _ := open(t)
	if err := L.DoString(guestSource); err != nil {
		t.Fatal(err)
	}
	return &guest{t: t, main: L, in: L, mode: mode}
}

// body makes a Go function of the guest.
func (g *guest) body(f func() (bool, error)) *lua.LFunction {
	return g.main.NewFunction(func(L *lua.LState) int {
		outer := g.in
		g.in = L
		defer func() { g.in = outer }()
		more, err := f()
		if err != nil {
			L.RaiseError("%s", err.Error())
		}
		L.Push(lua.LBool(more))
		return 1
	})
}

// do calls a function of guestSource.
func (g *guest) do(name string, args ...lua.LValue) (lua.LValue, lua.LValue, error) {
	L := g.in
	if err := L.CallByParam(lua.P{Fn: L.GetGlobal(name), NRet: 2, Protect: true}, args...); err != nil {
		return nil, nil, err
	}
	a, b := L.Get(-2), L.Get(-1)
	L.Pop(2)
	return a, b, nil
}

func (g *guest) call(body func() error) error {
	_, _, err := g.do("call", g.body(func() (bool, error) { return false, body() }))
	return err
}

// coroutine is a coroutine that the script's resume resumes.
type coroutine struct {
	g      *guest
	th     *lua.LState
	closed bool
}

func (g *guest) generate(step func() (bool, error)) *coroutine {
	th, _, err := g.do("generate", g.body(step))
	if err != nil {
		g.t.Fatal(err)
	}
	c := &coroutine{g: g, th: th.(*lua.LState)}
	if g.mode != ctx.Overlay {
		if err := stratalua.SetMode(g.main, c.th, g.mode); err != nil {
			g.t.Fatal(err)
		}
	}
	return c
}

func (c *coroutine) Next() (more bool, err error) {
	if c.closed {
		return false, nil
	}
	ok, what, err := c.g.do("resume", c.th)
	switch {
	case err != nil:
		return false, err
	case ok != lua.LTrue:
		c.closed = true
		return false, &lua.ApiError{Type: lua.ApiErrorRun, Object: what}
	}
	status, _, err := c.g.do("status", c.th)
	c.closed = status == lua.LString("dead")
	return !c.closed, err
}

// Close drops the coroutine: Lua 5.1 has no other way.
func (c *coroutine) Close() { c.closed = true }

// spawn makes a task: a captured coroutine that waits before its first step.
func (g *guest) spawn(step func() bool) {
	mode := g.mode
	g.mode = ctx.Captured
	defer func() { g.mode = mode }()
	g.tasks = append(g.tasks, g.generate(func() (bool, error) { return step(), nil }))
}

func (g *guest) drain() {
	for len(g.tasks) > 0 {
		task := g.tasks[0]
		g.tasks = g.tasks[1:]
		more, err := task.Next()
		if err != nil {
			g.t.Error(err)
		}
		if more {
			g.tasks = append(g.tasks, task)
		}
	}
}

// TestAdapter is what fuzz/runtimetest asks of any adapter: coroutines as
// overlays, and captured ones; calls, errors, panics and tasks.
func TestAdapter(t *testing.T) {
	for _, mode := range []ctx.Mode{ctx.Overlay, ctx.Captured} {
		t.Run(mode.String(), func(t *testing.T) {
			runtimetest.Run(t, func(t *testing.T) runtimetest.Host {
				g := newGuest(t, mode)
				t.Cleanup(func() { balanced(t, g.main) })
				return runtimetest.Host{
					Current:  func() *ctx.State { return stratalua.Current(g.main) },
					Call:     g.call,
					Generate: func(step func() (bool, error)) runtimetest.Generator { return g.generate(step) },
					Mode:     mode,
					Spawn:    g.spawn,
					Drain:    g.drain,
				}
			})
		})
	}
}
