package scope

import (
	"context"
	"time"

	"github.com/strata-go/strata/ctx"
)

// Context returns the present execution's scopes as one context.Context, for
// everything that blocks: its Done is closed when a scope around here is
// cancelled that no shield hides, and when the innermost one is left. Deadline,
// Err and context.Cause say what a context's should; values are those of the
// context that the innermost scope with one was made from.
//
// Ask where the work starts. In a generator ask again after each yield: the
// context is that of the scopes of this moment. Without an open scope it is
// context.Background(). Children made by package context cost no goroutine.
// Cost: O(open scopes); one object for each scope the first time.
func Context(st *ctx.State) context.Context {
	var n *node
	var calls []func()
	nodes.Lock()
	for sc := range scopes.All(st) {
		n = sc.over(n, &calls)
	}
	nodes.Unlock()
	run(calls)
	if n == nil {
		return context.Background()
	}
	return n
}

// OwnContext returns a context for what lives as long as the scope and moves
// with it through the resumes of a generator: it ends when this scope is
// cancelled or left. The scopes around it do not count; where they should, use
// the function Context.
func (sc *Scope) OwnContext() context.Context {
	nodes.Lock()
	defer nodes.Unlock()
	x := sc.more()
	if x.own == nil {
		x.own = sc.attach(nil)
	}
	return x.own
}

// Deadline is the earliest deadline around, up to a shield, as of now.
func (n *node) Deadline() (deadline time.Time, ok bool) {
	nodes.Lock()
	defer nodes.Unlock()
	when := int64(never)
	for m := n; m != nil; m = m.parent {
		when = min(when, m.sc.deadline.Load())
		if m.sc.has(shielded) {
			break
		}
	}
	return n.sc.clock().time(when)
}

// Done is made when it is first asked for.
func (n *node) Done() <-chan struct{} {
	if c := n.done.Load(); c != nil {
		return *c
	}
	nodes.Lock()
	defer nodes.Unlock()
	c := n.done.Load()
	if c == nil {
		if n.end.Load() != nil {
			c = closed
		} else {
			c = new(make(chan struct{}))
		}
		n.done.Store(c)
	}
	return *c
}

func (n *node) Err() error {
	if e := n.end.Load(); e != nil {
		return e.err
	}
	return nil
}

// Value finds the values of the context that the scope was made from. An ended
// node first lets context.Cause find its cause, which only package context's
// own contexts can tell.
func (n *node) Value(key any) any {
	if e := n.end.Load(); e != nil {
		if v := e.cause.Value(key); v != nil {
			return v
		}
	}
	if n.values == nil {
		return nil
	}
	return n.values.Value(key)
}

// AfterFunc is what package context looks for to save a goroutine. The
// functions it registers do not block; they run on the goroutine that cancels.
func (n *node) AfterFunc(f func()) (stop func() bool) {
	nodes.Lock()
	defer nodes.Unlock()
	if n.end.Load() != nil {
		go f() // the caller may hold a lock that f takes
		return func() bool { return false }
	}
	if n.funcs == nil {
		n.funcs = make(map[*func()]struct{})
	}
	n.funcs[&f] = struct{}{}
	return func() bool {
		nodes.Lock()
		defer nodes.Unlock()
		_, found := n.funcs[&f]
		delete(n.funcs, &f)
		return found
	}
}

// String says where the scope was opened, and no value.
func (n *node) String() string { return "scope.Context(opened at " + n.sc.Opened() + ")" }
