package ctx_test

import (
	"runtime"
	"slices"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
)

// TestUsedTokensHoldNothing: once a token was used, its value goes, though State,
// variable and token are held. Whether a snapshot was taken in between makes no
// difference when that is gone.
func TestUsedTokensHoldNothing(t *testing.T) {
	for _, snapshot := range []string{"none", "before", "between", "after"} {
		t.Run("snapshot "+snapshot, func(t *testing.T) {
			v, st := ctx.New[*collectValue]("v"), ctx.NewState()
			toks := make([]ctx.Token[*collectValue], 2)
			var gone []weak.Pointer[collectValue]
			done := make(chan struct{})
			go func() {
				defer close(done)
				at := func(when string) {
					if when == snapshot {
						st.Snapshot()
					}
				}
				at("before")
				for i := range toks {
					x := &collectValue{refs: []any{st, v}}
					gone = append(gone, weak.Make(x))
					toks[i] = v.Set(st, x)
					if got := v.Get(st); got != x {
						panic("the value is not there")
					}
					at("between")
				}
				at("after")
				for _, tok := range slices.Backward(toks) {
					if err := v.Reset(st, tok); err != nil {
						panic(err)
					}
				}
			}()
			<-done
			left := func() (n int) {
				for _, p := range gone {
					if p.Value() != nil {
						n++
					}
				}
				return n
			}
			for range 9 {
				if collectOnce(); left() == 0 {
					break
				}
			}
			require.Zero(t, left())
			_, ok := v.Lookup(st)
			require.False(t, ok)
			runtime.KeepAlive(toks)
			runtime.KeepAlive(st)
			runtime.KeepAlive(v)
		})
	}
}
