package scope_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
)

// Work that honours its scopes: it sleeps, computes or waits for a context.
func work(st *ctx.State, d time.Duration) error { return scope.Sleep(st, d) }

func ExampleWith() {
	st := ctx.NewState()
	err := scope.With(st, func(sc *scope.Scope) error {
		sc.Cancel(errors.New("changed my mind"))
		return work(st, time.Hour) // returns at once, with a *CancelledError
	})
	fmt.Println(err) // the scope stopped it
	// Output: <nil>
}

func ExampleFailAfter() {
	st := ctx.NewState()
	err := scope.FailAfter(st, time.Millisecond, func(*scope.Scope) error {
		return work(st, time.Hour)
	})
	fmt.Println(errors.Is(err, scope.ErrTooSlow), errors.Is(err, context.DeadlineExceeded))

	// Late success is success.
	err = scope.FailAfter(st, 0, func(sc *scope.Scope) error {
		fmt.Println("called:", sc.Called())
		return nil
	})
	fmt.Println(err)
	// Output:
	// true true
	// called: true
	// <nil>
}

func ExampleFailAt() {
	st := ctx.NewState()
	err := scope.FailAt(st, time.Now().Add(-time.Second), func(*scope.Scope) error {
		return work(st, time.Hour)
	})
	var slow *scope.TooSlowError
	fmt.Println(errors.As(err, &slow))
	// Output: true
}

func ExampleMoveOnAfter() {
	st := ctx.NewState()
	moved, err := scope.MoveOnAfter(st, time.Millisecond, func(*scope.Scope) error {
		return work(st, time.Hour)
	})
	fmt.Println(moved, err)
	// Output: true <nil>
}

func ExampleMoveOnAt() {
	st := ctx.NewState()
	moved, err := scope.MoveOnAt(st, time.Now().Add(time.Hour), func(*scope.Scope) error {
		return work(st, 0)
	})
	fmt.Println(moved, err)
	// Output: false <nil>
}

// An interpreter opens and closes blocks where its program does.
func ExampleOpen() {
	st := ctx.NewState()
	program := func() (err error) {
		b := scope.Open(st, scope.Timeout(time.Hour))
		defer func() { err = b.Close(st, err) }()
		b.Cancel(nil)
		return scope.Check(st)
	}
	fmt.Println(program())
	// Output: <nil>
}

func ExampleBlock_Close() {
	st := ctx.NewState()
	outer := scope.Open(st)
	inner := scope.Open(st)
	func() {
		defer func() {
			var e *scope.MisuseError
			if err, is := recover().(error); is && errors.As(err, &e) {
				fmt.Println(errors.Is(err, scope.ErrMisnested))
				fmt.Println(filepath.Base(e.Opened) != filepath.Base(e.Innermost))
			}
		}()
		_ = outer.Close(st, nil) // inner is still open
	}()
	fmt.Println(inner.Close(st, nil), outer.Close(st, nil))
	// Output:
	// true
	// true
	// <nil> <nil>
}

func ExampleTimeout() {
	st := ctx.NewState()
	_ = scope.With(st, func(sc *scope.Scope) error {
		d, ok := sc.Deadline()
		fmt.Println(time.Until(d).Round(time.Minute), ok)
		return nil
	}, scope.Timeout(time.Hour))
	// Output: 1h0m0s true
}

func ExampleDeadline() {
	st := ctx.NewState()
	_ = scope.With(st, func(sc *scope.Scope) error {
		_, ok := sc.Deadline()
		fmt.Println(ok)
		return nil
	}, scope.Deadline(time.Time{})) // the zero Time: none
	// Output: false
}

// Cleaning up after a cancellation, for a limited time.
func ExampleShielded() {
	st := ctx.NewState()
	_ = scope.With(st, func(sc *scope.Scope) error {
		sc.Cancel(nil)
		fmt.Println("outside:", scope.Cancelled(st))
		return scope.With(st, func(*scope.Scope) error {
			fmt.Println("cleaning up:", scope.Cancelled(st))
			return work(st, time.Millisecond)
		}, scope.Shielded(), scope.Timeout(time.Minute))
	})
	// Output:
	// outside: true
	// cleaning up: false
}

// A request's context becomes a scope: its end, its deadline and its values.
func ExampleFrom() {
	type key struct{}
	request, cancel := context.WithCancelCause(context.WithValue(context.Background(), key{}, "trace 7"))
	st := ctx.NewState()
	err := scope.With(st, func(sc *scope.Scope) error {
		fmt.Println(scope.Context(st).Value(key{}))
		cancel(errors.New("client went away"))
		err := work(st, time.Hour)
		fmt.Println(sc.Cause())
		return err
	}, scope.From(request))
	fmt.Println(err)
	// Output:
	// trace 7
	// client went away
	// <nil>
}

func ExampleCancelled() {
	st := ctx.NewState()
	_ = scope.With(st, func(sc *scope.Scope) error {
		n := 0
		for !scope.Cancelled(st) {
			if n++; n == 1000 {
				sc.Cancel(nil)
			}
		}
		fmt.Println(n)
		return nil
	})
	// Output: 1000
}

