package ctxs

import (
	"fmt"

	"github.com/strata-go/strata/ctx"

	"github.com/strata-go/strata/bench/internal/harness"
)

// vars are static variables as programs declare them. They are made once: a
// static variable lives as long as the process.
var vars = func() []ctx.Var[int] {
	vs := make([]ctx.Var[int], 1001)
	for i := range vs {
		vs[i] = ctx.Static(fmt.Sprintf("bench-%d", i), ctx.Default(7))
	}
	return vs
}()

// neverSet is a variable that nobody in the process sets.
var neverSet = ctx.Static("bench-never", ctx.Default(7))

// absent is set by nobody that reads it, but by somebody.
var absent = func() ctx.Var[int] {
	v := ctx.Static("bench-absent", ctx.Default(7))
	v.Put(ctx.NewState(), 1)
	return v
}()

// stateWith returns a State with the first n variables set.
func stateWith(n int) *ctx.State {
	st := ctx.NewState()
	for i, v := range vars[:n] {
		v.Put(st, firstValue+i)
	}
	return st
}

type strataScope struct{ st *ctx.State }

func (s strataScope) Get(v int) (int, bool) { return vars[v].Lookup(s.st) }
func (s strataScope) With(v, x int, f func()) {
	b := vars[v].Scope(s.st, x)
	f()
	b.End()
}

func strataCarrier() Carrier {
	return Carrier{Name: "ctx", New: func() Scoped { return strataScope{ctx.NewState()} }, Body: strataBody}
}

// strataBody is not inlined, see get in groups.go.
//
//go:noinline
func strataBody(op string, depth int) harness.Body {
	// Each of the other values in a level of its own: the deepest form.
	st := stateWith(1)
	for i := range depth {
		st.Push(new(ctx.Layer))
		vars[1+i%1000].Put(st, i)
	}
	v := vars[0]
	switch op {
	case "get":
		return func(iters int) (sum uint64) {
			for range iters {
				sum += uint64(v.Get(st))
			}
			return sum
		}
	case "miss":
		return func(iters int) (found uint64) {
			for range iters {
				if _, ok := absent.Lookup(st); ok {
					found++
				}
			}
			return found
		}
	case "set":
		return func(iters int) uint64 {
			for i := range iters {
				tok := v.Set(st, firstValue+i)
				if v.Reset(st, tok) != nil {
					return 0
				}
			}
			return uint64(iters)
		}
	case "switch":
		s := st.Snapshot()
		return func(iters int) uint64 {
			for range iters {
				st.Unwind(st.Swap(s))
			}
			return uint64(iters)
		}
	}
	return nil
}
