package ctx

import (
	"sync/atomic"
)

// Func returns a function that runs f in the context of s, each time with a
// State of its own: for callbacks that may come on any goroutine, more than
// once. Inherit policies apply. The function keeps s alive; see FuncOnce.
func (s Snapshot) Func(f func(*State)) func() {
	s = s.inherited()
	return func() { f(s.NewState()) }
}

// FuncOnce is Func for a callback that comes once: the snapshot and f are
// dropped before f runs, so that a timer or promise that stays reachable holds
// nothing. Further calls do nothing. Safe on any goroutine.
func (s Snapshot) FuncOnce(f func(*State)) func() {
	h := s.Handle(f)
	return func() {
		if c := h.take(); c != nil {
			c.f(c.s.NewState())
		}
	}
}

// A Handle is a callback registered with an event loop: it runs once, on the
// loop's own State, in the context of its registration. A fired or released
// Handle holds nothing. The zero Handle is a released one.
type Handle struct {
	p atomic.Pointer[call]
}

type call struct {
	s Snapshot
	f func(*State)
}

// Handle registers f to run once in the context of s. Inherit policies apply.
func (s Snapshot) Handle(f func(*State)) *Handle {
	h := new(Handle)
	h.p.Store(&call{s.inherited(), f})
	return h
}

func (h *Handle) take() *call { return h.p.Swap(nil) }

// Call runs the callback on st, in a private level over its snapshot, and
// reports whether it ran: false when it was fired or released before. What it
// writes does not leak into st's execution, also when it panics.
func (h *Handle) Call(st *State) bool {
	st.writable("Call")
	c := h.take()
	if c == nil {
		return false
	}
	f := c.f
	m := st.Swap(c.s)
	c = nil
	defer st.Unwind(m)
	f(st)
	return true
}

// Release drops the callback and its snapshot without running it, and reports
// whether it was still to come. Safe on any goroutine; idempotent.
func (h *Handle) Release() bool { return h.take() != nil }

// Overlay runs f on st with both contexts: what s holds lies over the caller's
// execution, as a generator's level would. What f writes goes with the overlay.
func (s Snapshot) Overlay(st *State, f func(*State)) {
	st.writable("Overlay")
	l := new(Layer)
	l.lv = levelOf(s)
	m := st.Push(l)
	defer st.Unwind(m)
	f(st)
}
