package main

import (
	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/sim"
)

// A variable is what blocks set and lookups read.
type variable struct {
	name  string
	stack bool // a lookup gives the blocks of all levels, not the innermost only

	one  ctx.Var[*block]      // what Strata uses for an ordinary variable
	many ctx.StackVar[*block] // and for a stack variable
}

var (
	scopes  = &variable{name: "scope", stack: true, many: ctx.StaticStack[*block]("tour.scopes")}
	prec    = &variable{name: "prec", one: ctx.Static[*block]("tour.prec")}
	user    = &variable{name: "user", one: ctx.Static[*block]("tour.user")}
	regions = &variable{name: "region", stack: true, many: ctx.StaticStack[*block]("tour.regions")}
)

// A block is one with-block: `with fail_after(10)`, `with precision(4)`.
type block struct {
	v     *variable
	value int
	left  bool // only the frames and the two controls look at it, Strata must know by itself

	deadline *sim.Timer // of a cancel scope
}

// A system is one way to give a running program its context. The scheduler runs every program once and tells all
// systems the same events. Bodies of tasks and generators are known by their *sim.Co; Co.Task is the task that a body
// runs on now.
type system interface {
	// Fork: parent starts a task. parent is nil for the first one.
	Fork(parent, child *sim.Co)
	// Create: by makes a generator.
	Create(by, gen *sim.Co)
	// Resume: from calls the generator's next. It yields or ends at suspend.
	Resume(from, gen *sim.Co) (suspend func())
	// Open: the body enters a block, and leaves it at close. An error is what a user would get as an exception.
	Open(in *sim.Co, b *block) (leave func() error)
	// Lookup gives the blocks that decide v's value in the body: the innermost one of an ordinary variable, all of a
	// stack variable.
	Lookup(in *sim.Co, v *variable) []*block
}
