package ctxs

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/keys"

	"github.com/strata-go/strata/bench/internal/harness"
)

// Collectable variables against static ones. The values are strings: small
// values without pointers are stored inline and take no part in rotation.

var staticText = ctx.Static("bench-static-text", ctx.Default("none"))

const text = "a value that is not a constant of the cache"

// Weak compares reading and writing one variable.
func Weak() harness.Group {
	return harness.Group{Name: "op=weak", Prepare: func() []harness.Contestant {
		v := ctx.New("bench-text", ctx.Default("none"))
		pair := func(op string, body func(ctx.Var[string], *ctx.State) harness.Body) []harness.Contestant {
			a, b := stateWith(8), stateWith(8)
			staticText.Put(a, text)
			v.Put(b, text)
			return []harness.Contestant{{Impl: op + "-static", Body: body(staticText, a)}, {Impl: op + "-collectable", Body: body(v, b)}}
		}
		cs := pair("get", func(v ctx.Var[string], st *ctx.State) harness.Body {
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(len(v.Get(st)))
				}
				return sum
			}
		})
		cs = append(cs, pair("set-reset", func(v ctx.Var[string], st *ctx.State) harness.Body {
			return func(iters int) (bad uint64) {
				for range iters {
					if v.Reset(st, v.Set(st, text)) != nil {
						bad++
					}
				}
				return bad
			}
		})...)
		return append(cs, pair("set-snapshot-reset", func(v ctx.Var[string], st *ctx.State) harness.Body {
			return func(iters int) (bad uint64) {
				for range iters {
					tok := v.Set(st, text)
					st.Snapshot()
					if v.Reset(st, tok) != nil {
						bad++
					}
				}
				return bad
			}
		})...)
	}}
}

// Idle compares uncached reads among many variables that have lain idle
// through several collections, so that about half the values of the
// collectable ones are on the key side.
func Idle() harness.Group {
	return harness.Group{Name: "op=weak-idle", Prepare: func() []harness.Contestant {
		const n = 10_000
		body := func(create func(string) ctx.Var[string]) harness.Body {
			st := ctx.NewState()
			vs := []ctx.Var[string]{}
			for i := range n {
				v := create("bench-idle-" + strconv.Itoa(i))
				v.Put(st, text+strconv.Itoa(i))
				vs = append(vs, v)
			}
			at := 0
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(len(vs[at].Get(st)))
					if at += 17; at >= n { // never two of one cache slot's neighbours
						at -= n
					}
				}
				return sum
			}
		}
		cs := []harness.Contestant{
			{Impl: "static", Body: body(func(name string) ctx.Var[string] { return ctx.Static[string](name) })},
			{Impl: "collectable", Body: body(func(name string) ctx.Var[string] { return ctx.New[string](name) })},
		}
		settle(6)
		return cs
	}}
}

// settle collects until rotations have completed, with a bound.
func settle(rotations uint64) {
	want := keys.ReadStats().Rotations + rotations
	for range 200 {
		if keys.ReadStats().Rotations >= want {
			return
		}
		harness.MarkTime()
		time.Sleep(time.Millisecond)
	}
}

// New measures making collectable variables.
func New() harness.Group {
	return harness.Group{Name: "op=weak-new", Prepare: func() []harness.Contestant {
		return []harness.Contestant{{Impl: "ctx", Body: func(iters int) uint64 {
			var v ctx.Var[string]
			for range iters {
				v = ctx.New[string]("bench-new")
			}
			keep = v
			return 0
		}}}
	}}
}

// Live measures bytes per live collectable variable.
func Live() harness.Group {
	return harness.Group{Name: "op=weak-live", Unit: "B", Rounds: 1, Prepare: func() []harness.Contestant {
		const n = 1_000_000
		return []harness.Contestant{{Impl: "ctx", Gauge: func() float64 {
			vs := make([]ctx.Var[string], n)
			return harness.HeapAfter(func() any {
				for i := range vs {
					vs[i] = ctx.New[string]("bench-live")
				}
				return vs
			}) / n
		}}}
	}}
}

// Rotation returns what one rotation costs with many live collectable entries, one
// per variable, in processor time: nanoseconds for each, and as a share of a
// collection of the same heap. The three kinds of round cost differently, so a
// figure is the mean of three rotations that follow each other, and the lower
// quartile of eight such. The heap is swept: whoever comes first after a
// collection sweeps, a rotation or another, and that is the collection's cost.
func Rotation() (perEntry, share float64, err error) {
	const n = 200_000
	st := ctx.NewState()
	vs := make([]ctx.Var[string], n)
	for i := range vs {
		vs[i] = ctx.New[string]("bench-rotation")
		vs[i].Put(st, text+strconv.Itoa(i))
	}
	settle(3)
	collection := harness.MarkTime()
	settle(1)
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var passes []float64
	for range 8 {
		start := harness.ProcessorTime()
		for range 3 {
			keys.Rotate()
		}
		passes = append(passes, float64((harness.ProcessorTime()-start).Nanoseconds())/3)
	}
	s := keys.ReadStats()
	keep = vs
	defer func() { keep = nil }()
	if st == nil || s.Entries < n/2 {
		return 0, 0, fmt.Errorf("%d entries took part in the rotation, want %d", s.Entries, n)
	}
	pass := harness.Quantile(passes, 0.25)
	return pass / float64(s.Entries), pass / collection, nil
}
