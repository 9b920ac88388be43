package scope_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
)

func TestContextFollowsScopes(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		start := time.Now()
		equal(t, scope.Context(st), context.Background())
		boom := errors.New("boom")
		outer := scope.Open(st, scope.Timeout(20*second))
		inner := scope.Open(st, scope.Timeout(30*second))
		c := scope.Context(st)
		equal(t, scope.Context(st), c)
		d, _ := c.Deadline()
		equal(t, d.Sub(start), 20*second)
		own := inner.OwnContext()
		equal(t, inner.OwnContext(), own)
		d, _ = own.Deadline()
		equal(t, d.Sub(start), 30*second)
		equal(t, strings.Contains(fmt.Sprint(c), "context_test.go"), true)

		child, cancel := context.WithTimeout(c, time.Hour)
		defer cancel()
		ran := make(chan error, 2)
		context.AfterFunc(child, func() { ran <- context.Cause(child) })
		stop := context.AfterFunc(c, func() { ran <- nil })
		equal(t, stop(), true)
		equal(t, stop(), false)

		inner.Shield(true)
		equal(t, outer.Cancel(boom), true)
		ok(t, c.Err())
		ok(t, child.Err())
		d, _ = c.Deadline()
		equal(t, d.Sub(start), 30*second)
		inner.Shield(false)
		<-c.Done()
		<-child.Done()
		equal(t, c.Err(), context.Canceled)
		equal(t, child.Err(), context.Canceled)
		equal(t, context.Cause(c), boom)
		equal(t, context.Cause(child), boom)
		equal(t, <-ran, boom)
		late, cancel2 := context.WithCancel(c)
		defer cancel2()
		equal(t, context.Cause(late), boom)
		equal(t, own.Err(), nil)
		ok(t, inner.Close(st, nil))
		equal(t, own.Err(), context.Canceled)
		equal(t, context.Cause(own), scope.ErrLeft)
		equal(t, context.Cause(c), boom)
		ok(t, outer.Close(st, nil))
		equal(t, scope.Context(st), context.Background())
		// A context that is first asked for after the end.
		equal(t, outer.OwnContext().Err(), context.Canceled)
		<-outer.OwnContext().Done()
	})
}

func TestContextAtDeadline(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		err := scope.FailAfter(st, second, func(sc *scope.Scope) error {
			c, cancel := context.WithCancel(scope.Context(st))
			defer cancel()
			<-c.Done()
			equal(t, c.Err(), context.DeadlineExceeded)
			equal(t, context.Cause(c), context.DeadlineExceeded)
			equal(t, sc.Called(), true)
			equal(t, sc.OwnContext().Err(), context.DeadlineExceeded)
			return c.Err()
		})
		isError(t, err, scope.ErrTooSlow)
	})
}

// A generator's context is that of the scopes of the moment, and what lives as
// long as its own scope moves with it.
func TestContextInGenerator(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		start := time.Now()
		left := func(c context.Context) time.Duration {
			d, _ := c.Deadline()
			return d.Sub(start)
		}
		var c, own context.Context
		g := generate(func(st *ctx.State, yield func(int) bool) {
			_ = scope.FailAfter(st, 10*second, func(sc *scope.Scope) error {
				own = sc.OwnContext()
				for {
					c = scope.Context(st)
					if !yield(0) {
						return nil
					}
				}
			})
		})
		ok(t, scope.FailAfter(st, 20*second, func(*scope.Scope) error {
			g.Next(st)
			equal(t, left(c), 10*second)
			return nil
		}))
		first := c
		ok(t, first.Err()) // a left scope is inert
		ok(t, scope.With(st, func(sc *scope.Scope) error {
			sc.SetDeadline(start.Add(5 * second))
			g.Next(st)
			equal(t, c == first, true) // moved over
			equal(t, left(c), 5*second)
			equal(t, left(own), 10*second)
			sc.Cancel(nil)
			equal(t, c.Err(), context.Canceled)
			equal(t, first.Err(), context.Canceled)
			ok(t, own.Err())
			return nil
		}))
		g.Next(st)
		ok(t, c.Err()) // a new one: nobody around is cancelled
		equal(t, left(c), 10*second)
		for range 100 { // each resume under a scope of its own
			_ = scope.FailAfter(st, second, func(*scope.Scope) error { g.Next(st); return nil })
		}
		ok(t, c.Err())
		g.Close(st)
		equal(t, c.Err(), context.Canceled)
		equal(t, own.Err(), context.Canceled)
	})
}

