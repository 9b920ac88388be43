package seq

import (
	"iter"
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
	if p.is(done) {
		return false, nil
	}
	return false, ErrRunning
}

// leave gives a claimed generator back, suspended.
func (p *phase) leave() { p.word.Store(idle) }

// end marks a claimed generator as ended.
func (p *phase) end() { p.word.Store(done) }

func (p *phase) is(x uint32) bool { return p.word.Load() == x }

// engine is a body on a coroutine. Handles (Generator, IO) refer to the engine;
// the coroutine's stack refers to the engine and never to a handle, so that a
// dropped handle is collected and its cleanup can end the body.
type engine struct {
	phase   phase
	closing bool // the body is being ended: every yield says so
	stage   stage
	own     ctx.State // the generator's State; unused when the stage is shared

	body func()                  // nil once it has started
	next func() (struct{}, bool) // iter.Pull: to the body
	stop func()                  // iter.Pull: to the body, for the last time
	back func(struct{}) bool     // iter.Pull's yield: to the resumer
}

// resume runs the body until its next yield, or until its end, when it returns
// false. The caller has entered the phase; he leaves it after a yield, while
// finish has ended it otherwise. A panic or Goexit of the body goes on here.
func (e *engine) resume(from *ctx.State) bool {
	if e.next == nil {
		e.start()
	}
	e.stage.resume(from)
	_, ok := e.next()
	return ok
}

// start makes the coroutine. The first resume does it, so a generator that is
// dropped before costs no goroutine.
func (e *engine) start() {
	body := e.body
	e.body = nil
	e.next, e.stop = iter.Pull(func(yield func(struct{}) bool) {
		defer e.finish()
		e.back = yield
		body()
	})
}

// yield suspends the body until the next resume. It returns false when the body
// is to end.
func (e *engine) yield() bool {
	if e.closing {
		return false
	}
	if !e.phase.is(running) {
		panic("seq: yield while the generator is not running: only the body calls yield, on its own goroutine")
	}
	e.stage.suspend()
	return e.back(struct{}{})
}

// finish is the end of the body by return, panic or Goexit. Its deferred
// functions have run under its levels, which go now.
func (e *engine) finish() {
	e.stage.leave()
	e.next, e.stop, e.back = nil, nil, nil
	e.phase.end()
}

// close ends the body as if from resumed it: its present yield and all further
// ones say that it is to end. The caller has entered the phase.
func (e *engine) close(from *ctx.State) {
	if e.stop == nil {
		e.body = nil
		e.phase.end()
		return
	}
	e.closing = true
	e.stage.resume(from)
	e.stop()
}

// started reports whether the body has been entered. The caller has entered the
// phase.
func (e *engine) started() bool { return e.body == nil }

// abandon runs when the handle has been collected. It ends the body on a
// goroutine of its own, because deferred functions may take their time and the
// runtime runs cleanups one after the other.
func abandon(e *engine) {
	if entered, _ := e.phase.enter(); entered {
		go e.close(nil)
	}
}

// mode changes the layer between two resumes.
func (e *engine) mode(change func(l *ctx.Layer) error) error {
	entered, err := e.phase.enter()
	if !entered {
		return err
	}
	defer e.phase.leave()
	return change(&e.stage.layer)
}
