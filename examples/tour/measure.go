package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/hamt"
)

// measure prints what the promises cost here and now. Times on a shared machine mean something only against each
// other, so the two of a line are measured in turn.
func measure(out io.Writer) {
	fmt.Fprint(out, "\nMeasured on this machine\n")
	line := func(what, format string, args ...any) {
		fmt.Fprintf(out, "  %-24s %s\n", what, fmt.Sprintf(format, args...))
	}
	get, value := reads()
	line("Get", "%.1f ns, a context.Value ten deep %.0f ns: %.0f times as long", get, value, value/get)
	set, clone := writes()
	line("Set of 1000 entries", "%.2f µs, maps.Clone and a write %.1f µs: %.0f times as long", set/1e3, clone/1e3, clone/set)
	line("Fork", "%.0f bytes a task, of 100 000 tasks with three variables set", forks())
	line("a dropped variable", "%s", dropped())
}

var (
	answer  = ctx.Static[int]("tour.answer")
	another = ctx.Static[string]("tour.another")
	third   = ctx.Static[float64]("tour.third")
	sink    int
	kept    any
)

type contextKey int

// reads is the time of a Get and of a context.Value with ten values on the way, in ns.
func reads() (get, value float64) {
	st := ctx.NewState()
	answer.Put(st, 42)
	c := context.WithValue(context.Background(), contextKey(0), 42)
	for i := range 9 {
		c = context.WithValue(c, contextKey(i+1), i)
	}
	const n = 200_000
	return inTurn(func() float64 {
		return each(n, func() {
			for range n {
				sink += answer.Get(st)
			}
		})
	}, func() float64 {
		return each(n, func() {
			for range n {
				sink += c.Value(contextKey(0)).(int)
			}
		})
	})
}

// writes is the time that a changed version of 1000 entries takes while the old one stays, in ns.
func writes() (set, clone float64) {
	builtin := make(map[int]int)
	for i := range 1000 {
		builtin[i*7919] = i
	}
	m := hamt.Collect(maps.All(builtin))
	const n = 1000
	return inTurn(func() float64 {
		return each(n, func() {
			for i := range n {
				changed := m.Set(i*7919, -i)
				sink += changed.Len()
			}
		})
	}, func() float64 {
		return each(n/5, func() {
			for i := range n / 5 {
				changed := maps.Clone(builtin)
				changed[i*7919] = -i
				sink += len(changed)
			}
		})
	})
}

// inTurn measures a and b alternately and gives the middle of seven results of each.
func inTurn(a, b func() float64) (float64, float64) {
	var as, bs []float64
	for range 7 {
		as, bs = append(as, a()), append(bs, b())
	}
	slices.Sort(as)
	slices.Sort(bs)
	return as[len(as)/2], bs[len(bs)/2]
}

func each(n int, f func()) float64 {
	start := time.Now()
	f()
	return float64(time.Since(start).Nanoseconds()) / float64(n)
}

// forks is how much the heap grows for a task's State.
func forks() float64 {
	st := ctx.NewState()
	answer.Put(st, 42)
	another.Put(st, "one")
	third.Put(st, 0.5)
	tasks := make([]*ctx.State, 100_000)
	before := heap()
	for i := range tasks {
		tasks[i] = st.Fork()
	}
	grown := heap() - before
	kept = tasks
	kept = nil
	return float64(grown) / float64(len(tasks))
}

// dropped makes a variable whose values stand in 1000 snapshots and refer back to it, and forgets the variable.
func dropped() string {
	before := heap()
	v, snapshots := valuesOfAVariable()
	full := heap() - before
	runtime.KeepAlive(v) // here it is dropped
	after, collections := full, 0
	for ; after > full/50 && collections < 20; collections++ {
		after = heap() - before
	}
	runtime.KeepAlive(snapshots)
	return fmt.Sprintf("1000 live snapshots hold %s of its values; dropped, %s after %d collections",
		megabytes(full), megabytes(after), collections)
}

// large is a value that refers back to its variable.
type large struct {
	of ctx.Var[*large]
	_  [16 << 10]byte
}

func valuesOfAVariable() (ctx.Var[*large], []ctx.Snapshot) {
	v := ctx.New[*large]("tour.dropped")
	st := ctx.NewState()
	snapshots := make([]ctx.Snapshot, 1000)
	for i := range snapshots {
		v.Put(st, &large{of: v})
		snapshots[i] = st.Snapshot()
	}
	return v, snapshots
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }

// heap is the live heap after a collection.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
