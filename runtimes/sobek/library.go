// Code generated from runtimes/goja by gensobek; DO NOT EDIT.

package sobek

import (
	_ "embed"
	"fmt"

	"github.com/grafana/sobek"

	"github.com/strata-go/strata/ctx"
)

// The classes are written in JavaScript, so that prototypes, property
// descriptors, brand checks, subclassing and errors are those of the language.
// What they cannot do, changing the execution so that it is restored on every
// way out, is native.
//
//go:embed library.js
var librarySource string

var libraryProgram = sobek.MustCompile("strata/library.js", librarySource, true)

// variable and snapshot are what the classes keep in private fields. Scripts
// cannot reach their contents.
type variable struct {
	v    ctx.Var[sobek.Value]
	none sobek.Value // the default
}

type snapshot struct{ s ctx.Snapshot }

func (a *adapter) library(vm *sobek.Runtime) error {
	factory, err := vm.RunProgram(libraryProgram)
	if err != nil {
		return fmt.Errorf("sobek: the library of classes does not run on this engine: %w", err)
	}
	install, _ := sobek.AssertFunction(factory)
	native := vm.NewObject()
	for name, f := range map[string]func(sobek.FunctionCall, *sobek.Runtime) sobek.Value{
		"variable": a.variable, "get": a.get, "set": a.set, "unset": a.unset, "run": a.run,
		"snapshot": a.snapshot, "runIn": a.runIn,
	} {
		if err := native.Set(name, f); err != nil {
			return err
		}
	}
	made, err := install(sobek.Undefined(), native)
	if err != nil {
		return fmt.Errorf("sobek: the library of classes does not run on this engine: %w", err)
	}
	a.hooks = made.ToObject(vm).Get("hooks").ToObject(vm)
	namespace := made.ToObject(vm).Get("AsyncContext")
	return vm.GlobalObject().DefineDataProperty("AsyncContext", namespace, sobek.FLAG_TRUE, sobek.FLAG_TRUE, sobek.FLAG_FALSE)
}

func arg[T any](vm *sobek.Runtime, call sobek.FunctionCall, i int) *T {
	x, ok := call.Argument(i).Export().(*T)
	if !ok {
		panic(vm.NewTypeError("strata: a native function was called from outside the library"))
	}
	return x
}

// variable(name, default) makes a collectable variable.
func (a *adapter) variable(call sobek.FunctionCall, vm *sobek.Runtime) sobek.Value {
	return vm.ToValue(&variable{ctx.New[sobek.Value](call.Argument(0).String()), call.Argument(1)})
}

func (a *adapter) get(call sobek.FunctionCall, vm *sobek.Runtime) sobek.Value {
	v := arg[variable](vm, call, 0)
	return v.v.Or(a.st, v.none)
}

// set(v, x) is enterWith: it lasts until the turn or job ends.
func (a *adapter) set(call sobek.FunctionCall, vm *sobek.Runtime) sobek.Value {
	v := arg[variable](vm, call, 0)
	a.trace(vm, "set", v)
	v.v.Put(a.st, call.Argument(1))
	return sobek.Undefined()
}

func (a *adapter) unset(call sobek.FunctionCall, vm *sobek.Runtime) sobek.Value {
	v := arg[variable](vm, call, 0)
	a.trace(vm, "unset", v)
	v.v.Unset(a.st)
	return sobek.Undefined()
}

// run(v, x, f, this, args) calls f with v set to x.
func (a *adapter) run(call sobek.FunctionCall, vm *sobek.Runtime) (result sobek.Value) {
	v := arg[variable](vm, call, 0)
	f := function(vm, call.Argument(2))
	a.trace(vm, "run", v)
	v.v.With(a.st, call.Argument(1), func() { result = apply(vm, f, call) })
	return result
}

func (a *adapter) snapshot(_ sobek.FunctionCall, vm *sobek.Runtime) sobek.Value {
	return vm.ToValue(&snapshot{a.st.Snapshot()})
}

// runIn(s, _, f, this, args) calls f in the context of s.
func (a *adapter) runIn(call sobek.FunctionCall, vm *sobek.Runtime) (result sobek.Value) {
	s := arg[snapshot](vm, call, 0)
	f := function(vm, call.Argument(2))
	a.within(s.s, func() { result = apply(vm, f, call) })
	return result
}

func function(vm *sobek.Runtime, v sobek.Value) sobek.Callable {
	f, ok := sobek.AssertFunction(v)
	if !ok {
		panic(vm.NewTypeError("%s is not a function", v.String()))
	}
	return f
}

// apply calls f with the this value and the array of arguments at the end of
// the call. What f throws goes on.
func apply(vm *sobek.Runtime, f sobek.Callable, call sobek.FunctionCall) sobek.Value {
	list := call.Argument(4).ToObject(vm)
	args := make([]sobek.Value, int(list.Get("length").ToInteger()))
	for i := range args {
		args[i] = list.Get(fmt.Sprint(i))
	}
	result, err := f(call.Argument(3), args...)
	if err != nil {
		panic(err)
	}
	return result
}

// trace reports a write with the innermost script position outside the library.
func (a *adapter) trace(vm *sobek.Runtime, op string, v *variable) {
	if a.opts.Trace == nil {
		return
	}
	position := "?"
	for _, f := range vm.CaptureCallStack(0, nil) {
		if src := f.SrcName(); src != "<native>" && src != "strata/library.js" {
			position = f.Position().String()
			break
		}
	}
	a.opts.Trace(op, v.v.Name(), position)
}
