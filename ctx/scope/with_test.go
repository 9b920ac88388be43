package scope_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
)

// The table in With's documentation.
func TestWithHowABlockEnds(t *testing.T) {
	own := errors.New("own")
	joined := errors.Join(context.Canceled, own)
	for _, c := range []struct {
		name           string
		cancel, outer  bool
		shield         bool
		give, want     error
		called, caught bool
	}{
		{"calm", false, false, false, nil, nil, false, false},
		{"own error", false, false, false, own, own, false, false},
		{"foreign cancellation", false, false, false, context.Canceled, context.Canceled, false, false},
		{"late success", true, false, false, nil, nil, true, false},
		{"own error after cancel", true, false, false, own, own, true, false},
		{"plain", true, false, false, context.Canceled, nil, true, true},
		{"wrapped", true, false, false, fmt.Errorf("get: %w", context.DeadlineExceeded), nil, true, true},
		{"io deadline", true, false, false, &os.PathError{Op: "read", Err: os.ErrDeadlineExceeded}, nil, true, true},
		{"own error among", true, false, false, joined, joined, true, false},
		{"all cancelled", true, false, false, errors.Join(context.Canceled, context.DeadlineExceeded), nil, true, true},
		{"outer as well", true, true, false, context.Canceled, context.Canceled, true, false},
		{"outer behind shield", true, true, true, context.Canceled, nil, true, true},
		{"only outer", false, true, false, context.Canceled, context.Canceled, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := ctx.NewState()
			outer := scope.Open(st)
			if c.outer {
				outer.Cancel(nil)
			}
			var opts []scope.Option
			if c.shield {
				opts = append(opts, scope.Shielded())
			}
			var kept *scope.Scope
			err := scope.With(st, func(sc *scope.Scope) error {
				kept = sc
				if c.cancel {
					equal(t, sc.Cancel(own), true)
					equal(t, sc.Cancel(nil), false)
				}
				return c.give
			}, opts...)
			equal(t, err, c.want)
			equal(t, kept.Called(), c.called)
			equal(t, kept.Caught(), c.caught)
			equal(t, kept.Left(), true)
			if c.cancel {
				equal(t, kept.Cause(), own)
			}
			equal(t, kept.Cancel(nil), false)
			_ = outer.Close(st, err)
		})
	}
}

func TestTimeouts(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		start := time.Now()
		err := scope.FailAfter(st, second, func(*scope.Scope) error { return scope.Sleep(st, time.Hour) })
		isError(t, err, scope.ErrTooSlow)
		isError(t, err, context.DeadlineExceeded)
		equal(t, errors.Is(err, context.Canceled), false)
		equal(t, time.Since(start), second)

		isError(t, scope.FailAt(st, time.Now().Add(second), func(*scope.Scope) error { return scope.Sleep(st, time.Hour) }), scope.ErrTooSlow)
		moved, err := scope.MoveOnAt(st, time.Now().Add(second), func(*scope.Scope) error { return scope.Sleep(st, time.Hour) })
		equal(t, moved, true)
		ok(t, err)
		equal(t, time.Since(start), 3*second)

		// Too slow inside is a failure, which nothing outside takes for its own.
		moved, err = scope.MoveOnAfter(st, 2*second, func(sc *scope.Scope) error {
			err := scope.FailAfter(st, second, func(*scope.Scope) error { return scope.Sleep(st, time.Hour) })
			sc.Cancel(nil)
			return err
		})
		equal(t, moved, false)
		isError(t, err, scope.ErrTooSlow)

		// Both at the same moment: the outer one counts.
		moved, err = scope.MoveOnAfter(st, second, func(*scope.Scope) error {
			return scope.FailAfter(st, second, func(*scope.Scope) error { return scope.Sleep(st, time.Hour) })
		})
		equal(t, moved, true)
		ok(t, err)

		// Late success.
		ok(t, scope.FailAfter(st, second, func(sc *scope.Scope) error {
			time.Sleep(2 * second)
			synctest.Wait()
			equal(t, sc.Called(), true)
			equal(t, sc.TimedOut(), true)
			equal(t, sc.Cause(), context.DeadlineExceeded)
			return nil
		}))
		// Cancel inside FailAfter is no failure.
		ok(t, scope.FailAfter(st, second, func(sc *scope.Scope) error {
			sc.Cancel(errors.New("enough"))
			equal(t, clock.Live(), 0)
			return scope.Check(st)
		}))
		// Passed already: the work sees it before it starts.
		isError(t, scope.FailAfter(st, 0, func(*scope.Scope) error { return scope.Check(st) }), scope.ErrTooSlow)
		equal(t, clock.Live(), 0)
	})
}

