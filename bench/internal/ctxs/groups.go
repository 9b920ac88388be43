package ctxs

import (
	"context"
	"iter"
	"runtime"

	"github.com/strata-go/strata/ctx"

	"github.com/strata-go/strata/bench/internal/harness"
)

// The groups that the bars of ctx are judged by. F, V1, V10, W and P stand in
// the same group as what is compared with them.

// fields is the body F, and values the body V1 (depth 0) or V10 (depth 9).
func fields() harness.Body          { return fieldCarrier().Body("get", 0) }
func values(depth int) harness.Body { return contextBody("get", depth) }
func withValue() harness.Contestant {
	return harness.Contestant{Impl: "W", Body: contextBody("set", 0)}
}
func oneValue() harness.Contestant { return harness.Contestant{Impl: "V1", Body: values(0)} }

// get is not inlined: in the function that collects all groups, which is larger than 5000 nodes,
// the compiler would stop inlining Get into the loop.
//
//go:noinline
func get(v ctx.Var[int], st *ctx.State) harness.Body {
	return func(iters int) (sum uint64) {
		for range iters {
			sum += uint64(v.Get(st))
		}
		return sum
	}
}

// called is get with one call more around each read. Such are the reads in functions so large that the compiler inlines no
// more: there Get is a call itself.
func called(v ctx.Var[int], st *ctx.State) harness.Body {
	return func(iters int) (sum uint64) {
		for range iters {
			sum += uint64(read(v, st))
		}
		return sum
	}
}

//go:noinline
func read(v ctx.Var[int], st *ctx.State) int { return v.Get(st) }

// Reads compares repeated reads. deep adds a variable below a million levels.
func Reads(deep bool) harness.Group {
	return harness.Group{Name: "op=ctx-reads", Prepare: func() []harness.Contestant {
		st := stateWith(8)
		a, b, c, d, e, f, g, h := vars[0], vars[1], vars[2], vars[3], vars[4], vars[5], vars[6], vars[7]
		cs := []harness.Contestant{
			{Impl: "F", Body: fields()}, oneValue(), {Impl: "V10", Body: values(9)},
			{Impl: "hit", Body: get(vars[0], st)},
			{Impl: "hit-called", Body: called(vars[0], st)},
			{Impl: "absent", Body: get(absent, st)},
			{Impl: "neverset", Body: get(neverSet, st)},
			// Unrolled, so that one and eight differ in the variables alone.
			{Impl: "one", Body: func(iters int) (sum uint64) {
				for i := 0; i < iters; i += 8 {
					sum += uint64(a.Get(st)) + uint64(a.Get(st)) + uint64(a.Get(st)) + uint64(a.Get(st))
					sum += uint64(a.Get(st)) + uint64(a.Get(st)) + uint64(a.Get(st)) + uint64(a.Get(st))
				}
				return sum
			}},
			{Impl: "eight", Body: func(iters int) (sum uint64) {
				for i := 0; i < iters; i += 8 {
					sum += uint64(a.Get(st)) + uint64(b.Get(st)) + uint64(c.Get(st)) + uint64(d.Get(st))
					sum += uint64(e.Get(st)) + uint64(f.Get(st)) + uint64(g.Get(st)) + uint64(h.Get(st))
				}
				return sum
			}},
		}
		if deep {
			far := stateWith(1)
			for i := range 1_000_000 {
				far.Push(new(ctx.Layer))
				if i%1000 == 0 {
					vars[1+i/1000%500].Put(far, i)
				}
			}
			cs = append(cs, harness.Contestant{Impl: "deep", Body: get(vars[0], far)})
		}
		return cs
	}}
}

// First times a read after a change and after a switch; the same loops without
// the read are there to be subtracted.
func First() harness.Group {
	return harness.Group{Name: "op=ctx-first", Prepare: func() []harness.Contestant {
		v, other := vars[3], vars[5]
		change := func(read bool) harness.Body {
			st := stateWith(8)
			return func(iters int) (sum uint64) {
				for i := range iters {
					v.Put(st, firstValue+i)
					other.Put(st, firstValue+i)
					if read {
						sum += uint64(v.Get(st))
					}
				}
				return sum
			}
		}
		swap := func(read bool) harness.Body {
			st := stateWith(8)
			s := st.Snapshot()
			return func(iters int) (sum uint64) {
				for range iters {
					m := st.Swap(s)
					if read {
						sum += uint64(v.Get(st))
					}
					st.Unwind(m)
				}
				return sum
			}
		}
		return []harness.Contestant{
			oneValue(),
			{Impl: "change", Body: change(false)}, {Impl: "change+get", Body: change(true)},
			{Impl: "switch", Body: swap(false)}, {Impl: "switch+get", Body: swap(true)},
		}
	}}
}

var scopes = ctx.StaticStack[int]("bench-scopes")

// LayerVars is how many variables the layer of Switches holds.
const LayerVars = 4