type valueKey struct{}

func TestScopeFromContext(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		boom := errors.New("boom")
		parent := context.WithValue(t.Context(), valueKey{}, "v")
		parent, cancel := context.WithCancelCause(parent)
		var kept *scope.Scope
		err := scope.With(st, func(sc *scope.Scope) error {
			kept = sc
			return scope.With(st, func(*scope.Scope) error {
				equal(t, scope.Context(st).Value(valueKey{}), any("v"))
				cancel(boom)
				synctest.Wait()
				equal(t, scope.Cancelled(st), true)
				c := scope.Context(st)
				equal(t, c.Err(), context.Canceled)
				equal(t, context.Cause(c), boom)
				equal(t, c.Value(valueKey{}), any("v"))
				return c.Err()
			})
		}, scope.From(parent))
		ok(t, err)
		equal(t, kept.Caught(), true)
		equal(t, kept.Cause(), boom)

		// Over already; and noticed without waiting for any goroutine.
		ok(t, scope.With(st, func(sc *scope.Scope) error {
			equal(t, sc.Called(), true)
			return context.Cause(scope.Context(st)) // own error: the cause itself
		}, scope.From(context.WithoutCancel(parent)), scope.Timeout(0)))
		isError(t, scope.With(st, func(*scope.Scope) error {
			return context.Cause(parent)
		}, scope.From(parent)), boom)

		timed, stop := context.WithTimeout(t.Context(), second)
		defer stop()
		ok(t, scope.With(st, func(sc *scope.Scope) error {
			equal(t, clock.Live(), 1)
			sc.SetDeadline(time.Time{}) // cannot outlive its context
			sc.SetTimeout(time.Hour)
			d, _ := scope.EffectiveDeadline(st)
			equal(t, time.Until(d), second)
			err := scope.Sleep(st, time.Hour)
			equal(t, sc.TimedOut(), true)
			isError(t, err, context.DeadlineExceeded)
			return err
		}, scope.From(timed)))
		panics(t, func() { scope.From(nil) }) //nolint:staticcheck // the misuse is the point
	})
}

// The end of the context counts also when the block ends before the goroutine
// that reports it ran.
func TestScopeFromContextLate(t *testing.T) {
	for range 200 {
		c, cancel := context.WithCancel(t.Context())
		ok(t, scope.With(ctx.NewState(), func(*scope.Scope) error { cancel(); return c.Err() }, scope.From(c)))
	}
}

// Cancelling the root of a million nested scopes, each with a context, takes no
// stack, and neither do reads and leaving.
func TestDepth(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 50_000
	}
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	st := ctx.NewState()
	open := make([]scope.Block, 0, n)
	for range n {
		open = append(open, scope.Open(st))
	}
	c := scope.Context(st)
	stop := context.AfterFunc(c, func() {})
	equal(t, scope.Cancelled(st), false)
	open[0].Cancel(nil)
	equal(t, scope.Cancelled(st), true)
	isError(t, scope.Check(st), context.Canceled)
	equal(t, c.Err(), context.Canceled)
	equal(t, stop(), false)
	child := st.Fork()
	equal(t, scope.Cancelled(child), true)
	for _, b := range slices.Backward(open) {
		_ = b.Close(st, nil)
	}
	equal(t, scope.Cancelled(st), false)
	equal(t, scope.Cancelled(child), false)
}

