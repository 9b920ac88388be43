package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/sim/reach"
)

// holders are the objects that may keep a scope: for Strata the caller's State, the generator's Layer and a Snapshot
// taken inside the block; for the controls the contexts of the caller and the generator.
type holders struct {
	sc    *frame
	roots [][]any
	scope *block
	proof string
}

func holdersOf(caller, g *frame) *holders {
	inside := new(ctx.Snapshot)
	*inside = caller.co.State().Snapshot()
	h := &holders{sc: caller, scope: caller.opened[0].b}
	for _, s := range caller.p.systems {
		switch s := s.(type) {
		case *taskLocal:
			h.roots = append(h.roots, []any{s.of[caller.co.Task()]})
		case *captured:
			h.roots = append(h.roots, []any{s.of[caller.co], s.of[g.co]})
		default:
			h.roots = append(h.roots, []any{caller.co.State(), g.co.State(), &g.gen.Layer, inside})
		}
	}
	return h
}

// step looks for a way from the holders to the scope through the pointers of the heap as it stands. "freed" means that
// there is none and that no timer waits: the scope is garbage at once, not when a collection finds out.
func (h *holders) step(name, want string) step {
	s := step{name: name, want: want}
	collections := numGC()
	heap, err := reach.Read()
	if err != nil {
		panic(err)
	}
	timers := h.sc.p.world.Clock.Pending()
	for _, roots := range h.roots {
		got := "freed"
		if timers > 0 {
			got = "held"
		}
		for _, r := range roots {
			switch _, found, err := heap.Path(r, h.scope); {
			case err != nil:
				panic(err)
			case found:
				got = "held"
			}
		}
		s.got = append(s.got, got)
	}
	how := "after a collection"
	if numGC() == collections {
		how = "without a collection"
	}
	h.proof = fmt.Sprintf("%s %s: of %d objects in the heap, those that State, Layer and\n  Snapshot lead to do not include the scope, and the deadline heap holds %d timers.",
		s.got[0], how, heap.Len(), timers)
	return s
}

// withoutCollections finishes the collection that may be under way and starts
// none until on is called.
func withoutCollections() (on func()) {
	percent := debug.SetGCPercent(-1)
	runtime.GC()
	return func() { debug.SetGCPercent(percent) }
}

func numGC() uint32 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.NumGC
}
