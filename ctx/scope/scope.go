package scope

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/strata-go/strata/ctx"
)

// scopes holds the open scopes of an execution, outermost first. It has a
// namespace of its own so that Group can hand on this one list.
var (
	space  = ctx.NewNamespace("scope")
	scopes = ctx.StaticStack("scope.open", ctx.In[*Scope](space))
)

// A Scope is one block that can be cancelled as a whole: by Cancel, by its
// deadline, or by the context.Context it was made from. With, FailAfter,
// MoveOnAfter and Open make scopes; there is no useful zero value.
//
// All methods are safe on any goroutine. A Scope may be kept after its block
// was left: it is inert then, holds nothing but its own 32 bytes and a cause,
// and answers how it ended.
type Scope struct {
	deadline atomic.Int64 // as the clock counts (see clock.go), or never
	x        atomic.Pointer[extra]
	opened   uintptr // where: one program counter
	bits     atomic.Uint32
	pos      int32 // place in the clock's heap, counted from 1; under the clock's lock
}

// extra is what only some scopes need.
type extra struct {
	clock *Clock                // nil: the process-wide one; never changes
	cause atomic.Pointer[error] // of an explicit cancellation
	limit int64                 // the deadline of the context the scope was made from; set at opening
	from  context.Context       // that context; nil once left; under nodes
	stop  func() bool           // unhooks the scope from it; used by the owner of the block
	own   *node                 // under nodes
	nodes *node                 // list of this scope's nodes; under nodes
}

// What the bits of a Scope say. They are only ever added, except shielded.
const (
	called     uint32 = 1 << iota // cancellation was requested
	byDeadline                    // ... by the deadline
	timedOut                      // ... by the deadline of the context it was made from
	left                          // the block was left
	caught                        // the block stopped the cancellation
	shielded
)

// never is the deadline of a scope without one. A deadline further away than
// the year 2262 is never, too: the clock counts nanoseconds in 63 bits.
const never = math.MaxInt64

func (sc *Scope) has(bit uint32) bool { return sc.bits.Load()&bit != 0 }

// more returns the rarely needed part, and makes it on first use.
func (sc *Scope) more() *extra {
	if x := sc.x.Load(); x != nil {
		return x
	}
	sc.x.CompareAndSwap(nil, &extra{limit: never})
	return sc.x.Load()
}

func (sc *Scope) clock() *Clock {
	if x := sc.x.Load(); x != nil && x.clock != nil {
		return x.clock
	}
	return process
}

// Cancel asks everything inside the scope to stop, and reports whether this
// call did: false when the scope was cancelled before or its block was left.
// The cause is for people and errors.Is; nil is allowed. Cancel returns at
// once: it waits for nobody.
func (sc *Scope) Cancel(cause error) bool { return sc.cancel(called, cause) }

// cancel sets the bits of a cancellation. The first one wins.
func (sc *Scope) cancel(bits uint32, cause error) bool {
	if sc.has(called | left) {
		return false
	}
	if cause != nil {
		sc.more().cause.CompareAndSwap(nil, &cause)
	}
	if !sc.mark(bits) {
		return false
	}
	scopes.Changed()
	sc.clock().remove(sc)
	sc.tell()
	return true
}

// mark adds the bits of a cancellation unless the scope is cancelled or left.
func (sc *Scope) mark(bits uint32) bool {
	for {
		old := sc.bits.Load()
		if old&(called|left) != 0 {
			return false
		}
		if sc.bits.CompareAndSwap(old, old|bits) {
			return true
		}
	}
}

// expire cancels the scope because its deadline has passed; that of a context
// that it was made from tells its own cause.
func (sc *Scope) expire() {
	if c := sc.source(); c != nil {
		defer sc.cancel(called|byDeadline, nil) // also when c panics, which is user code
		sc.end(c)
		return
	}
	sc.cancel(called|byDeadline, nil)
}

// source is the context that an open scope was made from, or nil.
func (sc *Scope) source() context.Context {
	x := sc.x.Load()
	if x == nil {
		return nil
	}
	nodes.Lock()
	defer nodes.Unlock()
	return x.from
}

// end cancels the scope if c, which it was made from, has ended.
func (sc *Scope) end(c context.Context) bool {
	err := c.Err()
	if err == nil {
		return false
	}
	bits := called
	if err == context.DeadlineExceeded {
		bits |= timedOut
	}
	sc.cancel(bits, context.Cause(c))
	return true
}

