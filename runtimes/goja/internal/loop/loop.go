// Package loop is a small event loop for scripts: timers, and functions that
// other goroutines hand over. One goroutine runs everything that touches the
// engine.
package loop

import (
	"container/heap"
	"time"

	"github.com/dop251/goja"
)

// Loop runs the timers of one Runtime. Make it with New.
type Loop struct {
	vm     *goja.Runtime
	timers timerHeap
	serial uint64
	inbox  chan func()
	held   int // Hold minus Release: work that other goroutines will hand over
	done   bool

	// After, if set, is called after each timer and each function handed over.
	After func()
}

// timer is what scripts get from setTimeout: an object to clear it by.
type timer struct {
	due      time.Time
	serial   uint64
	interval time.Duration // 0: fires once
	f        func()        // nil: cleared
}

// New makes a loop and sets the global timer functions of vm.
func New(vm *goja.Runtime) (*Loop, error) {
	l := &Loop{vm: vm, inbox: make(chan func(), 64)}
	clearTimer := func(call goja.FunctionCall) goja.Value {
		if t, ok := call.Argument(0).Export().(*timer); ok {
			t.f = nil
		}
		return goja.Undefined()
	}
	for name, f := range map[string]any{
		"setTimeout":     func(call goja.FunctionCall) goja.Value { return l.add(call, 2, false) },
		"setInterval":    func(call goja.FunctionCall) goja.Value { return l.add(call, 2, true) },
		"setImmediate":   func(call goja.FunctionCall) goja.Value { return l.add(call, 1, false) },
		"clearTimeout":   clearTimer,
		"clearInterval":  clearTimer,
		"clearImmediate": clearTimer,
	} {
		if err := vm.Set(name, f); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *Loop) add(call goja.FunctionCall, fixed int, repeat bool) goja.Value {
	f, ok := goja.AssertFunction(call.Argument(0))
	if !ok {
		panic(l.vm.NewTypeError("the callback of a timer must be a function"))
	}
	var args []goja.Value
	if len(call.Arguments) > fixed {
		args = append(args, call.Arguments[fixed:]...)
	}
	t := &timer{due: time.Now(), f: func() { _, _ = f(goja.Undefined(), args...) }}
	if fixed == 2 {
		delay := time.Duration(min(max(call.Argument(1).ToInteger(), 1), 1<<31-1)) * time.Millisecond
		t.due = t.due.Add(delay)
		if repeat {
			t.interval = delay
		}
	}
	l.push(t)
	return l.vm.ToValue(t)
}

func (l *Loop) push(t *timer) {
	l.serial++
	t.serial = l.serial
	heap.Push(&l.timers, t)
}

// RunOnLoop hands f over to the loop. Safe on any goroutine, between a Hold and
// its Release.
func (l *Loop) RunOnLoop(f func()) { l.inbox <- f }

// Hold keeps Run from ending: a goroutine will hand over work. Call it on the
// loop; Release, too, in the last function handed over.
func (l *Loop) Hold() { l.held++ }

// Release is the counterpart of Hold.
func (l *Loop) Release() { l.held-- }

// Stop makes Run return after the function that runs now.
func (l *Loop) Stop() { l.done = true }

// Run runs timers and functions handed over until none can come any more.
func (l *Loop) Run() {
	for !l.done {
		for len(l.timers) > 0 && l.timers[0].f == nil {
			heap.Pop(&l.timers)
		}
		if len(l.timers) == 0 {
			if l.held == 0 && len(l.inbox) == 0 {
				return
			}
			l.do(<-l.inbox)
			continue
		}
		if wait := time.Until(l.timers[0].due); wait > 0 {
			clock := time.NewTimer(wait)
			select {
			case f := <-l.inbox:
				l.do(f)
			case <-clock.C:
			}
			clock.Stop()
			continue
		}
		select {
		case f := <-l.inbox:
			l.do(f)
		default:
			l.fire(heap.Pop(&l.timers).(*timer))
		}
	}
}

func (l *Loop) do(f func()) {
	f()
	if l.After != nil {
		l.After()
	}
}

func (l *Loop) fire(t *timer) {
	f := t.f
	if t.interval == 0 {
		t.f = nil
	}
	l.do(f)
	if t.f != nil {
		t.due = time.Now().Add(t.interval)
		l.push(t)
	}
}

type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if !h[i].due.Equal(h[j].due) {
		return h[i].due.Before(h[j].due)
	}
	return h[i].serial < h[j].serial
}
func (h timerHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *timerHeap) Push(x any)   { *h = append(*h, x.(*timer)) }
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return t
}
