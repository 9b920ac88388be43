package scope_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
)

func TestGroupWaitsForChildren(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, clock *scope.Clock) {
		start := time.Now()
		var ended atomic.Int32
		ok(t, scope.WithGroup(st, func(g *scope.Group) error {
			for i := range 3 {
				g.Go(st, func(st *ctx.State) error {
					g.Go(st, func(st *ctx.State) error { // a task starts a task
						defer ended.Add(1)
						return scope.Sleep(st, time.Duration(i)*second)
					})
					ended.Add(1)
					return nil
				})
			}
			return nil
		}, scope.Timeout(time.Hour)))
		equal(t, ended.Load(), 6)
		equal(t, time.Since(start), 2*second)
		equal(t, clock.Live(), 0)
	})
}

func TestGroupFirstErrorCancelsAndErrorsJoin(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		one, two := errors.New("one"), errors.New("two")
		err := scope.WithGroup(st, func(g *scope.Group) error {
			g.Go(st, func(st *ctx.State) error { return join(scope.Sleep(st, second), one) })
			g.Go(st, func(st *ctx.State) error { // stopped
				<-scope.Context(st).Done()
				equal(t, context.Cause(scope.Context(st)), one)
				return scope.Check(st)
			})
			g.Go(st, func(st *ctx.State) error { // stopped, and fails while it cleans up
				<-scope.Context(st).Done()
				time.Sleep(second)
				return two
			})
			return scope.Sleep(st, time.Hour)
		})
		isError(t, err, one)
		isError(t, err, two)
		equal(t, err.Error(), "one\ntwo")
	})
}

func TestGroupCancelled(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		wait := func(st *ctx.State) error { return scope.Sleep(st, time.Hour) }
		ok(t, scope.WithGroup(st, func(g *scope.Group) error {
			g.Go(st, wait)
			g.Scope().Cancel(nil)
			return nil
		}))
		// From outside: the error goes on to the scope that was cancelled.
		moved, err := scope.MoveOnAfter(st, second, func(*scope.Scope) error {
			err := scope.WithGroup(st, func(g *scope.Group) error {
				g.Go(st, wait)
				g.Go(st, wait)
				return nil
			})
			isError(t, err, context.DeadlineExceeded)
			return err
		})
		ok(t, err)
		equal(t, moved, true)
		// A cancellation error where nothing was cancelled is a failure.
		err = scope.WithGroup(st, func(g *scope.Group) error {
			g.Go(st, func(*ctx.State) error { return context.DeadlineExceeded })
			g.Go(st, wait)
			return nil
		})
		isError(t, err, context.DeadlineExceeded)
	})
}

// A child has the spawner's variables and the group's scopes.
func TestG4_GroupChildHasSpawnersSnapshotAndGroupsScopes(t *testing.T) {
	user := ctx.Static[string]("group.user")
	own := ctx.Static("group.own", ctx.Never[string])
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		start := time.Now()
		ok(t, scope.FailAfter(st, 100*second, func(*scope.Scope) error {
			return scope.WithGroup(st, func(g *scope.Group) error {
				user.Put(st, "body")
				own.Put(st, "mine")
				g.Go(st, func(st *ctx.State) error {
					equal(t, user.Get(st), "body")
					equal(t, own.Or(st, "none"), "none")
					user.Put(st, "child")
					_, err := scope.MoveOnAfter(st, second, func(*scope.Scope) error {
						equal(t, timeouts(st, start), []int{100, 50, 1})
						looked := make(chan bool)
						g.Go(st, func(st *ctx.State) error {
							equal(t, user.Get(st), "child")
							equal(t, timeouts(st, start), []int{100, 50})
							close(looked)
							return scope.Sleep(st, 10*second)
						})
						<-looked
						return nil
					})
					return err
				})
				ok(t, scope.Sleep(st, 20*second))
				equal(t, user.Get(st), "body")
				return nil
			}, scope.Timeout(50*second))
		}))
		equal(t, time.Since(start), 20*second)
		// Spawned while shielded or below a generator's scope: no difference.
		ok(t, scope.WithGroup(st, func(g *scope.Group) error {
			gen := generate(func(gs *ctx.State, yield func(int) bool) {
				b := scope.Open(gs, scope.Shielded())
				g.Go(gs, func(st *ctx.State) error {
					equal(t, len(slices.Collect(scope.All(st))), 1)
					return scope.Sleep(st, time.Hour)
				})
				ok(t, b.Close(gs, nil))
			})
			gen.Next(st)
			g.Scope().Cancel(nil)
			return nil
		}))
	})
}