// Called reports whether the scope was cancelled while its block was open,
// whoever noticed. A block that ends after its deadline counts as called, also
// when the timer came late.
func (sc *Scope) Called() bool { return sc.has(called) }

// Caught reports whether the block ended because of the cancellation: its
// function returned a cancellation error and the scope stopped that error here.
// A scope that was called but whose function returned nil, or an error of its
// own, or whose enclosing scope was cancelled as well, caught nothing.
func (sc *Scope) Caught() bool { return sc.has(caught) }

// TimedOut reports whether it was a deadline that cancelled the scope.
func (sc *Scope) TimedOut() bool { return sc.has(byDeadline | timedOut) }

// Left reports whether the block has ended. A left scope is inert: no read of
// any State or Snapshot finds it.
func (sc *Scope) Left() bool { return sc.has(left) }

// Cause returns why the scope was cancelled: nil when it was not, the cause
// given to Cancel, that of the context, context.DeadlineExceeded, or
// context.Canceled for Cancel(nil).
func (sc *Scope) Cause() error {
	bits := sc.bits.Load()
	if bits&called == 0 {
		return nil
	}
	if bits&byDeadline == 0 {
		if x := sc.x.Load(); x != nil {
			if c := x.cause.Load(); c != nil {
				return *c
			}
		}
	}
	return sc.kind()
}

// kind is what Err of the scope's contexts is.
func (sc *Scope) kind() error {
	if sc.TimedOut() {
		return context.DeadlineExceeded
	}
	return context.Canceled
}

// Err returns nil while the scope itself is not cancelled, then a *CancelledError.
// It does not look at enclosing scopes; Check does.
func (sc *Scope) Err() error {
	if !sc.has(called) {
		return nil
	}
	return &CancelledError{Cause: sc.Cause(), TimedOut: sc.TimedOut(), opened: sc.opened}
}

// Shield sets or lifts the shield. A shielded scope hides the cancellation and
// the deadlines of the scopes around it from what runs inside; its own still
// count. Lifting it lets through what happened meanwhile.
func (sc *Scope) Shield(on bool) {
	if on {
		sc.bits.Or(shielded)
	} else {
		sc.bits.And(^shielded)
	}
	scopes.Changed()
	if !on {
		sc.unshielded()
	}
}

// Shielded reports whether the scope is shielded now.
func (sc *Scope) Shielded() bool { return sc.has(shielded) }

// Deadline returns the scope's own deadline, and false when it has none. It is
// kept on the monotonic clock: a time that was given as a date may come back off
// by what the wall clock was set or slewed meanwhile.
func (sc *Scope) Deadline() (t time.Time, ok bool) { return sc.clock().time(sc.deadline.Load()) }

// SetDeadline moves the deadline, in either direction; a time that has passed
// cancels the scope at once. The zero Time, and any time beyond the year 2262,
// means no deadline. A scope made from a context keeps that context's deadline
// as the latest one. SetDeadline reports whether it took effect: false when
// the scope was cancelled or left before.
func (sc *Scope) SetDeadline(t time.Time) bool { return sc.move(sc.clock().at(t)) }

// SetTimeout is SetDeadline at d from now, by the scope's clock.
func (sc *Scope) SetTimeout(d time.Duration) bool {
	c := sc.clock()
	if !sc.has(called | left) {
		c.check()
	}
	return sc.move(after(c.now(), d))
}

func (sc *Scope) move(when int64) bool {
	c := sc.clock()
	if when != never && !sc.has(called|left) {
		c.check()
	}
	now := c.now()
	moved := c.move(sc, when, now)
	scopes.Changed()
	if moved && when <= now {
		sc.expire()
	}
	return moved
}

// Opened returns file and line of the call that opened the scope.
func (sc *Scope) Opened() string { return place(sc.opened) }

// String says where the scope was opened and how it stands.
func (sc *Scope) String() string {
	how := "open"
	switch bits := sc.bits.Load(); {
	case bits&caught != 0:
		how = "caught"
	case bits&called != 0:
		how = "called"
	case bits&left != 0:
		how = "left"
	}
	return fmt.Sprintf("scope.Scope(%s, opened at %s)", how, sc.Opened())
}

// caller is the program counter of the caller of the function that asks.
func caller() uintptr {
	var pcs [1]uintptr
	runtime.Callers(3, pcs[:])
	return pcs[0]
}

func place(pc uintptr) string {
	if pc == 0 {
		return "an unknown place"
	}
	f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}
