package stdctx

import (
	"context"
	"runtime/pprof"
	"runtime/trace"
)

// Profile runs f with the named variables, as they are in c, as profiler labels:
// samples of f, and of the goroutines it starts, carry them in the CPU and
// goroutine profiles of package runtime/pprof, so "go tool pprof -tagfocus" tells
// one user's time from another's. While an execution trace is taken they are
// logged in it too, under the same keys (runtime/trace.Log).
//
//	stdctx.Profile(st.Snapshot().Context(c), work, stdctx.Attr("user", User))
//
// It is a way out and none in: no variable is ever read from a label, and what f
// sets later changes none. Where f ends or panics, the goroutine's labels are
// those of c again. The Context that f gets is c with the labels, for
// pprof.Do further down. Variables that are not set give no label, redacted ones
// Redacted. Cost: some allocations and the text of each value, so it is for requests
// and jobs, not for inner loops.
func Profile(c context.Context, f func(c context.Context), attrs ...LogAttr) {
	var labels []string
	s := snapshotOf(c)
	for _, a := range attrs {
		if x, ok := a.get(s); ok {
			labels = append(labels, a.key, x.String())
		}
	}
	if c == nil {
		c = context.Background()
	}
	if trace.IsEnabled() {
		for i := 0; i < len(labels); i += 2 {
			trace.Log(c, labels[i], labels[i+1])
		}
	}
	pprof.Do(c, pprof.Labels(labels...), f)
}
