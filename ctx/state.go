package ctx

import (
	"github.com/strata-go/strata/internal/keys"
)

// State carries one execution: a stack of levels, the newest on top. Reads
// search from the top down, writes go to the top level only.
//
// The zero State is an empty execution, ready to use. A State belongs to one
// task and to one goroutine at a time; it may move between goroutines when a
// happens-before edge (a channel, a mutex, a WaitGroup) lies between its last
// use on one and its first use on the other. It must not be copied after its
// first use, and it never goes into a [context.Context]: a Snapshot does.
//
// A nil *State reads as empty and panics when it is written.
type State struct {
	_    noCopy
	base level  // the bottom level, in place so that a task is one object
	x    *extra // nil until the State needs more than its bottom level

	cache *cache // see cache.go; nil until the first read
}

// extra is what only some States need: levels above the bottom, pooled token
// cells, the nursery of collectable entries, debugging.
type extra struct {
	frames     []frame
	resumer    *State  // whose levels this State reads on in, below its link frame
	lent       *State  // the generator State that reads this one's levels now
	lentBefore *State  // what the resumer had lent itself to before
	serial     uint32  // drawn by each frame, so that a stale Mark is recognised
	pool       []*cell // used, to serve again
	spare      *cache  // emptied, for the next barrier
	writer     keys.Writer
	sweeper    keys.Sweeper

	suppressed bool
	switching  bool // a push or a pop is under way
	asleep     bool // Suspend took it off its resumer
	moved      bool // Attach put a frame at another height than it had: see place
	mode       Mode // of the layer at the last Resume
	debug      bool
}

// noCopy makes `go vet` report copies of a State, a Layer or an Env.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// NewState returns an empty execution. It is the same as new(State).
func NewState() *State { return new(State) }

func (st *State) extra() *extra {
	if st.x == nil {
		st.x = new(extra)
	}
	return st.x
}

// writable panics when st is nil; every write starts with it.
func (st *State) writable(what string) {
	if st == nil {
		panic("ctx: " + what + " on a nil *State: a nil State only reads; make one with ctx.NewState or Snapshot.NewState")
	}
}

// Debug switches the recording of call sites on or off for this State. While
// it is on, Set, Push and Scope remember where they were called (about 0.1 µs
// each), and the messages of misuse name the place.
func (st *State) Debug(on bool) {
	st.writable("Debug")
	st.extra().debug = on
}
