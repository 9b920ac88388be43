package sim

import (
	"container/heap"
	"time"
)

// Clock is a clock that stands still while a task can run, with a heap of
// timers. The zero Clock is ready and shows 0.
type Clock struct {
	now    time.Duration
	timers timerHeap
	serial uint64
}

// Timer is a function that a Clock calls once. The zero Timer is a stopped one.
type Timer struct {
	at     time.Duration
	serial uint64 // earlier registration goes first at the same time
	index  int
	clock  *Clock
	f      func()
}

// Now returns the time since the world began.
func (k *Clock) Now() time.Duration { return k.now }

// Pending returns the number of timers still to fire. A stopped or fired timer
// is not among them: it leaves the heap at once.
func (k *Clock) Pending() int { return len(k.timers) }

// After calls f once d has passed, on the scheduler. Negative times are 0.
func (k *Clock) After(d time.Duration, f func()) *Timer {
	k.serial++
	t := &Timer{at: k.now + max(d, 0), serial: k.serial, clock: k, f: f}
	heap.Push(&k.timers, t)
	return t
}

// Stop takes the timer out of the heap. It reports whether it was still there.
func (t *Timer) Stop() bool {
	if t.clock == nil {
		return false
	}
	heap.Remove(&t.clock.timers, t.index)
	t.clock, t.f = nil, nil
	return true
}

// advance moves the clock to the next timer and fires it.
func (k *Clock) advance() bool {
	if len(k.timers) == 0 {
		return false
	}
	t := heap.Pop(&k.timers).(*Timer)
	k.now = t.at
	f := t.f
	t.clock, t.f = nil, nil
	f()
	return true
}

type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].at != h[j].at {
		return h[i].at < h[j].at
	}
	return h[i].serial < h[j].serial
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*Timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return t
}