func ExampleCheck() {
	st := ctx.NewState()
	rows := 0
	err := scope.FailAfter(st, time.Millisecond, func(*scope.Scope) error {
		for ; ; rows++ {
			if err := scope.Check(st); err != nil {
				return err
			}
		}
	})
	fmt.Println(rows > 0, errors.Is(err, scope.ErrTooSlow))
	// Output: true true
}

func ExampleEffectiveDeadline() {
	st := ctx.NewState()
	left := func() string {
		d, ok := scope.EffectiveDeadline(st)
		if !ok {
			return "none"
		}
		return time.Until(d).Round(time.Hour).String()
	}
	fmt.Println(left())
	_ = scope.FailAfter(st, 20*time.Hour, func(*scope.Scope) error {
		return scope.FailAfter(st, 30*time.Hour, func(sc *scope.Scope) error {
			fmt.Println(left())
			sc.Shield(true)
			fmt.Println(left())
			return nil
		})
	})
	// Output:
	// none
	// 20h0m0s
	// 30h0m0s
}

func ExampleCurrent() {
	st := ctx.NewState()
	fmt.Println(scope.Current(st) == nil)
	_ = scope.With(st, func(sc *scope.Scope) error {
		fmt.Println(scope.Current(st) == sc)
		return nil
	})
	// Output:
	// true
	// true
}

// The first program of the e-mail that this library answers: a generator yields
// inside its own block.
func ExampleAll() {
	show := func(line string, st *ctx.State) {
		var list []time.Duration
		for sc := range scope.All(st) {
			d, _ := sc.Deadline()
			list = append(list, time.Until(d).Round(time.Hour))
		}
		fmt.Println(line, list)
	}
	agen := generate(func(st *ctx.State, yield func(int) bool) {
		_ = scope.FailAfter(st, 10*time.Hour, func(*scope.Scope) error {
			show("operation 1 ", st)
			yield(1)
			show("operation 2 ", st)
			yield(2)
			return nil
		})
	})
	st := ctx.NewState()
	_ = scope.FailAfter(st, 20*time.Hour, func(*scope.Scope) error {
		agen.Next(st)
		show("caller      ", st)
		return nil
	})
	show("after        ", st)
	_ = scope.FailAfter(st, 5*time.Hour, func(*scope.Scope) error {
		agen.Next(st)
		show("second caller", st)
		return nil
	})
	agen.Close(st)
	// Output:
	// operation 1  [20h0m0s 10h0m0s]
	// caller       [20h0m0s]
	// after         []
	// operation 2  [5h0m0s 10h0m0s]
	// second caller [5h0m0s]
}

// The second program: made outside, resumed inside. The timeout applies.
func ExampleMoveOnAfter_generator() {
	agen := generate(func(st *ctx.State, yield func(int) bool) {
		fmt.Println(work(st, time.Hour) != nil)
		yield(1)
	})
	st := ctx.NewState()
	moved, _ := scope.MoveOnAfter(st, time.Millisecond, func(*scope.Scope) error {
		agen.Next(st)
		return scope.Check(st)
	})
	fmt.Println(moved)
	agen.Close(st)
	// Output:
	// true
	// true
}

// A callback that was registered inside a block runs after it: a left scope is
// in no snapshot. This is also the third program: nothing has to be found by
// the garbage collector.
func ExampleAllIn() {
	st := ctx.NewState()
	var registered ctx.Snapshot
	_ = scope.FailAfter(st, time.Hour, func(*scope.Scope) error {
		registered = st.Snapshot()
		return nil
	})
	for range scope.AllIn(registered) {
		fmt.Println("never")
	}
	fmt.Println(scope.Live())
	// Output: 0
}

func ExampleLive() {
	st := ctx.NewState()
	_ = scope.FailAfter(st, time.Hour, func(*scope.Scope) error {
		fmt.Println(scope.Live())
		return nil
	})
	fmt.Println(scope.Live())
	// Output:
	// 1
	// 0
}

func ExampleSleep() {
	st := ctx.NewState()
	fmt.Println(scope.Sleep(st, time.Millisecond))
	_ = scope.With(st, func(sc *scope.Scope) error {
		sc.Cancel(errors.New("enough"))
		err := scope.Sleep(st, time.Hour)
		var e *scope.CancelledError
		fmt.Println(errors.As(err, &e), e.Cause, e.Timeout())
		return err
	})
	// Output:
	// <nil>
	// true enough false
}

func ExampleContext() {
	st := ctx.NewState()
	_, _ = scope.MoveOnAfter(st, time.Millisecond, func(*scope.Scope) error {
		c := scope.Context(st) // for http.NewRequestWithContext, sql.DB.QueryContext, …
		<-c.Done()
		fmt.Println(c.Err())
		return c.Err()
	})
	// Output: context deadline exceeded
}