// Random programs of scopes, shields and generators: after every step the
// context of each execution says what the list of scopes says.
func TestContextModel(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		main := ctx.NewState()
		// task i is an execution: the main one, and generators resumed by main
		// for one step at a time.
		type task struct {
			st    *ctx.State
			layer *ctx.Layer
			open  []scope.Block
		}
		tasks := []*task{{st: main}}
		for range 3 {
			tasks = append(tasks, &task{st: ctx.NewState(), layer: new(ctx.Layer)})
		}
		check := func(st *ctx.State) context.Context {
			cancelled := false
			for sc := range scope.All(st) {
				if sc.Shielded() {
					cancelled = false
				}
				cancelled = cancelled || sc.Called()
			}
			if scope.Cancelled(st) != cancelled {
				t.Fatalf("seed %d: Cancelled is %v", seed, !cancelled)
			}
			c := scope.Context(st)
			if (c.Err() != nil) != cancelled {
				t.Fatalf("seed %d: Context ended: %v, cancelled: %v", seed, c.Err(), cancelled)
			}
			select {
			case <-c.Done():
				equal(t, cancelled, true)
			default:
				equal(t, cancelled, false)
			}
			return c
		}
		for range 300 {
			tk := tasks[r.IntN(len(tasks))]
			var m ctx.Mark
			if tk.layer != nil {
				m = tk.st.Resume(main, tk.layer)
			}
			before := check(tk.st)
			same := false // the list of scopes is
			switch op := r.IntN(8); {
			case op < 3 && len(tk.open) < 5:
				tk.open = append(tk.open, scope.Open(tk.st))
			case op < 5 && len(tk.open) > 0:
				_ = tk.open[len(tk.open)-1].Close(tk.st, nil)
				tk.open = tk.open[:len(tk.open)-1]
			case op == 5 && len(tk.open) > 0:
				same = true
				tk.open[r.IntN(len(tk.open))].Cancel(nil)
			case len(tk.open) > 0:
				same = true
				tk.open[r.IntN(len(tk.open))].Shield(r.IntN(2) == 0)
			}
			if same && scope.Cancelled(tk.st) && before.Err() == nil {
				t.Fatalf("seed %d: a context that was given before did not end", seed)
			}
			check(tk.st)
			tk.st.Unwind(m)
		}
	}
}

// A node that a shield makes useful again is replaced, and what lies over it
// goes on under the replacement.
func TestContextAfterShieldAgain(t *testing.T) {
	st := ctx.NewState()
	a, b, c := scope.Open(st), scope.Open(st), scope.Open(st)
	first := scope.Context(st)
	c.Shield(true)
	a.Cancel(nil)
	ok(t, first.Err())
	b.Shield(true)
	equal(t, scope.Context(st) == first, true)
	c.Shield(false)
	ok(t, first.Err())
	equal(t, scope.Context(st) == first, true)
	b.Cancel(nil)
	equal(t, first.Err(), context.Canceled)
	_, _, _ = c.Close(st, nil), b.Close(st, nil), a.Close(st, nil)
}

// Which scope's error Check returns: the outermost one that reaches the code.
func TestCheckTellsTheOutermost(t *testing.T) {
	st := ctx.NewState()
	causes := []error{errors.New("0"), errors.New("1"), errors.New("2")}
	var open []scope.Block
	for i := range causes {
		open = append(open, scope.Open(st))
		open[i].Cancel(causes[i])
	}
	for shield, want := range []error{causes[0], causes[1], causes[2]} {
		open[shield].Shield(true)
		isError(t, scope.Check(st), want)
	}
	for _, b := range slices.Backward(open) {
		_ = b.Close(st, nil)
	}
}

// A left scope holds nothing, whoever holds it; and the context that it was
// made from does not hold the scope.
func TestLeftScopeHoldsNothing(t *testing.T) {
	parent, cancel := context.WithCancel(t.Context())
	defer cancel()
	st := ctx.NewState()
	var kept []*scope.Scope
	var ended []context.Context
	var value, called weak.Pointer[[64]int]
	var left weak.Pointer[scope.Scope]
	func() {
		x, y := new([64]int), new([64]int)
		value, called = weak.Make(x), weak.Make(y)
		b := scope.Open(st, scope.From(context.WithValue(parent, valueKey{}, x)))
		kept = append(kept, b.Scope)
		_ = scope.Context(st)
		ok(t, b.Close(st, nil))
		b = scope.Open(st, scope.From(parent))
		left = weak.Make(b.Scope)
		ok(t, b.Close(st, nil))
		b = scope.Open(st)
		ended = append(ended, scope.Context(st))
		ended[0].(interface{ AfterFunc(func()) func() bool }).AfterFunc(func() { _ = y[0] })
		b.Cancel(nil)
		ok(t, b.Close(st, nil))
	}()
	collected(t, func() bool { return value.Value() != nil || called.Value() != nil || left.Value() != nil })
	equal(t, kept[0].Left(), true)
	equal(t, ended[0].Err(), context.Canceled)
	runtime.KeepAlive(kept)
	runtime.KeepAlive(ended)
}
