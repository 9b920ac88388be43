// Package drive runs one random program on ctx and on the oracle of ctxmodel
// and compares every read after every step. It uses the public API of ctx only.
package drive

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/ctxmodel"
)

// Stats is what programs did.
type Stats struct {
	Ops        [ctxmodel.Ops]int // steps carried out
	Programs   int
	Generators int // resumed at least once, least of all programs
	States     int // least of all programs
	Steps      []int
}

// The variables of a program: ordinary ones first, stack variables after.
const (
	copied   = 3
	watched  = 4
	release  = 6
	ordinary = 8
	stacks   = 3
)

var kinds = [ordinary + stacks]ctxmodel.Kind{
	2: ctxmodel.Never, copied: ctxmodel.Copied, watched: ctxmodel.Watched | ctxmodel.Guarded, 7: ctxmodel.Never,
	8: ctxmodel.Stack, 9: ctxmodel.Stack | ctxmodel.Lasting, 10: ctxmodel.Stack,
}

// Static variables live as long as the process, so programs share them.
var (
	static = [4]ctx.Var[int]{
		ctx.Static[int]("plain"), ctx.Static("default", ctx.Default(-1)), ctx.Static("never", ctx.Never[int]),
		ctx.Static("copied", ctx.Copy(func(x int) int { return x + 1000 })),
	}
	staticStacks = [2]ctx.StackVar[int]{ctx.StaticStack[int]("stack"), ctx.StaticStack("lasting", ctx.Lasting[int])}
	sum          = ctx.NewFold(staticStacks[0], 0, func(a, x int) int { return a*31 + x })
)

// Panic values that programs throw.
type (
	thrown  struct{}           // by Throw, for a CatchF
	closing struct{ g *gener } // out of a yield of a generator that is closed
	watcher struct{}           // by the armed watcher
)

type machine struct {
	m     *ctxmodel.Model
	prog  ctxmodel.Program
	pc    int
	ended bool // no steps are left: every frame returns
	fail  string
	stats *Stats

	vars   [ordinary]ctx.Var[int]
	stacks [stacks]ctx.StackVar[int]

	tasks   []*task
	cur     *task
	gens    []*gener
	toks    []*token
	pushes  []*pushed
	snaps   []snap
	envs    []*env
	handles []*callback
	funcs   []*callback
	onces   []*callback

	value  int
	armed  bool     // the watcher panics next
	told   []change // by the watcher
	expect []change
	sloppy bool // a panic on its way skips every exit up to its CatchF
	late   []func()
	caller *frame // who calls the callback that starts now
	states int
}

type change struct {
	st         *ctx.State
	old, now   int
	had, hasIt bool
}

// state is a State that frames run on.
type state struct {
	real       *ctx.State
	suppressed bool
	restore    func()
}

type task struct {
	st   *state
	base *frame
	top  *frame // the innermost frame when it runs or is switched away from
	co   *coro
}

// frame is one line of the backtrace.
type frame struct {
	model  *ctxmodel.Frame
	up     *frame // who called or resumed
	lexic  *frame // where it stands, if that is not up: whose execution it sees
	st     *state // nil: that of lexic or up
	gen    *gener // a generator's outermost frame
	loop   *frame // the push iterator that YieldF here yields from
	mark   ctx.Mark
	opens  []block
	done   bool
	broken bool // of a push iterator: the loop was left
	breaks bool // of a loop's body: it leaves the loop
	catch  bool // stops panics
	thread bool // stops Goexit
	level  bool // has a level, or a block on one State: not for shared generators
	strict bool // has exits that a panic must not skip
	depth  int
	name   string
}

type block struct {
	v     int
	model *ctxmodel.Token
	tok   ctx.Token[int]
	scope *ctx.Block[int]
	push  *ctx.Pushed[int]
}

type gener struct {
	layer   *ctx.Layer
	mode    ctx.Mode
	level   *ctxmodel.Level
	st      *state // nil: it runs on the State of whoever resumes it
	co      *coro
	root    *frame
	mark    ctx.Mark // above the layer, on its own State
	inner   ctx.Levels
	sleeps  bool // yields by Suspend, with its levels in place, not by Detach and Unwind
	running bool
	done    bool
	closing bool
}

type token struct {
	v     int
	model *ctxmodel.Token
	real  ctx.Token[int]
}

type pushed struct {
	v     int
	model *ctxmodel.Token
	real  ctx.Pushed[int]
}

type snap struct {
	real  ctx.Snapshot
	model ctxmodel.Snap
}

