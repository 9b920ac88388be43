package runtimetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/strata-go/strata/ctx"
)

var (
	blocks = ctx.StaticStack[int]("runtimetest.blocks")
	last   = ctx.Static("runtimetest.last", ctx.Default(0))
)

// Run tests hosts made by newHost, one for each subtest.
func Run(t *testing.T, newHost func(t *testing.T) Host) {
	for _, part := range []struct {
		name  string
		needs func(Host) bool
		test  func(t *testing.T, h Host)
	}{
		{"calls", func(h Host) bool { return h.Call != nil }, testCalls},
		{"generators", func(h Host) bool { return h.Generate != nil }, testGenerators},
		{"errors", func(h Host) bool { return h.Generate != nil }, testErrors},
		{"tasks", func(h Host) bool { return h.Spawn != nil }, testTasks},
	} {
		t.Run(part.name, func(t *testing.T) {
			h := newHost(t)
			if !part.needs(h) {
				t.Skip("the host has none")
			}
			part.test(t, h)
		})
	}
	t.Run("programs", func(t *testing.T) {
		for seed := range uint64(200) {
			h := newHost(t)
			if h.Generate == nil {
				t.Skip("the host has no generators")
			}
			if program(t, h, seed); t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	})
}

// frame is a frame of the guest's backtrace with the blocks it is inside.
type frame struct {
	caller *frame
	alone  bool // captured: it sees base and not its caller
	base   []int
	baseOf int // the ordinary variable in base
	open   []open
}

type open struct {
	x     int
	leave func(*ctx.State) error
}

func (f *frame) list(closed map[int]bool) (list []int, x int) {
	switch {
	case f == nil:
		return nil, 0
	case f.alone:
		for _, b := range f.base {
			if !closed[b] {
				list = append(list, b)
			}
		}
		x = f.baseOf
	default:
		list, x = f.caller.list(closed)
	}
	for _, o := range f.open {
		list, x = append(list, o.x), o.x
	}
	return list, x
}

// test is one host under test.
type test struct {
	*testing.T
	h      Host
	top    *frame
	closed map[int]bool
	n      int
}

func start(t *testing.T, h Host) *test {
	return &test{T: t, h: h, top: new(frame), closed: make(map[int]bool)}
}

// see compares the reads of this moment with the backtrace.
func (t *test) see(where string) {
	t.Helper()
	st := t.h.Current()
	want, x := t.top.list(t.closed)
	if got := slices.Collect(blocks.All(st)); !slices.Equal(got, want) {
		t.Errorf("%s: open blocks %v, want %v", where, got, want)
	}
	if got := last.Get(st); got != x {
		t.Errorf("%s: variable %d, want %d", where, got, x)
	}
}

func (t *test) enter() {
	t.n++
	st, x := t.h.Current(), t.n
	pushed, token := blocks.Push(st, x), last.Set(st, x)
	t.top.open = append(t.top.open, open{x, func(st *ctx.State) error {
		return errors.Join(last.Reset(st, token), pushed.TryPop(st))
	}})
}

func (t *test) leave() {
	t.Helper()
	f := t.top
	o := f.open[len(f.open)-1]
	f.open = f.open[:len(f.open)-1]
	t.closed[o.x] = true
	if err := o.leave(t.h.Current()); err != nil {
		t.Errorf("leaving block %d in the frame that opened it: %v", o.x, err)
	}
}

// within runs f with a frame on the backtrace.
func (t *test) within(in *frame, f func()) {
	top := t.top
	in.caller, t.top = top, in
	defer func() { t.top, in.caller = top, nil }()
	f()
}

// balanced runs f and compares the place in the stack of levels.
func (t *test) balanced(what string, f func()) {
	t.Helper()
	st := t.h.Current()
	m := st.Mark()
	f()
	if now := t.h.Current(); now != st {
		t.Errorf("%s: another State is current afterwards", what)
	} else if now.Mark() != m {
		t.Errorf("%s: the levels are not those from before", what)
	}
	t.see(what)
}

// captured makes a generator's frame for the host's mode.
func (t *test) newFrame() *frame {
	f := new(frame)
	if t.h.Mode == ctx.Captured {
		f.alone = true
		f.base, f.baseOf = t.top.list(t.closed)
	}
	return f
}

var errGuest = errors.New("an error of the guest")

func testCalls(tt *testing.T, h Host) {
	t := start(tt, h)
	t.enter()
	called := 0
	t.balanced("a call", func() {
		err := h.Call(func() error {
			called++
			t.within(new(frame), func() {
				t.see("in a call")
				t.enter()
				t.see("in a call, inside a block")
				t.balanced("a call in a call", func() {
					_ = h.Call(func() error { called++; t.see("in a call in a call"); return nil })
				})
				t.leave()
			})
			return nil
		})
		if err != nil {
			t.Errorf("a call: %v", err)
		}
	})
	t.balanced("a call that fails", func() {
		if h.Call(func() error { called++; return errGuest }) == nil {
			t.Errorf("a call whose body fails gives no error")
		}
	})
	t.balanced("a call that panics", func() {
		if !stopped(func() error { return h.Call(func() error { called++; panic(errGuest) }) }) {
			t.Errorf("a call whose body panics neither panics nor gives an error")
		}
	})
	t.leave()
	t.see("at the end")
	if called != 4 {
		t.Errorf("%d bodies were called, want 4", called)
	}
}

// stopped runs f and reports whether it panicked or failed.
func stopped(f func() error) (yes bool) {
	defer func() { yes = recover() != nil || yes }()
	return f() != nil
}

// testGenerators is the e-mail's program: a generator with a block of its own
// that two blocks of its caller resume.
func testGenerators(tt *testing.T, h Host) {
	t := start(tt, h)
	t.enter()
	in := t.newFrame()
	steps := 0
	g := h.Generate(func() (bool, error) {
		steps++
		t.within(in, func() {
			t.see(fmt.Sprint("in the generator, step ", steps))
			if steps == 1 {
				t.enter()
			}
			t.see(fmt.Sprint("in the generator's block, step ", steps))
			if steps == 3 {
				t.leave()
			}
		})
		return steps < 4, nil
	})
	t.see("a generator was made")
	if steps != 0 {
		t.Skip("generators of this host start at once")
	}
	next := func(want bool) {
		t.Helper()
		t.balanced("next", func() {
			if more, err := g.Next(); more != want || err != nil {
				t.Errorf("Next: %v, %v, want %v", more, err, want)
			}
		})
	}
	next(true)
	t.leave()
	t.see("after the block")
	t.enter()
	next(true)
	t.enter()
	next(true)
	t.leave()
	t.leave()
	next(false)
	next(false)
	g.Close()
	if steps != 4 {
		t.Errorf("%d steps, want 4", steps)
	}
	t.see("at the end")
}

func testErrors(tt *testing.T, h Host) {
	t := start(tt, h)
	t.enter()
	for _, how := range []string{"fails", "panics", "is closed", "is closed before its start"} {
		in := t.newFrame()
		g := h.Generate(func() (bool, error) {
			t.within(in, func() { t.enter() })
			switch how {
			case "fails":
				return true, errGuest
			case "panics":
				panic(errGuest)
			}
			return true, nil
		})
		what := "a generator that " + how
		t.balanced(what, func() {
			switch how {
			case "is closed":
				_, _ = g.Next()
				g.Close()
			case "is closed before its start":
				g.Close()
			default:
				if !stopped(func() error { _, err := g.Next(); return err }) {
					t.Errorf("%s gives no error", what)
				}
			}
		})
		t.balanced(what+", resumed", func() {
			if more, _ := g.Next(); more {
				t.Errorf("%s goes on afterwards", what)
			}
			g.Close()
		})
	}
	t.leave()
	t.see("at the end")
}

// testTasks: a task starts with what its creator sees at that moment, and
// neither sees what the other does later.
func testTasks(tt *testing.T, h Host) {
	t := start(tt, h)
	t.enter()
	steps := [3]int{}
	for i := range steps {
		in := &frame{alone: true}
		in.base, in.baseOf = t.top.list(t.closed)
		h.Spawn(func() bool {
			top := t.top
			t.top = in
			defer func() { t.top = top }()
			steps[i]++
			t.see(fmt.Sprintf("task %d, step %d", i, steps[i]))
			if steps[i] == 1 {
				// what a task sets stays in it
				last.Put(h.Current(), 1000+i)
				in.baseOf = 1000 + i
			}
			t.see(fmt.Sprintf("task %d, step %d, own value", i, steps[i]))
			return steps[i] < 3
		})
		t.see("a task was started")
		t.enter()
	}
	for len(t.top.open) > 0 {
		t.leave()
	}
	h.Drain()
	t.see("at the end")
	for i, n := range steps {
		if n != 3 {
			t.Errorf("task %d took %d steps, want 3", i, n)
		}
	}
}

// program runs one random program of generators that resume each other, open
// and close blocks, fail and panic.
func program(tt *testing.T, h Host, seed uint64) {
	t := start(tt, h)
	rng := rand.New(rand.NewPCG(seed, 3))
	type generator struct {
		g       Generator
		in      *frame
		running bool
		ended   bool
	}
	var gens []*generator
	var act func(depth int)
	act = func(depth int) {
		for range 1 + rng.IntN(5) {
			switch g := gens[rng.IntN(len(gens))]; rng.IntN(5) {
			case 0, 1:
				t.enter()
			case 2:
				if len(t.top.open) > 0 {
					t.leave()
				}
			case 3:
				if g.running || g.ended || depth > 3 {
					continue
				}
				g.running = true
				t.balanced("next", func() {
					g.ended = stopped(func() error {
						more, err := g.g.Next()
						g.ended = !more
						return err
					}) || g.ended
				})
				g.running = false
			case 4:
				if h.Call != nil && depth < 4 {
					t.balanced("a call", func() {
						_ = h.Call(func() error {
							t.within(new(frame), func() {
								act(depth + 1)
								for len(t.top.open) > 0 {
									t.leave()
								}
							})
							return nil
						})
					})
				}
			}
			t.see("after a step")
		}
	}
	for range 3 {
		g := new(generator)
		g.in = t.newFrame()
		g.g = h.Generate(func() (more bool, err error) {
			t.within(g.in, func() {
				t.see("resumed")
				act(1)
				switch rng.IntN(16) {
				case 0:
					err = errGuest
				case 1:
					panic(errGuest)
				default:
					more = rng.IntN(6) > 0
				}
			})
			return more, err
		})
		gens = append(gens, g)
		if rng.IntN(2) == 0 {
			t.enter()
		}
	}
	for range 12 {
		act(0)
	}
	for _, g := range gens {
		t.balanced("close", g.g.Close)
	}
	for len(t.top.open) > 0 {
		t.leave()
	}
	t.see("at the end")
}
