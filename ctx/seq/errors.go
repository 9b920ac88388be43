package seq

import "errors"

var (
	// ErrRunning tells that a generator was resumed, closed or given another
	// mode while it runs: by its own body, or by another goroutine. Nothing has
	// changed then.
	ErrRunning = errors.New("seq: the generator is running: a generator is resumed by one at a time, and not by its own body; give each consumer its own, or guard it with a mutex")
	// ErrDone is what Next, Send and Throw of an IO return after its end.
	ErrDone = errors.New("seq: the generator has ended")
	// ErrClosed is what the yield of an IO returns when the generator is being
	// closed: clean up and return.
	ErrClosed = errors.New("seq: the generator is being closed")
	// ErrNotStarted is returned by Send when no yield waits for the value.
	ErrNotStarted = errors.New("seq: Send to a generator that has not started: nothing waits for the value; call Next first")
)
