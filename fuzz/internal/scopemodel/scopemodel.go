// Package scopemodel is what cancel scopes are measured against: for a list of
// open scopes, of which each says whether it was called and until when it may
// run, what the code inside must see.
//
//	outermost ── scope ── scope ── shielded ── scope ── innermost
//	             out of sight      └──── Visible ─────┘
//
// It is naive on purpose: everything is found again from the list at each look.
package scopemodel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
)

// Scope is the model of one scope.
type Scope struct {
	Number   int
	Deadline time.Time // zero: none
	Shield   bool
	Called   bool // it is cancelled, whatever may hide that
	Left     bool
}

// Model returns the scope itself: types that embed a Scope are a Bound.
func (s *Scope) Model() *Scope { return s }

// Bound is what has a model of a scope.
type Bound interface{ Model() *Scope }

// Live reports whether a clock must hold a deadline for the scope.
func (s *Scope) Live() bool { return !s.Deadline.IsZero() && !s.Left && !s.Called }

// Due reports whether the deadline of the scope is over.
func (s *Scope) Due() bool { return !s.Deadline.IsZero() && !s.Deadline.After(time.Now()) }

// Visible is the part of a list, outermost first, that reaches the code inside:
// from the innermost shield inwards.
func Visible[B Bound](list []B) []B {
	for i, b := range slices.Backward(list) {
		if b.Model().Shield {
			return list[i:]
		}
	}
	return list
}

// Status folds the visible scopes: whether one of them is cancelled, and the
// first deadline, which is that of the epoch where one is, and zero for none.
func Status[B Bound](list []B) (cancelled bool, deadline time.Time) {
	for _, b := range Visible(list) {
		s := b.Model()
		cancelled = cancelled || s.Called
		if !s.Deadline.IsZero() && (deadline.IsZero() || s.Deadline.Before(deadline)) {
			deadline = s.Deadline
		}
	}
	if cancelled {
		deadline = time.Unix(0, 0)
	}
	return cancelled, deadline
}

// Compare reports where st is not inside the scopes of a list.
func Compare[B Bound](st *ctx.State, list []B) error {
	cancelled, deadline := Status(list)
	if got := scope.Cancelled(st); got != cancelled {
		return fmt.Errorf("scope.Cancelled %v, want %v", got, cancelled)
	}
	if got := scope.Check(st); (got != nil) != cancelled {
		return fmt.Errorf("scope.Check %v, want cancelled %v", got, cancelled)
	}
	if got, ok := scope.EffectiveDeadline(st); ok == deadline.IsZero() || ok && !got.Equal(deadline) {
		return fmt.Errorf("scope.EffectiveDeadline %v, %v, want %v", got, ok, deadline)
	}
	if err := scope.Context(st).Err(); (err != nil) != cancelled {
		return fmt.Errorf("scope.Context: Err %v, want cancelled %v", err, cancelled)
	}
	return nil
}

// ErrOwn is an error that has nothing to do with cancellation.
var ErrOwn = errors.New("an error of its own")

// Errors are those for the function of a block to return. Check is what
// scope.Check says there.
func Errors(check error) []error {
	return []error{nil, check, ErrOwn, context.Canceled, fmt.Errorf("wrapped: %w", context.DeadlineExceeded), errors.Join(context.Canceled, ErrOwn)}
}

// Leaves reports what a block is left with whose function returned err: whether
// the scope catches it, and the error that comes out. Outer says that a visible
// scope around it is cancelled.
func (s *Scope) Leaves(err error, outer bool) (caught bool, out error) {
	cancellation := err != nil && !errors.Is(err, ErrOwn)
	if cancellation && s.Called && (s.Shield || !outer) {
		return true, nil
	}
	return false, err
}
