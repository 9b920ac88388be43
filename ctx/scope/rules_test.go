package scope_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
)

// The first program of the e-mail: a generator that yields inside fail_after.
func TestG2_GeneratorOpensScopeAcrossYield(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		start := time.Now()
		var op1, op2 []int
		agen := generate(func(st *ctx.State, yield func(int) bool) {
			ok(t, scope.FailAfter(st, 10*second, func(*scope.Scope) error {
				op1 = timeouts(st, start)
				yield(1)
				op2 = timeouts(st, start)
				yield(2)
				return nil
			}))
		})
		ok(t, scope.FailAfter(st, 20*second, func(*scope.Scope) error {
			agen.Next(st)
			equal(t, op1, []int{20, 10})
			equal(t, timeouts(st, start), []int{20})
			return nil
		}))
		equal(t, timeouts(st, start), []int{})
		ok(t, scope.FailAfter(st, 5*second, func(*scope.Scope) error {
			agen.Next(st)
			equal(t, op2, []int{5, 10})
			equal(t, timeouts(st, start), []int{5})
			return nil
		}))
		equal(t, timeouts(st, start), []int{})
		agen.Close(st)
		equal(t, timeouts(st, start), []int{})
		equal(t, clock.Live(), 0)
	})
}

// The second program: created outside, resumed inside. The timeout applies, and
// only there.
func TestG2_CreatedOutsideResumedInside(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		var errs []error
		agen := generate(func(st *ctx.State, yield func(int) bool) {
			for {
				errs = append(errs, scope.Sleep(st, time.Hour))
				if !yield(0) {
					return
				}
			}
		})
		start := time.Now()
		moved, err := scope.MoveOnAfter(st, 10*second, func(*scope.Scope) error {
			agen.Next(st)
			return errs[0]
		})
		ok(t, err)
		equal(t, moved, true)
		equal(t, time.Since(start), 10*second)
		agen.Next(st) // no scope now: sleeps its hour
		ok(t, errs[1])
		equal(t, time.Since(start), 10*second+time.Hour)
		agen.Close(st)
	})
}

// The third program: created inside, then the scope is left. It is free at
// once, without a collection having to find that out.
func TestG2_CreatedInsideThenLeft(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		start := time.Now()
		var agen *generator
		var held weak.Pointer[scope.Scope]
		ok(t, scope.FailAfter(st, 10*second, func(sc *scope.Scope) error {
			held = weak.Make(sc)
			agen = generate(func(st *ctx.State, yield func(int) bool) {
				equal(t, timeouts(st, start), []int{})
				yield(1)
			})
			equal(t, clock.Live(), 1)
			return nil
		}))
		equal(t, clock.Live(), 0)
		collected(t, func() bool { return held.Value() != nil })
		agen.Next(st)
		agen.Close(st)
	})
}

func TestG3_EffectiveDeadline(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		start := time.Now()
		effective := func(st *ctx.State) int {
			d, ok := scope.EffectiveDeadline(st)
			if !ok {
				return 0
			}
			return int(d.Sub(start) / second)
		}
		within := func(st *ctx.State, seconds int, f func(), opts ...scope.Option) {
			opts = append(opts, scope.Timeout(time.Duration(seconds)*second))
			ok(t, scope.With(st, func(*scope.Scope) error { f(); return nil }, opts...))
		}
		equal(t, effective(st), 0)
		within(st, 20, func() {
			within(st, 10, func() { equal(t, effective(st), 10) })
			within(st, 30, func() { equal(t, effective(st), 20) })
			within(st, 30, func() {
				equal(t, effective(st), 30)
				within(st, 25, func() { equal(t, effective(st), 25) })
			}, scope.Shielded())
			equal(t, effective(st), 20)
		})
		g := generate(func(st *ctx.State, yield func(int) bool) {
			within(st, 50, func() {
				yield(effective(st))
				yield(effective(st))
			}, scope.Shielded())
		})
		for _, seconds := range []int{20, 5} {
			within(st, seconds, func() {
				seen, _ := g.Next(st)
				equal(t, seen, 50)
				equal(t, effective(st), seconds)
			})
		}
		g.Close(st)
	})
}

