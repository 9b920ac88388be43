package ctx_test

import (
	"fmt"
	"strings"

	"github.com/strata-go/strata/ctx"
)

// A toy interpreter: the calls into ctx are all that a runtime needs. Programs
// are lines of words; `co N` makes coroutine N, `resume N` runs it to its next
// yield, `task N` starts block N as a task, `later N` registers it as a callback.

type interpreter struct {
	blocks map[string][]string // name → lines
	tasks  []*fiber
	timers []*ctx.Handle
	out    strings.Builder
}

// fiber is one stack of the guest language: a task or a coroutine. It owns a
// State; the host's current pointer is the *ctx.State that exec passes along.
type fiber struct {
	st    *ctx.State
	layer ctx.Layer // a coroutine's own level
	lines []string
	cos   map[string]*fiber
}

var guest = ctx.Static[string]("x", ctx.Default("unset"))

// exec runs f until it yields or ends.
func (in *interpreter) exec(f *fiber) {
	for len(f.lines) > 0 {
		w := strings.Fields(f.lines[0])
		f.lines = f.lines[1:]
		switch w[0] {
		case "set":
			guest.Put(f.st, w[1])
		case "print":
			fmt.Fprintf(&in.out, "%s=%s ", w[1], guest.Get(f.st))
		case "co": // a generator gets a State; creating it captures nothing
			f.cos[w[1]] = in.fiber(new(ctx.State), w[1])
		case "resume": // its level goes over the resumer's execution, and off again
			co := f.cos[w[1]]
			m := co.st.Resume(f.st, &co.layer)
			in.exec(co)
			co.st.Unwind(m)
		case "yield":
			return
		case "task": // a task starts with a snapshot of its creator
			in.tasks = append(in.tasks, in.fiber(f.st.Fork(), w[1]))
		case "later": // a callback runs in the context of its registration
			block := w[1]
			in.timers = append(in.timers, f.st.Snapshot().Handle(func(st *ctx.State) {
				in.exec(in.fiber(st, block))
			}))
		}
	}
}

func (in *interpreter) fiber(st *ctx.State, block string) *fiber {
	return &fiber{st: st, lines: in.blocks[block], cos: map[string]*fiber{}}
}

// loop is the event loop: one State per task, switching pops nothing; each
// callback gets a level of its own on the loop's State.
func (in *interpreter) loop() {
	in.tasks = []*fiber{in.fiber(ctx.NewState(), "main")}
	st := ctx.NewState()
	for len(in.tasks) > 0 || len(in.timers) > 0 {
		if len(in.tasks) > 0 {
			t := in.tasks[0]
			in.tasks = in.tasks[1:]
			in.exec(t)
			continue
		}
		h := in.timers[0]
		in.timers = in.timers[1:]
		h.Call(st)
	}
}

func Example_interpreter() {
	in := &interpreter{blocks: map[string][]string{
		"main": {"set a", "co g", "resume g", "print main", "later cb", "task t", "set b", "resume g", "print main"},
		"g":    {"print g", "set own", "yield", "print g"},
		"t":    {"print task", "set c"},
		"cb":   {"print callback"},
	}}
	in.loop()
	fmt.Println(in.out.String())
	// Output: g=a main=a g=own main=b task=a callback=a
}
