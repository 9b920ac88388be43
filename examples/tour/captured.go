package main

import (
	"maps"

	"github.com/strata-go/strata/internal/sim"
)

// captured is the second control: a generator runs in a copy of the context in which it was created, as in PEP 550's
// first draft and TC39's AsyncContext. Tasks get a copy as well. Blocks and lookups are those of the first control.
type captured struct {
	of map[*sim.Co]vars // of each task's body and each generator's
}

func newCaptured() *captured { return &captured{make(map[*sim.Co]vars)} }

func (s *captured) Fork(parent, child *sim.Co) {
	s.of[child] = make(vars)
	if parent != nil {
		s.of[child] = maps.Clone(s.of[parent])
	}
}

func (s *captured) Create(by, gen *sim.Co) { s.of[gen] = maps.Clone(s.of[by]) }

func (s *captured) Resume(from, gen *sim.Co) (suspend func()) { return func() {} }

func (s *captured) Open(in *sim.Co, b *block) (leave func() error) {
	out := s.of[in].enter(b)
	return func() error { return out(s.of[in]) }
}

func (s *captured) Lookup(in *sim.Co, v *variable) []*block { return s.of[in].lookup(v) }
