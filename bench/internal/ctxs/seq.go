package ctxs

import (
	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"

	"github.com/strata-go/strata/bench/internal/harness"
)

// seqContestants are the generators of ctx/seq: one that sets nothing, and one
// that has set a variable, whose level therefore comes and goes at each Next.
func seqContestants() []harness.Contestant {
	body := func(set bool) harness.Body {
		return func(iters int) (sum uint64) {
			st := stateWith(8)
			g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
				if set {
					vars[3].Put(st, firstValue)
				}
				for i := 0; yield(i); i++ {
				}
			})
			defer g.Close(st)
			for range iters {
				x, _ := g.Next(st)
				sum += uint64(x)
			}
			return sum
		}
	}
	return []harness.Contestant{{Impl: "next", Body: body(false)}, {Impl: "next-set", Body: body(true)}}
}
