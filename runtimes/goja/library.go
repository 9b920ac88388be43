package goja

import (
	_ "embed"
	"fmt"

	"github.com/dop251/goja"

	"github.com/strata-go/strata/ctx"
)

// The classes are written in JavaScript, so that prototypes, property
// descriptors, brand checks, subclassing and errors are those of the language.
// What they cannot do, changing the execution so that it is restored on every
// way out, is native.
//
//go:embed library.js
var librarySource string

var libraryProgram = goja.MustCompile("strata/library.js", librarySource, true)

// variable and snapshot are what the classes keep in private fields. Scripts
// cannot reach their contents.
type variable struct {
	v    ctx.Var[goja.Value]
	none goja.Value // the default
}

type snapshot struct{ s ctx.Snapshot }

func (a *adapter) library(vm *goja.Runtime) error {
	factory, err := vm.RunProgram(libraryProgram)
	if err != nil {
		return fmt.Errorf("goja: the library of classes does not run on this engine: %w", err)
	}
	install, _ := goja.AssertFunction(factory)
	native := vm.NewObject()
	for name, f := range map[string]func(goja.FunctionCall, *goja.Runtime) goja.Value{
		"variable": a.variable, "get": a.get, "set": a.set, "unset": a.unset, "run": a.run,
		"snapshot": a.snapshot, "runIn": a.runIn,
	} {
		if err := native.Set(name, f); err != nil {
			return err
		}
	}
	made, err := install(goja.Undefined(), native)
	if err != nil {
		return fmt.Errorf("goja: the library of classes does not run on this engine: %w", err)
	}
	a.hooks = made.ToObject(vm).Get("hooks").ToObject(vm)
	namespace := made.ToObject(vm).Get("AsyncContext")
	return vm.GlobalObject().DefineDataProperty("AsyncContext", namespace, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

func arg[T any](vm *goja.Runtime, call goja.FunctionCall, i int) *T {
	x, ok := call.Argument(i).Export().(*T)
	if !ok {
		panic(vm.NewTypeError("strata: a native function was called from outside the library"))
	}
	return x
}

// variable(name, default) makes a collectable variable.
func (a *adapter) variable(call goja.FunctionCall, vm *goja.Runtime) goja.Value {
	return vm.ToValue(&variable{ctx.New[goja.Value](call.Argument(0).String()), call.Argument(1)})
}

func (a *adapter) get(call goja.FunctionCall, vm *goja.Runtime) goja.Value {
	v := arg[variable](vm, call, 0)
	return v.v.Or(a.st, v.none)
}

// set(v, x) is enterWith: it lasts until the turn or job ends.
func (a *adapter) set(call goja.FunctionCall, vm *goja.Runtime) goja.Value {
	v := arg[variable](vm, call, 0)
	a.trace(vm, "set", v)
	v.v.Put(a.st, call.Argument(1))
	return goja.Undefined()
}

func (a *adapter) unset(call goja.FunctionCall, vm *goja.Runtime) goja.Value {
	v := arg[variable](vm, call, 0)
	a.trace(vm, "unset", v)
	v.v.Unset(a.st)
	return goja.Undefined()
}

// run(v, x, f, this, args) calls f with v set to x.
func (a *adapter) run(call goja.FunctionCall, vm *goja.Runtime) (result goja.Value) {
	v := arg[variable](vm, call, 0)
	f := function(vm, call.Argument(2))
	a.trace(vm, "run", v)
	v.v.With(a.st, call.Argument(1), func() { result = apply(vm, f, call) })
	return result
}

func (a *adapter) snapshot(_ goja.FunctionCall, vm *goja.Runtime) goja.Value {
	return vm.ToValue(&snapshot{a.st.Snapshot()})
}

// runIn(s, _, f, this, args) calls f in the context of s.
func (a *adapter) runIn(call goja.FunctionCall, vm *goja.Runtime) (result goja.Value) {
	s := arg[snapshot](vm, call, 0)
	f := function(vm, call.Argument(2))
	a.within(s.s, func() { result = apply(vm, f, call) })
	return result
}

func function(vm *goja.Runtime, v goja.Value) goja.Callable {
	f, ok := goja.AssertFunction(v)
	if !ok {
		panic(vm.NewTypeError("%s is not a function", v.String()))
	}
	return f
}

// apply calls f with the this value and the array of arguments at the end of
// the call. What f throws goes on.
func apply(vm *goja.Runtime, f goja.Callable, call goja.FunctionCall) goja.Value {
	list := call.Argument(4).ToObject(vm)
	args := make([]goja.Value, int(list.Get("length").ToInteger()))
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
func (a *adapter) trace(vm *goja.Runtime, op string, v *variable) {
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
