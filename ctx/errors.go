package ctx

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/strata-go/strata/internal/keys"
)

// Errors of this package. Reset looks at its token in this order: was it used,
// is it of another variable, is it of another level? A Reset that fails changes
// nothing and does not use the token up.
var (
	// ErrTokenZero is returned for a token that no Set made.
	ErrTokenZero = errors.New("ctx: zero token: use the token that Set, Mask or Push returned")
	// ErrTokenUsed is returned for a token that was used already.
	ErrTokenUsed = errors.New("ctx: token was used already: each token undoes its write once")
	// ErrTokenVar is returned for the token of another variable.
	ErrTokenVar = errors.New("ctx: token belongs to another variable: reset the variable that made it")
	// ErrTokenLevel is returned for a token whose level is not on top of the
	// State: a generator's token in its caller, or the other way round.
	ErrTokenLevel = errors.New("ctx: token belongs to another level: reset it where the level that it was made in is on top")
	// ErrOrder is returned when an element of a stack variable is popped that
	// is not the newest of its level.
	ErrOrder = errors.New("ctx: blocks of a stack variable closed out of order")
	// ErrRunning is returned for a change of a Layer that lies on a State.
	ErrRunning = errors.New("ctx: the layer is running: change its mode while its generator is suspended")
	// ErrMode is returned for a mode that is none of Overlay, None, Captured.
	ErrMode = errors.New("ctx: no such mode: use Overlay, None or Captured")
	// ErrEntered is returned when an Env is entered a second time.
	ErrEntered = errors.New("ctx: the Env is entered already: an Env runs one thing at a time; use a Snapshot for code that re-enters")
	// ErrNoValue is what the panic of a Get without value and default is about.
	ErrNoValue = errors.New("ctx: variable has no value and no default")
	// ErrReleased is returned by TrySet, and wrapped by the panic of Set, after
	// the variable's Release.
	ErrReleased = keys.ErrReleased
	// ErrExhausted is wrapped by the panic of New when every index for
	// collectable variables is in use.
	ErrExhausted = keys.ErrExhausted
)

// released is the error of a write to a released variable.
func released(name string) error {
	return fmt.Errorf("ctx: variable %q takes no values any more: %w; make a new one with ctx.New", name, ErrReleased)
}

// release is Release of a variable of either kind.
func release(c *core, static bool, end func()) {
	if static {
		panic(fmt.Sprintf("ctx: Release of static variable %q; make a variable that has to end with ctx.New", c.name))
	}
	end()
}

// A NoValueError is the panic value of Get for a variable that has neither a
// value nor a default. errors.Is(err, ErrNoValue) holds.
type NoValueError struct {
	Name string // the variable's name
}

// Error returns the message.
func (e *NoValueError) Error() string {
	return fmt.Sprintf("ctx: variable %q has no value here and no default: set it, give it a default, or read it with Lookup or Or", e.Name)
}

// Unwrap returns ErrNoValue.
func (e *NoValueError) Unwrap() error { return ErrNoValue }

// A GuardError is what a write that the variable's guard refused gives: Set
// panics with it, TrySet returns it. It wraps the guard's own error.
type GuardError struct {
	Name string // the variable's name
	Err  error  // what the guard returned
}

// Error returns the message.
func (e *GuardError) Error() string {
	return fmt.Sprintf("ctx: the guard of variable %q refused the value: %v", e.Name, e.Err)
}

// Unwrap returns the guard's error.
func (e *GuardError) Unwrap() error { return e.Err }

// A MisuseError is the panic value of End and Pop when they cannot undo their
// write. It wraps ErrTokenUsed, ErrTokenLevel or ErrOrder.
type MisuseError struct {
	Name   string // the variable's name
	Opened string // file:line where the block was opened, "" without Debug
	Err    error
}

// Error returns the message.
func (e *MisuseError) Error() string {
	where := "opened at a place that was not recorded (switch recording on with State.Debug(true))"
	if e.Opened != "" {
		where = "opened at " + e.Opened
	}
	return fmt.Sprintf("%v; variable %q, block %s: close blocks in reverse order, in the level that opened them, with defer", e.Err, e.Name, where)
}

// Unwrap returns the sentinel error.
func (e *MisuseError) Unwrap() error { return e.Err }

// here is the program counter of the caller outside this package, when st
// records call sites.
func (st *State) here() uintptr {
	if st == nil || st.x == nil || !st.x.debug {
		return 0
	}
	return caller()
}

func caller() uintptr {
	var pcs [8]uintptr
	n := runtime.Callers(3, pcs[:])
	frames := runtime.CallersFrames(pcs[:n])
	for i := 0; ; i++ {
		f, more := frames.Next()
		if !inPackage(f.Function) || !more {
			return f.PC
		}
	}
}

const packagePrefix = "github.com/strata-go/strata/ctx."

func inPackage(function string) bool {
	return len(function) > len(packagePrefix) && function[:len(packagePrefix)] == packagePrefix
}

func place(pc uintptr) string {
	if pc == 0 {
		return ""
	}
	f, _ := runtime.CallersFrames([]uintptr{pc + 1}).Next()
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}
