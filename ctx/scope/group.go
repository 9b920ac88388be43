package scope

import (
	"errors"
	"runtime/debug"
	"sync"

	"github.com/strata-go/strata/ctx"
)

// A Group is a block that starts tasks and ends after all of them: no task
// outlives the block that it was started in.
//
//	WithGroup ──┬── f ──────────────┬── waits ──┬──▶ joined error
//	            ├── g.Go ── child ──┤           │
//	            └── g.Go ── child ──┼───────────┘
//	                                first error cancels the group's scope
//
// Go and Scope are safe on any goroutine.
type Group struct {
	scope *Scope
	list  ctx.Delta // the scopes that are open in the group, for its children

	mu      sync.Mutex
	running int // f and the children
	idle    chan struct{}
	over    bool
	errs    []error
	stopped error // a cancellation error that somebody returned
	panic   *PanicError
}

// WithGroup runs f inside a new scope together with the tasks that f, and the
// tasks themselves, start by Go, and returns when all have ended.
//
// The first error, f's or a child's, cancels the scope with that error as the
// cause. The result joins all errors in the order in which they came, without
// the cancellation errors of those that were stopped; when there are only
// cancellation errors the result is what With would make of them.
//
// A panic in a child cancels the group; when all have ended WithGroup panics
// with a *PanicError that holds the first child's value and stack. A child that
// calls runtime.Goexit counts as one that returned ErrGoexit. When f itself
// panics or calls runtime.Goexit the group is cancelled, the children are
// waited for, and the panic or exit goes on; it takes the place of any error
// and any panic of a child.
func WithGroup(st *ctx.State, f func(g *Group) error, opts ...Option) error {
	var failed error
	_, err := within(st, gather(opts), caller(), func(sc *Scope) (stopped error) {
		g := &Group{scope: sc, running: 1, idle: make(chan struct{})}
		g.list = ctx.Snapshot{}.Diff(st.Snapshot().Only(space))
		failed, stopped = g.body(st, f)
		return stopped
	})
	if failed != nil {
		return failed
	}
	return err
}

// body runs f, waits for the children and sums up: what failed, and else how
// those that were stopped said so.
func (g *Group) body(st *ctx.State, f func(*Group) error) (failed, stopped error) {
	returned := false
	var err error
	defer func() {
		if !returned {
			g.scope.Cancel(nil)
		}
		g.done(st, err)
		<-g.idle
		switch {
		case !returned: // the panic or Goexit of f goes on
		case g.panic != nil:
			panic(g.panic)
		case len(g.errs) > 0:
			failed = errors.Join(g.errs...)
		default:
			stopped = g.stopped
		}
	}()
	err = f(g)
	returned = true
	return nil, nil
}

// Scope returns the group's scope: to cancel the group, to move its deadline.
func (g *Group) Scope() *Scope { return g.scope }

// Go starts f as a task of the group, on a goroutine and a State of its own.
//
// The task starts with a snapshot of the spawner's execution, which is the
// State of whoever calls Go, after the inherit policies. The open scopes are an
// exception: the task is inside those of the group, not inside those that the
// spawner happens to be in. So a child started within a short deadline of one
// task lives as long as the group does, and cancelling the group reaches it
// wherever it was started.
//
// Go panics when the group has ended.
func (g *Group) Go(spawner *ctx.State, f func(st *ctx.State) error) {
	// First, as inherit policies are user code: a task that was counted and does
	// not start would be waited for.
	st := spawner.Fork().Snapshot().Apply(g.list).NewState()
	g.mu.Lock()
	if g.over {
		g.mu.Unlock()
		panic("scope: Go on a Group whose block has ended: start tasks from inside the block, or from its tasks")
	}
	g.running++
	g.mu.Unlock()
	go g.child(st, f)
}

func (g *Group) child(st *ctx.State, f func(*ctx.State) error) {
	err := ErrGoexit
	defer func() {
		if v := recover(); v != nil {
			err = nil
			p := &PanicError{v, debug.Stack()}
			g.mu.Lock()
			if g.panic == nil {
				g.panic = p
			}
			g.mu.Unlock()
			g.scope.Cancel(p)
		}
		g.done(st, err)
	}()
	err = f(st)
}

// done says that f or a child has ended, and how.
func (g *Group) done(st *ctx.State, err error) {
	if err != nil {
		g.fail(st, err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running--; g.running == 0 {
		g.over = true
		close(g.idle)
	}
}

// fail notes an error, and cancels the others when it is the first. Where
// nothing was cancelled a cancellation error is somebody else's, and a failure.
func (g *Group) fail(st *ctx.State, err error) {
	stopped := cancellation(err) && Check(st) != nil
	g.mu.Lock()
	switch {
	case !stopped:
		g.errs = append(g.errs, err)
	case g.stopped == nil:
		g.stopped = err
	}
	g.mu.Unlock()
	if !stopped {
		g.scope.Cancel(err)
	}
}
