package scope

import (
	"iter"
	"math"
	"time"

	"github.com/strata-go/strata/ctx"
)

// status is what the scopes of an execution say together. It holds no pointers,
// so that ctx may cache it: a repeated read is a few nanoseconds.
type status struct {
	deadline  int64
	cancelled bool
}

// state is the fold of all open scopes: the earliest deadline and whether any
// is cancelled, both starting anew at a shield.
//
//	[20 10]             10      [20 30]               20
//	[20 30(shield)]     30      [20 30(shield) 25]    25
//
// Every change in place (a deadline, a shield, a cancellation) is followed by
// scopes.Changed, so that no cached result survives it.
var state = ctx.NewFold(scopes, status{deadline: never}, func(s status, sc *Scope) status {
	bits := sc.bits.Load()
	if bits&shielded != 0 {
		s = status{deadline: never}
	}
	if bits&called != 0 {
		return status{math.MinInt64, true}
	}
	s.deadline = min(s.deadline, sc.deadline.Load())
	return s
})

// Cancelled reports whether what runs here should stop: a scope around it was
// cancelled that no shield hides. It is for loops that compute: a few
// nanoseconds, no clock. The deadline counts once its timer has fired; Check
// looks at the clock itself.
func Cancelled(st *ctx.State) bool { return state.Get(st).cancelled }

// Check is the checkpoint of loops that compute. It returns nil while the work
// may go on, and a *CancelledError when it should stop: return that error, the scope
// that was cancelled stops it. Under a deadline it looks at the clock, so that
// a loop that leaves the scheduler no time to fire a timer stops all the same.
func Check(st *ctx.State) error {
	s := state.Get(st)
	if !s.cancelled {
		if s.deadline == never || clockOf(st).now() < s.deadline {
			return nil
		}
		for sc := range visible(st) {
			if sc.deadline.Load() <= sc.clock().now() {
				sc.expire()
			}
		}
	}
	for sc := range visible(st) {
		if err := sc.Err(); err != nil {
			return err
		}
	}
	return nil
}

// EffectiveDeadline returns the time at which what runs here will be stopped:
// the earliest deadline of the open scopes, from the innermost shield inwards.
// It returns false when there is none. A cancelled scope counts as a deadline
// of long ago, the Unix epoch.
func EffectiveDeadline(st *ctx.State) (t time.Time, ok bool) {
	return clockOf(st).time(state.Get(st).deadline)
}

// Current returns the innermost open scope, nil when there is none.
func Current(st *ctx.State) *Scope {
	sc, _ := scopes.Lookup(st)
	return sc
}

// All goes over the open scopes of an execution, outermost first: the blocks
// that a backtrace taken now would show, those of generators over those of
// whoever resumed them.
func All(st *ctx.State) iter.Seq[*Scope] { return scopes.All(st) }

// AllIn goes over the scopes that a snapshot was taken inside and that are
// still open. A left scope is in no snapshot.
func AllIn(s ctx.Snapshot) iter.Seq[*Scope] { return scopes.AllIn(s) }

// visible goes over the scopes whose cancellation reaches the code that runs
// here: from the innermost shield inwards, outermost first.
func visible(st *ctx.State) iter.Seq[*Scope] {
	return func(yield func(*Scope) bool) {
		skip, i := 0, 0
		for sc := range scopes.All(st) {
			if sc.has(shielded) {
				skip = i
			}
			i++
		}
		i = 0
		for sc := range scopes.All(st) {
			if i >= skip && !yield(sc) {
				return
			}
			i++
		}
	}
}

// Sleep waits for d, or until a scope around it is cancelled: then it returns a
// *CancelledError. It returns nil at once when d is not positive and nothing is
// cancelled.
func Sleep(st *ctx.State, d time.Duration) error {
	if err := Check(st); err != nil || d <= 0 {
		return err
	}
	c := Context(st)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.Done():
		if err := Check(st); err != nil {
			return err
		}
		return c.Err()
	}
}
