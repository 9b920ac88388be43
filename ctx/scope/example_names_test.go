package scope_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
)

// A scope bounds everything that its block does, also what the callees of its callees do.
func ExampleScope() {
	st := ctx.NewState()
	query := func(st *ctx.State) error { return work(st, time.Hour) } // knows nothing of the scope
	var request *scope.Scope
	err := scope.With(st, func(sc *scope.Scope) error {
		request = sc
		sc.Cancel(errors.New("the client went away"))
		return query(st)
	})
	fmt.Println(err, request.Called(), request.Caught(), request.Cause())
	// Output: <nil> true true the client went away
}

func ExampleScope_Called() {
	st := ctx.NewState()
	_ = scope.With(st, func(sc *scope.Scope) error {
		fmt.Println(sc.Called())
		sc.Cancel(nil)
		fmt.Println(sc.Called())
		return nil
	})
	// Output:
	// false
	// true
}

func ExampleScope_TimedOut() {
	st := ctx.NewState()
	var kept *scope.Scope
	_, _ = scope.MoveOnAfter(st, time.Millisecond, func(sc *scope.Scope) error {
		kept = sc
		return work(st, time.Hour)
	})
	fmt.Println(kept.TimedOut())
	// Output: true
}

// A left scope is inert: cancelling it does nothing.
func ExampleScope_Left() {
	st := ctx.NewState()
	var kept *scope.Scope
	_ = scope.With(st, func(sc *scope.Scope) error {
		kept = sc
		fmt.Println(sc.Left())
		return nil
	})
	fmt.Println(kept.Left(), kept.Cancel(nil))
	// Output:
	// false
	// true false
}

func ExampleScope_Cause() {
	st := ctx.NewState()
	_ = scope.With(st, func(sc *scope.Scope) error {
		fmt.Println(sc.Cause())
		sc.Cancel(errors.New("shutting down"))
		fmt.Println(sc.Cause())
		return nil
	})
	// Output:
	// <nil>
	// shutting down
}

// Err is about one scope; Check is about all that bound the caller.
func ExampleScope_Err() {
	st := ctx.NewState()
	_ = scope.With(st, func(outer *scope.Scope) error {
		return scope.With(st, func(inner *scope.Scope) error {
			outer.Cancel(nil)
			fmt.Println(outer.Err() != nil, inner.Err() != nil, scope.Check(st) != nil)
			return nil
		})
	})
	// Output: true false true
}

func ExampleScope_Shielded() {
	st := ctx.NewState()
	_ = scope.With(st, func(sc *scope.Scope) error {
		fmt.Println(sc.Shielded())
		return nil
	}, scope.Shielded())
	// Output: true
}

func ExampleScope_Deadline() {
	st := ctx.NewState()
	noon := time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC)
	_ = scope.FailAt(st, noon, func(sc *scope.Scope) error {
		d, ok := sc.Deadline()
		fmt.Println(d.Round(time.Second).UTC(), ok) // it is kept on the clock's own scale
		return nil
	})
	// Output: 2100-01-01 12:00:00 +0000 UTC true
}

// A download that makes progress gets more time.
func ExampleScope_SetDeadline() {
	st := ctx.NewState()
	err := scope.FailAfter(st, time.Minute, func(sc *scope.Scope) error {
		later := time.Now().Add(time.Hour)
		fmt.Println(sc.SetDeadline(later))
		d, _ := sc.Deadline()
		fmt.Println(d.Sub(later).Round(time.Second))
		return nil
	})
	fmt.Println(err)
	// Output:
	// true
	// 0s
	// <nil>
}

// For code whose block is not a function: an interpreter keeps the Block beside its frame.
func ExampleBlock() {
	st := ctx.NewState()
	var frames []scope.Block
	frames = append(frames, scope.Open(st, scope.Timeout(time.Hour))) // the program enters its with-block
	_, bounded := scope.EffectiveDeadline(st)
	fmt.Println(bounded)
	fmt.Println(frames[0].Close(st, nil)) // and leaves it
	_, bounded = scope.EffectiveDeadline(st)
	fmt.Println(bounded)
	// Output:
	// true
	// <nil>
	// false
}

