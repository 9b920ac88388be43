package goja_test

import (
	"fmt"
	"testing"

	"github.com/dop251/goja"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/fuzz/runtimetest"
	stratagoja "github.com/strata-go/strata/runtimes/goja"
	"github.com/strata-go/strata/runtimes/goja/internal/loop"
)

// guest is an engine as runtimetest drives it.
type guest struct {
	t      *testing.T
	vm     *goja.Runtime
	l      *loop.Loop
	inside bool // a script runs: what enters the engine now is no turn of its own
	hooks  stratagoja.ContextHooks
}

// The guest's side: functions that call back into Go.
const guestSource = `
	function call(body) { body(); }
	function* generate(step) { while (step()) yield; }
	const wait = () => new Promise((resolve) => setImmediate(resolve));
	async function spawn(step) { do { await wait(); } while (step()); }
`

func newGuest(t *testing.T) *guest {
	t.Helper()
	vm, l := open(t)
	run(t, vm, guestSource)
	return &guest{t: t, vm: vm, l: l, hooks: stratagoja.HooksForTest(stratagoja.Current(vm))}
}

// enter calls a function of the engine, as a turn if none runs.
func (g *guest) enter(f goja.Callable, this goja.Value, args ...goja.Value) (v goja.Value, err error) {
	if g.inside {
		return f(this, args...)
	}
	g.inside = true
	defer func() { g.inside = false }()
	stratagoja.Turn(g.vm, func() { v, err = f(this, args...) })
	return v, err
}

func (g *guest) do(name string, args ...goja.Value) (goja.Value, error) {
	f, _ := goja.AssertFunction(g.vm.Get(name))
	return g.enter(f, goja.Undefined(), args...)
}

// body makes a Go function of the guest. Its panics are thrown as errors: the
// engine does not survive a Go panic through a generator, with or without the
// adapter; TestGoPanic has what does work.
func (g *guest) body(f func() (bool, error)) goja.Value {
	return g.vm.ToValue(func(goja.FunctionCall) goja.Value {
		inside := g.inside
		g.inside = true
		defer func() { g.inside = inside }()
		more, err := func() (more bool, err error) {
			defer func() {
				if p := recover(); p != nil {
					err = fmt.Errorf("panic: %v", p)
				}
			}()
			return f()
		}()
		if err != nil {
			panic(g.vm.NewGoError(err))
		}
		return g.vm.ToValue(more)
	})
}

func (g *guest) call(body func() error) error {
	_, err := g.do("call", g.body(func() (bool, error) { return false, body() }))
	return err
}

// generator is a generator object of an engine that has hooks: the step that
// the engine would take from Generator when it makes the object.
type generator struct {
	g      *guest
	object *goja.Object
	step   func(run func())
}

func (g *guest) generate(step func() (bool, error)) runtimetest.Generator {
	object, err := g.do("generate", g.body(step))
	if err != nil {
		g.t.Fatal(err)
	}
	return &generator{g, object.ToObject(g.vm), g.hooks.Generator()}
}

func (x *generator) method(name string) (result goja.Value, err error) {
	f, _ := goja.AssertFunction(x.object.Get(name))
	return x.g.enter(func(this goja.Value, _ ...goja.Value) (result goja.Value, err error) {
		x.step(func() { result, err = f(this) })
		return result, err
	}, x.object)
}

func (x *generator) Next() (more bool, err error) {
	result, err := x.method("next")
	if err != nil {
		return false, err
	}
	return !result.ToObject(x.g.vm).Get("done").ToBoolean(), nil
}

func (x *generator) Close() { _, _ = x.method("return") }

func (g *guest) spawn(step func() bool) {
	if _, err := g.do("spawn", g.body(func() (bool, error) { return step(), nil })); err != nil {
		g.t.Fatal(err)
	}
}

// TestAdapter is what fuzz/runtimetest asks of any adapter: calls, tasks, errors
// and panics, and the hooks' generators, which keep the context of their
// creation. Without hooks a generator has no context of its own; see the README.
func TestAdapter(t *testing.T) {
	runtimetest.Run(t, func(t *testing.T) runtimetest.Host {
		g := newGuest(t)
		return runtimetest.Host{
			Current:  func() *ctx.State { return stratagoja.Current(g.vm) },
			Call:     g.call,
			Generate: g.generate,
			Mode:     ctx.Captured,
			Spawn:    g.spawn,
			Drain:    g.l.Run,
		}
	})
}
