package scope

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/strata-go/strata/ctx"
)

// A Clock keeps the deadlines of open scopes. One serves the whole process and
// is used where nothing else was said; tests under testing/synctest make one
// inside their bubble with NewClock.
//
// The structure is a heap of the live deadlines, earliest on top, and one timer
// of the runtime for the earliest:
//
//	timer ──▶ ┌───────────────┐     every open scope with a deadline
//	          │ 1  9:00  sc ──┼──▶  Scope{pos: 1}
//	          ├───────────────┤
//	          │ 2  9:05  sc ──┼──▶  Scope{pos: 2}     children of i:
//	          │ 3  9:02  sc ──┼──▶  Scope{pos: 3}     4(i-1)+2 … 4(i-1)+5
//	          └───────────────┘
//
// A scope knows its place, so leaving its block, moving its deadline and
// cancelling it take it out at once, O(log n): there are no stale entries. The
// heap refers to scopes and to nothing that refers to an execution, so that the
// timer of an abandoned generator pins none of the generator's values.
//
// There is no goroutine. The runtime starts one when the timer fires; without a
// live deadline the timer is stopped.
//
// A Clock is safe for any number of goroutines. The zero Clock is not usable.
type Clock struct {
	mu    sync.Mutex
	heap  []entry // heap[i] is place i+1
	timer *time.Timer
	armed int64 // when the timer fires, or never
	// base and origin tie the monotonic clock to the count of nanoseconds that
	// deadlines are kept in: origin is base as Unix nanoseconds.
	base   time.Time
	origin int64
	closed atomic.Bool
}

type entry struct {
	when int64
	sc   *Scope
}

// process is the process-wide clock. It is made before main, and so never
// inside a synctest bubble.
var process *Clock

func init() { process = NewClock() }

// clocks is the clock that an execution opens its scopes on.
var clocks = ctx.Static("scope.clock", ctx.In[*Clock](space))

// NewClock returns a clock of its own: for a synctest bubble, inside which
// timers follow the bubble's fake time. Say Use for the executions that are to
// use it, and Close at the end.
func NewClock() *Clock {
	c := &Clock{base: time.Now(), armed: never}
	c.origin = c.base.UnixNano()
	c.timer = time.AfterFunc(math.MaxInt64, c.fire)
	c.timer.Stop()
	return c
}

// Use makes st open its scopes on c from now on, in the current level; tasks
// that inherit from st do too. Scopes that are open already stay where they are.
func (c *Clock) Use(st *ctx.State) { clocks.Put(st, c) }

// Close stops the clock. Deadlines that are still live never pass; scopes that
// are opened on it later panic when they get a deadline. Closing twice is fine.
// Closing the process-wide clock is not possible, as nobody holds it.
func (c *Clock) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed.Store(true)
	c.timer.Stop()
	c.armed = never
	for _, e := range c.heap {
		e.sc.pos = 0
	}
	c.heap = nil
}

// Live returns the number of live deadlines: those of open scopes that are not
// cancelled.
func (c *Clock) Live() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.heap)
}

// Live returns the number of live deadlines of the process-wide clock.
func Live() int { return process.Live() }

// clockOf is the clock for new scopes of st.
func clockOf(st *ctx.State) *Clock { return clocks.Or(st, process) }

// now counts nanoseconds, monotonic, starting from the Unix epoch.
func (c *Clock) now() int64 {
	d := time.Since(c.base)
	if d < 0 && c == process {
		panic("scope: the process-wide clock does not follow the fake time of a synctest bubble: make a clock inside the bubble with scope.NewClock, and tell the execution with its Use")
	}
	return after(c.origin, d)
}

// after is t+d without wrapping around.
func after(t int64, d time.Duration) int64 {
	switch s := t + int64(d); {
	case d > 0 && s < t:
		return never
	case d < 0 && s > t:
		return math.MinInt64
	default:
		return s
	}
}

// at is a time as the clock counts: now, and how far t is from now, which goes
// by t's monotonic reading when it has one. Sub saturates, but only
// for times that did not wrap around when they were made, as that of
// time.Unix(math.MaxInt64, 0) did; the seconds tell.
func (c *Clock) at(t time.Time) int64 {
	const last = never / int64(time.Second)
	switch s := t.Unix(); {
	case t.IsZero() || s >= last:
		return never
	case s <= 0:
		return 0
	}
	now := time.Now()
	return after(after(c.origin, now.Sub(c.base)), t.Sub(now))
}

