package main

import (
	"errors"
	"iter"
	"runtime"
	"sync/atomic"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
	"github.com/strata-go/strata/internal/ctxmodel"
)

var generatorOps = []op{
	{"gen.new", generatorsRoom, 3, func(m *machine, s Step) { m.gens.make(s) }},
	{"gen.next", generatorsRoom, 14, func(m *machine, s Step) { m.gens.next(s) }},
	{"gen.close", generatorsRoom, 2, func(m *machine, s Step) { m.gens.close(s) }},
	{"gen.yield", generatorsRoom, 8, func(m *machine, s Step) { m.gens.yield(s) }},
	{"gen.mode", generatorsRoom, 1, func(m *machine, s Step) { m.gens.mode(s) }},
	{"gen.adapter", generatorsRoom, 7, func(m *machine, s Step) { m.gens.adapter(s) }},
	{"gen.loop", generatorsRoom, 5, func(m *machine, s Step) { m.gens.loop(s) }},
	{"gen.pull", generatorsRoom, 3, func(m *machine, s Step) { m.gens.pull(s) }},
	{"gen.delegate", generatorsRoom, 3, func(m *machine, s Step) { m.gens.delegate(s) }},
	{"gen.abandon", generatorsRoom, 1, func(m *machine, s Step) { m.gens.abandon(s) }},
	{"gen.catch", generatorsRoom, 3, func(m *machine, s Step) { m.vars.in(atRun, m.ctl.top, int(s.B)%4) }},
}

// gener is a generator, of one of the two kinds.
type gener struct {
	g       *seq.Generator[int]
	io      *seq.IO[int, int]
	root    *frame // its outermost frame, over whoever resumes it
	mode    ctx.Mode
	steps   int
	nested  bool // suspended inside blocks of its own
	running bool
	done    bool
	closing bool
}

type generators struct {
	m       *machine
	list    []*gener
	dropped int          // abandoned
	closed  atomic.Int64 // of those
	wrong   atomic.Int64
}

func (r *generators) start(m *machine) { r.m = m }

var frameKinds = [...]ctxmodel.FrameKind{ctx.Overlay: ctxmodel.Over, ctx.None: ctxmodel.Call, ctx.Captured: ctxmodel.Alone}

func (r *generators) make(s Step) {
	if len(r.list) >= 6 {
		return
	}
	g := &gener{steps: 1 + int(s.B)%3}
	g.root = &frame{f: &ctxmodel.Frame{Level: ctxmodel.NewLevel(nil)}}
	var opts []seq.Option
	switch s.C % 8 {
	case 0:
		g.mode = ctx.Captured
		x, _ := pick(r.m.vars.snaps, s.A)
		g.root.f.Level = ctxmodel.NewLevel(x.model)
		opts = append(opts, seq.Captured(x.real))
	case 1:
		g.mode = ctx.None
		opts = append(opts, seq.Transparent)
	}
	if s.A&1 == 0 {
		g.g = seq.Generate(func(st *ctx.State, yield func(int) bool) {
			r.run(g, st, func(x int) bool { return yield(x) })
		}, opts...)
	} else {
		g.io = seq.GenerateIO(func(st *ctx.State, yield func(int) (int, error)) error {
			var err error
			r.run(g, st, func(x int) bool {
				_, err = yield(x)
				return err == nil
			})
			return err
		}, opts...)
	}
	r.list = append(r.list, g)
}

// out is the yield of the body that runs: r.run sets it for its generator.
type out func(int) bool

// run is the body of every generator.
func (r *generators) run(g *gener, st *ctx.State, yield out) {
	c := &r.m.ctl
	g.root.st = st
	c.top, c.gen, c.foreign, c.tell = g.root, g, false, nil
	yields[g] = func(x int) bool {
		saved := r.m.ctl
		more := yield(x)
		saved.plan = r.m.ctl.plan // of whoever resumes
		saved.depth = max(saved.depth, r.m.ctl.depth)
		r.m.ctl = saved
		g.closing = g.closing || !more
		return more
	}
	defer delete(yields, g)
	defer func() {
		c.top = g.root
		r.m.user(atBodyDefer)
	}()
	for i := range 6 {
		r.m.user(atBody)
		r.m.check(false)
		r.m.body(g.steps)
		if g.closing || r.m.ending || !yields[g](i) {
			break
		}
	}
	if !g.closing {
		r.m.user(atBody)
	}
}