// Options add up.
func ExampleOption() {
	st := ctx.NewState()
	cleanup := []scope.Option{scope.Shielded(), scope.Timeout(time.Minute)}
	_ = scope.With(st, func(sc *scope.Scope) error {
		_, ok := sc.Deadline()
		fmt.Println(sc.Shielded(), ok)
		return nil
	}, cleanup...)
	// Output: true true
}

// The block ends when its tasks have.
func ExampleGroup() {
	st := ctx.NewState()
	lengths := make([]int, 2)
	err := scope.WithGroup(st, func(g *scope.Group) error {
		for i, page := range []string{"home", "about"} {
			g.Go(st, func(*ctx.State) error {
				lengths[i] = len(page)
				return nil
			})
		}
		return nil
	})
	fmt.Println(lengths, err)
	// Output: [4 5] <nil>
}

// A task that ends its goroutine, as a failed test does, is an error of its group.
func ExampleGroup_Go_goexit() {
	st := ctx.NewState()
	err := scope.WithGroup(st, func(g *scope.Group) error {
		g.Go(st, func(*ctx.State) error {
			runtime.Goexit()
			return nil
		})
		return nil
	})
	fmt.Println(errors.Is(err, scope.ErrGoexit))
	// Output: true
}

func ExampleCancelledError() {
	st := ctx.NewState()
	_ = scope.With(st, func(sc *scope.Scope) error {
		sc.Cancel(errors.New("newer request"))
		err := scope.Check(st)
		var stopped *scope.CancelledError
		fmt.Println(errors.As(err, &stopped), stopped.Cause, stopped.TimedOut, errors.Is(err, context.Canceled))
		return err
	})
	// Output: true newer request false true
}

func ExampleTooSlowError() {
	st := ctx.NewState()
	err := scope.FailAfter(st, time.Millisecond, func(*scope.Scope) error { return work(st, time.Hour) })
	var slow *scope.TooSlowError
	fmt.Println(errors.As(err, &slow), slow.Timeout(), errors.Is(err, scope.ErrTooSlow))
	// Output: true true true
}

// Closing the outer block first is a bug of the interpreter; the error says where both were opened.
func ExampleMisuseError() {
	st := ctx.NewState()
	outer, inner := scope.Open(st), scope.Open(st)
	func() {
		defer func() {
			misuse := recover().(*scope.MisuseError)
			fmt.Println(errors.Is(misuse, scope.ErrMisnested), misuse.Opened != "", misuse.Innermost != "")
		}()
		_ = outer.Close(st, nil)
	}()
	fmt.Println(inner.Close(st, nil), outer.Close(st, nil))
	// Output:
	// true true true
	// <nil> <nil>
}

// Two parts of a program with clocks of their own.
func ExampleClock() {
	jobs := scope.NewClock()
	defer jobs.Close()
	st := ctx.NewState()
	jobs.Use(st)
	moved, err := scope.MoveOnAfter(st, time.Millisecond, func(*scope.Scope) error { return work(st, time.Hour) })
	fmt.Println(moved, err, jobs.Live())
	// Output: true <nil> 0
}

// Tasks inherit the clock.
func ExampleClock_Use() {
	jobs := scope.NewClock()
	defer jobs.Close()
	st := ctx.NewState()
	jobs.Use(st)
	task := st.Fork()
	_ = scope.FailAfter(task, time.Hour, func(*scope.Scope) error {
		fmt.Println(jobs.Live())
		return nil
	})
	// Output: 1
}

func ExampleClock_Live() {
	jobs := scope.NewClock()
	defer jobs.Close()
	st := ctx.NewState()
	jobs.Use(st)
	_ = scope.FailAfter(st, time.Hour, func(sc *scope.Scope) error {
		fmt.Println(jobs.Live())
		sc.Cancel(nil) // a cancelled scope has no deadline to wait for
		fmt.Println(jobs.Live())
		return nil
	})
	// Output:
	// 1
	// 0
}

func ExampleClock_Close() {
	jobs := scope.NewClock()
	st := ctx.NewState()
	jobs.Use(st)
	fmt.Println(scope.FailAfter(st, time.Hour, func(*scope.Scope) error { return nil }))
	jobs.Close() // its blocks are left: nothing waits for it
	fmt.Println(jobs.Live())
	// Output:
	// <nil>
	// 0
}
