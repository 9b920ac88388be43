// Code generated from runtimes/goja by gensobek; DO NOT EDIT.

package sobek

import (
	"errors"
	"fmt"

	"github.com/grafana/sobek"

	"github.com/strata-go/strata/ctx"
)

// WrapTimers replaces the globals setTimeout, setInterval, setImmediate and
// their clear functions by ones whose callbacks run in the context of their
// registration. The timers themselves are the ones that stood there. A timer
// that fired or was cleared holds no context any more, however long the script
// keeps the object.
//
// onError is called with what a callback throws; nil ignores it, as event loops
// that call their callbacks from Go do. Install comes first.
func WrapTimers(vm *sobek.Runtime, onError func(error)) error {
	a := of(vm)
	if a == nil {
		return errors.New("sobek: WrapTimers before Install: install the adapter first")
	}
	t := &timers{a: a, pending: make(map[*sobek.Object]*pending), onError: onError}
	for _, k := range []struct {
		set, clear string
		repeat     bool
	}{
		{"setTimeout", "clearTimeout", false},
		{"setInterval", "clearInterval", true},
		{"setImmediate", "clearImmediate", false},
	} {
		set, ok1 := sobek.AssertFunction(vm.Get(k.set))
		stop, ok2 := sobek.AssertFunction(vm.Get(k.clear))
		if !ok1 || !ok2 {
			continue
		}
		if err := vm.Set(k.set, t.set(set, k.repeat)); err != nil {
			return fmt.Errorf("sobek: cannot replace %s: %w", k.set, err)
		}
		if err := vm.Set(k.clear, t.clear(stop)); err != nil {
			return fmt.Errorf("sobek: cannot replace %s: %w", k.clear, err)
		}
	}
	return nil
}

type timers struct {
	a       *adapter
	pending map[*sobek.Object]*pending // timers that may still fire
	onError func(error)
}

// pending is a timer that may still fire. Its callback is dropped when it
// cannot any more.
type pending struct {
	s    ctx.Snapshot // of an interval
	h    *ctx.Handle  // of a timer that fires once
	f    sobek.Callable
	args []sobek.Value
	id   *sobek.Object
}

func (t *timers) set(original sobek.Callable, repeat bool) func(sobek.FunctionCall, *sobek.Runtime) sobek.Value {
	return func(call sobek.FunctionCall, vm *sobek.Runtime) sobek.Value {
		f, ok := sobek.AssertFunction(call.Argument(0))
		if !ok {
			return must(original(call.This, call.Arguments...))
		}
		p := &pending{f: f}
		if s := t.a.st.Snapshot(); repeat {
			p.s = s
		} else {
			p.h = s.Handle(func(*ctx.State) { t.call(f, p.args) })
		}
		args := append([]sobek.Value(nil), call.Arguments...)
		args[0] = vm.ToValue(func(call sobek.FunctionCall) sobek.Value {
			t.fire(p, call.Arguments)
			return sobek.Undefined()
		})
		id := must(original(call.This, args...))
		if o, ok := id.(*sobek.Object); ok {
			p.id = o
			t.pending[o] = p
		}
		return id
	}
}

func (t *timers) fire(p *pending, args []sobek.Value) {
	switch {
	case p.f == nil: // cleared
	case p.h == nil:
		f := p.f
		t.a.within(p.s, func() { t.call(f, args) })
	default:
		h := p.h
		p.args = args
		delete(t.pending, p.id)
		n := len(t.a.marks)
		defer func() {
			*p = pending{}
			t.a.marks = t.a.marks[:n]
		}()
		h.Call(t.a.st)
	}
}

func (t *timers) call(f sobek.Callable, args []sobek.Value) {
	if _, err := f(sobek.Undefined(), args...); err != nil && t.onError != nil {
		t.onError(err)
	}
}

func (t *timers) drop(p *pending) {
	if p.h != nil {
		p.h.Release()
	}
	delete(t.pending, p.id)
	*p = pending{}
}

func (t *timers) clear(original sobek.Callable) func(sobek.FunctionCall) sobek.Value {
	return func(call sobek.FunctionCall) sobek.Value {
		if o, ok := call.Argument(0).(*sobek.Object); ok {
			if p := t.pending[o]; p != nil {
				t.drop(p)
			}
		}
		return must(original(call.This, call.Arguments...))
	}
}

func must(v sobek.Value, err error) sobek.Value {
	if err != nil {
		panic(err)
	}
	return v
}
