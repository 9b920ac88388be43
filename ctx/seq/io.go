package seq

import (
	"errors"
	"iter"
	"runtime"

	"github.com/strata-go/strata/ctx"
)

// An IO is a generator that receives: values by Send, errors by Throw. Make one
// with GenerateIO. The rules for goroutines and for dropping one are those of
// Generator.
type IO[In, Out any] struct{ c *ioCore[In, Out] }

type ioCore[In, Out any] struct {
	engine[Out]
	in     In    // from the resumer to yield
	thrown error // from Throw to yield
	result error // what the body returned
}

// GenerateIO returns a suspended generator of the values that body yields.
// Each yield returns what the resumer sent, with one of these errors: nil after
// Next and Send, the error given to Throw, ErrClosed after Close. An error that
// the body returns goes to the resumer.
func GenerateIO[In, Out any](body func(st *ctx.State, yield func(Out) (In, error)) error, opts ...Option) *IO[In, Out] {
	c := new(ioCore[In, Out])
	c.stage.st = &c.own
	c.stage.apply(opts)
	c.body = func(yield func(Out) bool) {
		c.result = body(&c.own, func(x Out) (in In, err error) {
			if !yield(x) {
				return in, ErrClosed
			}
			in, err = c.in, c.thrown
			c.in, c.thrown = *new(In), nil
			return in, err
		})
	}
	return &IO[In, Out]{c}
}

// Next resumes the generator in st's execution with the zero value of In: the
// body's yield returns it. It returns the next value; ErrDone after the end of
// the body, the body's error at its end; ErrRunning when the generator runs.
func (g *IO[In, Out]) Next(st *ctx.State) (Out, error) {
	var zero In
	return g.step(st, zero, nil, false)
}

// Send is Next with a value for the yield at which the body waits. It returns
// ErrNotStarted before the first Next, when no yield waits.
func (g *IO[In, Out]) Send(st *ctx.State, x In) (Out, error) {
	return g.step(st, x, nil, true)
}

// Throw resumes the generator with an error for the yield at which the body
// waits. What it returns is as for Next: a body that returns the error gives it
// back. A generator that has not started ends and gives err back. A nil err
// panics.
func (g *IO[In, Out]) Throw(st *ctx.State, err error) (Out, error) {
	if err == nil {
		panic("seq: Throw of a nil error: use Next or Send")
	}
	var zero In
	return g.step(st, zero, err, false)
}

func (g *IO[In, Out]) step(st *ctx.State, in In, thrown error, needsYield bool) (out Out, err error) {
	c := g.c
	defer runtime.KeepAlive(g) // no cleanup while the body runs
	switch entered, err := c.enter(st); {
	case err != nil:
		return out, err
	case !entered:
		return out, ErrDone
	}
	if !c.started() {
		switch {
		case needsYield:
			c.phase.leave()
			return out, ErrNotStarted
		case thrown != nil:
			c.close(st)
			return out, thrown
		}
		watch(g, &c.engine)
	} else {
		c.in, c.thrown = in, thrown
	}
	out, ok := c.engine.step(st)
	if !ok {
		return out, c.outcome()
	}
	return out, nil
}

// outcome is what the resumer gets that sees the body end.
func (c *ioCore[In, Out]) outcome() error {
	err := c.result
	if c.result = nil; err == nil {
		return ErrDone
	}
	return err
}

// Close ends the generator in st's execution: the body's yield returns
// ErrClosed, also when called again, and the body runs to its end. An error
// that the body returns other than ErrClosed comes back. Closing an ended
// generator does nothing; closing one that runs returns ErrRunning. A panic or
// runtime.Goexit of the body goes on here.
func (g *IO[In, Out]) Close(st *ctx.State) error {
	c := g.c
	defer runtime.KeepAlive(g)
	entered, err := c.enter(st)
	if !entered {
		return err
	}
	c.close(st)
	if err := c.outcome(); !errors.Is(err, ErrClosed) && err != ErrDone { //nolint:errorlint // a body may return an error that wraps the ErrDone of another
		return err
	}
	return nil
}

// All returns the remaining values for a range loop on st; the error, if the
// body returns one, comes last. Leaving the loop early closes the generator.
func (g *IO[In, Out]) All(st *ctx.State) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		defer g.Close(st)
		for {
			x, err := g.Next(st)
			if err == ErrDone || !yield(x, err) || err != nil { //nolint:errorlint // as in Close
				return
			}
		}
	}
}

// Mode returns how the generator joins the executions that resume it.
func (g *IO[In, Out]) Mode() ctx.Mode { return g.c.stage.layer.Mode() }

// SetMode is Generator.SetMode.
func (g *IO[In, Out]) SetMode(m ctx.Mode) error {
	return g.c.mode(func(l *ctx.Layer) error { return l.SetMode(m) })
}

// Capture is Generator.Capture.
func (g *IO[In, Out]) Capture(s ctx.Snapshot) error {
	return g.c.mode(func(l *ctx.Layer) error { return l.Capture(s) })
}
