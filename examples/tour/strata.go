package main

import (
	"slices"

	"github.com/strata-go/strata/internal/sim"
)

// strata is package ctx as a host runtime uses it: one State per task, one Layer per generator.
//
//	task        its State; the scheduler forks it, and switches tasks by going on with another State
//	generator   its Layer lies on whoever resumes it, until it yields
//	block       Set and Reset, or Push and Pop, on the running State
//
// Hosts lay the Layer in one of two ways: some give a generator a State of its own that each resume bases on the
// resumer's, some run it on the resumer's. Here every other generator does.
type strata struct {
	onResumer map[*sim.Co]bool
}

func newStrata() *strata { return &strata{make(map[*sim.Co]bool)} }

// Fork does nothing: a sim.Task starts with a Fork of its creator's State.
func (s *strata) Fork(parent, child *sim.Co) {}

// Create captures nothing of the context.
func (s *strata) Create(by, gen *sim.Co) { s.onResumer[gen] = len(s.onResumer)%2 == 1 }

func (s *strata) Resume(from, gen *sim.Co) (suspend func()) {
	layer := &gen.Gen().Layer
	if s.onResumer[gen] {
		st := from.State()
		m := st.Push(layer)
		gen.Use(st)
		return func() { st.Unwind(m); gen.Use(nil) }
	}
	st := gen.State()
	m := st.Resume(from.State(), layer)
	return func() { st.Unwind(m) }
}

func (s *strata) Open(in *sim.Co, b *block) (leave func() error) {
	if b.v.stack {
		pushed := b.v.many.Push(in.State(), b)
		return func() error { return pushed.TryPop(in.State()) }
	}
	token := b.v.one.Set(in.State(), b)
	return func() error { return b.v.one.Reset(in.State(), token) }
}

func (s *strata) Lookup(in *sim.Co, v *variable) []*block {
	if v.stack {
		return slices.Collect(v.many.All(in.State()))
	}
	if b, ok := v.one.Lookup(in.State()); ok {
		return []*block{b}
	}
	return nil
}
