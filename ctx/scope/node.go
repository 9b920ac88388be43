package scope

import (
	"context"
	"sync"
	"sync/atomic"
)

// A node is a scope over one list of scopes below it, as a context.Context.
//
//	execution            nodes               a generator's scope "10", resumed
//	                                         first under 20, then under 5:
//	[20 10]   Context ─▶ n(10) ─▶ n(20)
//	[5 10]    Context ─▶ n(10) ─▶ n(5)       n(20) was left, n(10) moves over
//
// Nodes form trees. A node ends when its own scope is cancelled or left, and
// when its parent is cancelled, unless its scope is shielded. When a parent's
// scope is left without cancellation its children go on under the parent's
// parent: a left scope is inert. Such a child may move under another node when
// its scope is next asked for a context, as a generator does that is resumed by
// somebody else. So a scope has one node for each list it is in at one time,
// which is one node outside of generators that tasks share.
//
// Trees are walked without recursion: a chain of a million scopes costs no
// stack.
type node struct {
	sc     *Scope
	parent *node // nil: nothing below
	child  *node // first of the children
	next   *node // siblings
	prev   *node
	also   *node           // next node of the same scope
	values context.Context // nil: none
	funcs  map[*func()]struct{}
	done   atomic.Pointer[chan struct{}]
	end    atomic.Pointer[ending]
	moving bool // the parent it had was left
}

// nodes is the lock of all links between nodes, and of what a scope's extra
// says is under it. It is held for a few steps, and for the walk of a tree
// that is cancelled.
var nodes sync.Mutex

// ending is how a node ended.
type ending struct {
	err   error
	cause context.Context // an ended context of package context that tells the cause
}

func newEnding(err, cause error) *ending {
	c, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	return &ending{err, c}
}

// closed is what Done of an ended node returns when nobody asked before.
var closed = func() *chan struct{} {
	c := make(chan struct{})
	close(c)
	return &c
}()

// run calls what AfterFunc registered, outside the lock.
func run(calls []func()) {
	for _, f := range calls {
		f()
	}
}

// over returns the scope's node over parent; parent itself when the scope was
// left since the list of scopes was read.
//
// A node that ended is good as long as what ended it holds. After that, when
// the scope lies over another list or behind a shield again, a new one takes
// its place, and takes over the nodes above it.
func (sc *Scope) over(parent *node, calls *[]func()) *node {
	x := sc.more()
	if sc.has(left) {
		return parent
	}
	cancelled := sc.has(called) || !sc.has(shielded) && parent != nil && parent.end.Load() != nil
	var found, moving, stale *node
	for at := &x.nodes; *at != nil; {
		n := *at
		if n.end.Load() != nil && !cancelled {
			*at, n.also, stale = n.also, stale, n
			continue
		}
		if n.parent == parent {
			found = n
		} else if n.moving {
			moving = n
		}
		at = &n.also
	}
	switch {
	case found != nil:
	case moving != nil:
		found = moving
		found.moving = false
		found.unlink()
		found.link(parent, calls)
	default:
		found = sc.attach(parent)
		found.also, x.nodes = x.nodes, found
	}
	for n := stale; n != nil; n = n.also {
		n.unlink()
		n.adopt(found, calls)
	}
	return found
}

// adopt moves the nodes over n to another one.
func (n *node) adopt(by *node, calls *[]func()) {
	for c := n.child; c != nil; {
		next := c.next
		c.parent, c.next, c.prev = nil, nil, nil
		c.link(by, calls)
		c = next
	}
	n.child = nil
}

// attach makes a node. Whoever cancels a scope sets its bit first and ends its
// nodes under the lock after that, so a node made here is seen there, or ends
// here.
func (sc *Scope) attach(parent *node) *node {
	n := &node{sc: sc, values: sc.more().from}
	if n.values == nil && parent != nil {
		n.values = parent.values
	}
	n.link(parent, nil)
	if n.end.Load() == nil && sc.has(called|left) {
		n.set(sc.ending(), nil)
	}
	return n
}