// yields are the yields of the generators that have started.
var yields = map[*gener]out{}

// resume runs f, which resumes g, in the frame from.
func (r *generators) resume(g *gener, from *frame, f func(st *ctx.State) (more bool)) {
	g.running = true
	g.root.f.Up, g.root.f.Kind = from.f, frameKinds[g.mode]
	saved := r.m.ctl
	more := false
	fl := r.m.flying
	if fl != nil { // closing because of it: the body's own steps end as they would
		r.m.flying = nil
		r.m.under = append(r.m.under, fl)
	}
	defer func() {
		if r.m.ctl = saved; fl != nil {
			r.m.under = r.m.under[:len(r.m.under)-1]
			if r.m.flying == nil { // or the body's deferred calls threw something else
				r.m.flying = fl
			}
		}
		g.running, g.root.f.Up = false, nil
		if !more {
			g.done = true
		}
	}()
	more = f(from.st)
}

var errThrown = errors.New("thrown")

// next is Next, Send and Throw.
func (r *generators) next(s Step) {
	g, ok := pick(r.list, s.A)
	if !ok {
		r.make(s)
		return
	}
	from := r.m.vars.at()
	if g.running {
		r.refused(g, from)
		return
	}
	was := g.done
	r.resume(g, from, func(st *ctx.State) bool {
		if g.io == nil {
			_, ok := g.g.Next(st)
			if ok && was {
				r.m.failf("Next of a generator that ended gives a value")
			}
			return ok
		}
		var err error
		switch s.C % 4 {
		case 1:
			if _, err = g.io.Send(st, 7); err == seq.ErrNotStarted {
				return !was
			}
		case 2:
			_, err = g.io.Throw(st, errThrown)
		default:
			_, err = g.io.Next(st)
		}
		if was != (err == seq.ErrDone) && !(s.C%4 == 2 && err == errThrown) && !(err == seq.ErrDone) {
			r.m.failf("Next of an IO (ended before: %v): %v", was, err)
		}
		return err == nil
	})
	if was && !g.done {
		r.m.failf("a generator that ended goes on")
	}
}

// refused resumes a generator that runs.
func (r *generators) refused(g *gener, from *frame) {
	if g.io != nil {
		if _, err := g.io.Next(from.st); err != seq.ErrRunning {
			r.m.failf("Next of an IO that runs: %v", err)
		}
		return
	}
	defer func() {
		if v := recover(); v != any(seq.ErrRunning) {
			if err, ok := v.(error); !ok || !errors.Is(err, seq.ErrRunning) {
				r.m.failf("Next of a generator that runs: %v", v)
			}
		}
	}()
	g.g.Next(from.st)
}

func (r *generators) close(s Step) {
	if g, ok := pick(r.list, s.A); ok && !g.running {
		r.closeIn(g, r.m.vars.at())
	}
}

func (r *generators) closeIn(g *gener, from *frame) {
	r.resume(g, from, func(st *ctx.State) bool {
		if g.io == nil {
			g.g.Close(st)
		} else if err := g.io.Close(st); err != nil {
			r.m.failf("Close of an IO: %v", err)
		}
		return false
	})
}

// yield suspends the generator from inside whatever its body has open.
func (r *generators) yield(s Step) {
	g := r.m.ctl.gen
	if g == nil || r.m.ctl.foreign || g.mode == ctx.None || g.closing {
		return
	}
	g.nested = true
	defer func() { g.nested = false }()
	if y := yields[g]; y != nil {
		y(int(s.A))
	}
}

// delegate yields all values of another generator from inside the body.
func (r *generators) delegate(s Step) {
	g := r.m.ctl.gen
	h, ok := pick(r.list, s.A)
	if !ok || g == nil || r.m.ctl.foreign || g.mode == ctx.None || g.closing || h.g == nil || h.running || yields[g] == nil {
		return
	}
	g.nested = true
	defer func() { g.nested = false }()
	from := r.m.vars.at()
	seq.From(from.st, source{r, h, from}, yields[g])
}

