package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/strata-go/strata/internal/sim"
)

// A frame is one line of the backtrace, with the list of the blocks that the line looks to be inside. The backtrace of
// a body is its frame, the caller's frame, that one's caller's, … down to the task's first frame:
//
//	task     main      with fail_after(20)          [20]
//	call       └─ f                                 []
//	next          └─ g    with fail_after(10)       [10]      lookup in g: [20 10]
//
// A suspended generator has no caller. This list is the e-mail's invariant itself, and what every lookup is checked
// against: systems know nothing of it.
type frame struct {
	p         *play
	co        *sim.Co
	caller    *frame
	inherited []*block // of a task's first frame: what its creator was inside when it started the task
	opened    []opened
	gen       *sim.Gen // of a generator's first frame
}

type opened struct {
	b     *block
	close []func() error // one of each system
}

// A play is one run of a program in front of all systems.
type play struct {
	world   *sim.World
	systems []system // Strata, task-local, captured
	// looked is told of each lookup: what the frames say and what the systems gave.
	looked func(f *frame, v *variable, want []*block, got [][]*block)
	// failed is told when a system cannot leave a block.
	failed func(f *frame, system int, b *block, err error)
	trace  func(f *frame, what string, arg any)
}

// run plays a program from the first frame of its first task to its end.
func (p *play) run(seed uint64, program func(*frame)) error {
	p.world = sim.New(seed)
	first := &frame{p: p}
	t := p.world.Go("main", func(*sim.Co) { first.body(program) })
	first.co = t.Co()
	for _, s := range p.systems {
		s.Fork(nil, first.co)
	}
	return p.world.Run()
}

func (f *frame) body(program func(*frame)) {
	program(f)
	for len(f.opened) > 0 {
		f.leave()
	}
}

// blocks is the list of all blocks that the backtrace looks to be inside, outermost first.
func (f *frame) blocks() []*block {
	var list []*block
	if f.caller != nil {
		list = f.caller.blocks()
	} else {
		list = slices.Clip(f.inherited)
	}
	for _, o := range f.opened {
		list = append(list, o.b)
	}
	return list
}

// says is what the frames say about a variable. A scope that was left is no longer open, also for a task that was
// started inside it; an ordinary value that a task started with is its own.
func (f *frame) says(v *variable) []*block {
	list := slices.DeleteFunc(slices.Clone(f.blocks()), func(b *block) bool { return b.v != v || v.stack && b.left })
	if !v.stack && len(list) > 1 {
		list = list[len(list)-1:]
	}
	return list
}

// look looks a variable up in every system.
func (f *frame) look(v *variable) {
	got := make([][]*block, len(f.p.systems))
	for i, s := range f.p.systems {
		got[i] = s.Lookup(f.co, v)
	}
	f.p.looked(f, v, f.says(v), got)
}

// enter opens a block.
func (f *frame) enter(v *variable, value int) *block {
	f.traced("with", fmt.Sprintf("%s(%d):", v.name, value))
	o := opened{b: &block{v: v, value: value}}
	for _, s := range f.p.systems {
		o.close = append(o.close, s.Open(f.co, o.b))
	}
	f.opened = append(f.opened, o)
	return o.b
}

// leave closes the innermost block of the frame.
func (f *frame) leave() {
	o := f.opened[len(f.opened)-1]
	f.opened[len(f.opened)-1] = opened{}
	f.opened = f.opened[:len(f.opened)-1]
	f.traced("leave", fmt.Sprintf("%s(%d)", o.b.v.name, o.b.value))
	for i, closing := range o.close {
		if err := closing(); err != nil {
			f.p.failed(f, i, o.b, err)
		}
	}
	o.b.left = true
	if o.b.deadline != nil {
		o.b.deadline.Stop()
	}
}

// with runs body inside a block.
func (f *frame) with(v *variable, value int, body func()) {
	f.enter(v, value)
	body()
	f.leave()
}

// failAfter is a cancel scope: a block with a deadline on the clock.
func (f *frame) failAfter(seconds int, body func()) {
	b := f.enter(scopes, seconds)
	b.deadline = f.p.world.Clock.After(time.Duration(seconds)*time.Second, func() { panic("a deadline came in a tour that never waits") })
	body()
	f.leave()
}

// call is a plain function call.
func (f *frame) call(program func(*frame)) {
	f.traced("call", "")
	(&frame{p: f.p, co: f.co, caller: f, gen: f.gen}).body(program)
	f.traced("return", "")
}

// generator makes a generator and returns its first frame.
func (f *frame) generator(program func(*frame)) *frame {
	g := &frame{p: f.p}
	g.gen = f.co.Generate(func(*sim.Co) { g.body(program) })
	g.co = g.gen.Co()
	for _, s := range f.p.systems {
		s.Create(f.co, g.co)
	}
	g.gen.Around = func(from *sim.Co) func() {
		suspend := make([]func(), len(f.p.systems))
		for i, s := range f.p.systems {
			suspend[i] = s.Resume(from, g.co)
		}
		return func() {
			for _, s := range suspend {
				s()
			}
		}
	}
	f.traced("create", g.gen)
	return g
}

// next resumes a generator: from here to its yield it stands on top of this frame.
func (f *frame) next(g *frame) {
	f.traced("next", g.gen)
	g.caller = f
	g.gen.Next(f.co)
	g.caller = nil
}

// stop closes a generator: the rest of its body runs on top of this frame.
func (f *frame) stop(g *frame) {
	f.traced("close", g.gen)
	g.caller = f
	g.gen.Close(f.co)
	g.caller = nil
}

// yield suspends the generator. It returns false when the generator is to end.
func (f *frame) yield() bool {
	f.traced("yield", "")
	return f.co.Yield(nil)
}

// fork starts a task.
func (f *frame) fork(program func(*frame)) *sim.Task {
	child := &frame{p: f.p, inherited: f.blocks()}
	t := f.co.Go("task", func(*sim.Co) { child.body(program) })
	child.co = t.Co()
	for _, s := range f.p.systems {
		s.Fork(f.co, child.co)
	}
	f.traced("fork", t)
	return t
}

func (f *frame) traced(what string, arg any) {
	if f.p.trace != nil {
		f.p.trace(f, what, arg)
	}
}
