package seq

import (
	"iter"
	"runtime"
	"sync/atomic"

	"github.com/strata-go/strata/ctx"
)

// The phases of a generator. Whoever resumes takes it from idle to running with
// one compare-and-swap, so that of two resumers one is told.
const (
	idle    uint32 = iota // not started, or suspended at a yield
	running               // somebody resumes it, or changes its mode
	done                  // the body has ended, or never will start
)

// phase is a generator's phase.
type phase struct{ word atomic.Uint32 }

// enter claims the generator. It returns false when it has ended, and
// ErrRunning when somebody is at it.
func (p *phase) enter() (bool, error) {
	if p.word.CompareAndSwap(idle, running) {
		return true, nil
	}
	if p.word.Load() == done {
		return false, nil
	}
	return false, ErrRunning
}

// resume lays the stage of a claimed generator over from's execution. Where that
// is refused, as from is the generator's own State, it is given back.
func (p *phase) resume(s *stage, from *ctx.State) {
	resumed := false
	defer func() {
		if !resumed {
			p.leave()
		}
	}()
	s.resume(from)
	resumed = true
}

// leave gives a claimed generator back, suspended.
func (p *phase) leave() { p.word.Store(idle) }

// end marks a claimed generator as ended.
func (p *phase) end() { p.word.Store(done) }

// engine is a body on a coroutine. Handles (Generator, IO) refer to the engine;
// the coroutine's stack refers to the engine and never to a handle, so that a
// dropped handle is collected and its cleanup can end the body.
//
// A coroutine switch leaves the processor's return stack out of step: each call
// between the switch and the user's code costs a mispredicted return, about as
// much as an atomic operation. Hence the body is given iter.Pull's own yield,
// and Next calls iter.Pull's own next and does the rest on its side.
type engine[T any] struct {
	phase phase
	stage stage
	own   ctx.State // the generator's State; unused when the stage is shared

	next func() (T, bool)         // iter.Pull's; nil before the start and after the end
	stop func()                   // iter.Pull's
	body func(yield func(T) bool) // nil once it has started
}

// enter claims the generator for a resume in st, which its own State is refused.
func (e *engine[T]) enter(st *ctx.State) (bool, error) {
	entered, err := e.phase.enter()
	if entered && st == &e.own {
		e.phase.leave()
		return false, ErrRunning
	}
	return entered, err
}

// start makes the coroutine and ties its end to that of the handle. The first
// resume does it, so a generator that is dropped before costs no goroutine. The
// caller has entered the phase.
func (e *engine[T]) start() {
	body := e.body
	e.body = nil
	e.next, e.stop = iter.Pull(func(yield func(T) bool) {
		defer e.finish()
		body(yield)
	})
}

// finish is the end of the body by return, panic or Goexit. Its deferred
// functions have run under its levels, which go now.
func (e *engine[T]) finish() {
	e.stage.end()
	e.next, e.stop = nil, nil
	e.phase.end()
}

// step runs the body from one yield to the next. The caller has entered the
// phase; it is left, or ended, afterwards. A panic or Goexit of the body goes
// on here.
func (e *engine[T]) step(from *ctx.State) (T, bool) {
	e.phase.resume(&e.stage, from)
	if e.next == nil {
		e.start()
	}
	x, ok := e.next()
	if ok {
		e.stage.suspend()
		e.phase.leave()
	}
	return x, ok
}

// close ends the body as if from resumed it: its present yield and all further
// ones say that it is to end. The caller has entered the phase.
func (e *engine[T]) close(from *ctx.State) {
	if e.stop == nil {
		e.body = nil
		e.phase.end()
		return
	}
	e.phase.resume(&e.stage, from)
	stop := e.stop
	stop()
	if e.next != nil { // the coroutine was there, the body had not begun
		e.finish()
	}
}

// started reports whether the body has been entered, or never will be. The
// caller has entered the phase.
func (e *engine[T]) started() bool { return e.body == nil }

// watch ends the body when the handle has been collected: on a goroutine of its
// own, because deferred functions may take their time and the runtime runs
// cleanups one after the other.
func watch[H, T any](handle *H, e *engine[T]) {
	runtime.AddCleanup(handle, func(e *engine[T]) {
		if entered, _ := e.phase.enter(); entered {
			go e.close(nil)
		}
	}, e)
}

// mode changes the layer between two resumes.
func (e *engine[T]) mode(change func(l *ctx.Layer) error) error {
	entered, err := e.phase.enter()
	if !entered {
		return err
	}
	defer e.phase.leave()
	return change(&e.stage.layer)
}
