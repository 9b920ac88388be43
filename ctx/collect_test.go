package ctx_test

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/keys"
)

// collectValue is what the scenarios of the release matrix store.
type collectValue struct {
	refs []any
	_    [64]byte
}

// collectHolder is a context that is held, dropped and referred to.
type collectHolder struct{ x any }

// collectVar is a collectable variable of either kind.
type collectVar interface {
	set(st *ctx.State, v *collectValue)
	read(st *ctx.State)
}

type collectPlain struct{ v ctx.Var[*collectValue] }

func (p collectPlain) set(st *ctx.State, v *collectValue) { p.v.Put(st, v) }
func (p collectPlain) read(st *ctx.State)                 { p.v.Lookup(st) }

type collectStack struct{ v ctx.StackVar[*collectValue] }

func (p collectStack) set(st *ctx.State, v *collectValue) { p.v.Push(st, v) }
func (p collectStack) read(st *ctx.State)                 { p.v.Lookup(st) }

var collectOther = ctx.Static[int]("collect-other")

// collectPlaces says how a context that holds values is made: fill writes
// and reads them in a State, and what is returned is all that is kept.
var collectPlaces = map[string]func(fill func(*ctx.State)) any{
	"State": func(fill func(*ctx.State)) any {
		st := ctx.NewState()
		fill(st)
		return st
	},
	"State after Snapshot": func(fill func(*ctx.State)) any {
		st := ctx.NewState()
		fill(st)
		st.Snapshot()
		return st
	},
	"Snapshot": func(fill func(*ctx.State)) any {
		st := ctx.NewState()
		fill(st)
		return st.Snapshot()
	},
	"State from a Snapshot": func(fill func(*ctx.State)) any {
		st := ctx.NewState()
		fill(st)
		return st.Snapshot().NewState()
	},
	"Fork": func(fill func(*ctx.State)) any {
		st := ctx.NewState()
		fill(st)
		return st.Fork()
	},
	"suspended Layer": func(fill func(*ctx.State)) any {
		st, l := ctx.NewState(), new(ctx.Layer)
		m := st.Push(l)
		fill(st)
		st.Unwind(m)
		return l
	},
	"State under a Layer": func(fill func(*ctx.State)) any {
		st, l := ctx.NewState(), new(ctx.Layer)
		st.Push(l)
		fill(st)
		return st
	},
	"generator's State": func(fill func(*ctx.State)) any {
		st, gs, l := ctx.NewState(), ctx.NewState(), new(ctx.Layer)
		m := gs.Resume(st, l)
		fill(gs)
		gs.Unwind(m)
		return []any{gs, l}
	},
	"Env": func(fill func(*ctx.State)) any {
		e := ctx.NewEnv(ctx.Snapshot{})
		st := ctx.NewState()
		if err := e.Run(st, func() { fill(st) }); err != nil {
			panic(err)
		}
		return e
	},
	"Handle": func(fill func(*ctx.State)) any {
		st := ctx.NewState()
		fill(st)
		return st.Snapshot().Handle(func(*ctx.State) {})
	},
	"Delta": func(fill func(*ctx.State)) any {
		st := ctx.NewState()
		fill(st)
		return ctx.Snapshot{}.Diff(st.Snapshot())
	},
	"Token": func(fill func(*ctx.State)) any { // its level, and what was before
		st := ctx.NewState()
		fill(st)
		return collectOther.Set(st, 1)
	},
	"State after a Reset": func(fill func(*ctx.State)) any {
		st := ctx.NewState()
		tok := collectOther.Set(st, 1)
		fill(st)
		if err := collectOther.Reset(st, tok); err != nil {
			panic(err)
		}
		return []any{st, tok}
	},
	"Levels": func(fill func(*ctx.State)) any {
		st := ctx.NewState()
		m := st.Push(new(ctx.Layer))
		fill(st)
		return st.Detach(m)
	},
}

type collectWorld struct {
	live, dropped []any
	gone          []weak.Pointer[collectValue]
}

func (w *collectWorld) value(refs ...any) *collectValue {
	v := &collectValue{refs: refs}
	w.gone = append(w.gone, weak.Make(v))
	return v
}

type collectMake struct {
	key   func() collectVar
	place func(fill func(*ctx.State)) any
}

// in makes a context that holds v under k, which may refer to it as h.
func (mk collectMake) in(h *collectHolder, pairs ...any) {
	h.x = mk.place(func(st *ctx.State) {
		for i := 0; i < len(pairs); i += 2 {
			pairs[i].(collectVar).set(st, pairs[i+1].(*collectValue))
			for range 3 { // into the cache
				pairs[i].(collectVar).read(st)
			}
		}
	})
}