func ExampleScope_OwnContext() {
	st := ctx.NewState()
	var c context.Context
	_ = scope.With(st, func(sc *scope.Scope) error {
		c = sc.OwnContext()
		fmt.Println(c.Err())
		return nil
	})
	fmt.Println(c.Err(), errors.Is(context.Cause(c), scope.ErrLeft))
	// Output:
	// <nil>
	// context canceled true
}

func ExampleScope_Cancel() {
	st := ctx.NewState()
	_ = scope.With(st, func(sc *scope.Scope) error {
		fmt.Println(sc.Cancel(errors.New("first")), sc.Cancel(errors.New("second")), sc.Cause())
		return nil
	})
	// Output: true false first
}

func ExampleScope_Caught() {
	st := ctx.NewState()
	report := func(sc *scope.Scope) {
		fmt.Println("called:", sc.Called(), "caught:", sc.Caught(), "left:", sc.Left(), "timed out:", sc.TimedOut())
	}
	var kept *scope.Scope
	_ = scope.With(st, func(sc *scope.Scope) error {
		kept = sc
		sc.Cancel(nil)
		return sc.Err() // stopped
	})
	report(kept)
	_ = scope.With(st, func(sc *scope.Scope) error {
		kept = sc
		sc.Cancel(nil)
		return nil // finished all the same
	})
	report(kept)
	// Output:
	// called: true caught: true left: true timed out: false
	// called: true caught: false left: true timed out: false
}

func ExampleScope_SetTimeout() {
	st := ctx.NewState()
	_ = scope.FailAfter(st, time.Minute, func(sc *scope.Scope) error {
		// The connection shows signs of life: start counting again.
		fmt.Println(sc.SetTimeout(time.Hour))
		d, _ := sc.Deadline()
		fmt.Println(time.Until(d).Round(time.Minute))
		sc.SetDeadline(time.Time{})
		_, ok := sc.Deadline()
		fmt.Println(ok)
		return nil
	})
	// Output:
	// true
	// 1h0m0s
	// false
}

func ExampleScope_Shield() {
	st := ctx.NewState()
	_ = scope.With(st, func(outer *scope.Scope) error {
		return scope.With(st, func(sc *scope.Scope) error {
			sc.Shield(true)
			outer.Cancel(nil)
			fmt.Println(sc.Shielded(), scope.Cancelled(st))
			sc.Shield(false)
			fmt.Println(sc.Shielded(), scope.Cancelled(st))
			return nil
		})
	})
	// Output:
	// true false
	// false true
}

func ExampleScope_Opened() {
	st := ctx.NewState()
	_ = scope.With(st, func(sc *scope.Scope) error {
		fmt.Println(filepath.Ext(filepath.Base(sc.Opened()))[:3])
		return nil
	})
	// Output: .go
}

func ExampleWithGroup() {
	st := ctx.NewState()
	fetch := func(st *ctx.State, name string) error {
		if name == "b" {
			return errors.New("b: not found")
		}
		return work(st, time.Hour) // stopped when b fails
	}
	err := scope.WithGroup(st, func(g *scope.Group) error {
		for _, name := range []string{"a", "b", "c"} {
			g.Go(st, func(st *ctx.State) error { return fetch(st, name) })
		}
		return nil
	})
	fmt.Println(err) // all three have ended here
	// Output: b: not found
}

// A task inherits variables from whoever starts it, and scopes from the group.
func ExampleGroup_Go() {
	user := ctx.Static[string]("example.user")
	st := ctx.NewState()
	_ = scope.WithGroup(st, func(g *scope.Group) error {
		user.Set(st, "ann")
		return scope.FailAfter(st, time.Minute, func(*scope.Scope) error {
			g.Go(st, func(st *ctx.State) error {
				_, bounded := scope.EffectiveDeadline(st)
				fmt.Println(user.Get(st), bounded)
				return nil
			})
			return nil
		})
	})
	// Output: ann false
}

func ExampleGroup_Scope() {
	st := ctx.NewState()
	err := scope.WithGroup(st, func(g *scope.Group) error {
		g.Go(st, func(st *ctx.State) error { return work(st, time.Hour) })
		g.Scope().Cancel(nil)
		return nil
	})
	fmt.Println(err)
	// Output: <nil>
}

func ExamplePanicError() {
	st := ctx.NewState()
	defer func() {
		e, _ := recover().(*scope.PanicError)
		fmt.Println(e.Value)
	}()
	_ = scope.WithGroup(st, func(g *scope.Group) error {
		g.Go(st, func(*ctx.State) error { panic("in the child") })
		return nil
	})
	// Output: in the child
}

// A clock of its own follows the fake time of a synctest bubble:
//
//	synctest.Test(t, func(t *testing.T) {
//		clock := scope.NewClock()
//		defer clock.Close()
//		clock.Use(st)
//		…
//	})
func ExampleNewClock() {
	clock := scope.NewClock()
	defer clock.Close()
	st := ctx.NewState()
	clock.Use(st)
	_ = scope.FailAfter(st, time.Hour, func(*scope.Scope) error {
		fmt.Println(clock.Live(), scope.Live())
		return nil
	})
	// Output: 1 0
}