// ending is how the nodes of a cancelled or left scope end.
func (sc *Scope) ending() *ending {
	if sc.has(called) {
		return newEnding(sc.kind(), sc.Cause())
	}
	return newEnding(context.Canceled, ErrLeft)
}

// link puts n under parent; when parent was cancelled, so is n.
func (n *node) link(parent *node, calls *[]func()) {
	if parent == nil {
		return
	}
	n.parent, n.next = parent, parent.child
	if n.next != nil {
		n.next.prev = n
	}
	parent.child = n
	n.inherit(calls)
}

// inherit ends n if its parent was cancelled and no shield is between.
func (n *node) inherit(calls *[]func()) {
	if n.parent == nil || n.sc.has(shielded) {
		return
	}
	if e := n.parent.end.Load(); e != nil {
		n.cancel(e, calls)
	}
}

func (n *node) unlink() {
	switch {
	case n.prev != nil:
		n.prev.next = n.next
	case n.parent != nil:
		n.parent.child = n.next
	}
	if n.next != nil {
		n.next.prev = n.prev
	}
	n.parent, n.next, n.prev = nil, nil, nil
}

// set ends one node.
func (n *node) set(e *ending, calls *[]func()) {
	n.end.Store(e)
	if c := n.done.Load(); c != nil {
		close(*c)
	}
	for f := range n.funcs {
		*calls = append(*calls, *f)
	}
	n.funcs = nil
}

// cancel ends n and every node above it that no shield protects.
func (n *node) cancel(e *ending, calls *[]func()) {
	if n.end.Load() != nil {
		return
	}
	n.set(e, calls)
	for m := n; ; {
		c := exposed(m.child)
		for c == nil {
			if m == n {
				return
			}
			c = exposed(m.next)
			m = m.parent
		}
		c.set(e, calls)
		m = c
	}
}

// exposed is the first of the siblings from n on that a cancellation below
// reaches and did not reach yet.
func exposed(n *node) *node {
	for n != nil && (n.end.Load() != nil || n.sc.has(shielded)) {
		n = n.next
	}
	return n
}

// tell ends the scope's contexts after its cancellation.
func (sc *Scope) tell() {
	x := sc.x.Load()
	if x == nil {
		return
	}
	var calls []func()
	nodes.Lock()
	if x.own != nil || x.nodes != nil {
		e := sc.ending()
		if x.own != nil && x.own.end.Load() == nil {
			x.own.set(e, &calls)
		}
		for n := x.nodes; n != nil; n = n.also {
			n.cancel(e, &calls)
		}
	}
	nodes.Unlock()
	run(calls)
}

// unshielded lets through what the shield kept out.
func (sc *Scope) unshielded() {
	x := sc.x.Load()
	if x == nil {
		return
	}
	var calls []func()
	nodes.Lock()
	for n := x.nodes; n != nil; n = n.also {
		n.inherit(&calls)
	}
	nodes.Unlock()
	run(calls)
}

// untie ends the scope's contexts when its block is left. Nodes that lie over
// them, in generators and in tasks that outlive the block, go on under what
// lies below.
func (sc *Scope) untie(x *extra) {
	var calls []func()
	nodes.Lock()
	var e *ending
	list := x.nodes
	if x.own != nil {
		x.own.also, list = list, x.own
	}
	for n := list; n != nil; n = n.also {
		below := n.parent
		n.unlink()
		for c := n.child; c != nil; c = c.next {
			c.moving = true
		}
		n.adopt(below, &calls)
		if n.end.Load() == nil {
			if e == nil {
				e = sc.ending()
			}
			n.set(e, &calls)
		}
	}
	x.own, x.nodes, x.from = nil, nil, nil
	nodes.Unlock()
	run(calls)
}
