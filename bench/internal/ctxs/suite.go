package ctxs

import (
	"fmt"
	"iter"

	"github.com/strata-go/strata/bench/internal/harness"
)

// Suite yields the groups of the context half: reading and missing the oldest
// of depth values, setting and restoring, switching contexts.
func Suite(quick bool) iter.Seq[harness.Group] {
	depths := []int{1, 2, 4, 10, 30, 100, 300, 1000}
	if quick {
		depths = []int{1, 10, 30}
	}
	return func(yield func(harness.Group) bool) {
		for _, op := range []string{"get", "miss", "set", "switch"} {
			for _, depth := range depths {
				if !yield(group(op, depth)) {
					return
				}
			}
		}
		for _, g := range []harness.Group{Reads(false), Switches(), Writes(), Bridges(), Generators()} {
			if !yield(g) {
				return
			}
		}
	}
}

func group(op string, depth int) harness.Group {
	return harness.Group{Name: fmt.Sprintf("op=ctx-%s/depth=%d", op, depth), Check: 100, Prepare: func() []harness.Contestant {
		var cs []harness.Contestant
		for _, c := range Carriers() {
			if b := c.Body(op, depth-1); b != nil {
				cs = append(cs, harness.Contestant{Impl: c.Name, Body: b})
			}
		}
		return cs
	}}
}