func TestGroupPanics(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		start := time.Now()
		boom := errors.New("boom")
		ended := false
		p, is := panics(t, func() {
			_ = scope.WithGroup(st, func(g *scope.Group) error {
				g.Go(st, func(st *ctx.State) error {
					defer func() { ended = true }()
					return scope.Sleep(st, time.Hour)
				})
				g.Go(st, func(*ctx.State) error { panic(boom) })
				return nil
			})
		}).(*scope.PanicError)
		equal(t, is, true)
		isError(t, p, boom)
		equal(t, len(p.Stack) > 0, true)
		equal(t, ended, true)
		equal(t, scope.Current(st), nil)

		isError(t, panics(t, func() {
			_ = scope.WithGroup(st, func(g *scope.Group) error {
				g.Go(st, func(*ctx.State) error { panic(nil) })
				return nil
			})
		}).(error), new(runtime.PanicNilError))

		// The body's panic waits for the children and goes first.
		ended = false
		equal(t, panics(t, func() {
			_ = scope.WithGroup(st, func(g *scope.Group) error {
				g.Go(st, func(st *ctx.State) error {
					defer func() { ended = true }()
					_ = scope.Sleep(st, time.Hour)
					panic("child")
				})
				panic("body")
			})
		}), any("body"))
		equal(t, ended, true)
		equal(t, time.Since(start), 0) // nobody slept on
	})
}

func TestGroupGoexit(t *testing.T) {
	bubble(t, func(t *testing.T, st *ctx.State, _ *scope.Clock) {
		start := time.Now()
		isError(t, scope.WithGroup(st, func(g *scope.Group) error {
			g.Go(st, func(*ctx.State) error { runtime.Goexit(); return nil })
			return scope.Sleep(st, time.Hour)
		}), scope.ErrGoexit)
		done, ended := make(chan bool), false
		go func() {
			defer close(done)
			_ = scope.WithGroup(st, func(g *scope.Group) error {
				g.Go(st, func(st *ctx.State) error {
					defer func() { ended = true }()
					return scope.Sleep(st, time.Hour)
				})
				runtime.Goexit()
				return nil
			})
		}()
		<-done
		equal(t, ended, true)
		equal(t, time.Since(start), 0)
		equal(t, scope.Current(st), nil)
	})
}

func TestGroupOver(t *testing.T) {
	st := ctx.NewState()
	var kept *scope.Group
	ok(t, scope.WithGroup(st, func(g *scope.Group) error { kept = g; return nil }))
	panics(t, func() { kept.Go(st, func(*ctx.State) error { return nil }) })
}

// Scopes are cancelled, moved, shielded and read from many goroutines at once.
func TestConcurrentUse(t *testing.T) {
	for range 50 {
		st := ctx.NewState()
		_ = scope.WithGroup(st, func(g *scope.Group) error {
			for i := range 8 {
				g.Go(st, func(st *ctx.State) error {
					return scope.FailAfter(st, time.Duration(i)*time.Millisecond, func(sc *scope.Scope) error {
						c, cancel := context.WithCancel(scope.Context(st))
						defer cancel()
						for range 20 {
							g.Scope().SetTimeout(time.Duration(i) * time.Millisecond)
							sc.Shield(i%2 == 0)
							sc.SetTimeout(time.Millisecond)
							_, _ = scope.EffectiveDeadline(st)
							_ = scope.Cancelled(st)
							_, _ = c.Deadline()
							_ = g.Scope().OwnContext().Err()
							runtime.Gosched()
						}
						g.Scope().Cancel(nil)
						<-c.Done()
						return context.Cause(c)
					})
				})
			}
			return nil
		})
	}
	equal(t, scope.Live(), 0)
}

// Tasks that outlive the block they were started in ask for contexts, open and
// leave scopes, while the block is cancelled, shielded and left.
func TestConcurrentContexts(t *testing.T) {
	st := ctx.NewState()
	var wg sync.WaitGroup
	for i := range 200 {
		outer := scope.Open(st)
		inner := scope.Open(st, scope.Timeout(time.Duration(i%3)*time.Millisecond))
		for j := range 4 {
			child := st.Fork()
			wg.Go(func() {
				for range 10 {
					b := scope.Open(child, scope.Timeout(time.Duration(j)*time.Millisecond))
					c := scope.Context(child)
					stop := context.AfterFunc(c, func() {})
					runtime.Gosched()
					_, _ = c.Deadline()
					b.Shield(j%2 == 0)
					_ = scope.Check(child)
					b.Shield(false)
					stop()
					_ = b.Close(child, c.Err())
					<-c.Done()
				}
			})
		}
		runtime.Gosched()
		inner.Shield(i%2 == 0)
		outer.Cancel(nil)
		_ = inner.Close(st, nil)
		_ = outer.Close(st, nil)
	}
	wg.Wait()
	equal(t, scope.Context(st), context.Background())
	equal(t, scope.Live(), 0)
}

// An inherit policy that panics starts no task, and the group waits for none.
func TestGroupPolicyPanics(t *testing.T) {
	v := ctx.Static("v", ctx.Copy(func(int) int { panic("boom") }))
	st := ctx.NewState()
	v.Set(st, 1)
	defer func() { equal(t, recover(), any("boom")) }()
	_ = scope.WithGroup(st, func(g *scope.Group) error {
		g.Go(st, func(*ctx.State) error { t.Error("the task runs"); return nil })
		return nil
	})
}