// Switches compares taking snapshots and switching levels with 0, 10 and 10^4
// open scopes.
func Switches() harness.Group {
	return harness.Group{Name: "op=ctx-switches", Prepare: func() []harness.Contestant {
		cs := []harness.Contestant{oneValue()}
		for _, open := range []struct {
			n    int
			name string
		}{{0, ""}, {10, "-10"}, {10_000, "-10000"}} {
			st := stateWith(8)
			for i := range open.n {
				scopes.Push(st, i)
			}
			s, sum := st.Snapshot(), uint64(0)
			l := new(ctx.Layer)
			m := st.Push(l)
			for i, v := range vars[:LayerVars] {
				v.Put(st, i)
			}
			st.Unwind(m)
			cs = append(cs, harness.Contestant{Impl: "snapshot" + open.name, Body: func(iters int) uint64 {
				for range iters {
					if st.Snapshot() == s {
						sum++
					}
				}
				return sum
			}}, harness.Contestant{Impl: "swap" + open.name, Body: func(iters int) uint64 {
				for range iters {
					st.Unwind(st.Swap(s))
				}
				return 0
			}}, harness.Contestant{Impl: "push" + open.name, Body: func(iters int) uint64 {
				for range iters {
					st.Unwind(st.Push(l))
				}
				return 0
			}})
		}
		return cs
	}}
}

// Writes compares Set + Reset and the first Set after a snapshot with
// context.WithValue.
func Writes() harness.Group {
	return harness.Group{Name: "op=ctx-writes", Prepare: func() []harness.Contestant {
		cs := []harness.Contestant{withValue()}
		st := stateWith(8)
		v := vars[3]
		cs = append(cs, harness.Contestant{Impl: "set-reset", Body: func(iters int) (bad uint64) {
			for i := range iters {
				if v.Reset(st, v.Set(st, firstValue+i)) != nil {
					bad++
				}
			}
			return bad
		}})
		for _, n := range []struct {
			vars int
			name string
		}{{8, "first-8"}, {1000, "first-1000"}} {
			st := stateWith(n.vars)
			cs = append(cs, harness.Contestant{Impl: n.name, Body: func(iters int) uint64 {
				for i := range iters {
					st.Snapshot()
					v.Set(st, firstValue+i)
				}
				return 0
			}})
		}
		return cs
	}}
}

// Bridges compares reading through a context.Context with a ten-deep chain.
func Bridges() harness.Group {
	return harness.Group{Name: "op=ctx-bridges", Prepare: func() []harness.Contestant {
		own := context.Background()
		for i, v := range vars[:10] {
			own = v.WithContext(own, firstValue+i)
		}
		foreign := vars[0].WithContext(context.Background(), firstValue)
		for i := range 10 {
			foreign = context.WithValue(foreign, key(i+1), i)
		}
		read := func(v ctx.Var[int], c context.Context) harness.Body {
			return func(iters int) (sum uint64) {
				for range iters {
					x, _ := v.From(c)
					sum += uint64(x)
				}
				return sum
			}
		}
		return []harness.Contestant{
			{Impl: "chain-hit", Body: values(9)}, {Impl: "chain-miss", Body: contextBody("miss", 9)},
			{Impl: "own-hit", Body: read(vars[0], own)}, {Impl: "own-miss", Body: read(vars[20], own)},
			{Impl: "foreign-hit", Body: read(vars[0], foreign)}, {Impl: "foreign-miss", Body: read(vars[20], foreign)},
		}
	}}
}

// naturals never ends.
func naturals(yield func(int) bool) {
	for i := 0; yield(i); i++ {
	}
}

// Generators compares a generator's Next with that of iter.Pull.
func Generators() harness.Group {
	return harness.Group{Name: "op=ctx-generators", Check: 100, Prepare: func() []harness.Contestant {
		return append([]harness.Contestant{{Impl: "P", Body: func(iters int) (sum uint64) {
			next, stop := iter.Pull(naturals)
			defer stop()
			for range iters {
				x, _ := next()
				sum += uint64(x)
			}
			return sum
		}}}, seqContestants()...)
	}}
}

// Tasks measures bytes per task: forked with three variables of its own, and
// after reading all three.
func Tasks[T any](kind string, values func(i int) T, read bool) harness.Group {
	name := "op=ctx-tasks/key=" + kind
	if read {
		name += "/read"
	}
	return harness.Group{Name: name, Unit: "B/task", Rounds: 1, Prepare: func() []harness.Contestant {
		const n = 1_000_000
		var own [3]ctx.Var[T]
		for i := range own {
			own[i] = ctx.Static[T]("bench-task")
		}
		return []harness.Contestant{{Impl: "ctx", Gauge: func() float64 {
			parent := ctx.NewState()
			tasks := make([]*ctx.State, n)
			return harness.HeapAfter(func() any {
				for i := range tasks {
					st := parent.Fork()
					for j, v := range own {
						v.Set(st, values(3*i+j))
					}
					if read {
						for _, v := range own {
							v.Get(st)
						}
					}
					tasks[i] = st
				}
				runtime.KeepAlive(parent)
				return tasks
			}) / n
		}}}
	}}
}