type env struct {
	real    *ctx.Env
	level   *ctxmodel.Level
	entered bool
}

type callback struct {
	model  ctxmodel.Snap
	handle *ctx.Handle
	f      func()
	done   bool
}

// Run runs a program and returns what went wrong, "" for nothing. It adds to
// stats, if there are any.
func Run(p ctxmodel.Program, stats *Stats) (failure string) {
	if stats == nil {
		stats = new(Stats)
	}
	r := &machine{m: ctxmodel.New(kinds[:]), prog: p, stats: stats}
	defer func() {
		if v := recover(); v != nil {
			failure = fmt.Sprintf("panic at step %d: %v\n%s", r.pc, v, debug.Stack())
		}
	}()
	r.start()
	r.schedule()
	r.epilogue()
	stats.Programs++
	stats.Steps = append(stats.Steps, r.pc)
	resumed := 0
	for _, g := range r.gens {
		if g.co.started {
			resumed++
		}
	}
	if stats.Programs == 1 {
		stats.Generators, stats.States = resumed, r.states
	}
	stats.Generators, stats.States = min(stats.Generators, resumed), min(stats.States, r.states)
	return r.fail
}

func (r *machine) start() {
	copy(r.vars[:], static[:])
	r.vars[watched] = ctx.New("watched",
		ctx.OnChange(func(st *ctx.State, c ctx.Change[int]) {
			r.told = append(r.told, change{st, c.Old, c.New, c.HadOld, c.HasNew})
			if r.armed {
				r.armed = false
				st.Push(new(ctx.Layer)) // a level left open, which ctx takes off
				panic(watcher{})
			}
		}),
		ctx.Guard(func(x int) error {
			if x%7 == 0 {
				return errors.New("refused")
			}
			return nil
		}))
	r.vars[5], r.vars[release], r.vars[7] = ctx.New[int]("new"), ctx.New[int]("released"), ctx.New("new never", ctx.Never[int])
	r.stacks = [stacks]ctx.StackVar[int]{staticStacks[0], staticStacks[1], ctx.NewStack[int]("new stack")}
	for range 2 {
		r.newTask(r.newState(ctx.NewState()), nil)
	}
	for shape := range uint8(3) {
		r.newGen(shape + uint8(len(r.prog)))
	}
	r.envs = append(r.envs, &env{real: new(ctx.Env), level: ctxmodel.NewLevel(nil)})
	r.snaps = append(r.snaps, snap{})
}

func (r *machine) newState(real *ctx.State) *state {
	r.states++
	return &state{real: real}
}

func (r *machine) newTask(st *state, s ctxmodel.Snap) {
	t := &task{st: st}
	t.base = &frame{model: &ctxmodel.Frame{Kind: ctxmodel.Alone, Level: ctxmodel.NewLevel(s)}, st: st, name: fmt.Sprint("task", len(r.tasks))}
	t.top = t.base
	t.co = newCoro(func() { r.exec(t.base) })
	r.tasks = append(r.tasks, t)
	if r.cur == nil {
		r.cur = t
	}
}

// newGen makes a generator; bit 0 of shape says whether it has a State of its
// own, bit 1 how that yields.
func (r *machine) newGen(shape uint8) {
	g := &gener{layer: new(ctx.Layer), level: ctxmodel.NewLevel(nil)}
	if shape&1 == 0 {
		g.st, g.sleeps = r.newState(ctx.NewState()), shape&2 != 0
	}
	g.root = &frame{st: g.st, gen: g, name: fmt.Sprint("gen", len(r.gens))}
	g.co = newCoro(func() {
		defer func() {
			g.done = true
			if r.sloppy {
				return
			}
			if v := recover(); v != nil && v != any(closing{g}) {
				panic(v)
			}
		}()
		defer r.closeBlocks(g.root)
		r.exec(g.root)
	})
	r.gens = append(r.gens, g)
}

// schedule lets tasks run until all have ended: the current one always goes on.
func (r *machine) schedule() {
	for {
		if r.cur == nil || r.cur.co.done {
			i := slices.IndexFunc(r.tasks, func(t *task) bool { return !t.co.done })
			if i < 0 {
				return
			}
			r.cur = r.tasks[i]
		}
		r.cur.co.resume()
	}
}