// How a block ends does not depend on whether the timer's goroutine ran: here
// it cannot, because this goroutine does not block between deadline and end.
func TestLateTimer(t *testing.T) {
	st := ctx.NewState()
	spin := func() {
		for end := time.Now().Add(2 * time.Millisecond); time.Now().Before(end); {
		}
	}
	err := scope.FailAfter(st, time.Millisecond, func(sc *scope.Scope) error {
		spin()
		return os.ErrDeadlineExceeded // a socket noticed
	})
	isError(t, err, scope.ErrTooSlow)
	err = scope.FailAfter(st, time.Millisecond, func(sc *scope.Scope) error {
		spin()
		return scope.Check(st)
	})
	isError(t, err, scope.ErrTooSlow)
	var kept *scope.Scope
	ok(t, scope.FailAfter(st, time.Millisecond, func(sc *scope.Scope) error {
		kept = sc
		spin()
		return nil
	}))
	equal(t, kept.Called(), true)
}

func TestSaturatingDeadlines(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		for _, never := range []scope.Option{
			scope.Deadline(time.Unix(math.MaxInt64, 0)),
			scope.Deadline(time.Unix(math.MaxInt64, 999_999_999)),
			scope.Deadline(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)),
			scope.Deadline(time.Time{}),
			scope.Timeout(math.MaxInt64),
		} {
			ok(t, scope.With(st, func(sc *scope.Scope) error {
				equal(t, clock.Live(), 0)
				_, found := scope.EffectiveDeadline(st)
				equal(t, found, false)
				_, found = scope.Context(st).Deadline()
				equal(t, found, false)
				return scope.Sleep(st, time.Hour)
			}, never))
		}
		for _, past := range []scope.Option{
			scope.Deadline(time.Unix(math.MinInt64, 0)),
			scope.Deadline(time.Unix(-1, 0)),
			scope.Timeout(math.MinInt64),
			scope.Timeout(-1),
		} {
			ok(t, scope.With(st, func(sc *scope.Scope) error {
				equal(t, sc.Called(), true)
				d, found := scope.EffectiveDeadline(st)
				equal(t, found, true)
				equal(t, d.Before(time.Now()), true)
				return scope.Check(st)
			}, past))
		}
		ok(t, scope.With(st, func(sc *scope.Scope) error {
			noted := time.Now().Round(0).Add(time.Minute) // no monotonic reading, as after parsing
			sc.SetDeadline(noted)
			d, _ := sc.Deadline()
			equal(t, d.Equal(noted), true)
			equal(t, clock.Live(), 1)
			return nil
		}))
	})
}

// The blocks close on the way out of a panic and of Goexit.
func TestPanicAndGoexitLeaveTheBlock(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		equal(t, panics(t, func() {
			_ = scope.FailAfter(st, second, func(*scope.Scope) error {
				st.Push(new(ctx.Layer)) // and nobody takes it off
				panic("boom")
			})
		}), any("boom"))
		equal(t, clock.Live(), 0)
		var wg sync.WaitGroup
		wg.Go(func() {
			_ = scope.FailAfter(st, second, func(*scope.Scope) error { runtime.Goexit(); return nil })
		})
		wg.Wait()
		equal(t, clock.Live(), 0)
		equal(t, scope.Current(st), nil)
	})
}

