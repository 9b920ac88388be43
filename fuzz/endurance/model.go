package main

import (
	"fmt"
	"maps"
	"math/bits"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"hash/maphash"

	"github.com/strata-go/strata/hamt"
	"github.com/strata-go/strata/internal/ctxmodel"
	"github.com/strata-go/strata/internal/ctxmodel/drive"
)

// model runs programs until n operations were compared with models: nine tenths
// on maps, the structure of each result checked as a whole, and one on context
// variables, where every step compares every read.
func model(n int) (string, error) {
	var ops, steps, left atomic.Int64
	var next atomic.Uint64
	var failure atomic.Pointer[string]
	next.Store(*first)
	start := time.Now()
	var wg sync.WaitGroup
	for range *procs {
		wg.Go(func() {
			for failure.Load() == nil && ops.Load()+steps.Load() < int64(n) && (*duration == 0 || time.Since(start) < *duration) {
				seed := next.Add(1) - 1
				if msg := mapProgram(seed, &ops); msg != "" {
					failure.Store(new(fmt.Sprintf("maps, program %d: %s", seed, msg)))
				}
				for steps.Load() < ops.Load()/9 && failure.Load() == nil {
					p := ctxmodel.FromSeed(seed<<16 + uint64(left.Add(1)))
					if msg := drive.Run(p, nil); msg != "" {
						failure.Store(new(fmt.Sprintf("variables, %s: %s", p.Encode(), msg)))
					}
					steps.Add(int64(len(p)))
				}
			}
		})
	}
	wg.Wait()
	figure := fmt.Sprintf("%d operations on maps and %d steps on variables; go on with -from %d", ops.Load(), steps.Load(), next.Load())
	if p := failure.Load(); p != nil {
		return figure, fmt.Errorf("%s", *p)
	}
	return figure, nil
}

// hasher places keys in one of several unkind ways.
type hasher struct {
	hamt.Comparable[int]
	kind uint64
}

func (h *hasher) Hash64(_ uint64, k int) uint64 {
	x := uint64(k)
	switch h.kind {
	case 0:
		return mix(x)
	case 1:
		return mix(x) & 15
	case 2:
		return x
	case 3:
		return bits.Reverse64(x)
	case 4:
		return 0x0123456789abcdef&(1<<58-1) | x>>1<<58
	default:
		return 42
	}
}

func (h *hasher) Hash(m *maphash.Hash, k int) { maphash.WriteComparable(m, h.Hash64(0, k)) }

// mix is a bijection that looks random (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// mapProgram edits one map a few thousand times, at a size that drifts between
// nothing and a thousand entries, as versions or with a builder.
func mapProgram(seed uint64, ops *atomic.Int64) string {
	rng := rand.New(rand.NewPCG(seed, 7))
	var m hamt.Map[int, int]
	limit := 1 << (3 + seed%8)
	kind := seed / 8 % 8
	if kind < 6 {
		if kind == 5 {
			limit = min(limit, 128) // every operation walks all keys
		}
		m = hamt.NewWith[int, int](&hasher{kind: kind})
	}
	want := map[int]int{}
	b := m.Builder()
	building := false
	var kept []hamt.Map[int, int]
	var models []map[int]int
	const length = 4000
	for i := range length {
		k, v := rng.IntN(limit), rng.IntN(1000)
		set := rng.IntN(1000) < 1000*(limit-len(want))/limit
		old, had := want[k]
		switch {
		case building:
			if set {
				if x, ok := b.Swap(k, v); ok != had || x != old {
					return fmt.Sprintf("operation %d: Swap gives %d, %v", i, x, ok)
				}
			} else if b.Delete(k) != had {
				return fmt.Sprintf("operation %d: Delete is not %v", i, had)
			}
			m = b.Map()
		case set:
			m = m.Set(k, v)
		default:
			m = m.Delete(k)
		}
		if set {
			want[k] = v
		} else {
			delete(want, k)
		}
		if msg := same(m, want); msg != "" {
			return fmt.Sprintf("operation %d: %s", i, msg)
		}
		if x, ok := m.Get(k); ok != set || ok && x != v {
			return fmt.Sprintf("operation %d: Get gives %d, %v", i, x, ok)
		}
		switch rng.IntN(400) {
		case 0:
			kept, models = append(kept, m), append(models, maps.Clone(want))
		case 1:
			if building = !building; building {
				b = m.Builder()
			}
		case 2: // go on from an older version
			if len(kept) > 0 {
				j := rng.IntN(len(kept))
				m, want = kept[j], maps.Clone(models[j])
				b = m.Builder()
			}
		}
	}
	ops.Add(length)
	for i := range kept {
		if msg := same(kept[i], models[i]); msg != "" {
			return "an old version: " + msg
		}
		u := kept[i].Union(m, nil)
		both := maps.Clone(want)
		maps.Copy(both, models[i])
		if msg := same(u, both); msg != "" {
			return "a union: " + msg
		}
	}
	return ""
}

func same(m hamt.Map[int, int], want map[int]int) string {
	if err := m.Check(); err != nil {
		return err.Error()
	}
	n := 0
	for k, v := range m.All() {
		if x, ok := want[k]; !ok || x != v {
			return fmt.Sprintf("%d:%d, want %d, %v", k, v, x, ok)
		}
		n++
	}
	if n != len(want) || m.Len() != n {
		return fmt.Sprintf("%d entries, length %d, want %d", n, m.Len(), len(want))
	}
	return ""
}
