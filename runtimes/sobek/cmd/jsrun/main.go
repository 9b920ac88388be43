// Code generated from runtimes/goja by gensobek; DO NOT EDIT.

// Command jsrun runs JavaScript files with AsyncContext and node:async_hooks.
//
//	go run ./cmd/jsrun [-trace] FILE.js...
//
// Scripts have console, timers, process.exit, process.exitCode, and require for
// node:async_hooks and for files. The exit status is that of the script: what
// process.exit or process.exitCode says, 1 after an uncaught error, which is
// printed with file, line and stack, or 2 when the command is called wrongly.
// -trace prints where each variable's value is set.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/grafana/sobek"

	"github.com/strata-go/strata/ctx"
	stratasobek "github.com/strata-go/strata/runtimes/sobek"
	"github.com/strata-go/strata/runtimes/sobek/internal/loop"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// exit is what process.exit interrupts the engine with.
type exit struct{ code int }

// runner is one interpreter with its loop.
type runner struct {
	vm             *sobek.Runtime
	loop           *loop.Loop
	stdout, stderr io.Writer
	modules        map[string]sobek.Value
	rejected       map[*sobek.Promise]bool // unhandled so far
	code           int
	stopped        bool
}

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("jsrun", flag.ContinueOnError)
	flags.SetOutput(stderr)
	trace := flags.Bool("trace", false, "print where each variable's value is set")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() == 0 {
		fmt.Fprintln(stderr, "usage: jsrun [-trace] FILE.js...")
		return 2
	}
	r := &runner{
		vm: sobek.New(), stdout: stdout, stderr: stderr,
		modules: make(map[string]sobek.Value), rejected: make(map[*sobek.Promise]bool),
	}
	opts := stratasobek.Options{}
	if *trace {
		opts.Trace = func(op, name, position string) {
			if name == "" {
				name = "(unnamed)"
			}
			fmt.Fprintf(stderr, "trace: %s %s at %s\n", op, name, position)
		}
	}
	if err := r.setUp(opts); err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	for _, file := range flags.Args() {
		r.turn(func() error {
			_, err := r.load(file)
			return err
		})
		if r.stopped {
			return r.code
		}
	}
	r.loop.Run()
	return r.code
}

func (r *runner) setUp(opts stratasobek.Options) error {
	l, err := loop.New(r.vm)
	if err != nil {
		return err
	}
	r.loop = l
	l.After = r.unhandled
	if err := stratasobek.Install(r.vm, ctx.NewState(), opts); err != nil {
		return err
	}
	if err := stratasobek.WrapTimers(r.vm, r.report); err != nil {
		return err
	}
	r.vm.SetPromiseRejectionTracker(func(p *sobek.Promise, op sobek.PromiseRejectionOperation) {
		if op == sobek.PromiseRejectionReject {
			r.rejected[p] = true
		} else {
			delete(r.rejected, p)
		}
	})
	if err := r.console(); err != nil {
		return err
	}
	return r.process()
}

// turn runs f as one turn of the loop and reports what it threw, and the
// promises that it left rejected without a handler.
func (r *runner) turn(f func() error) {
	var err error
	stratasobek.Turn(r.vm, func() { err = f() })
	if err != nil {
		r.report(err)
	}
	r.unhandled()
}

// report prints an uncaught error. A process.exit is no error.
func (r *runner) report(err error) {
	if interrupted, ok := errors.AsType[*sobek.InterruptedError](err); ok {
		if e, ok := interrupted.Value().(exit); ok {
			r.code, r.stopped = e.code, true
			r.loop.Stop()
			return
		}
	}
	r.code = 1
	if thrown, ok := errors.AsType[*sobek.Exception](err); ok {
		fmt.Fprintln(r.stderr, "Uncaught", thrown.String())
		return
	}
	fmt.Fprintln(r.stderr, "Uncaught", err)
}

func (r *runner) unhandled() {
	for p := range r.rejected {
		delete(r.rejected, p)
		r.code = 1
		text := p.Result().String()
		if o, ok := p.Result().(*sobek.Object); ok {
			if stack := o.Get("stack"); stack != nil && !sobek.IsUndefined(stack) {
				text = stack.String()
			}
		}
		fmt.Fprintln(r.stderr, "Uncaught (in promise)", text)
	}
}