// Deadlines, shields and cancellation change in place, also from another
// goroutine; what was read and cached before must not be read again.
func TestG3_ChangesInPlaceReachEveryReader(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		start := time.Now()
		in := start.Add
		outer := scope.Open(st, scope.Timeout(20*second))
		inner := scope.Open(st, scope.Timeout(10*second))
		child := st.Fork()
		want := func(d time.Duration) {
			t.Helper()
			for _, s := range []*ctx.State{st, child} {
				for range 2 {
					got, found := scope.EffectiveDeadline(s)
					equal(t, found, true)
					equal(t, got.Sub(start), d)
				}
			}
		}
		want(10 * second)
		equal(t, inner.SetDeadline(in(15*second)), true)
		want(15 * second)
		equal(t, inner.SetTimeout(30*second), true)
		want(20 * second)
		inner.Shield(true)
		want(30 * second)
		equal(t, inner.SetDeadline(time.Time{}), true)
		_, found := scope.EffectiveDeadline(st)
		equal(t, found, false)
		equal(t, clock.Live(), 1)
		equal(t, outer.SetDeadline(start.Add(-1)), true)
		equal(t, scope.Cancelled(st), false)
		equal(t, scope.Cancelled(child), false)
		inner.Shield(false)
		equal(t, scope.Cancelled(st), true)
		equal(t, scope.Cancelled(child), true)
		equal(t, outer.SetTimeout(second), false)
		equal(t, clock.Live(), 0)
		ok(t, inner.Close(st, nil))
		equal(t, scope.Cancelled(st), true)
		ok(t, outer.Close(st, nil))
		equal(t, scope.Cancelled(st), false)
		equal(t, scope.Cancelled(child), false)
	})
}

// PEP 789's iter_with_timeout: a deadline around the loop of a generator. While
// the generator is suspended the deadline passes; the caller must not notice,
// the generator must, when it is next resumed.
func TestG3_PEP789IterWithTimeout(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		var moved bool
		iterWithTimeout := generate(func(st *ctx.State, yield func(int) bool) {
			var err error
			moved, err = scope.MoveOnAfter(st, second, func(*scope.Scope) error {
				for i := 0; ; i++ {
					if err := scope.Check(st); err != nil || !yield(i) {
						return err
					}
				}
			})
			ok(t, err)
		})
		n, more := iterWithTimeout.Next(st)
		equal(t, n, 0)
		equal(t, more, true)
		ok(t, scope.Sleep(st, 10*second)) // the caller's own work, not timed out
		equal(t, scope.Cancelled(st), false)
		_, more = iterWithTimeout.Next(st)
		equal(t, more, false)
		equal(t, moved, true)
	})
}

// PEP 789's combined_iterators: a generator that yields inside a task group.
// What fails inside cancels the generator's own block and never the consumer.
func TestG3_PEP789CombinedIterators(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		boom := context.DeadlineExceeded // the child's failure, not a cancellation of ours
		var result error
		combined := generate(func(st *ctx.State, yield func(int) bool) {
			result = scope.WithGroup(st, func(g *scope.Group) error {
				items := make(chan int)
				for i := range 2 {
					g.Go(st, func(st *ctx.State) error {
						if err := scope.Sleep(st, time.Duration(i+1)*second); err != nil {
							return err
						}
						select {
						case items <- i:
							return nil
						case <-scope.Context(st).Done():
							return scope.Check(st)
						}
					})
				}
				g.Go(st, func(st *ctx.State) error { return join(scope.Sleep(st, 90*second), boom) })
				for {
					select {
					case i := <-items:
						if !yield(i) {
							g.Scope().Cancel(nil)
							return nil
						}
					case <-scope.Context(st).Done():
						return scope.Check(st)
					}
				}
			})
		})
		for want := range 2 {
			got, more := combined.Next(st)
			equal(t, more, true)
			equal(t, got, want)
			equal(t, scope.Current(st), nil)
		}
		ok(t, scope.Sleep(st, time.Hour)) // the group fails meanwhile
		_, more := combined.Next(st)
		equal(t, more, false)
		isError(t, result, boom)
	})
}

func join(err, then error) error {
	if err != nil {
		return err
	}
	return then
}

// A child task sees the scopes of its creator, as long as they are open.
func TestG4_ForkedTaskSeesScopes(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		start := time.Now()
		outer := scope.Open(st, scope.Timeout(20*second))
		g := generate(func(gs *ctx.State, yield func(int) bool) {
			inner := scope.Open(gs, scope.Timeout(10*second))
			child := gs.Fork()
			equal(t, timeouts(child, start), []int{20, 10})
			ok(t, inner.Close(gs, nil))
			equal(t, timeouts(child, start), []int{20})
			yield(0)
		})
		g.Next(st)
		g.Close(st)
		ok(t, outer.Close(st, nil))
	})
}

