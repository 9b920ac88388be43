package main

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/strata-go/strata/ctx/scope"
	"github.com/strata-go/strata/ctx/stdctx"
)

// kind is what is injected into a call of user code.
type kind byte

const (
	none       kind = iota
	panicValue      // panic with a value of its own
	panicNil        // panic(nil)
	goexit          // runtime.Goexit
	reenter         // the program's next step runs inside the call
	collect         // a garbage collection
	gosched         // the scheduler
	handover        // another goroutine reads everything meanwhile
	block           // an hour passes on the fake clock; Gosched where there is none
	kinds
)

var kindNames = [kinds]string{"none", "panic(v)", "panic(nil)", "Goexit", "re-entry", "collection", "Gosched", "hand-over", "block"}

func (k kind) String() string { return kindNames[k] }

// calls is the range of Step.At.
const calls = 24

// plan is the fault of one step: kind hits the call numbered at.
type plan struct {
	kind  kind
	at    int
	count int
}

// boom is the value of an injected panic.
type boom struct {
	call int
	at   place
}

func (b *boom) String() string { return fmt.Sprintf("injected into call %d, %s", b.call, b.at) }

// flight is a fault on its way out.
type flight struct {
	kind kind
	boom *boom
	or   *flight // another one, where a group says which came first
}

// user is called at the start of all user code. It carries out the fault whose
// turn it is. While a fault is on its way out only deferred calls have a turn:
// theirs takes its place, except that nothing stops a Goexit.
func (m *machine) user(p place) {
	if m.muted > 0 || m.ending {
		return
	}
	fl := m.flying
	if n := len(m.under); fl == nil && n > 0 {
		fl = m.under[n-1]
	}
	if fl != nil && (!p.deferred() || fl.kind == goexit) {
		return
	}
	if m.calls++; m.record {
		m.trace = append(m.trace, p)
	}
	k := none
	if m.global.kind != none {
		if m.calls == m.global.at {
			k = m.global.kind
		}
	} else if pl := m.ctl.plan; pl != nil && pl.kind != none {
		if pl.count++; pl.count == pl.at {
			k = pl.kind
		}
	}
	if k != none {
		m.fire(p, k)
	}
}

func (m *machine) fire(p place, k kind) {
	m.hit = true
	if m.stats != nil {
		m.stats.Faults[p][k]++
	}
	switch k {
	case panicValue:
		m.flying = &flight{kind: k, boom: &boom{m.calls, p}}
		panic(m.flying.boom)
	case panicNil:
		m.flying = &flight{kind: k}
		panic(nil)
	case goexit:
		m.flying = &flight{kind: k}
		runtime.Goexit()
	case reenter:
		if p.readsOnly() {
			m.inside++
			m.check(true)
			m.inside--
		} else {
			m.body(1)
		}
	case collect:
		m.gc()
	case gosched:
		for range 3 {
			runtime.Gosched()
		}
	case handover:
		done := make(chan struct{})
		go func() {
			defer close(done)
			m.inside++
			m.elsewhere()
			m.inside--
		}()
		<-done
	case block:
		if m.timed {
			m.idle(func() { time.Sleep(time.Hour) })
		} else {
			runtime.Gosched()
		}
	}
}

// idle runs f, which waits, while timers may call user code on a goroutine that
// no panic may end.
func (m *machine) idle(f func()) {
	m.muted++
	defer func() { m.muted-- }()
	f()
}

// gc collects, in one program out of sixteen and there a few times: a collection
// takes as long as thousands of steps.
func (m *machine) gc() {
	if m.collections++; m.global.kind == collect || m.collections < 4 && m.prog.Config[3]%16 == 0 {
		runtime.GC()
	} else {
		runtime.Gosched()
	}
}

// and is what else may come first where g does, or f.
func (f *flight) and(g *flight) *flight {
	if f.or == nil {
		return g
	}
	return &flight{kind: f.or.kind, boom: f.or.boom, or: f.or.and(g)}
}

// fallen is what the tasks of a group threw.
type fallen struct {
	first  *flight
	any    *flight // where they end side by side, and any may be the first
	exited bool
}

// task starts a task on its goroutine; what it returns is for the task to defer.
func (t *fallen) task(m *machine) (end func()) {
	saved := m.ctl
	m.ctl.foreign = true
	return func() {
		m.ctl = saved
		fl := m.flying
		m.flying = nil
		switch {
		case fl == nil:
		case fl.kind == goexit:
			t.exited = true
		default:
			if t.first == nil {
				t.first = fl
			}
			t.any = &flight{kind: fl.kind, boom: fl.boom, or: fl.and(t.any)}
		}
	}
}

// is reports whether v is the fault, as a value or in the wrapper in which
// groups hand the panics of their tasks on.
func (f *flight) is(v any) bool {
unwrap:
	for {
		switch p := v.(type) {
		case *scope.PanicError:
			v = p.Value
		case *stdctx.PanicError:
			v = p.Value
		default:
			break unwrap
		}
	}
	if f.or != nil && f.or.is(v) {
		return true
	}
	if f.kind == panicNil {
		err, ok := v.(error)
		return ok && errors.As(err, new(*runtime.PanicNilError))
	}
	return f.kind == panicValue && v == any(f.boom)
}

// absorbed says that the fault on its way was turned into something else, an
// error say, by the rules of the operation.
func (m *machine) absorbed() { m.flying = nil }

// attempt runs f and stops what it throws, which must be the fault on its way,
// unchanged. With hop it runs f on a goroutine of its own, where Goexit ends.
// It reports whether f returned.
func (m *machine) attempt(hop bool, f func()) (returned bool) {
	saved := m.ctl
	run := func() {
		defer func() {
			v := recover()
			m.ctl = saved
			switch fl := m.flying; {
			case v != nil && (fl == nil || !fl.is(v)):
				m.failf("a panic that nobody injected (on its way: %v): %v\n%s", fl, v, debug.Stack())
			case v != nil:
				m.flying = nil
			case returned && fl != nil:
				m.failf("the %s was swallowed", fl.kind)
				m.flying = nil
			case !returned && hop && (fl == nil || fl.kind != goexit):
				m.failf("the goroutine ended by itself (on its way: %v)", fl)
			case !returned && hop:
				m.flying = nil
			}
		}()
		f()
		returned = true
	}
	if !hop {
		run()
		return returned
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.ctl.foreign = true
		run()
	}()
	<-done
	return returned
}
