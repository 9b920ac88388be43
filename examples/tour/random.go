package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/strata-go/strata/internal/sim"
)

// A tally is what random programs came to.
type tally struct {
	lookups int64
	differ  [3]int64 // lookups in which a system differs from the frames, Strata first
	crashes int64    // blocks that Strata could not leave
	first   *failure // the shortest program in which Strata differs
}

// A failure is a random program in which Strata differs from the frames.
type failure struct {
	number int // of the program
	steps  int // it took to the first difference
	trace  []string
}

// playRandom plays programs 0 to n-1 of a seed, several at a time. The result does not depend on how many.
func playRandom(seed uint64, n int, plant string, progress io.Writer) *tally {
	var next, done atomic.Int64
	total, mu := new(tally), new(sync.Mutex)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			mine := new(tally)
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				mine.play(seed, i, plant, nil)
				if d := done.Add(1); d%1000 == 0 {
					fmt.Fprintf(progress, "\r  %d of %d programs \r", d, n)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			total.add(mine)
		})
	}
	wg.Wait()
	fmt.Fprintf(progress, "\r%40s\r", "")
	if f := total.first; f != nil { // once more, now telling
		new(tally).play(seed, f.number, plant, func(line string) { f.trace = append(f.trace, line) })
	}
	return total
}

func (t *tally) add(o *tally) {
	t.lookups += o.lookups
	t.crashes += o.crashes
	for i := range t.differ {
		t.differ[i] += o.differ[i]
	}
	t.keep(o.first)
}

// keep keeps the shorter failure.
func (t *tally) keep(f *failure) {
	if f != nil && (t.first == nil || f.steps < t.first.steps || f.steps == t.first.steps && f.number < t.first.number) {
		t.first = f
	}
}

func (t *tally) print(out io.Writer) {
	verdict := "✓"
	if t.differ[0] > 0 {
		verdict = "✗"
	}
	fmt.Fprintf(out, "  %d lookups: strata %d differ, task-local %d, captured %d  %s\n", t.lookups, t.differ[0], t.differ[1], t.differ[2], verdict)
	if t.first != nil {
		fmt.Fprintf(out, "  shortest one that differs, program %d:\n    %s\n", t.first.number, strings.Join(t.first.trace, "\n    "))
	}
}

var variables = []*variable{prec, user, scopes, regions}

// play plays one program. With tell, it reports each step up to the first in which Strata differs.
func (t *tally) play(seed uint64, number int, plant string, tell func(string)) {
	r := &random{rng: rand.New(rand.NewPCG(seed, uint64(number)))}
	p := &play{systems: newSystems(plant)}
	steps, failed := 0, false
	differs := func(line func() string) {
		if tell != nil && !failed {
			tell(line())
		}
		if !failed {
			t.keep(&failure{number: number, steps: steps})
		}
		failed = true
	}
	p.trace = func(f *frame, what string, arg any) {
		steps++
		if tell != nil && !failed {
			tell(r.describe(f, what, arg))
		}
	}
	p.failed = func(f *frame, system int, b *block, err error) {
		if system == 0 {
			t.differ[0]++
			differs(func() string { return fmt.Sprintf("%sstrata: %v ✗", r.where(f), err) })
		}
	}
	p.looked = func(f *frame, v *variable, want []*block, got [][]*block) {
		t.lookups++
		for i := range got {
			if slices.Equal(want, got[i]) {
				continue
			}
			t.differ[i]++
			if i == 0 {
				differs(func() string {
					return fmt.Sprintf("%slookup of %s: frames %s, strata %s ✗", r.where(f), v.name, listed(want), listed(got[0]))
				})
			}
		}
	}
	if err := p.run(r.rng.Uint64()|1, r.program); err != nil {
		panic(fmt.Sprintf("program %d of seed %d: %v", number, seed, err))
	}
}

// random is a random program. Every step is drawn when it is due, so the program is the same for the same seed as long
// as no system has a say in it, and none has.
type random struct {
	rng   *rand.Rand
	value int
	gens  []*frame
	tasks []*sim.Task

	names  map[any]string // for the report of a failure
	counts map[string]int
}

// program is the first frame of the first task.
func (r *random) program(f *frame) {
	r.body(f, 0)
	for len(r.tasks) > 0 { // a task may start more
		t := r.tasks[0]
		r.tasks = r.tasks[1:]
		f.co.Join(t)
	}
	for _, g := range r.gens {
		f.stop(g)
		r.look(f)
	}
}

// body is any other frame: a few steps, with lookups after each.
func (r *random) body(f *frame, depth int) {
	for range 2 + r.rng.IntN(9) {
		switch r.rng.IntN(13) {
		case 0, 1, 2, 3:
			r.value++
			f.enter(variables[r.rng.IntN(len(variables))], r.value)
		case 4, 5:
			if len(f.opened) > 0 {
				f.leave()
			}
		case 6, 7, 8:
			r.resume(f, depth)
		case 9:
			if f.gen != nil && f.caller.gen != f.gen { // in the generator's own frame, not in a function it calls
				if !f.yield() {
					return
				}
			}
		case 10:
			if depth < 4 {
				f.call(func(g *frame) { r.body(g, depth+1) })
			}
		case 11:
			if len(r.tasks) < 3 {
				r.tasks = append(r.tasks, f.fork(func(child *frame) { r.body(child, depth+1) }))
			}
		case 12:
			if r.rng.IntN(2) == 0 {
				f.traced("pause", "")
				f.co.Pause()
			} else {
				f.traced("sleep", "")
				f.co.Sleep(time.Duration(r.rng.IntN(5)) * time.Second)
			}
		}
		r.look(f)
	}
}

// resume resumes one of the generators, or makes one.
func (r *random) resume(f *frame, depth int) {
	if len(r.gens) < 2 || len(r.gens) < 5 && r.rng.IntN(4) == 0 {
		r.gens = append(r.gens, f.generator(func(g *frame) { r.body(g, depth+1) }))
		return
	}
	if g := r.gens[r.rng.IntN(len(r.gens))]; !g.gen.Running() && !g.gen.Done() {
		f.next(g)
	}
}

func (r *random) look(f *frame) {
	for _, v := range variables {
		f.look(v)
	}
}

// describe is a line of the report about a failure.
func (r *random) describe(f *frame, what string, arg any) string {
	if _, ok := arg.(string); !ok {
		arg = r.nameOf(arg)
	}
	return strings.TrimRight(fmt.Sprintf("%s%s %s", r.where(f), what, arg), " ")
}

func (r *random) where(f *frame) string {
	name := r.nameOf(f.co.Task())
	if f.gen != nil {
		name += " " + r.nameOf(f.gen)
	}
	return fmt.Sprintf("%-14s", name)
}

// nameOf numbers tasks and generators in the order in which the report meets them.
func (r *random) nameOf(x any) string {
	if name, ok := r.names[x]; ok {
		return name
	}
	if r.names == nil {
		r.names, r.counts = make(map[any]string), make(map[string]int)
	}
	kind := "gen"
	if _, ok := x.(*sim.Task); ok {
		kind = "task"
	}
	r.counts[kind]++
	r.names[x] = fmt.Sprintf("%s %d", kind, r.counts[kind])
	return r.names[x]
}
