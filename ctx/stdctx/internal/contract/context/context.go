// Package context re-exports the standard library's package context with
// contexts that carry variables: every Context that it returns went through
// ctx.Snapshot.Context, and its WithValue is a context variable. The contract
// test of stdctx runs the standard library's own tests on it.
package context

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/strata-go/strata/ctx"
)

type (
	Context         = context.Context
	CancelFunc      = context.CancelFunc
	CancelCauseFunc = context.CancelCauseFunc
)

var (
	Canceled         = context.Canceled
	DeadlineExceeded = context.DeadlineExceeded
	Cause            = context.Cause
	AfterFunc        = context.AfterFunc
)

// depth is a variable that every context sets, so that each one carries
// something of its own.
var depth = ctx.Static("depth", ctx.Default(0))

// carried is a context of ours with the name and the Value that the tests
// expect of a standard one.
type carried struct {
	context.Context
	name fmt.Stringer
}

func (c *carried) String() string { return c.name.String() }

func (c *carried) Value(key any) any {
	if x, ok := lookup(key); ok {
		if value, ok := x.From(c.Context); ok {
			return value
		}
	}
	return c.Context.Value(key)
}

// carry passes a standard context through ours.
func carry(std context.Context) Context {
	s := ctx.FromContext(std)
	n, _ := depth.In(s)
	return &carried{s.With(depth.To(n + 1)).Context(std), std.(fmt.Stringer)}
}

var background, todo = carry(context.Background()), carry(context.TODO())

func Background() Context { return background }
func TODO() Context       { return todo }

func WithCancel(parent Context) (Context, CancelFunc) {
	c, cancel := context.WithCancel(parent)
	return carry(c), cancel
}

func WithCancelCause(parent Context) (Context, CancelCauseFunc) {
	c, cancel := context.WithCancelCause(parent)
	return carry(c), cancel
}

func WithDeadline(parent Context, d time.Time) (Context, CancelFunc) {
	c, cancel := context.WithDeadline(parent, d)
	return carry(c), cancel
}

func WithDeadlineCause(parent Context, d time.Time, cause error) (Context, CancelFunc) {
	c, cancel := context.WithDeadlineCause(parent, d, cause)
	return carry(c), cancel
}

func WithTimeout(parent Context, d time.Duration) (Context, CancelFunc) {
	c, cancel := context.WithTimeout(parent, d)
	return carry(c), cancel
}

func WithTimeoutCause(parent Context, d time.Duration, cause error) (Context, CancelFunc) {
	c, cancel := context.WithTimeoutCause(parent, d, cause)
	return carry(c), cancel
}

func WithoutCancel(parent Context) Context { return carry(context.WithoutCancel(parent)) }

// variables holds one variable for each key, as a program would declare them.
var variables struct {
	sync.Mutex
	m map[any]ctx.Var[any]
}

func lookup(key any) (ctx.Var[any], bool) {
	variables.Lock()
	defer variables.Unlock()
	v, ok := variables.m[key]
	return v, ok
}

func variable(key any) ctx.Var[any] {
	variables.Lock()
	defer variables.Unlock()
	v, ok := variables.m[key]
	if !ok {
		if variables.m == nil {
			variables.m = make(map[any]ctx.Var[any])
		}
		v = ctx.Static[any](fmt.Sprintf("%T", key))
		variables.m[key] = v
	}
	return v
}

// WithValue sets a variable. The standard function checks the arguments and
// gives the name.
func WithValue(parent Context, key, val any) Context {
	std := context.WithValue(parent, key, val)
	return &carried{variable(key).WithContext(parent, val), std.(fmt.Stringer)}
}
