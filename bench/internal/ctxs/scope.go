package ctxs

import (
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"

	"github.com/strata-go/strata/bench/internal/harness"
)

// Deadlines measures bytes per live deadline: a million open scopes, each with
// a deadline of its own. nested opens them all in one State, otherwise each
// task has one; the tasks themselves are there before.
func Deadlines(nested bool) harness.Group {
	name := "op=scope-deadline/where=tasks"
	if nested {
		name = "op=scope-deadline/where=nested"
	}
	return harness.Group{Name: name, Unit: "B/deadline", Rounds: 1, Prepare: func() []harness.Contestant {
		const n = 1_000_000
		return []harness.Contestant{{Impl: "scope", Gauge: func() float64 {
			blocks, tasks := make([]scope.Block, n), make([]*ctx.State, n)
			one := ctx.NewState()
			for i := range tasks {
				if tasks[i] = one; !nested {
					tasks[i] = ctx.NewState()
				}
			}
			b := harness.HeapAfter(func() any {
				for i := range blocks {
					blocks[i] = scope.Open(tasks[i], scope.Timeout(time.Hour+time.Duration(i%1000)*time.Second))
				}
				return blocks
			})
			for i := n - 1; i >= 0; i-- {
				_ = blocks[i].Close(tasks[i], nil) // nothing was cancelled: no error
			}
			return b / n
		}}}
	}}
}

// Stale opens and closes many deadlines while some stay, and returns how many
// entries the clock holds beyond 2 × those that stay + 1000.
func Stale() float64 {
	const stay, churn = 1000, 100_000
	before := scope.Live()
	var open []func()
	for range stay {
		st := ctx.NewState()
		b := scope.Open(st, scope.Timeout(time.Hour))
		open = append(open, func() { _ = b.Close(st, nil) })
	}
	st := ctx.NewState()
	for range churn {
		_ = scope.Open(st, scope.Timeout(time.Hour)).Close(st, nil)
	}
	entries := scope.Live() - before
	for _, leave := range open {
		leave()
	}
	return max(0, float64(entries)-2*stay-1000)
}