// epilogue resumes what was never resumed, with a few steps of its own, and
// closes what is suspended, from a State of its own.
func (r *machine) epilogue() {
	f := &frame{st: r.newState(ctx.NewState()), model: &ctxmodel.Frame{Kind: ctxmodel.Alone, Level: ctxmodel.NewLevel(nil)}, name: "epilogue"}
	for i, g := range r.gens {
		if !g.co.started && r.fail == "" {
			n := r.pc
			r.prog = append(r.prog[:n:n], ctxmodel.Step{Op: ctxmodel.Open, A: uint8(i)}, ctxmodel.Step{Op: ctxmodel.Push}, ctxmodel.Step{Op: ctxmodel.Yield})
			r.ended = false
			r.resume(f, f, g, false)
		}
		r.ended = true
		if g.co.started && !g.done {
			r.resume(f, f, g, true)
		}
		if g.running || g.layer.Running() {
			r.failf("generator %d still runs at the end", i)
		}
	}
	for _, t := range r.tasks {
		n := 0
		for range t.st.real.Levels() {
			n++
		}
		if r.fail == "" && n != 1 {
			r.failf("a task ends with %d levels", n)
		}
	}
	for i := range r.snaps {
		r.checkSnap(i)
	}
}

func (r *machine) failf(format string, args ...any) {
	if r.fail == "" {
		at := ""
		if r.pc > 0 && r.pc <= len(r.prog) {
			at = r.prog[r.pc-1].String()
		}
		r.fail = fmt.Sprintf("step %d %s: ", r.pc, at) + fmt.Sprintf(format, args...)
	}
	r.ended = true
}

// exec carries out steps in f until f returns.
func (r *machine) exec(f *frame) {
	for !f.returns() {
		if r.ended = r.ended || r.pc >= len(r.prog); r.ended {
			return
		}
		s := r.prog[r.pc]
		r.pc++
		r.cur.top = f
		r.stats.Ops[s.Op]++ // also when the step leaves by a panic
		if !r.step(f, s) {
			r.stats.Ops[s.Op]--
		}
		r.cur.top = f
		r.check(f)
	}
}

// returns reports whether f has ended, or a loop that it runs in.
func (f *frame) returns() bool {
	for l := f.loop; l != nil; l = l.up.loop {
		if l.broken {
			return true
		}
	}
	return f.done
}

func (f *frame) state() *state {
	for f.st == nil {
		if f.lexic != nil {
			f = f.lexic
		} else {
			f = f.up
		}
	}
	return f.st
}

func (f *frame) real() *ctx.State { return f.state().real }

// generator is the generator that f is in, with whether it can yield here: one
// on its resumer's State cannot leave levels on it.
func (f *frame) generator() (*gener, bool) {
	level := false
	for ; f != nil; f = f.up {
		if f.gen != nil {
			return f.gen, f.gen.st != nil || !level
		}
		level = level || f.level
	}
	return nil, false
}

// stable reports whether f runs on one State for as long as it lives.
func (f *frame) stable() bool {
	for f.st == nil {
		if f.gen != nil {
			return false
		}
		if f.lexic != nil {
			f = f.lexic
		} else {
			f = f.up
		}
	}
	return true
}

func (f *frame) suppressed() bool {
	for f != nil {
		if f.state().suppressed {
			return true
		}
		// A generator with a State of its own inherits it from its resumer.
		for f.gen == nil || f.gen.st == nil {
			switch {
			case f.st != nil:
				return false
			case f.lexic != nil:
				f = f.lexic
			default:
				f = f.up
			}
		}
		if f.gen.mode == ctx.Captured {
			return false
		}
		if f.lexic != nil {
			f = f.lexic
		} else {
			f = f.up
		}
	}
	return false
}

// child is a new frame that f calls.
func (r *machine) child(f *frame, name string, kind ctxmodel.FrameKind, l *ctxmodel.Level) *frame {
	return &frame{
		up: f, loop: f.loop, depth: f.depth + 1, name: name,
		model: &ctxmodel.Frame{Kind: kind, Up: f.model, Level: l},
	}
}

// call runs steps in a new frame.
func (r *machine) call(f *frame) {
	defer r.closeBlocks(f)
	r.exec(f)
}

// Add adds what other programs did.
func (s *Stats) Add(o *Stats) {
	if o.Programs == 0 {
		return
	}
	if s.Programs == 0 {
		s.Generators, s.States = o.Generators, o.States
	}
	s.Generators, s.States = min(s.Generators, o.Generators), min(s.States, o.States)
	s.Programs += o.Programs
	s.Steps = append(s.Steps, o.Steps...)
	for i, n := range o.Ops {
		s.Ops[i] += n
	}
}
