package fuzz

import (
	"errors"
	"slices"
	"sync"
	"testing"

	gofuzz "github.com/google/gofuzz"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

// FuzzGenerators runs programs of generators and push iterators of package seq:
// they open and close blocks, resume, close, delegate to and loop over one
// another, run in snapshots, panic, and are resumed from other tasks and other
// goroutines. The model is the backtrace: a list of frames with the blocks that
// each looks to be inside. After every step all reads must be what it says.
func FuzzGenerators(f *testing.F) {
	f.Add([]byte{2, 1, 'x', 3, 0, 2, 0, 1, 3, 0, 2, 1, 2, 0, 0, 3, 2, 5, 1, 0, 3, 4, 2})
	f.Add([]byte{0, 0, 4, 0, 3, 5, 0, 3, 6, 0, 1, 2, 7, 1, 3, 8, 0, 0, 9, 10, 0, 11, 2, 0, 3})
	f.Add(slices.Repeat([]byte{5, 0, 3, 2, 1, 0, 7, 3, 2, 9, 4}, 12))
	f.Fuzz(fuzzGenerators)
}

func TestRandomGenerators(t *testing.T) { random(t, 2000, fuzzGenerators) }

// tag is what blocks put into the ordinary variable.
type tag struct {
	Block int
	Label string
	Extra *int8
}

var (
	openBlocks = ctx.StaticStack[int]("fuzz.blocks")
	lastBlock  = ctx.Static[tag]("fuzz.last")
)

// scene is one frame of the backtrace. A frame that is alone sees nothing of
// those below it, but what a snapshot held. The caller of a generator's frame
// changes with each resume, and so does the backtrace of all above it.
type scene struct {
	caller *scene
	open   []int
	alone  bool
	base   memory
}

// memory is what a snapshot holds.
type memory struct {
	blocks []int
	last   int // 0: not set
	s      ctx.Snapshot
}

// actor is a generator with its frame.
type actor struct {
	w       *stagehand
	g       *seq.Generator[int]
	in      *scene
	at      *scene // where it is suspended: its own frame or one above it
	running bool
}

// host is a task: a State with its first frame.
type host struct {
	st   *ctx.State
	main *scene
	busy bool
}

// stagehand runs one program.
type stagehand struct {
	t      *testing.T
	in     *Input
	label  tag
	top    *scene // the innermost frame of what runs now
	closed map[int]bool
	blocks int
	hosts  [3]host
	actors []*actor
	kept   []memory
}

var errBoom = errors.New("boom")

func fuzzGenerators(t *testing.T, data []byte) {
	in := NewInput(data)
	w := &stagehand{t: t, in: in, closed: make(map[int]bool)}
	gofuzz.NewFromGoFuzz(in.Bytes(in.N(16))).NilChance(0.5).Fuzz(&w.label)
	for i := range w.hosts {
		w.hosts[i] = host{st: ctx.NewState(), main: new(scene)}
	}
	for range 3 {
		w.generate(w.hosts[0].st)
	}
	for in.Step() && !t.Failed() {
		w.task(in.N(len(w.hosts)))
	}
	w.top = w.hosts[0].main
	for _, a := range w.actors {
		w.catch(func() { a.Close(w.hosts[0].st) })
	}
	for _, h := range w.hosts {
		w.top = h.main
		w.check(h.st)
		for li := range h.st.Levels() {
			if li.Kind != "base" {
				t.Errorf("level %v is left at the end", li)
			}
		}
	}
}

// task runs a little of one task, in the middle of another one perhaps.
func (w *stagehand) task(i int) {
	h := &w.hosts[i]
	if h.busy {
		return
	}
	h.busy = true
	outer := w.top
	w.top = h.main
	defer func() { w.top, h.busy = outer, false }()
	w.catch(func() { w.act(h.st, h.main, 0, nil) })
}

// catch stops the panics that programs throw.
func (w *stagehand) catch(f func()) {
	top := w.top
	defer func() {
		if p := recover(); p != nil && p != any(errBoom) {
			panic(p)
		}
		w.top = top
	}()
	f()
}

// on runs f in a frame.
func (w *stagehand) on(in *scene, f func()) {
	top := w.top
	w.top = in
	defer func() { w.top = top }()
	f()
}

// says is what the backtrace says.
func (w *stagehand) says() memory { return w.saysOf(w.top) }

func (w *stagehand) saysOf(s *scene) (m memory) {
	switch {
	case s == nil:
		return m
	case s.alone:
		m.last = s.base.last
		for _, x := range s.base.blocks {
			if !w.closed[x] {
				m.blocks = append(m.blocks, x)
			}
		}
	default:
		m = w.saysOf(s.caller)
	}
	m.blocks = append(m.blocks, s.open...)
	if n := len(s.open); n > 0 {
		m.last = s.open[n-1]
	}
	return m
}

func (w *stagehand) check(st *ctx.State) {
	want := w.says()
	s := st.Snapshot()
	for _, got := range [][]int{
		slices.Collect(openBlocks.All(st)), slices.Collect(openBlocks.AllIn(s)), slices.Collect(openBlocks.All(st.Fork())),
	} {
		if !slices.Equal(got, want.blocks) {
			w.t.Errorf("blocks %v, want %v", got, want.blocks)
		}
	}
	got, ok := lastBlock.Lookup(st)
	in, okIn := lastBlock.In(s)
	if got != in || ok != okIn || got.Block != want.last || ok != (want.last != 0) {
		w.t.Errorf("last block %v, %v, in a snapshot %v, %v, want %d", got.Block, ok, in.Block, okIn, want.last)
	}
	if got.Extra != w.label.Extra && ok {
		w.t.Errorf("the value's pointer has changed")
	}
}

// block runs f inside one more block of the frame.
func (w *stagehand) block(st *ctx.State, in *scene, f func()) {
	w.blocks++
	x := w.blocks
	label := w.label
	label.Block = x
	in.open = append(in.open, x)
	pushed, token := openBlocks.Push(st, x), lastBlock.Set(st, label)
	defer func() {
		if err := lastBlock.Reset(st, token); err != nil {
			w.t.Errorf("leaving block %d: %v", x, err)
		}
		if err := pushed.TryPop(st); err != nil {
			w.t.Errorf("leaving block %d: %v", x, err)
		}
		in.open = in.open[:len(in.open)-1]
		w.closed[x] = true
	}()
	f()
}

// act does a few steps in a frame; yield is nil outside of generators. It
// returns false when the generator is being closed.
func (w *stagehand) act(st *ctx.State, in *scene, depth int, yield func() bool) (more bool) {
	more = true
	for range 1 + w.in.N(5) {
		if !w.in.Step() || w.t.Failed() {
			return more
		}
		w.check(st)
		switch op := w.in.N(13); {
		case op == 3:
			if yield != nil {
				more = yield()
			}
		case op == 2:
			w.resume(st)
		case op == 10:
			w.kept = append(w.kept, w.remember(st))
		case op == 11:
			w.task(w.in.N(len(w.hosts)))
		case depth > 5:
		case op == 0 || op == 1:
			w.block(st, in, func() { more = w.act(st, in, depth+1, yield) })
		case op == 4 || op == 5:
			it := seq.Isolate(st, func(y func(int) bool) { w.iterator(st, y) })
			if op == 5 {
				it = seq.Range(st, func(st *ctx.State, y func(int) bool) { w.iterator(st, y) })
			}
			for range it {
				if more = w.act(st, in, depth+1, yield); !more || w.in.N(3) == 0 {
					break
				}
			}
		case op == 6:
			more = w.pull(st, in, depth, yield)
		case op == 7:
			if a := w.idle(); a != nil {
				for range seq.All(st, seq.Source[int](a)) {
					if more = w.act(st, in, depth+1, yield); !more || !w.in.Bool() {
						break
					}
				}
			}
		case op == 8:
			w.catch(func() { more = w.act(st, in, depth+1, yield) })
		case op == 9:
			if w.in.N(4) == 0 {
				panic(errBoom)
			}
			if len(w.actors) < 8 {
				w.generate(st)
			}
		default:
			more = w.run(st, depth, yield)
		}
		w.check(st)
		if !more {
			return false
		}
	}
	return true
}

// iterator is a push iterator: its frame is in the backtrace while it runs, and
// not while the loop's body does.
func (w *stagehand) iterator(st *ctx.State, yield func(int) bool) {
	loop := w.top
	in := &scene{caller: loop}
	values := func() {
		w.check(st)
		for range w.in.N(3) {
			more := false
			w.on(loop, func() { more = yield(0) })
			w.check(st)
			if !more {
				return
			}
		}
	}
	w.on(in, func() {
		w.block(st, in, func() {
			if w.in.N(3) != 1 {
				values()
				return
			}
			m := w.remember(st) // it yields inside Run
			inside := &scene{caller: in, alone: true, base: m}
			w.on(inside, func() { st.Run(m.s, func() { w.block(st, inside, values) }) })
		})
	})
}

// pull advances a pulled iterator between steps of the frame.
func (w *stagehand) pull(st *ctx.State, in *scene, depth int, yield func() bool) (more bool) {
	its := &scene{caller: w.top}
	at := its // where it is suspended
	next, stop := seq.Pull(st, func(yield func(int) bool) {
		values := func() {
			for w.in.N(4) > 0 {
				at = w.top
				if !yield(1) {
					return
				}
				w.check(st)
			}
		}
		w.block(st, its, func() {
			if w.in.Bool() {
				values()
				return
			}
			m := w.remember(st)
			inside := &scene{caller: its, alone: true, base: m}
			w.on(inside, func() { st.Run(m.s, func() { w.block(st, inside, values) }) })
		})
	})
	defer func() { w.on(at, stop) }()
	for range 3 {
		ok := false
		w.on(at, func() { _, ok = next() })
		if more = w.act(st, in, depth+1, yield); !ok || !more {
			return more
		}
	}
	return true
}

// run runs a few steps in a snapshot.
func (w *stagehand) run(st *ctx.State, depth int, yield func() bool) (more bool) {
	m := w.remember(st)
	if len(w.kept) > 0 {
		m = w.kept[w.in.N(len(w.kept))]
	}
	in := &scene{caller: w.top, alone: true, base: m}
	w.on(in, func() {
		st.Run(m.s, func() { more = w.act(st, in, depth+1, yield) })
	})
	return more
}

func (w *stagehand) remember(st *ctx.State) memory {
	m := w.says()
	m.s = st.Snapshot()
	return m
}

// generate makes a generator; some are captured.
func (w *stagehand) generate(st *ctx.State) {
	a := &actor{w: w, in: new(scene)}
	var opts []seq.Option
	if w.in.N(5) == 4 {
		a.in.alone, a.in.base = true, w.remember(st)
		opts = append(opts, seq.Captured(a.in.base.s))
	}
	a.at = a.in
	a.g = seq.Generate(func(st *ctx.State, yield func(int) bool) {
		out := func(x int) bool {
			a.at = w.top
			return yield(x)
		}
		for w.act(st, a.in, 1, func() bool { return out(1) }) {
			if src := w.idle(); src != nil && w.in.Bool() { // yield from
				var s seq.Source[int] = src
				if w.in.Bool() {
					s = seq.Map(s, func(st *ctx.State, x int) int { w.check(st); return -x })
				}
				if w.in.Bool() {
					s = seq.Filter(s, func(st *ctx.State, x int) bool { w.check(st); return x != 1 })
				}
				if !seq.From(st, s, out) {
					return
				}
			}
			if !w.in.More() || !out(0) {
				return
			}
		}
	}, opts...)
	w.actors = append(w.actors, a)
}

// idle draws a generator that does not run.
func (w *stagehand) idle() *actor {
	if a := w.actors[w.in.N(len(w.actors))]; !a.running {
		return a
	}
	return nil
}

// Next resumes a generator with its frame on the backtrace. It makes the actor
// a seq.Source.
func (a *actor) Next(st *ctx.State) (x int, ok bool) {
	if !a.running {
		a.on(func() { x, ok = a.g.Next(st) })
	}
	return x, ok
}

// Close closes it. A loop over a generator may end, and Next be called, while
// somebody else has it running: then nothing happens.
func (a *actor) Close(st *ctx.State) {
	if !a.running {
		a.on(func() { a.g.Close(st) })
	}
}

func (a *actor) on(f func()) {
	a.in.caller = a.w.top
	a.running = true
	defer func() { a.in.caller, a.running = nil, false }()
	a.w.on(a.at, f)
}

// resume goes on with a generator, or closes it, perhaps from another goroutine;
// one that runs refuses.
func (w *stagehand) resume(st *ctx.State) {
	a := w.actors[w.in.N(len(w.actors))]
	if a.running {
		defer func() {
			if p, _ := recover().(error); !errors.Is(p, seq.ErrRunning) {
				w.t.Errorf("resuming a generator that runs: %v", p)
			}
		}()
		a.g.Next(st)
		return
	}
	f := func() { a.Next(st) }
	if w.in.N(10) == 0 {
		f = func() { a.Close(st) }
	}
	if w.in.N(6) == 0 {
		w.elsewhere(f)
		return
	}
	f()
}

// elsewhere runs f on another goroutine and brings its panic back.
func (w *stagehand) elsewhere(f func()) {
	var thrown any
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() { thrown = recover() }()
		f()
	})
	wg.Wait()
	if thrown != nil {
		panic(thrown)
	}
}