// time is the opposite of at.
func (c *Clock) time(when int64) (t time.Time, ok bool) {
	switch {
	case when == never:
		return time.Time{}, false
	case when < 0:
		return time.Unix(0, 0), true
	}
	return c.base.Add(time.Duration(when - c.origin)), true
}

const closedClock = "scope: a deadline on a closed Clock would never pass: close the clock after the last scope that uses it"

// check panics when c cannot take deadlines.
func (c *Clock) check() {
	if c.timer == nil {
		panic("scope: use of the zero Clock: make clocks with scope.NewClock")
	}
	if c.closed.Load() {
		panic(closedClock)
	}
}

// move makes when the deadline of an open scope that is not cancelled, and
// reports whether it was one. The caller sees to deadlines that have passed;
// the context that a scope was made from sees to its own.
func (c *Clock) move(sc *Scope, when, now int64) bool {
	limit := int64(never)
	if x := sc.x.Load(); x != nil {
		limit = x.limit
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if sc.has(called | left) {
		return false
	}
	sc.deadline.Store(min(when, limit))
	switch {
	case when >= limit || when <= now:
		c.drop(sc)
	case c.closed.Load():
		panic(closedClock)
	case sc.pos != 0:
		c.heap[sc.pos-1].when = when
		c.up(c.down(int(sc.pos)))
		c.arm(now)
	default:
		c.heap = append(c.heap, entry{when, sc})
		c.up(len(c.heap))
		c.arm(now)
	}
	if sc.has(called | left) { // meanwhile; remove may have come too early
		c.drop(sc)
	}
	return true
}

// remove takes the scope out, if it is in.
func (c *Clock) remove(sc *Scope) {
	if sc.deadline.Load() == never {
		return // move saw to its place
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(sc)
}

func (c *Clock) drop(sc *Scope) {
	i := int(sc.pos)
	if i == 0 {
		return
	}
	sc.pos = 0
	n := len(c.heap)
	last := c.heap[n-1]
	c.heap[n-1] = entry{}
	c.heap = c.heap[:n-1]
	if i < n {
		c.heap[i-1] = last
		last.sc.pos = int32(i)
		c.up(c.down(i))
	}
	if n == 1 {
		c.timer.Stop()
		c.armed = never
	}
	if k := cap(c.heap); k > 1024 && len(c.heap) < k/4 {
		c.heap = append(make([]entry, 0, k/2), c.heap...)
	}
}

// up and down move the entry at place i to where it belongs; down returns the
// place. Places count from 1; each has four children.
func (c *Clock) up(i int) {
	h := c.heap
	e := h[i-1]
	for i > 1 {
		p := (i+2)/4 - 1
		if h[p].when <= e.when {
			break
		}
		h[i-1] = h[p]
		h[i-1].sc.pos = int32(i)
		i = p + 1
	}
	h[i-1] = e
	e.sc.pos = int32(i)
}

func (c *Clock) down(i int) int {
	h := c.heap
	e := h[i-1]
	for {
		first := 4*i - 2 // place of the first child
		if first > len(h) {
			break
		}
		least := first
		for k := first + 1; k <= min(first+3, len(h)); k++ {
			if h[k-1].when < h[least-1].when {
				least = k
			}
		}
		if e.when <= h[least-1].when {
			break
		}
		h[i-1] = h[least-1]
		h[i-1].sc.pos = int32(i)
		i = least
	}
	h[i-1] = e
	e.sc.pos = int32(i)
	return i
}

// arm sets the timer for the earliest deadline. A timer that is set too early
// stays: it fires for nothing once, and leaving a block costs no timer.
func (c *Clock) arm(now int64) {
	if first := c.heap[0].when; first < c.armed {
		c.armed = first
		c.timer.Reset(time.Duration(max(0, after(first, time.Duration(-now)))))
	}
}

// fire runs when the timer does: it cancels what is due. Scopes that are due at
// the same moment are marked before any of them tells, so that what wakes up
// sees all of them.
func (c *Clock) fire() {
	var due []*Scope
	c.mu.Lock()
	if c.closed.Load() {
		c.mu.Unlock()
		return
	}
	c.armed = never
	now := c.now()
	for len(c.heap) > 0 && c.heap[0].when <= now {
		sc := c.heap[0].sc
		c.drop(sc)
		if sc.mark(called | byDeadline) {
			due = append(due, sc)
		}
	}
	if len(c.heap) > 0 {
		c.arm(now)
	}
	c.mu.Unlock()
	if len(due) == 0 {
		return
	}
	scopes.Changed()
	for _, sc := range due {
		sc.tell()
	}
}
