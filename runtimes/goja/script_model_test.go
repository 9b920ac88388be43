package goja_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/strata-go/strata/internal/ctxmodel"
)

// oracle runs the statements of a script by the rules of the language: a queue
// of jobs, and one of timers. An execution is a level of package ctx's model, a
// Go map; every job and every call in a snapshot has one of its own.
type oracle struct {
	m      *ctxmodel.Model
	cur    *ctxmodel.Frame
	steps  int
	out    strings.Builder
	jobs   []func()
	timers []func()
	snaps  []ctxmodel.Snap
	wraps  []func() error
	gens   []*gen
	stops  []func()
}

// Variables 0 and 1 are AsyncContext.Variables, 2 is the AsyncLocalStorage.
const storage = 2

const maxTicks = 1500

var (
	errThrown  = errors.New("thrown, or too many steps")
	errStopped = errors.New("the oracle ends")
)

// suspend leaves an async function until p is settled, or, with nil, a generator
// until its next step. It returns what the await throws.
type suspend func(p *promise) error

type promise struct {
	settled bool
	err     error
	waiting []func() // queue the jobs of its reactions
}

type gen struct {
	running, dead bool
	next          func() (error, bool)
}

func (o *oracle) run(block []*stmt) string {
	o.m = ctxmodel.New(make([]ctxmodel.Kind, storage+1))
	o.within(nil, func() {
		if o.block(block, nil) != nil {
			o.print("main failed")
		}
		o.drain()
	})
	for len(o.timers) > 0 {
		f := o.timers[0]
		o.timers = o.timers[1:]
		f()
		o.drain()
	}
	for _, stop := range o.stops {
		stop()
	}
	return o.out.String()
}

func (o *oracle) drain() {
	for len(o.jobs) > 0 {
		f := o.jobs[0]
		o.jobs = o.jobs[1:]
		f()
	}
}

func (o *oracle) print(a ...any) { fmt.Fprintln(&o.out, a...) }

// within runs f in a level of its own.
func (o *oracle) within(s ctxmodel.Snap, f func()) {
	outer := o.cur
	o.cur = &ctxmodel.Frame{Kind: ctxmodel.Alone, Level: ctxmodel.NewLevel(s)}
	f()
	o.cur = outer
}

// later is f in the context of now.
func (o *oracle) later(f func()) func() {
	s := ctxmodel.Flatten(o.m, o.cur)
	return func() { o.within(s, f) }
}

// then queues f, in the context of now, for when p is settled.
func (o *oracle) then(p *promise, f func()) {
	job := o.later(f)
	if p.settled {
		o.jobs = append(o.jobs, job)
	} else {
		p.waiting = append(p.waiting, func() { o.jobs = append(o.jobs, job) })
	}
}

// async starts an async function and returns its promise.
func (o *oracle) async(block []*stmt) *promise {
	p := new(promise)
	next, stop := iter.Pull(func(yield func(*promise) bool) {
		err := o.block(block, func(q *promise) error {
			if !yield(q) {
				return errStopped
			}
			return q.err
		})
		if errors.Is(err, errStopped) {
			return
		}
		p.settled, p.err = true, err
		for _, queue := range p.waiting {
			queue()
		}
	})
	o.stops = append(o.stops, stop)
	var step func()
	step = func() {
		if q, more := next(); more {
			o.then(q, step)
		}
	}
	step()
	return p
}

func (o *oracle) generator(block []*stmt) {
	g := new(gen)
	next, stop := iter.Pull(func(yield func(error) bool) {
		err := o.block(block, func(*promise) error {
			if !yield(nil) {
				return errStopped
			}
			return nil
		})
		if g.dead = true; err != nil && !errors.Is(err, errStopped) {
			yield(err)
		}
	})
	g.next = next
	o.stops = append(o.stops, stop)
	o.gens = append(o.gens, g)
}

func (o *oracle) step(g *gen) {
	if g.running {
		o.print("failed")
		return
	}
	if g.dead {
		o.print(true)
		return
	}
	g.running = true
	err, _ := g.next()
	if g.running = false; err != nil {
		o.print("failed")
	} else {
		o.print(g.dead)
	}
}

func (o *oracle) block(block []*stmt, sus suspend) error {
	for _, s := range block {
		if o.steps++; o.steps > maxTicks {
			return errThrown
		}
		if err := o.statement(s, sus); err != nil {
			return err
		}
	}
	return nil
}

// set runs a block with a variable set.
func (o *oracle) set(v, x int, block []*stmt) error {
	f := o.cur
	t := o.m.Set(f, v, x)
	err := o.block(block, nil)
	o.m.Reset(f, v, t)
	return err
}

func (o *oracle) statement(s *stmt, sus suspend) (err error) {
	switch s.op {
	case "show":
		var values [storage + 1]int
		for v := range values {
			values[v], _ = o.m.Lookup(o.cur, v)
		}
		o.print(values[0], values[1], values[2])
	case "run":
		return o.set(s.a%2, s.b+1, s.body)
	case "als":
		return o.set(storage, s.b+1, s.body)
	case "exit":
		return o.set(storage, 0, s.body)
	case "enter":
		o.m.Set(o.cur, storage, s.b+1)
	case "disable":
		o.m.Unset(o.cur, storage)
	case "async":
		o.async(s.body)
	case "await":
		return sus(&promise{settled: true})
	case "join":
		return sus(o.async(s.body))
	case "then":
		o.jobs = append(o.jobs, o.later(func() { _ = o.block(s.body, nil) }))
	case "timer":
		o.timers = append(o.timers, o.later(func() {
			if o.block(s.body, nil) != nil {
				o.print("late")
			}
		}))
	case "call":
		return o.block(s.body, nil)
	case "loop":
		for range s.a % 4 {
			if err := o.block(s.body, sus); err != nil {
				return err
			}
		}
	case "try":
		if err = o.block(s.body, sus); err != nil && !errors.Is(err, errStopped) {
			o.print("caught")
			return nil
		}
		return err
	case "throw":
		if s.a%3 == 0 {
			return errThrown
		}
	case "snapshot":
		o.snaps = append(o.snaps, ctxmodel.Flatten(o.m, o.cur))
	case "inside":
		if n := len(o.snaps); n > 0 {
			o.within(o.snaps[s.a%n], func() { err = o.block(s.body, nil) })
		}
	case "wrap", "bind":
		snap := ctxmodel.Flatten(o.m, o.cur)
		o.wraps = append(o.wraps, func() (err error) {
			o.within(snap, func() { err = o.block(s.body, nil) })
			return err
		})
	case "invoke":
		if n := len(o.wraps); n > 0 {
			return o.wraps[s.a%n]()
		}
	case "generator":
		o.generator(s.body)
	case "next":
		if n := len(o.gens); n > 0 {
			o.step(o.gens[s.a%n])
		}
	case "yield":
		return sus(nil)
	}
	return err
}