func (r *generators) mode(s Step) {
	g, ok := pick(r.list, s.A)
	if !ok || g.nested || g.running || g.done {
		return
	}
	g.mode = ctx.Mode(s.B % 3)
	var err error
	if g.io == nil {
		err = g.g.SetMode(g.mode)
	} else {
		err = g.io.SetMode(g.mode)
	}
	if err != nil {
		r.m.failf("SetMode: %v", err)
	}
}

// source lets an adapter resume a generator in a frame.
type source struct {
	r    *generators
	g    *gener
	from *frame
}

func (x source) Next(st *ctx.State) (v int, ok bool) {
	x.from.st = st
	x.in(st, atSource) // may resume the generator
	if x.g.running || x.g.g == nil {
		return 0, false
	}
	saved := x.r.m.ctl
	defer func() { x.r.m.ctl = saved }()
	x.r.m.ctl.top = x.from
	x.r.resume(x.g, x.from, func(st *ctx.State) bool {
		v, ok = x.g.g.Next(st)
		return ok
	})
	return v, ok
}

// in lets the source's own code call the fault, over the adapter's level.
func (x source) in(st *ctx.State, p place) {
	saved := x.r.m.ctl
	defer func() { x.r.m.ctl = saved }()
	x.r.m.ctl.top = x.from
	x.r.m.user(p)
}

func (x source) Close(st *ctx.State) {
	x.from.st = st
	x.in(st, atSourceClose) // may resume the generator
	if x.g.running || x.g.g == nil || x.g.done {
		return
	}
	x.r.closeIn(x.g, x.from)
}

// adapter runs a generator through Map or Filter, or two through Zip.
func (r *generators) adapter(s Step) {
	g, ok := pick(r.list, s.A)
	h, _ := pick(r.list, s.B)
	if !ok || g.running || h.running {
		return
	}
	caller := r.m.vars.at()
	f := &frame{f: &ctxmodel.Frame{Kind: ctxmodel.Over, Up: caller.f, Level: ctxmodel.NewLevel(nil)}}
	in := func(st *ctx.State) {
		f.st = st
		r.m.vars.in(atStage, f, int(s.C>>2)%3)
	}
	src := source{r, g, f}
	limit := 1 + int(s.B>>4)%3
	switch s.C % 4 {
	case 0, 1:
		a := seq.Map(src, func(st *ctx.State, x int) int { in(st); return -x })
		defer a.Close(caller.st)
		for range limit {
			a.Next(caller.st)
			r.m.check(false)
		}
	case 2:
		for range seq.Filter(src, func(st *ctx.State, x int) bool { in(st); return x&1 == 0 }).All(caller.st) {
			r.m.user(atLoop)
			r.m.check(false)
			if limit--; limit == 0 {
				break
			}
		}
	case 3:
		if g == h {
			return
		}
		for range seq.Zip(src, source{r, h, f}).All(caller.st) {
			r.m.user(atLoop)
			r.m.check(false)
			if limit--; limit == 0 {
				break
			}
		}
	}
}

// iterator is a push iterator on st, whose values the frame loop takes.
func (r *generators) iterator(s Step, f *frame, loop *control, yield func(int) bool) {
	m := r.m
	saved := m.ctl
	defer func() { m.ctl = saved }()
	m.ctl.top = f
	defer func() {
		m.ctl.top = f
		m.user(atBodyDefer)
	}()
	values := func() {
		for i := range 1 + int(s.B)%3 {
			m.user(atPush)
			m.check(false)
			m.body(int(s.B>>2) % 3)
			inner := m.ctl
			m.ctl.top, m.ctl.gen, m.ctl.foreign = loop.top, loop.gen, loop.foreign
			more := yield(i)
			m.ctl = inner
			if !more {
				return
			}
		}
	}
	if s.C&4 == 0 {
		values()
		return
	}
	x, _ := pick(m.vars.snaps, s.A) // it yields inside Run
	n := &frame{f.st, &ctxmodel.Frame{Kind: ctxmodel.Alone, Level: ctxmodel.NewLevel(x.model)}}
	f.st.Run(x.real, func() {
		defer func(c control) { m.ctl = c }(m.ctl)
		m.ctl.top = n
		values()
	})
}

