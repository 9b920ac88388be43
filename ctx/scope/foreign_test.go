package scope_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
)

// foreign is somebody else's context: it throws at one of the calls.
type foreign struct {
	context.Context
	left  *int // calls before it throws
	throw func()
}

func (c foreign) call() {
	if *c.left--; *c.left == -1 {
		c.throw()
	}
}

func (c foreign) Deadline() (time.Time, bool) { c.call(); return c.Context.Deadline() }
func (c foreign) Done() <-chan struct{}       { c.call(); return c.Context.Done() }
func (c foreign) Err() error                  { c.call(); return c.Context.Err() }
func (c foreign) Value(key any) any           { c.call(); return c.Context.Value(key) }

// A context that a scope is made from is user code: when it panics, or ends the
// goroutine, while a scope is opened or left, no scope stays open.
func TestForeignContextThrows(t *testing.T) {
	for name, throw := range map[string]func(){"panic": func() { panic("thrown") }, "Goexit": runtime.Goexit} {
		for calls := range 12 {
			t.Run(fmt.Sprint(name, calls), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					parent, cancel := context.WithCancel(t.Context())
					defer cancel()
					st, clock := ctx.NewState(), scope.NewClock()
					defer clock.Close()
					clock.Use(st)
					m := st.Mark()
					thrown := false
					left := calls
					c := foreign{parent, &left, func() { thrown = true; throw() }}
					var sc *scope.Scope
					done := make(chan struct{})
					go func() {
						defer close(done)
						defer func() { _ = recover() }()
						_ = scope.With(st, func(s *scope.Scope) error { sc = s; return nil }, scope.From(c), scope.Timeout(time.Hour))
					}()
					<-done
					if scope.Current(st) != nil || st.Mark() != m {
						t.Errorf("%v is open still", scope.Current(st))
					}
					if sc != nil && !sc.Left() {
						t.Error("the scope is not left")
					}
					if n := clock.Live(); n != 0 {
						t.Error(n, "deadlines are live")
					}
					if calls == 0 && !thrown {
						t.Error("the context was not asked")
					}
				})
			})
		}
	}
}

// A deadline counts from the end of what the context does meanwhile.
func TestForeignContextTakesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, clock := ctx.NewState(), scope.NewClock()
		defer clock.Close()
		clock.Use(st)
		left := 0
		c := foreign{t.Context(), &left, func() { time.Sleep(time.Hour) }}
		err := scope.With(st, func(*scope.Scope) error {
			if scope.Cancelled(st) {
				t.Error("cancelled before it starts")
			}
			if err := scope.Sleep(st, 2*time.Second); err == nil {
				t.Error("the deadline passed unnoticed")
			}
			return nil
		}, scope.From(c), scope.Timeout(time.Second))
		if err != nil {
			t.Error(err)
		}
	})
}

// A deadline that is moved into the past counts, whatever the context does when
// it is asked which of the two was first.
func TestForeignContextThrowsAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, clock := ctx.NewState(), scope.NewClock()
		defer clock.Close()
		clock.Use(st)
		left := 1 << 20
		c := foreign{t.Context(), &left, func() { panic("thrown") }}
		_ = scope.With(st, func(sc *scope.Scope) error {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the context was not asked")
					}
				}()
				left = 0
				sc.SetDeadline(time.Now().Add(-time.Second))
			}()
			if !scope.Cancelled(st) || !sc.TimedOut() {
				t.Error("a scope goes on after its deadline")
			}
			return nil
		}, scope.From(c), scope.Timeout(time.Hour))
	})
}
