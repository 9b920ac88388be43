package main

import (
	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/sim"
)

// plants are the bugs that -plant puts into the tour's way of driving generators, to show that the tour notices.
var plants = map[string]func() system{
	"leak":     func() system { return leak{newStrata()} },
	"stuck":    func() system { return stuck{newStrata(), make(map[*sim.Co]ctx.Snapshot)} },
	"captured": func() system { return capturing{newStrata()} },
}

// leak forgets the generator's layer: its blocks land in whoever resumes it.
type leak struct{ *strata }

func (s leak) Create(by, gen *sim.Co) {
	s.strata.Create(by, gen)
	_ = gen.Gen().Layer.SetMode(ctx.None) // a new layer does not run
}

// stuck lays the generator over the execution that resumed it first, every time.
type stuck struct {
	*strata
	first map[*sim.Co]ctx.Snapshot
}

func (s stuck) Create(by, gen *sim.Co) {}

func (s stuck) Resume(from, gen *sim.Co) (suspend func()) {
	if _, ok := s.first[gen]; !ok {
		s.first[gen] = from.State().Snapshot()
	}
	st := gen.State()
	m := st.Resume(s.first[gen].NewState(), &gen.Gen().Layer)
	return func() { st.Unwind(m) }
}

// capturing keeps the context of the generator's creation and hides the resumer's.
type capturing struct{ *strata }

func (s capturing) Create(by, gen *sim.Co) {
	s.strata.Create(by, gen)
	_ = gen.Gen().Layer.Capture(by.State().Snapshot()) // a new layer does not run
}
