package sim

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"

	"github.com/strata-go/strata/ctx"
)

// World is a scheduler with its tasks and its clock. Make one with New.
type World struct {
	// Clock is the world's fake clock. It moves when every task waits.
	Clock Clock

	rng   *rand.Rand // nil: tasks run in turn
	ready []*Task
	tasks []*Task // that have not ended
	gens  []*Gen  // that have started and may have to be closed
	runs  bool
}

// New returns an empty world. The seed decides which of several ready tasks
// goes on next; with seed 0 they go on in turn.
func New(seed uint64) *World {
	w := new(World)
	if seed != 0 {
		w.rng = rand.New(rand.NewPCG(seed, 0x57a7a))
	}
	return w
}

// Go adds a task that starts with an empty State.
func (w *World) Go(name string, f func(*Co)) *Task { return w.Start(name, ctx.NewState(), f) }

// Start adds a task that owns st from now on.
func (w *World) Start(name string, st *ctx.State, f func(*Co)) *Task {
	t := &Task{name: name}
	t.co = &Co{w: w, task: t, st: st}
	t.next, t.stop = iter.Pull(func(yield func(struct{}) bool) {
		defer t.ended()
		defer func() {
			if r := recover(); r != nil && r != any(stopped{}) {
				panic(r)
			}
		}()
		t.yield = yield
		f(t.co)
	})
	w.tasks = append(w.tasks, t)
	w.ready = append(w.ready, t)
	return t
}

// Run runs the tasks until all have ended, and moves the clock whenever every
// task waits. It returns an error that names the tasks that wait for a promise
// nobody is left to resolve.
func (w *World) Run() error {
	if w.runs {
		panic("sim: Run of a World that runs already: start more tasks with Go instead")
	}
	w.runs = true
	defer func() { w.runs = false }()
	defer w.stopAll()
	for w.Step() {
	}
	err := w.deadlock()
	w.closeAll()
	for w.Step() { // what closing set free
	}
	return err
}

// Step lets one task go on until it waits or ends, or moves the clock when none
// is ready. It returns false when there is nothing to do. Hosts that want to
// look between steps call it instead of Run.
func (w *World) Step() bool {
	if len(w.ready) == 0 {
		return w.Clock.advance()
	}
	i := 0
	if w.rng != nil {
		i = w.rng.IntN(len(w.ready))
	}
	t := w.ready[i]
	w.ready = append(w.ready[:i], w.ready[i+1:]...)
	t.next()
	return true
}

func (w *World) deadlock() error {
	if len(w.tasks) == 0 {
		return nil
	}
	var names []string
	for _, t := range w.tasks {
		names = append(names, t.name)
	}
	return fmt.Errorf("sim: %d tasks wait for ever: %s", len(names), strings.Join(names, ", "))
}

// closeAll closes what nobody finished, oldest first, from a task of its own.
func (w *World) closeAll() {
	gens := w.gens
	w.gens = nil
	if len(gens) == 0 {
		return
	}
	w.Go("close", func(c *Co) {
		for _, g := range gens {
			if !g.running {
				g.Close(c)
			}
		}
	})
}

// stopAll ends the coroutines that are left when Run returns: tasks that wait
// for ever, or everything after a panic.
func (w *World) stopAll() {
	for len(w.tasks) > 0 {
		t := w.tasks[len(w.tasks)-1]
		w.tasks = w.tasks[:len(w.tasks)-1]
		t.stop()
	}
	for _, g := range w.gens {
		g.stop()
	}
	w.ready, w.gens = nil, nil
}
