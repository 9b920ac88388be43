package ctx_test

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/keys"
)

// TestCollectableModel runs random programs over collectable variables while
// rotations and collections go on, and compares every read, in the State and in
// every snapshot that was taken, with a model. An entry let go too early, or used
// again while somebody has it, shows as a wrong or a missing value.
func TestCollectableModel(t *testing.T) {
	var done atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for !done.Load() {
			keys.Rotate()
			runtime.Gosched()
		}
	})
	wg.Go(func() {
		for !done.Load() {
			runtime.GC()
		}
	})
	defer func() { done.Store(true); wg.Wait() }()
	programs := 300
	if testing.Short() {
		programs = 40
	}
	for seed := range programs {
		collectProgram(t, uint64(seed))
		if t.Failed() {
			return
		}
	}
}

type collectModel map[int]int

func collectProgram(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 7))
	const vars = 5
	var vs [vars]ctx.Var[*int]
	for i := range vs {
		vs[i] = ctx.New[*int]("v")
	}
	type undo struct {
		v, old int
		had    bool
		tok    ctx.Token[*int]
	}
	type level struct {
		m     collectModel
		undos []undo
		mark  ctx.Mark
	}
	st := ctx.NewState()
	levels := []*level{{m: collectModel{}}}
	type kept struct {
		s ctx.Snapshot
		m collectModel
	}
	var snaps []kept
	flat := func() collectModel {
		all := collectModel{}
		for _, l := range levels {
			maps.Copy(all, l.m)
		}
		return all
	}
	check := func(step int) bool {
		want := flat()
		for i, v := range vs {
			x, ok := v.Lookup(st)
			w, had := want[i]
			if ok != had || ok && *x != w {
				t.Errorf("seed %d step %d: var %d reads %v %v, want %v %v", seed, step, i, x, ok, w, had)
				return false
			}
		}
		for n, k := range snaps {
			for i, v := range vs {
				x, ok := v.In(k.s)
				w, had := k.m[i]
				if ok != had || ok && *x != w {
					t.Errorf("seed %d step %d: var %d in snapshot %d reads %v %v, want %v %v", seed, step, i, n, x, ok, w, had)
					return false
				}
			}
		}
		return true
	}
	next := 0
	for step := range 120 {
		l := levels[len(levels)-1]
		i := rng.IntN(vars)
		switch rng.IntN(12) {
		case 0, 1, 2, 3:
			next++
			old, had := l.m[i]
			tok := vs[i].Set(st, new(next))
			l.undos = append(l.undos, undo{i, old, had, tok})
			l.m[i] = next
		case 4, 5, 6:
			if n := len(l.undos); n > 0 {
				at := n - 1
				if rng.IntN(4) == 0 {
					at = rng.IntN(n) // out of order
				}
				u := l.undos[at]
				l.undos = append(l.undos[:at:at], l.undos[at+1:]...)
				if err := vs[u.v].Reset(st, u.tok); err != nil {
					t.Errorf("seed %d step %d: %v", seed, step, err)
					return
				}
				if u.had {
					l.m[u.v] = u.old
				} else {
					delete(l.m, u.v)
				}
			}
		case 7:
			next++
			vs[i].Put(st, new(next))
			l.m[i] = next
		case 8:
			vs[i].Unset(st)
			delete(l.m, i)
		case 9:
			snaps = append(snaps, kept{st.Snapshot(), flat()})
			if len(snaps) > 6 {
				snaps = append(snaps[:0:0], snaps[rng.IntN(3):]...)
			}
		case 10:
			if len(levels) < 4 {
				levels = append(levels, &level{m: collectModel{}, mark: st.Push(new(ctx.Layer))})
			}
		case 11:
			if len(levels) > 1 {
				st.Unwind(l.mark)
				levels = levels[:len(levels)-1]
			}
		}
		if !check(step) {
			return
		}
	}
}
