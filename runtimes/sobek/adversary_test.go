// Code generated from runtimes/goja by gensobek; DO NOT EDIT.

package sobek_test

import (
	"fmt"
	"testing"

	"github.com/grafana/sobek"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/fuzz/runtimetest"
	stratasobek "github.com/strata-go/strata/runtimes/sobek"
	"github.com/strata-go/strata/runtimes/sobek/internal/loop"
)

// guest is an engine as runtimetest drives it.
type guest struct {
	t      *testing.T
	vm     *sobek.Runtime
	l      *loop.Loop
	inside bool // a script runs: what enters the engine now is no turn of its own
	hooks  stratasobek.ContextHooks
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
	return &guest{t: t, vm: vm, l: l, hooks: stratasobek.HooksForTest(stratasobek.Current(vm))}
}

// enter calls a function of the engine, as a turn if none runs.
func (g *guest) enter(f sobek.Callable, this sobek.Value, args ...sobek.Value) (v sobek.Value, err error) {
	if g.inside {
		return f(this, args...)
	}
	g.inside = true
	defer func() { g.inside = false }()
	stratasobek.Turn(g.vm, func() { v, err = f(this, args...) })
	return v, err
}

func (g *guest) do(name string, args ...sobek.Value) (sobek.Value, error) {
	f, _ := sobek.AssertFunction(g.vm.Get(name))
	return g.enter(f, sobek.Undefined(), args...)
}

// body makes a Go function of the guest. Its panics are thrown as errors: the
// engine does not survive a Go panic through a generator, with or without the
// adapter; TestGoPanic has what does work.
func (g *guest) body(f func() (bool, error)) sobek.Value {
	return g.vm.ToValue(func(sobek.FunctionCall) sobek.Value {
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
	object *sobek.Object
	step   func(run func())
}

func (g *guest) generate(step func() (bool, error)) runtimetest.Generator {
	object, err := g.do("generate", g.body(step))
	if err != nil {
		g.t.Fatal(err)
	}
	return &generator{g, object.ToObject(g.vm), g.hooks.Generator()}
}

func (x *generator) method(name string) (result sobek.Value, err error) {
	f, _ := sobek.AssertFunction(x.object.Get(name))
	return x.g.enter(func(this sobek.Value, _ ...sobek.Value) (result sobek.Value, err error) {
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
			Current:  func() *ctx.State { return stratasobek.Current(g.vm) },
			Call:     g.call,
			Generate: g.generate,
			Mode:     ctx.Captured,
			Spawn:    g.spawn,
			Drain:    g.l.Run,
		}
	})
}
