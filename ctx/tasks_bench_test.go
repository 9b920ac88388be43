package ctx_test

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/strata-go/strata/ctx"
)

// BenchmarkTasks keeps a million tasks alive, each forked with three variables
// of its own, and prints what one weighs and what it costs a collection on one
// processor:
//
//	go test ./ctx -run xxx -bench Tasks -benchtime 1x
func BenchmarkTasks(b *testing.B) {
	for _, read := range []bool{false, true} {
		b.Run(fmt.Sprintf("values=int/read=%t", read), func(b *testing.B) {
			tasks(b, read, func(i int) int { return 1000 + i })
		})
		b.Run(fmt.Sprintf("values=string/read=%t", read), func(b *testing.B) {
			tasks(b, read, func(i int) string { return strconv.Itoa(1_000_000_000 + i) })
		})
	}
}

func tasks[T any](b *testing.B, read bool, value func(i int) T) {
	const n = 1_000_000
	var own [3]ctx.Var[T]
	for i := range own {
		own[i] = ctx.Static[T]("bench-task")
	}
	for b.Loop() {
		parent := ctx.NewState()
		live := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		all := make([]*ctx.State, n)
		before := live()
		for i := range all {
			st := parent.Fork()
			for j, v := range own {
				v.Put(st, value(3*i+j))
			}
			if read {
				for range 2 {
					for _, v := range own {
						v.Get(st)
					}
				}
			}
			all[i] = st
		}
		b.ReportMetric(float64(live()-before)/n, "B/task")
		procs := runtime.GOMAXPROCS(1)
		best := time.Hour
		for range 5 {
			start := time.Now()
			runtime.GC()
			best = min(best, time.Since(start))
		}
		runtime.GOMAXPROCS(procs)
		b.ReportMetric(float64(best.Nanoseconds())/n, "gc-ns/task")
		runtime.KeepAlive(all)
	}
}
