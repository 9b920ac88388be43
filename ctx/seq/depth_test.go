package seq_test

import (
	"runtime/debug"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

// 10^5 generators, each resumed by the body of the next, are alive at once: no
// stack grows with their number, a read reaches the caller below all of them,
// and closing the outermost closes all.
func TestD20_NestedGeneratorsDoNotRecurse(t *testing.T) {
	n := 100_000
	if testing.Short() || raced {
		n = 5000
	}
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	v, w := ctx.Static("v", ctx.Default("d")), ctx.Static("w", ctx.Default(-1))
	closed := 0
	g := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		defer func() { closed++ }()
		for yield(v.Get(st)) {
		}
		equal(t, w.Get(st), 1)
	})
	for i := range n {
		inner := g
		g = seq.Generate(func(st *ctx.State, yield func(string) bool) {
			defer func() { closed++ }()
			w.Set(st, i+1)
			seq.From(st, inner, yield)
		})
	}
	st := ctx.NewState()
	for _, x := range []string{"a", "b"} {
		v.Set(st, x)
		equal(t, must1[string](t)(g.Next(st)), x)
	}
	equal(t, w.Get(st), -1)
	g.Close(st)
	equal(t, closed, n+1)
	clean(t, st)
}
