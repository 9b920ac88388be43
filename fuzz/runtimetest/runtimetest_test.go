package runtimetest_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/fuzz/runtimetest"
)

// toy is the smallest runtime with an adapter. A generator of it is a layer and
// a function that is called at each resume. bug breaks the adapter.
type toy struct {
	cur   *ctx.State
	queue []func() bool
	mode  ctx.Mode
	bug   string
}

func (v *toy) host() runtimetest.Host {
	return runtimetest.Host{
		Current: func() *ctx.State { return v.cur }, Call: v.call,
		Generate: v.generate, Mode: v.mode, Spawn: v.spawn, Drain: v.drain,
	}
}

func (v *toy) call(body func() error) error {
	m := v.cur.Mark()
	if v.bug == "call" {
		v.cur.Push(new(ctx.Layer))
	} else {
		defer v.cur.Unwind(m)
	}
	return body()
}

type toyGen struct {
	v     *toy
	layer *ctx.Layer
	step  func() (bool, error)
	done  bool
	first ctx.Snapshot
	began bool
}

func (v *toy) generate(step func() (bool, error)) runtimetest.Generator {
	g := &toyGen{v: v, layer: new(ctx.Layer), step: step}
	if v.mode == ctx.Captured != (v.bug == "mode") {
		g.layer = ctx.CapturedLayer(v.cur.Snapshot())
	}
	return g
}

func (g *toyGen) Next() (more bool, err error) {
	if g.done {
		return false, nil
	}
	v := g.v
	if !g.began {
		g.began, g.first = true, v.cur.Snapshot()
	}
	if v.bug == "leak" {
		_ = g.layer.SetMode(ctx.None)
	}
	outer := v.cur
	if v.bug == "stuck" {
		v.cur = g.first.NewState()
	}
	m := v.cur.Push(g.layer)
	g.done = true // unless it yields
	leave := func() { v.cur.Unwind(m); v.cur = outer }
	if v.bug != "panic" {
		defer leave()
	}
	more, err = g.step()
	if v.bug == "panic" {
		leave()
	}
	g.done = !more || err != nil
	return !g.done, err
}

func (g *toyGen) Close() { g.done = true }

func (v *toy) spawn(step func() bool) {
	st := v.cur.Fork()
	if v.bug == "spawn" {
		st = v.cur
	}
	v.queue = append(v.queue, func() bool {
		outer := v.cur
		v.cur = st
		defer func() { v.cur = outer }()
		return step()
	})
}

func (v *toy) drain() {
	for len(v.queue) > 0 {
		task := v.queue[0]
		v.queue = v.queue[1:]
		if task() {
			v.queue = append(v.queue, task)
		}
	}
}

const bugOf = "RUNTIMETEST_BUG"

func TestToy(t *testing.T) {
	runtimetest.Run(t, func(*testing.T) runtimetest.Host {
		return (&toy{cur: ctx.NewState(), bug: os.Getenv(bugOf)}).host()
	})
}

func TestCapturedToy(t *testing.T) {
	runtimetest.Run(t, func(*testing.T) runtimetest.Host {
		return (&toy{cur: ctx.NewState(), mode: ctx.Captured}).host()
	})
}

func TestHostWithNothing(t *testing.T) {
	runtimetest.Run(t, func(*testing.T) runtimetest.Host {
		return runtimetest.Host{Current: func() *ctx.State { return nil }}
	})
}

// Each way to break the adapter makes the tests fail. They run in a process of
// their own, as they fail their testing.T.
func TestBugsAreFound(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Skip("no way to start this test again: ", err)
	}
	for _, bug := range []string{"", "call", "leak", "stuck", "mode", "panic", "spawn"} {
		cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestToy$")
		cmd.Env = append(os.Environ(), bugOf+"="+bug)
		out, err := cmd.CombinedOutput()
		if found := err != nil; found != (bug != "") {
			t.Errorf("bug %q: found %v\n%s", bug, found, out)
		}
	}
}