func TestG5_MisnestingIsToldWithBothPlaces(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		outer := scope.Open(st, scope.Timeout(second))
		inner := scope.Open(st, scope.Timeout(second))
		e, is := panics(t, func() { _ = outer.Close(st, nil) }).(*scope.MisuseError)
		equal(t, is, true)
		isError(t, e, scope.ErrMisnested)
		isError(t, e, ctx.ErrOrder)
		equal(t, e.Opened, outer.Opened())
		equal(t, e.Innermost, inner.Opened())
		equal(t, strings.Contains(e.Error(), "rules_test.go"), true)
		equal(t, clock.Live(), 2) // nothing has changed
		equal(t, outer.Left(), false)

		l := new(ctx.Layer)
		m := st.Push(l)
		isError(t, panics(t, func() { _ = inner.Close(st, nil) }).(error), ctx.ErrTokenLevel)
		st.Unwind(m)

		ok(t, inner.Close(st, nil))
		isError(t, panics(t, func() { _ = inner.Close(st, nil) }).(error), ctx.ErrTokenUsed)
		ok(t, outer.Close(st, nil))
		equal(t, clock.Live(), 0)
		panics(t, func() { _ = scope.Block{}.Close(st, nil) })
	})
}

// A generator cannot misnest its caller's scopes: each has its own segment.
func TestG5_GeneratorsDoNotMisnestCallers(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		body := func(st *ctx.State, yield func(int) bool) {
			ok(t, scope.FailAfter(st, second, func(*scope.Scope) error { yield(0); return nil }))
		}
		a, b := generate(body), generate(body)
		ok(t, scope.FailAfter(st, second, func(*scope.Scope) error {
			a.Next(st)
			b.Next(st)
			a.Close(st)
			return nil
		}))
		b.Close(st)
	})
}

// A callback registered inside a scope runs after it was left: it sees no
// scope, no deadline and no cancellation, and the snapshot keeps no scope alive.
func TestG12_LeftScopeIsInertInSnapshots(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		ran := 0
		see := func(open int) func(*ctx.State) {
			return func(st *ctx.State) {
				ran++
				_, found := scope.EffectiveDeadline(st)
				equal(t, found, open > 0)
				equal(t, len(timeouts(st, time.Now())), open)
				equal(t, scope.Cancelled(st), false)
				ok(t, scope.Check(st))
				equal(t, scope.Context(st) == context.Background(), open == 0)
			}
		}
		var snap ctx.Snapshot
		var held weak.Pointer[scope.Scope]
		ok(t, scope.FailAfter(st, 10*second, func(sc *scope.Scope) error {
			held = weak.Make(sc)
			snap = st.Snapshot()
			snap.Func(see(1))()
			return nil
		}))
		snap.Func(see(0))()
		ctx.NewState().Run(snap, func() { see(0)(st) })
		equal(t, ran, 3)
		equal(t, clock.Live(), 0)
		for range scope.AllIn(snap) {
			t.Fatal("a left scope in a snapshot")
		}
		// Left because it was cancelled: no trace of that either.
		moved, err := scope.MoveOnAfter(st, second, func(*scope.Scope) error {
			snap = st.Snapshot()
			return scope.Sleep(st, time.Minute)
		})
		ok(t, err)
		equal(t, moved, true)
		snap.Func(see(0))()
		collected(t, func() bool { return held.Value() != nil })
	})
}

// A task that outlives its creator's scope keeps working: the context that it
// was given by Context ends with none but its own scopes.
func TestG12_TaskOutlivesScope(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		var c context.Context
		leave := make(chan bool)
		ok(t, scope.FailAfter(st, 10*second, func(*scope.Scope) error {
			st.Go(func(st *ctx.State) {
				ok(t, scope.FailAfter(st, time.Minute, func(*scope.Scope) error {
					c = scope.Context(st)
					leave <- true
					return scope.Sleep(st, 30*second)
				}))
				close(leave)
			})
			<-leave
			d, _ := c.Deadline()
			equal(t, time.Until(d), 10*second)
			return nil
		}))
		ok(t, c.Err())
		d, _ := c.Deadline()
		equal(t, time.Until(d), time.Minute)
		synctest.Wait()
		<-leave
		isError(t, context.Cause(c), scope.ErrLeft)
	})
}

// An abandoned generator: nothing closes its block, so its deadline does. The
// timer keeps the scope until then, and nothing of the generator's execution.
func TestH7_AbandonedScopeIsGoneAtItsDeadline(t *testing.T) {
	name := ctx.Static[*[100]int]("abandoned")
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		var value weak.Pointer[[100]int]
		var held weak.Pointer[scope.Scope]
		func() {
			l := new(ctx.Layer)
			m := st.Push(l)
			x := new([100]int)
			value = weak.Make(x)
			name.Set(st, x)
			held = weak.Make(scope.Open(st, scope.Timeout(time.Hour)).Scope)
			st.Unwind(m)
		}()
		equal(t, clock.Live(), 1)
		collected(t, func() bool { return value.Value() != nil })
		time.Sleep(time.Hour)
		synctest.Wait()
		equal(t, clock.Live(), 0)
		collected(t, func() bool { return held.Value() != nil })
	})
}
