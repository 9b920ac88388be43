package scope

import (
	"time"

	"github.com/strata-go/strata/ctx"
)

// With runs f inside a new scope and returns f's error, or nil where the scope
// stops a cancellation. The block is left also when f panics or calls
// runtime.Goexit.
//
// How a block ends:
//
//	cancelled?  f returns                     With returns  Called  Caught
//	no          anything                      it            false   false
//	yes         nil: late success             nil           true    false
//	yes         an error of its own           it            true    false
//	yes         a cancellation error          nil           true    true
//	yes, and    a cancellation error          it            true    false
//	a scope outside too (not behind a shield)
//
// A cancellation error is one that is or wraps a *CancelledError, context.Canceled,
// context.DeadlineExceeded or os.ErrDeadlineExceeded; joined errors must all
// be. A *TooSlowError is an error of its own, and so is the plain cause: who wants
// an error to go on outwards returns it as it is.
//
// Late success: work that is done is done, however late, and no error is made
// up for it. Whether the scope counts as called does not depend on how quickly
// the timer fired.
func With(st *ctx.State, f func(sc *Scope) error, opts ...Option) error {
	_, err := within(st, gather(opts), caller(), f)
	return err
}

// MoveOnAfter runs f inside a scope with a deadline d from now, and moves on
// when it has passed: moved tells that f was stopped. All else is as in With.
func MoveOnAfter(st *ctx.State, d time.Duration, f func(sc *Scope) error) (moved bool, err error) {
	sc, err := within(st, settings{timeout: d, timed: true}, caller(), f)
	return sc.Caught(), err
}

// MoveOnAt is MoveOnAfter with a time.
func MoveOnAt(st *ctx.State, t time.Time, f func(sc *Scope) error) (moved bool, err error) {
	sc, err := within(st, settings{deadline: t}, caller(), f)
	return sc.Caught(), err
}

// FailAfter runs f inside a scope with a deadline d from now, and returns a
// *TooSlowError when f was stopped by it. All else is as in With: late success is
// success, and a Cancel inside ends the block without an error.
func FailAfter(st *ctx.State, d time.Duration, f func(sc *Scope) error) error {
	return fail(within(st, settings{timeout: d, timed: true}, caller(), f))
}

// FailAt is FailAfter with a time.
func FailAt(st *ctx.State, t time.Time, f func(sc *Scope) error) error {
	return fail(within(st, settings{deadline: t}, caller(), f))
}

func fail(sc *Scope, err error) error {
	if sc.Caught() && sc.has(byDeadline) {
		return &TooSlowError{sc.opened}
	}
	return err
}

// within also pops the levels that f left behind when it does not return: they
// cannot be popped any more by who pushed them, and hide the block's own.
func within(st *ctx.State, s settings, pc uintptr, f func(*Scope) error) (sc *Scope, err error) {
	b := open(st, s, pc)
	m := st.Mark()
	returned := false
	defer func() {
		if !returned {
			st.Unwind(m)
		}
		err = b.Close(st, err)
	}()
	err = f(b.Scope)
	returned = true
	return b.Scope, err
}
