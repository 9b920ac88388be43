package stdctx

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/strata-go/strata/ctx"
)

// A Group runs tasks on goroutines, each with a State and a Context of its own,
// and waits for them: golang.org/x/sync/errgroup for code with variables. The
// first error cancels the others.
//
// Make one with NewGroup. Go and TryGo may be called from any goroutine, with a
// State that belongs to it.
type Group struct {
	c      context.Context
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
	slots  chan struct{} // nil: no limit
	mu     sync.Mutex
	err    error
	crash  *PanicError
}

// PanicError is the value with which Wait panics when a task did.
type PanicError struct {
	Value any    // what the task panicked with
	Stack []byte // of the task
}

// Error returns the message.
func (e *PanicError) Error() string {
	return fmt.Sprintf("stdctx: a task of the group panicked: %v\n\n%s", e.Value, e.Stack)
}

// Unwrap returns the value when it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// NewGroup returns a group whose tasks are cancelled when c is, when one of
// them fails, and when Wait returns. At most limit tasks run at a time; 0 means
// no limit.
func NewGroup(c context.Context, limit int) *Group {
	g := new(Group)
	g.c, g.cancel = context.WithCancelCause(c)
	if limit > 0 {
		g.slots = make(chan struct{}, limit)
	}
	return g
}

// Go runs f on a new goroutine, when the limit allows, with a State that
// inherits st's variables as they are now. The Context that f gets carries
// these too, and is cancelled with the group.
func (g *Group) Go(st *ctx.State, f func(st *ctx.State, c context.Context) error) {
	child := st.Fork() // first: a policy that panics must not keep a place
	if g.slots != nil {
		g.slots <- struct{}{}
	}
	g.start(child, f)
}

// TryGo is Go if the limit allows it at once; it reports whether it does.
func (g *Group) TryGo(st *ctx.State, f func(st *ctx.State, c context.Context) error) bool {
	if g.slots != nil {
		select {
		case g.slots <- struct{}{}:
		default:
			return false
		}
	}
	started := false
	defer func() {
		if !started && g.slots != nil { // a policy panicked in Fork
			<-g.slots
		}
	}()
	g.start(st.Fork(), f)
	started = true
	return true
}

func (g *Group) start(st *ctx.State, f func(st *ctx.State, c context.Context) error) {
	g.wg.Go(func() {
		if g.slots != nil {
			defer func() { <-g.slots }()
		}
		returned := false
		defer func() {
			if returned {
				return
			}
			if x := recover(); x != nil {
				g.fail(nil, &PanicError{x, debug.Stack()})
			} else {
				g.fail(errors.New("stdctx: a task of the group ended by runtime.Goexit"), nil)
			}
		}()
		err := f(st, st.Snapshot().Context(g.c))
		returned = true
		if err != nil {
			g.fail(err, nil)
		}
	})
}

// fail notes the first error and the first panic, and cancels the rest.
func (g *Group) fail(err error, crash *PanicError) {
	g.mu.Lock()
	if g.err == nil {
		g.err = err
	}
	if g.crash == nil {
		g.crash = crash
	}
	g.mu.Unlock()
	if crash != nil {
		err = crash
	}
	g.cancel(err)
}

// Wait blocks until every task has returned, and returns the first error. When
// a task panicked, Wait panics with a *PanicError.
func (g *Group) Wait() error {
	g.wg.Wait()
	g.cancel(nil)
	if g.crash != nil {
		panic(g.crash)
	}
	return g.err
}
