package seq_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

// G10, the invariant, on real generators: stop at any moment, take the
// backtrace, write down every block that each line of it looks to be inside;
// the stack variable is that list, and the ordinary variable its last element.
// Programs open and close blocks, resume generators from one another, loop over
// isolated iterators, and yield at random.
func TestG10_Invariant(t *testing.T) {
	n := 400
	if testing.Short() || raced {
		n = 60
	}
	for seed := range n {
		w := &world{
			t: t, r: rand.New(rand.NewPCG(uint64(seed), 1)),
			stack: ctx.NewStack[int]("blocks"), last: ctx.New("last", ctx.Default(0)),
		}
		w.run()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		w.stack.Release()
		w.last.Release()
	}
}

type world struct {
	t      *testing.T
	r      *rand.Rand
	stack  ctx.StackVar[int]
	last   ctx.Var[int]
	blocks int      // opened so far
	trace  []*scene // the backtrace, outermost first
	pool   []*actor
}

// scene is one frame of the backtrace with the blocks it looks to be inside.
type scene struct{ open []int }

type actor struct {
	g  *seq.Generator[int]
	in *scene
}

// check compares every read with the backtrace.
func (w *world) check(st *ctx.State) {
	want, last := []int(nil), 0
	for _, s := range w.trace {
		want = append(want, s.open...)
	}
	if len(want) > 0 {
		last = want[len(want)-1]
	}
	if got := slices.Collect(w.stack.All(st)); !slices.Equal(got, want) {
		w.t.Errorf("stack is %v, want %v", got, want)
	}
	if got := slices.Collect(w.stack.AllIn(st.Snapshot())); !slices.Equal(got, want) {
		w.t.Errorf("stack in a snapshot is %v, want %v", got, want)
	}
	if got := w.last.Get(st); got != last {
		w.t.Errorf("variable is %v, want %v", got, last)
	}
}

// block runs f inside one more block of the scene.
func (w *world) block(st *ctx.State, in *scene, f func()) {
	w.blocks++
	x := w.blocks
	in.open = append(in.open, x)
	defer w.stack.Push(st, x).Pop(st)
	defer w.last.Scope(st, x).End()
	defer func() { in.open = in.open[:len(in.open)-1] }()
	f()
}

// act does random things in a scene; yield is nil outside of generators. It
// returns false when the generator is being closed.
func (w *world) act(st *ctx.State, in *scene, depth int, yield func() bool) bool {
	more := true
	for range w.r.IntN(6) {
		w.check(st)
		switch w.r.IntN(6) {
		case 0, 1:
			if depth < 6 {
				w.block(st, in, func() { more = w.act(st, in, depth+1, yield) })
			}
		case 2:
			w.resume(st)
		case 3:
			if yield != nil {
				more = yield()
			}
		case 4:
			if depth < 6 {
				for range seq.Isolate(st, func(y func(int) bool) { w.iterator(st, y) }) {
					more = w.act(st, in, depth+1, yield)
					if !more || w.r.IntN(3) == 0 {
						break
					}
				}
			}
		case 5:
			if depth < 6 {
				for range seq.Range(st, func(st *ctx.State, y func(int) bool) { w.iterator(st, y) }) {
					more = w.act(st, in, depth+1, yield)
					if !more || w.r.IntN(3) == 0 {
						break
					}
				}
			}
		}
		w.check(st)
		if !more {
			return false
		}
	}
	return true
}

// iterator is a push iterator with a scene of its own, which is in the
// backtrace while it runs and not while the loop's body does.
func (w *world) iterator(st *ctx.State, yield func(int) bool) {
	in := new(scene)
	w.trace = append(w.trace, in)
	w.block(st, in, func() {
		w.check(st)
		for range w.r.IntN(3) {
			w.trace = w.trace[:len(w.trace)-1]
			more := yield(0)
			w.trace = append(w.trace, in)
			w.check(st)
			if !more {
				return
			}
		}
	})
	w.trace = w.trace[:len(w.trace)-1]
}

// resume goes on with a random generator that does not run now.
func (w *world) resume(st *ctx.State) {
	a := w.pool[w.r.IntN(len(w.pool))]
	if slices.Contains(w.trace, a.in) {
		isRunning(w.t, func() { a.g.Next(st) })
		return
	}
	w.trace = append(w.trace, a.in)
	if w.r.IntN(10) == 0 {
		a.g.Close(st)
	} else {
		a.g.Next(st)
	}
	w.trace = w.trace[:len(w.trace)-1]
}

func (w *world) run() {
	for range 4 {
		in := new(scene)
		g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
			for w.act(st, in, 0, func() bool { return yield(0) }) && yield(0) {
			}
		})
		w.pool = append(w.pool, &actor{g, in})
	}
	main, st := new(scene), ctx.NewState()
	w.trace = []*scene{main}
	for range 12 {
		w.act(st, main, 0, nil)
	}
	for _, a := range w.pool {
		w.trace = append(w.trace, a.in)
		a.g.Close(st)
		w.trace = w.trace[:1]
	}
	w.check(st)
	clean(w.t, st)
}