var collectScenarios = []struct {
	name  string
	build func(w *collectWorld, mk collectMake)
}{
	{"S0 key dropped", func(w *collectWorld, mk collectMake) {
		k, h := mk.key(), new(collectHolder)
		mk.in(h, k, w.value())
		w.live, w.dropped = []any{h}, []any{k}
	}},
	{"S1 key dropped, value to key", func(w *collectWorld, mk collectMake) {
		k, h := mk.key(), new(collectHolder)
		mk.in(h, k, w.value(k))
		w.live, w.dropped = []any{h}, []any{k}
	}},
	{"S2 key dropped, value to context", func(w *collectWorld, mk collectMake) {
		k, h := mk.key(), new(collectHolder)
		mk.in(h, k, w.value(h))
		w.live, w.dropped = []any{h}, []any{k}
	}},
	{"S4 context dropped", func(w *collectWorld, mk collectMake) {
		k, h := mk.key(), new(collectHolder)
		mk.in(h, k, w.value())
		w.live, w.dropped = []any{k}, []any{h}
	}},
	{"S5 context dropped, value to context", func(w *collectWorld, mk collectMake) {
		k, h := mk.key(), new(collectHolder)
		mk.in(h, k, w.value(h))
		w.live, w.dropped = []any{k}, []any{h}
	}},
	{"S7 key dropped, value to both", func(w *collectWorld, mk collectMake) {
		k, h := mk.key(), new(collectHolder)
		mk.in(h, k, w.value(k, h))
		w.live, w.dropped = []any{h}, []any{k}
	}},
	{"S8 context dropped, value to both", func(w *collectWorld, mk collectMake) {
		k, h := mk.key(), new(collectHolder)
		mk.in(h, k, w.value(k, h))
		w.live, w.dropped = []any{k}, []any{h}
	}},
	{"S10 two keys through each other", func(w *collectWorld, mk collectMake) {
		k1, k2, h := mk.key(), mk.key(), new(collectHolder)
		mk.in(h, k1, w.value(k2), k2, w.value(k1, h))
		w.live, w.dropped = []any{h}, []any{k1, k2}
	}},
	{"S11 overwritten", func(w *collectWorld, mk collectMake) {
		k, h := mk.key(), new(collectHolder)
		if _, stack := k.(collectStack); stack {
			mk.in(h, k, new(collectValue)) // a stack keeps what was pushed before
		} else {
			mk.in(h, k, w.value(k, h), k, new(collectValue))
		}
		w.live = []any{k, h}
	}},
}

// collectRun counts collections until every watched value is gone, -1 if limit
// passes first.
func collectRun(build func(*collectWorld, collectMake), mk collectMake, age, limit int) int {
	w := new(collectWorld)
	done := make(chan struct{})
	go func() {
		defer close(done)
		build(w, mk)
	}()
	<-done
	for range age {
		collectOnce()
	}
	w.dropped = nil
	defer runtime.KeepAlive(w)
	for n := range limit {
		collectOnce()
		left := 0
		for _, p := range w.gone {
			if p.Value() != nil {
				left++
			}
		}
		if left == 0 {
			return n + 1
		}
	}
	return -1
}

// collectOnce collects and waits, within a bound, for the cleanups.
func collectOnce() {
	runtime.GC()
	s := []metrics.Sample{{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/cleanups/executed:cleanups"}}
	for range 1 << 22 {
		metrics.Read(s)
		if s[0].Value.Uint64() == s[1].Value.Uint64() {
			return
		}
		runtime.Gosched()
	}
}

// TestCollectable is weakkey's release matrix through everything of ctx that
// can hold a value. Where clearable entries would leak, the same code says so.
func TestCollectable(t *testing.T) {
	kinds := map[string]func() collectVar{
		"Var":      func() collectVar { return collectPlain{ctx.New[*collectValue]("v")} },
		"StackVar": func() collectVar { return collectStack{ctx.NewStack[*collectValue]("v")} },
	}
	ages := 3 // so that things are dropped in each round
	if testing.Short() || raced {
		ages = 1
	}
	var table strings.Builder
	for kind, key := range kinds {
		for place, put := range collectPlaces {
			for _, s := range collectScenarios {
				t.Run(fmt.Sprintf("%s/%s/%s", kind, place, s.name), func(t *testing.T) {
					most := 0
					for age := range ages {
						n := collectRun(s.build, collectMake{key, put}, age, 9)
						if n < 0 {
							most = -1
							break
						}
						most = max(most, n)
					}
					fmt.Fprintf(&table, "%-10s%-24s%-40s%d\n", kind, place, s.name, most)
					require.Positive(t, most, "LEAK")
				})
			}
		}
	}
	t.Run("control", func(t *testing.T) {
		defer keys.SetDesign(keys.Clearable)()
		n := collectRun(collectScenarios[1].build, collectMake{kinds["Var"], collectPlaces["State"]}, 2, 15)
		require.Negative(t, n, "the harness is blind")
	})
	t.Logf("\n%s", table.String())
}
