package scope

import (
	"context"
	"errors"
	"fmt"
	"os"
)

var (
	// ErrTooSlow is what a *TooSlowError is: errors.Is finds it.
	ErrTooSlow = errors.New("scope: too slow")
	// ErrLeft is the cause of contexts that ended because their block was left.
	ErrLeft = errors.New("scope: the block of this context was left")
	// ErrMisnested is wrapped by the panic of a block that is closed out of
	// order, twice, or in another level than it was opened in.
	ErrMisnested = errors.New("scope: block closed out of order")
	// ErrGoexit stands for a child of a group that called runtime.Goexit.
	ErrGoexit = errors.New("scope: a child of the group called runtime.Goexit")
)

// A CancelledError is the error of work that stops because a scope around it was
// cancelled: Check and Sleep return it. It travels out to the scope, which
// stops it there. errors.Is finds context.DeadlineExceeded or context.Canceled
// in it, and the cause.
type CancelledError struct {
	Cause    error // what was given to Cancel, or the kind of the end
	TimedOut bool  // a deadline did it
	opened   uintptr
}

// Error returns the message.
func (e *CancelledError) Error() string {
	if e.TimedOut {
		return fmt.Sprintf("scope: deadline of the block opened at %s has passed", place(e.opened))
	}
	return fmt.Sprintf("scope: block opened at %s was cancelled: %v", place(e.opened), e.Cause)
}

// Unwrap returns what kind of end it was, and the cause.
func (e *CancelledError) Unwrap() []error {
	if e.TimedOut {
		return []error{context.DeadlineExceeded, e.Cause}
	}
	return []error{context.Canceled, e.Cause}
}

// Timeout reports whether a deadline did it, as net.Error does.
func (e *CancelledError) Timeout() bool { return e.TimedOut }

// A TooSlowError is the error of FailAfter and FailAt whose function was stopped by
// their own deadline. It is a failure like any other: no enclosing scope stops
// it. errors.Is finds ErrTooSlow and context.DeadlineExceeded in it.
type TooSlowError struct{ opened uintptr }

// Error returns the message.
func (e *TooSlowError) Error() string {
	return "scope: too slow for the deadline set at " + place(e.opened)
}

// Unwrap returns ErrTooSlow and context.DeadlineExceeded.
func (e *TooSlowError) Unwrap() []error { return []error{ErrTooSlow, context.DeadlineExceeded} }

// Timeout returns true, as net.Error's does for deadlines.
func (e *TooSlowError) Timeout() bool { return true }

// A MisuseError is the panic value of a block that cannot be closed. It wraps
// ErrMisnested and the reason that package ctx gives.
type MisuseError struct {
	Opened    string // file:line where the block was opened
	Innermost string // file:line where the innermost open scope was opened, "" for none
	Err       error
}

// Error returns the message.
func (e *MisuseError) Error() string {
	now := "no scope is open here"
	if e.Innermost != "" {
		now = "the innermost open scope here was opened at " + e.Innermost
	}
	return fmt.Sprintf("%v: the block opened at %s cannot be closed now, %s (%v): close blocks in reverse order, in the State and generator that opened them, with defer", ErrMisnested, e.Opened, now, e.Err)
}

// Unwrap returns ErrMisnested and the reason.
func (e *MisuseError) Unwrap() []error { return []error{ErrMisnested, e.Err} }

// A PanicError is what a Group panics with after one of its children did: the
// child's value, and the child's stack, which its own goroutine took with it.
type PanicError struct {
	Value any
	Stack []byte
}

// Error returns the message.
func (e *PanicError) Error() string {
	return fmt.Sprintf("scope: a child of the group panicked: %v\n\n%s", e.Value, e.Stack)
}

// Unwrap returns the child's value when it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// cancellation reports whether err says nothing but that work was cancelled:
// it is, or wraps, a *CancelledError, an error of a context, or a timeout of an I/O
// deadline. Errors that wrap several count when each of
// those does; a *TooSlowError wraps one that does not.
func cancellation(err error) bool {
	todo := []error{err}
	for len(todo) > 0 {
		e := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if _, is := e.(*CancelledError); is { //nolint:errorlint // this loop is what unwraps
			continue // whatever its cause is
		}
		if e == context.Canceled || e == context.DeadlineExceeded || e == os.ErrDeadlineExceeded { //nolint:errorlint // this loop is what unwraps
			continue
		}
		if is, ok := e.(interface{ Is(error) bool }); ok && (is.Is(context.Canceled) || is.Is(context.DeadlineExceeded) || is.Is(os.ErrDeadlineExceeded)) {
			continue
		}
		switch w := e.(type) { //nolint:errorlint // this loop is what unwraps
		case interface{ Unwrap() error }:
			if e = w.Unwrap(); e == nil {
				return false
			}
			todo = append(todo, e)
		case interface{ Unwrap() []error }:
			list := w.Unwrap()
			if len(list) == 0 {
				return false
			}
			todo = append(todo, list...)
		default:
			return false
		}
	}
	return true
}
