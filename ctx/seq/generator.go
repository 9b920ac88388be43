package seq

import (
	"iter"
	"runtime"

	"github.com/strata-go/strata/ctx"
)

// A Source is what gives values one by one to whoever resumes it: a Generator,
// an Adapter, or a type of your own.
type Source[T any] interface {
	// Next resumes the source in st's execution. It returns false at the end.
	Next(st *ctx.State) (T, bool)
	// Close ends the source. It may be called at any time and more than once.
	Close(st *ctx.State)
}

// A Generator is a suspended function that owns a level of context variables.
// Make one with Generate.
//
// It may be resumed from any goroutine, by one at a time; its body sees the
// execution of whoever resumes it, with its own writes on top. Dropping one
// before its end is allowed (see the package comment), Close is quicker.
type Generator[T any] struct{ e *engine[T] }

// Generate returns a suspended generator of the values that body yields. It
// captures nothing of the present execution, runs nothing, and needs no
// coroutine before the first Next.
//
// The body uses the State it is given, in which it stands over its resumer.
// yield returns false when the generator is closed: the body returns then, and
// further yields return false at once.
func Generate[T any](body func(st *ctx.State, yield func(T) bool), opts ...Option) *Generator[T] {
	e := new(engine[T])
	e.stage.st = &e.own
	e.stage.apply(opts)
	e.body = func(yield func(T) bool) { body(&e.own, yield) }
	return &Generator[T]{e}
}

// Next resumes the generator in st's execution and returns the next value, or
// false when the body has ended. It panics with ErrRunning when the generator
// runs already. A panic of the body goes on here and ends the generator.
//
// It does not allocate, except for the coroutine at the first call.
func (g *Generator[T]) Next(st *ctx.State) (T, bool) {
	e := g.e
	if st == &e.own || !e.phase.word.CompareAndSwap(idle, running) {
		return e.refuse()
	}
	// What engine.step does, with fewer calls.
	if e.next == nil {
		watch(g, e)
		e.start()
		e.stage.resume(st)
	} else {
		e.own.Resume(st, &e.stage.layer)
	}
	x, ok := e.next()
	if ok {
		e.own.Suspend()
		e.phase.leave()
	}
	runtime.KeepAlive(g) // no cleanup while the body runs
	return x, ok
}

// refuse is Next of a generator that has ended, or runs, or is resumed in its own
// State, as its body alone does.
func (e *engine[T]) refuse() (x T, ok bool) { //nolint:unparam // the zero T is its answer
	if e.phase.word.Load() != done {
		panic(ErrRunning)
	}
	return x, false
}

// Close ends the generator in st's execution: the yield at which the body is
// suspended returns false, and the body runs to its end. A generator that has
// not started just ends. Closing an ended one does nothing; closing one that
// runs panics with ErrRunning. A panic or runtime.Goexit of the body goes on here.
func (g *Generator[T]) Close(st *ctx.State) {
	g.e.end(st)
	runtime.KeepAlive(g)
}

// end is Close.
func (e *engine[T]) end(st *ctx.State) {
	entered, err := e.enter(st)
	if err != nil {
		panic(err)
	}
	if entered {
		e.close(st)
	}
}

// All returns the remaining values for a range loop on st. The loop's body runs
// in st's execution, without the generator's level. Leaving the loop early
// closes the generator; take single values with Next to go on later.
func (g *Generator[T]) All(st *ctx.State) iter.Seq[T] { return All(st, g) }

// All returns the remaining values of a source for a range loop on st. Leaving
// the loop early, in whatever way, closes the source.
func All[T any](st *ctx.State, src Source[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		defer src.Close(st)
		for {
			x, ok := src.Next(st)
			if !ok || !yield(x) {
				return
			}
		}
	}
}

// Mode returns how the generator joins the executions that resume it.
func (g *Generator[T]) Mode() ctx.Mode { return g.e.stage.layer.Mode() }

// SetMode changes how the generator joins the executions that resume it, from
// the next resume on; what it set stays. It returns ErrRunning while the
// generator runs and ctx.ErrMode for a mode that does not exist.
func (g *Generator[T]) SetMode(m ctx.Mode) error {
	return g.e.mode(func(l *ctx.Layer) error { return l.SetMode(m) })
}

// Capture gives the generator a full context of its own with the values of s
// instead of what it had set (ctx.Captured). It returns ErrRunning while the
// generator runs.
func (g *Generator[T]) Capture(s ctx.Snapshot) error {
	return g.e.mode(func(l *ctx.Layer) error { return l.Capture(s) })
}