func TestErrorsSayWhere(t *testing.T) {
	st := ctx.NewState()
	ok(t, scope.With(st, func(sc *scope.Scope) error {
		equal(t, sc.String(), "scope.Scope(open, opened at "+sc.Opened()+")")
		boom := errors.New("boom")
		sc.Cancel(boom)
		err := scope.Check(st)
		isError(t, err, boom)
		isError(t, err, context.Canceled)
		equal(t, err.Error(), "scope: block opened at "+sc.Opened()+" was cancelled: boom")
		equal(t, errors.As(err, new(interface{ Timeout() bool })), true)
		equal(t, scope.Sleep(st, time.Hour).Error(), err.Error())
		equal(t, sc.String(), "scope.Scope(called, opened at "+sc.Opened()+")")
		return err
	}))
	var kept *scope.Scope
	err := scope.FailAfter(st, 0, func(sc *scope.Scope) error {
		kept = sc
		err := scope.Check(st)
		equal(t, err.Error(), "scope: deadline of the block opened at "+sc.Opened()+" has passed")
		return err
	})
	equal(t, err.Error(), "scope: too slow for the deadline set at "+kept.Opened())
	equal(t, err.(interface{ Timeout() bool }).Timeout(), true)
	equal(t, kept.String(), "scope.Scope(caught, opened at "+kept.Opened()+")")
	b := scope.Open(st)
	ok(t, b.Close(st, nil))
	equal(t, b.String(), "scope.Scope(left, opened at "+b.Opened()+")")
	equal(t, (&scope.PanicError{Value: 1, Stack: []byte("stack")}).Error(), "scope: a child of the group panicked: 1\n\nstack")
}

func TestZeroClock(t *testing.T) {
	st := ctx.NewState()
	new(scope.Clock).Use(st)
	panics(t, func() { scope.Open(st, scope.Timeout(second)) })
	ok(t, scope.With(st, func(sc *scope.Scope) error {
		panics(t, func() { sc.SetTimeout(second) })
		return nil
	}))
}

// A scope that was cancelled or left says so, also on a clock that was closed
// meanwhile.
func TestLeftOnAClosedClock(t *testing.T) {
	st, c := ctx.NewState(), scope.NewClock()
	c.Use(st)
	b, called := scope.Open(st), scope.Open(st)
	called.Cancel(nil)
	c.Close()
	equal(t, called.SetTimeout(second), false)
	ok(t, called.Close(st, nil))
	panics(t, func() { b.SetTimeout(second) })
	ok(t, b.Close(st, nil))
	equal(t, b.SetTimeout(second), false)
	equal(t, b.SetDeadline(time.Now().Add(second)), false)
}

// The process-wide clock cannot follow fake time, and says so.
func TestProcessClockInBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := ctx.NewState()
		panics(t, func() { scope.Open(st, scope.Timeout(second)) })
		equal(t, scope.Current(st), nil)
		ok(t, scope.With(st, func(*scope.Scope) error { return nil })) // no deadline, no clock
	})
}

func TestClosedClock(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		clock := scope.NewClock()
		clock.Use(st)
		b := scope.Open(st, scope.Timeout(second))
		clock.Close()
		clock.Close()
		equal(t, clock.Live(), 0)
		time.Sleep(2 * second)
		synctest.Wait()
		equal(t, b.Called(), false)
		ok(t, b.Close(st, nil))
		panics(t, func() { scope.Open(st, scope.Timeout(second)) })
		equal(t, scope.Current(st), nil)
	})
}

// No goroutine waits for deadlines.
func TestNoGoroutines(t *testing.T) {
	st := ctx.NewState()
	c, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 100 {
		b := scope.Open(st, scope.Timeout(time.Hour), scope.From(c))
		child, stop := context.WithCancel(scope.Context(st))
		defer stop()
		defer context.AfterFunc(child, func() {})()
		defer func() { ok(t, b.Close(st, nil)) }()
	}
	// Stacks, not their number: other tests' goroutines end when they like.
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for g := range strings.SplitSeq(string(stacks), "\n\n") {
		_, by, _ := strings.Cut(g, "created by ")
		if strings.HasPrefix(by, "context.(*cancelCtx).propagateCancel") || strings.Contains(by, "strata/ctx/scope.") {
			t.Errorf("a goroutine waits:\n%s", g)
		}
	}
}
