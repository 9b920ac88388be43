package runtimetest

import "github.com/strata-go/strata/ctx"

// A Host is one fresh instance of a runtime with its adapter. The test calls
// its functions from one goroutine, and from within the Go functions that the
// guest calls.
type Host struct {
	// Current returns the State of what runs now: what a Go function that the
	// guest calls would read and write, and between calls the one that guest
	// code would start on. Required.
	Current func() *ctx.State

	// Call lets a guest function call body once and returns the error that the
	// guest function ended with, nil for none. How errors are written in the
	// guest does not matter. A panic of body goes through, or comes back as an
	// error.
	Call func(body func() error) error

	// Generate makes a guest generator, coroutine or iterator that calls step
	// and suspends itself, again and again while step returns true. It ends when
	// step returns false or an error.
	Generate func(step func() (more bool, err error)) Generator
	// Mode says what the generators are meant to be: overlays, as in Python and
	// Lua, or captured, as in JavaScript.
	Mode ctx.Mode

	// Spawn starts a guest task that waits and calls step, again and again while
	// step returns true: an async function that awaits in a loop before it calls.
	Spawn func(step func() (more bool))
	// Drain runs the host's event loop until no task is left. It comes with
	// Spawn.
	Drain func()
}

// A Generator is a suspended guest generator.
type Generator interface {
	// Next resumes it up to its next suspension. It returns false when it has
	// ended, and the error that ended it.
	Next() (more bool, err error)
	// Close ends it. Closing an ended one does nothing.
	Close()
}
