package goja

import (
	"runtime"
	"sync"
	"weak"

	"github.com/dop251/goja"

	"github.com/strata-go/strata/ctx"
)

// Options say what Install does beside making AsyncContext.
type Options struct {
	// Trace is called at each write of a variable by a script, with the
	// variable's name and the script's position as file:line:column.
	Trace func(op, name, position string)
}

// adapter is what Install leaves with a Runtime.
type adapter struct {
	st    *ctx.State
	marks []ctx.Mark // of the reaction jobs that run now, outermost first
	opts  Options
	hooks *goja.Object // module node:async_hooks
}

// adapters finds the adapter of a Runtime. It holds neither: the engine holds its
// adapter as its tracker, and an adapter reaches values of scripts.
var adapters struct {
	sync.RWMutex
	byVM map[weak.Pointer[goja.Runtime]]weak.Pointer[adapter]
}

func of(vm *goja.Runtime) *adapter {
	adapters.RLock()
	defer adapters.RUnlock()
	return adapters.byVM[weak.Make(vm)].Value()
}

// Install makes the global AsyncContext and the module that AsyncHooks returns,
// and tracks the context across promise reactions. st is the execution that
// scripts run in; read and write it between turns as you like. Install once for
// each Runtime: a second call only changes st and opts.
func Install(vm *goja.Runtime, st *ctx.State, opts Options) error {
	if a := of(vm); a != nil {
		a.st, a.opts = st, opts
		return nil
	}
	a := &adapter{st: st, opts: opts}
	if err := a.library(vm); err != nil {
		return err
	}
	vm.SetAsyncContextTracker(a)
	if e, ok := any(vm).(Hookable); ok {
		e.SetContextHooks(a.hooksFor())
	}
	w := weak.Make(vm)
	adapters.Lock()
	defer adapters.Unlock()
	if adapters.byVM == nil {
		adapters.byVM = make(map[weak.Pointer[goja.Runtime]]weak.Pointer[adapter])
	}
	adapters.byVM[w] = weak.Make(a)
	runtime.AddCleanup(vm, func(w weak.Pointer[goja.Runtime]) {
		adapters.Lock()
		defer adapters.Unlock()
		delete(adapters.byVM, w)
	}, w)
	return nil
}

// Current returns the State of the code that runs on vm now: what a Go function
// called from a script reads and sets variables with. It is nil, which reads as
// empty, when Install was not called.
func Current(vm *goja.Runtime) *ctx.State {
	if a := of(vm); a != nil {
		return a.st
	}
	return nil
}

// AsyncHooks returns the module node:async_hooks for a loader of modules, nil
// when Install was not called.
func AsyncHooks(vm *goja.Runtime) *goja.Object {
	if a := of(vm); a != nil {
		return a.hooks
	}
	return nil
}

// Turn runs f as one turn of the event loop: what f sets ends with the turn, and
// the levels that an interrupt, a Go panic or runtime.Goexit left behind are
// taken off. Wrap every entry into the engine in it: RunProgram, callbacks on
// the loop, settling a promise from outside.
func Turn(vm *goja.Runtime, f func()) {
	a := of(vm)
	if a == nil {
		f()
		return
	}
	a.within(a.st.Snapshot(), f)
}

// within runs f in a level of its own over s.
func (a *adapter) within(s ctx.Snapshot, f func()) {
	m, n := a.st.Swap(s), len(a.marks)
	defer func() {
		a.st.Unwind(m)
		a.marks = a.marks[:n]
	}()
	f()
}

// Grab is called by the engine when a promise reaction is registered.
func (a *adapter) Grab() any { return a.st.Snapshot() }

// Resumed is called by the engine before the job of a reaction. Jobs do nest: a
// native handler that settles another promise runs that promise's jobs.
func (a *adapter) Resumed(tracked any) {
	s, _ := tracked.(ctx.Snapshot)
	a.marks = append(a.marks, a.st.Swap(s))
}

// Exited is called by the engine after the job of a reaction, but not when an
// interrupt or a Go panic ended it: Turn mends that.
func (a *adapter) Exited() {
	n := len(a.marks) - 1
	if n < 0 {
		return
	}
	m := a.marks[n]
	a.marks[n] = ctx.Mark{}
	a.marks = a.marks[:n]
	a.st.Unwind(m)
}