// pairs and firsts make an iterator of pairs of one of values, and back.
func pairs(it iter.Seq[int]) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) { it(func(x int) bool { return yield(x, x) }) }
}

func firsts(it iter.Seq2[int, int]) iter.Seq[int] {
	return func(yield func(int) bool) { it(func(x, _ int) bool { return yield(x) }) }
}

// loop loops over a push iterator that keeps its variables to itself.
func (r *generators) loop(s Step) {
	caller := r.m.vars.at()
	around := r.m.ctl
	f := r.m.vars.over(ctxmodel.Over, ctxmodel.NewLevel(nil))
	it := seq.Isolate(caller.st, func(yield func(int) bool) { r.iterator(s, f, &around, yield) })
	if s.C&1 != 0 {
		it = seq.Range(caller.st, func(st *ctx.State, yield func(int) bool) {
			f.st = st
			r.iterator(s, f, &around, yield)
		})
	}
	if s.C&33 == 32 {
		it = firsts(seq.Isolate2(caller.st, pairs(func(yield func(int) bool) { r.iterator(s, f, &around, yield) })))
	}
	for range it {
		r.m.user(atLoop)
		r.m.check(false)
		r.m.body(int(s.B>>4) % 3)
		if s.C&24 == 0 {
			break
		}
	}
}

// pull takes the values of such an iterator one by one.
func (r *generators) pull(s Step) {
	caller := r.m.vars.at()
	around := r.m.ctl
	around.foreign = true // the iterator runs on a coroutine of its own
	f := r.m.vars.over(ctxmodel.Over, ctxmodel.NewLevel(nil))
	r.m.ctl.foreign = true
	push := func(yield func(int) bool) { r.iterator(s, f, &around, yield) }
	var next func() (int, bool)
	var stop func()
	if s.C&32 == 0 {
		next, stop = seq.Pull(caller.st, push)
	} else {
		var two func() (int, int, bool)
		two, stop = seq.Pull2(caller.st, pairs(push))
		next = func() (int, bool) { x, _, ok := two(); return x, ok }
	}
	saved := r.m.ctl
	resume := func(f func()) {
		defer func() { r.m.ctl = saved }()
		f()
	}
	defer resume(stop)
	for range 3 {
		ok := false
		resume(func() { _, ok = next() })
		r.m.check(false)
		r.m.user(atLoop)
		if !ok {
			return
		}
	}
}

// abandon drops a generator inside its body.
func (r *generators) abandon(s Step) {
	if r.m.timed || r.dropped > 5 || r.m.prog.Config[3]%16 != 1 {
		return // a coroutine of a bubble ends in the bubble
	}
	r.dropped++
	x := r.m.vars.next()
	seq.Generate(func(st *ctx.State, yield func(int) bool) {
		defer func() {
			if got, _ := variable[never].Lookup(st); got != x {
				r.wrong.Add(1)
			}
			r.closed.Add(1)
			if s.C&1 != 0 {
				runtime.Goexit() // the goroutine is the body's own
			}
		}()
		variable[never].Put(st, x)
		for yield(x) {
		}
	}).Next(r.m.vars.at().st)
}

// abandoned waits for the bodies of dropped generators.
func (r *generators) abandoned() {
	if r.m.failure != "" {
		return
	}
	for i := 0; r.closed.Load() < int64(r.dropped); i++ {
		runtime.GC()
		for range 100 {
			runtime.Gosched()
		}
		if i > 20 {
			r.m.failf("%d of %d dropped generators ended after %d collections", r.closed.Load(), r.dropped, i)
			return
		}
	}
	if n := r.wrong.Load(); n > 0 {
		r.m.failf("%d dropped generators ended without their own level", n)
	}
}

func (r *generators) end() {
	r.m.ctl.top = r.m.vars.root
	for _, g := range r.list {
		if !g.running { // what a task of a group threw before may come out now
			r.m.attempt(true, func() { r.closeIn(g, r.m.vars.root) })
		}
	}
	clear(yields)
}
