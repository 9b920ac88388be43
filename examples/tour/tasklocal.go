package main

import (
	"maps"

	"github.com/strata-go/strata/internal/sim"
)

// taskLocal is the first control: one context per task, copied when a task starts. It is what Python's contextvars,
// trio's scope stack, Node and .NET give to generators: a generator runs in the context of the task that resumes it.
type taskLocal struct {
	of map[*sim.Task]vars
}

func newTaskLocal() *taskLocal { return &taskLocal{make(map[*sim.Task]vars)} }

func (s *taskLocal) Fork(parent, child *sim.Co) {
	s.of[child.Task()] = make(vars)
	if parent != nil {
		s.of[child.Task()] = maps.Clone(s.of[parent.Task()])
	}
}

func (s *taskLocal) Create(by, gen *sim.Co) {}

func (s *taskLocal) Resume(from, gen *sim.Co) (suspend func()) { return func() {} }

func (s *taskLocal) Open(in *sim.Co, b *block) (leave func() error) {
	out := s.of[in.Task()].enter(b)
	return func() error { return out(s.of[in.Task()]) }
}

func (s *taskLocal) Lookup(in *sim.Co, v *variable) []*block { return s.of[in.Task()].lookup(v) }
