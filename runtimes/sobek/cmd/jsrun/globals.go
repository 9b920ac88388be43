// Code generated from runtimes/goja by gensobek; DO NOT EDIT.

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/grafana/sobek"

	stratasobek "github.com/strata-go/strata/runtimes/sobek"
)

// console makes log, info, debug, warn and error.
func (r *runner) console() error {
	c := r.vm.NewObject()
	for name, w := range map[string]any{"log": r.stdout, "info": r.stdout, "debug": r.stdout, "warn": r.stderr, "error": r.stderr} {
		out := w.(interface{ Write([]byte) (int, error) })
		if err := c.Set(name, func(call sobek.FunctionCall) sobek.Value {
			words := make([]string, len(call.Arguments))
			for i, v := range call.Arguments {
				words[i] = r.format(v)
			}
			fmt.Fprintln(out, strings.Join(words, " "))
			return sobek.Undefined()
		}); err != nil {
			return err
		}
	}
	return r.vm.Set("console", c)
}

// format is how console prints a value: objects as JSON where they have one.
func (r *runner) format(v sobek.Value) string {
	o, ok := v.(*sobek.Object)
	if !ok {
		return v.String()
	}
	if _, isFunction := sobek.AssertFunction(o); isFunction || o.ClassName() == "Error" {
		return v.String()
	}
	if text, err := o.MarshalJSON(); err == nil {
		return string(text)
	}
	return v.String()
}

func (r *runner) process() error {
	p := r.vm.NewObject()
	if err := p.Set("exit", func(call sobek.FunctionCall) sobek.Value {
		code := r.code
		if !sobek.IsUndefined(call.Argument(0)) {
			code = int(call.Argument(0).ToInteger())
		}
		r.vm.Interrupt(exit{code})
		return sobek.Undefined()
	}); err != nil {
		return err
	}
	if err := p.DefineAccessorProperty("exitCode",
		r.vm.ToValue(func(sobek.FunctionCall) sobek.Value { return r.vm.ToValue(r.code) }),
		r.vm.ToValue(func(call sobek.FunctionCall) sobek.Value {
			r.code = int(call.Argument(0).ToInteger())
			return sobek.Undefined()
		}), sobek.FLAG_TRUE, sobek.FLAG_TRUE); err != nil {
		return err
	}
	return r.vm.Set("process", p)
}

// load runs a file as a CommonJS module, once, and returns its exports.
func (r *runner) load(file string) (sobek.Value, error) {
	file = filepath.Clean(file)
	if m, ok := r.modules[file]; ok {
		return m.ToObject(r.vm).Get("exports"), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	program, err := sobek.Compile(file, "(function (exports, require, module) {"+string(text)+"\n})", false)
	if err != nil {
		return nil, err
	}
	wrapped, err := r.vm.RunProgram(program)
	if err != nil {
		return nil, err
	}
	module := r.vm.NewObject()
	if err := module.Set("exports", r.vm.NewObject()); err != nil {
		return nil, err
	}
	r.modules[file] = module
	f, _ := sobek.AssertFunction(wrapped)
	_, err = f(sobek.Undefined(), module.Get("exports"), r.vm.ToValue(r.require(filepath.Dir(file))), module)
	return module.Get("exports"), err
}

func (r *runner) require(dir string) func(sobek.FunctionCall) sobek.Value {
	return func(call sobek.FunctionCall) sobek.Value {
		name := call.Argument(0).String()
		switch {
		case name == "node:async_hooks" || name == "async_hooks":
			return stratasobek.AsyncHooks(r.vm)
		case strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") || filepath.IsAbs(name):
			file := name
			if !filepath.IsAbs(file) {
				file = filepath.Join(dir, name)
			}
			if filepath.Ext(file) == "" {
				file += ".js"
			}
			exports, err := r.load(file)
			if err != nil {
				panic(r.vm.NewGoError(err))
			}
			return exports
		}
		panic(r.vm.NewTypeError("cannot find module %q: jsrun has node:async_hooks and files", name))
	}
}
