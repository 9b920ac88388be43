package main

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// room is a part of the library.
type room byte

const (
	control0 room = iota
	mapsRoom
	keysRoom
	variablesRoom
	generatorsRoom
	scopesRoom
	bridgeRoom
	numRooms
)

// op is an operation of programs.
type op struct {
	name   string
	room   room
	weight int
	do     func(m *machine, s Step)
}

var ops []op

func init() {
	ops = slices.Concat([]op{{"nothing", control0, 1, func(*machine, Step) {}}, {"throw", control0, 2, (*machine).throw}},
		mapOps, keyOps, variableOps, generatorOps, scopeOps, bridgeOps)
	if len(ops) > 256 {
		panic("faults: a step names its operation in one byte")
	}
}

// throw is a call of user code and nothing else.
func (m *machine) throw(Step) { m.user(atRun) }

// control is what a step changes for those inside it and a coroutine takes with
// it when it is suspended.
type control struct {
	plan    *plan
	tell    *telling // the write that OnChange is told of next
	top     *frame   // the innermost line of the backtrace
	depth   int
	gen     *gener // whose body runs
	foreign bool   // on another goroutine than the body of gen
}

// machine runs one program.
type machine struct {
	prog  Program
	pc    int
	timed bool
	stats *Stats

	ctl         control
	global      plan // the one fault of an exhaustive run
	calls       int  // of user code
	muted       int  // user code is called by checks
	inside      int  // checks run inside a call of user code
	ending      bool
	hit         bool // a fault was injected since the last full check
	flying      *flight
	under       []*flight // those because of which a generator is being closed
	record      bool
	trace       []place // of all calls, with record
	collections int
	failure     string

	maps maproom
	keys keyroom
	vars variables
	gens generators
	scps scopes
	brdg bridge
}

// cur is the machine that runs: the callbacks of static variables find it here.
var cur *machine

// Stats is what programs did.
type Stats struct {
	Programs, Steps, Calls int
	Ops                    map[string]int
	Faults                 [places][kinds]int
}

// Run runs a program and returns what went wrong, "" for nothing. It runs one
// at a time.
func Run(t *testing.T, p Program, stats *Stats) (failure string) {
	m, failure := run(t, p, plan{}, stats)
	_ = m
	return failure
}

// run runs a program with the faults of its steps, or with one fault in their
// place.
func run(t *testing.T, p Program, global plan, stats *Stats) (m *machine, failure string) {
	m = &machine{prog: p, global: global, stats: stats}
	return m, m.run(t)
}

// run runs the program of m.
func (m *machine) run(t *testing.T) (failure string) {
	m.timed, cur = m.prog.timed(), m
	before := runtime.NumGoroutine()
	work := func() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			m.attempt(true, m.work)
		}()
		<-done
	}
	if m.timed {
		defer func() { // a deadlock in the bubble
			if v := recover(); v != nil {
				m.failf("%v", v)
				failure = m.failure
			}
		}()
		synctest.Test(t, func(*testing.T) { work() })
	} else {
		work()
	}
	m.gens.abandoned()
	m.keys.forgotten()
	for i := 0; runtime.NumGoroutine() > before && m.failure == ""; i++ {
		if i < 1000 {
			runtime.Gosched()
			continue
		}
		time.Sleep(time.Millisecond)
		if i > 3000 {
			buf := make([]byte, 1<<16)
			m.failf("%d goroutines more than before\n%s", runtime.NumGoroutine()-before, buf[:runtime.Stack(buf, true)])
		}
	}
	if m.stats != nil {
		m.stats.Programs++
		m.stats.Steps += m.pc
		m.stats.Calls += m.calls
	}
	return m.failure
}

func (m *machine) work() {
	m.maps = newMaps(m, m.prog.Config)
	m.keys.start(m)
	m.vars.start(m)
	m.gens.start(m)
	m.scps.start(m)
	m.brdg.start(m)
	for m.failure == "" {
		s, ok := m.next()
		if !ok {
			break
		}
		m.step(s)
	}
	m.ending = true
	if m.failure == "" {
		m.attempt(false, func() {
			m.gens.end()
			m.scps.end()
			m.vars.end()
			m.keys.end()
			m.check(true)
		})
		return
	}
	// What the failure left behind must not stay for the next program.
	m.attempt(false, func() { m.gens.end() })
	if m.timed {
		time.Sleep(5 * time.Minute)
		m.scps.clock.Close()
	}
}

func (m *machine) next() (s Step, ok bool) {
	if m.pc == len(m.prog.Steps) || m.failure != "" || m.ending {
		return s, false
	}
	m.pc++
	return m.prog.Steps[m.pc-1], true
}

// body runs up to n of the next steps inside the present one.
func (m *machine) body(n int) {
	if m.ctl.depth > 6 || m.flying != nil || len(m.under) > 0 {
		return // deep enough; or these are deferred calls
	}
	for range n {
		s, ok := m.next()
		if !ok {
			return
		}
		m.step(s)
	}
}

// step carries out one step, and checks everything after it.
func (m *machine) step(s Step) {
	o := ops[int(s.Op)%len(ops)]
	if o.room == scopesRoom && !m.timed {
		return
	}
	if m.stats != nil {
		m.stats.Ops[o.name]++
	}
	saved := m.ctl
	defer func() { m.ctl = saved }()
	m.ctl.depth++
	outermost := m.ctl.depth == 1
	m.ctl.plan = &plan{kind: s.kind(), at: 1 + int(s.At)%calls}
	stops := outermost || m.global.kind == none && s.Fault&far == 0
	k := m.ctl.plan.kind
	if m.global.kind != none {
		k = m.global.kind
	}
	do := func() { o.do(m, s) }
	switch {
	case !stops:
		do()
	default:
		// A Goexit that a step inside lets pass may come at any time.
		m.attempt(k == goexit || outermost && m.exits(), do)
	}
	m.ctl = saved
	m.check(m.hit)
	m.hit = false
}

// exits reports whether the program has a Goexit in it.
func (m *machine) exits() bool {
	return slices.ContainsFunc(m.prog.Steps, func(s Step) bool { return s.kind() == goexit })
}

// check compares everything with the models: what the present frame reads, and
// with all set every version that was kept.
func (m *machine) check(all bool) {
	if m.failure != "" {
		return
	}
	m.muted++
	defer func() { m.muted-- }()
	m.maps.check(all)
	m.keys.check(all)
	m.vars.check(all)
	m.scps.check()
}

// elsewhere is what another goroutine does while a call of user code waits for
// it: it reads what any goroutine may read.
func (m *machine) elsewhere() {
	m.muted++
	defer func() { m.muted-- }()
	m.maps.check(true)
	m.keys.check(true)
	m.vars.checkSnapshots()
}

func (m *machine) failf(format string, args ...any) {
	if m.failure == "" {
		m.failure = fmt.Sprintf("step %d: ", m.pc-1) + fmt.Sprintf(format, args...)
	}
}

// pick draws from a list.
func pick[T any](list []T, x byte) (t T, ok bool) {
	if len(list) == 0 {
		return t, false
	}
	return list[int(x)%len(list)], true
}

// keep adds to a list of bounded length, in the place of another when it is full.
func keep[T any](list *[]T, limit int, x byte, t T) {
	if len(*list) < limit {
		*list = append(*list, t)
	} else {
		(*list)[int(x)%limit] = t
	}
}

func sameMap[K, V comparable](a, b map[K]V) bool { return maps.Equal(a, b) }
