package fuzz

import (
	"flag"
	"maps"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/hamt"
	"github.com/strata-go/strata/weakkey"
)

var long = flag.Bool("long", false, "run the long forms of the concurrency tests: 10^6 versions")

// versionsOf says how many versions 64 readers read while they are derived.
func versionsOf() int {
	switch {
	case *long:
		return 1_000_000
	case testing.Short():
		return 2_000
	}
	return 20_000
}

const (
	readers = 64
	slots   = 1000 // keys of a version
)

// newest is the version before number i at which slot k was set: version i sets
// slot i % slots to i. 0 is before the first.
func newest(i, k int) int {
	if n := i - (i%slots-k+slots)%slots; n > 0 {
		return n
	}
	return 0
}

// published is a version with its number.
type published[V any] struct {
	v V
	i int
}

// readAll publishes derived versions while readers look at them and at older
// ones that they keep: read returns the number in a slot. All versions of one
// number are the same forever, whatever is derived from them.
func readAll[V any](t *testing.T, first V, derive func(V, int) V, read func(v V, k int) int) {
	t.Helper()
	var now atomic.Pointer[published[V]]
	now.Store(&published[V]{first, 0})
	var done atomic.Bool
	var reads atomic.Int64
	var wg sync.WaitGroup
	for r := range readers {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(r), 5))
			var kept [8]*published[V]
			n := int64(0)
			for last := 0; !done.Load() && !t.Failed(); n++ {
				p := now.Load()
				if p.i < last {
					t.Errorf("version %d after version %d", p.i, last)
				}
				last = p.i
				if n%64 == 0 {
					kept[rng.IntN(len(kept))] = p
				}
				for _, p := range []*published[V]{p, kept[rng.IntN(len(kept))]} {
					if p == nil {
						continue
					}
					k := rng.IntN(slots)
					if got, want := read(p.v, k), newest(p.i, k); got != want {
						t.Errorf("slot %d of version %d: %d, want %d", k, p.i, got, want)
					}
				}
				if n%16 == 0 {
					runtime.Gosched()
				}
			}
			reads.Add(n)
		})
	}
	v := first
	for i := range versionsOf() {
		if v = derive(v, i+1); t.Failed() {
			break
		}
		now.Store(&published[V]{v, i + 1})
		if i%32 == 0 {
			runtime.Gosched()
		}
	}
	done.Store(true)
	wg.Wait()
	t.Logf("%d readers, %d versions, %d rounds of reads", readers, versionsOf(), reads.Load())
}

// TestReadersOfVersions: 64 readers against versions that one writer derives. The
// long form, with a million of them:
//
//	go test ./fuzz -run ReadersOfVersions -long -v
func TestReadersOfVersions(t *testing.T) {
	t.Run("map", func(t *testing.T) {
		readAll(t, hamt.Map[int, int]{}, func(m hamt.Map[int, int], i int) hamt.Map[int, int] { return m.Set(i%slots, i) },
			func(m hamt.Map[int, int], k int) int { x, _ := m.Get(k); return x })
	})
	t.Run("hostile map", func(t *testing.T) {
		h := &hostile{kind: 1} // four bits
		readAll(t, hamt.NewWith[record, int](h), func(m hamt.Map[record, int], i int) hamt.Map[record, int] {
			return m.Set(record{ID: uint16(i % slots)}, i)
		}, func(m hamt.Map[record, int], k int) int { x, _ := m.Get(record{ID: uint16(k)}); return x })
	})
	t.Run("builder", func(t *testing.T) { // each version is a map of one builder
		var b hamt.Builder[int, int]
		readAll(t, b.Map(), func(_ hamt.Map[int, int], i int) hamt.Map[int, int] { b.Set(i%slots, i); return b.Map() },
			func(m hamt.Map[int, int], k int) int { x, _ := m.Get(k); return x })
	})
	t.Run("snapshot", func(t *testing.T) {
		vars := make([]ctx.Var[*int], slots)
		for k := range vars {
			vars[k] = ctx.New[*int]("fuzz.slot")
		}
		st := ctx.NewState()
		readAll(t, st.Snapshot(), func(_ ctx.Snapshot, i int) ctx.Snapshot {
			vars[i%slots].Put(st, &i)
			return st.Snapshot()
		}, func(s ctx.Snapshot, k int) int {
			x, ok := vars[k].In(s)
			if k%8 == 0 { // as a task of its own reads it, which also writes
				own := s.NewState()
				y, ok2 := vars[k].Lookup(own)
				vars[k].Put(own, nil)
				if x != y || ok != ok2 {
					return -1
				}
			}
			if !ok {
				return 0
			}
			return *x
		})
	})
	t.Run("weak keys", func(t *testing.T) {
		keys := make([]weakkey.Key[*int], slots)
		for k := range keys {
			keys[k] = weakkey.New[*int]("fuzz.slot")
		}
		readAll(t, weakkey.Map{}, func(m weakkey.Map, i int) weakkey.Map {
			m, err := weakkey.Set(m, keys[i%slots], &i)
			if err != nil {
				t.Error(err)
			}
			return m
		}, func(m weakkey.Map, k int) int {
			if x, ok := weakkey.Get(m, keys[k]); ok {
				return *x
			}
			return 0
		})
	})
}

// task is what goroutines of TestForks pass to each other: an immutable map and
// a snapshot, with what they hold.
type task struct {
	m     hamt.Map[record, int]
	s     ctx.Snapshot
	model map[uint16]int // of the map; never edited
	vars  [4]int
}

var forkVars = [4]ctx.Var[int]{
	ctx.Static[int]("fuzz.fork"), ctx.New[int]("fuzz.fork"), ctx.Static[int]("fuzz.fork"), ctx.New[int]("fuzz.fork"),
}

// TestForks: goroutines take what others made, check it, and derive new maps by
// edits and builders and new snapshots by forks, layers and tokens. Builders and
// States belong to one goroutine; all that they made is shared.
func TestForks(t *testing.T) {
	for kind := range hashers {
		h := &hostile{kind: kind}
		var board [16]atomic.Pointer[task]
		for i := range board {
			board[i].Store(&task{m: hamt.NewWith[record, int](h)})
		}
		rounds := 300
		if testing.Short() {
			rounds = 50
		}
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(g), uint64(kind)))
				for range rounds {
					if t.Failed() {
						return
					}
					a, b := board[rng.IntN(len(board))].Load(), board[rng.IntN(len(board))].Load()
					a.check(t)
					next := a.derive(t, rng, b)
					next.check(t)
					a.check(t)
					board[rng.IntN(len(board))].Store(next)
				}
			})
		}
		wg.Wait()
	}
}

func (x *task) check(t *testing.T) {
	if x.m.Len() != len(x.model) {
		t.Errorf("%d entries, want %d", x.m.Len(), len(x.model))
	}
	for k, v := range x.m.All() {
		if want, ok := x.model[k.ID]; !ok || v != want {
			t.Errorf("key %d has %d, want %d, %v", k.ID, v, want, ok)
		}
	}
	for i, v := range forkVars {
		if got, _ := v.In(x.s); got != x.vars[i] {
			t.Errorf("variable %d of a snapshot is %d, want %d", i, got, x.vars[i])
		}
	}
}

func (x *task) derive(t *testing.T, rng *rand.Rand, other *task) *task {
	next := &task{m: x.m, s: x.s, model: make(map[uint16]int), vars: x.vars}
	maps.Copy(next.model, x.model)
	switch rng.IntN(4) {
	case 0:
		for range rng.IntN(40) {
			k, v := uint16(rng.IntN(200)), rng.Int()
			next.m, next.model[k] = next.m.Set(record{ID: k}, v), v
		}
	case 1:
		b := x.m.Builder()
		var taken hamt.Map[record, int]
		size := -1
		for range 10 + rng.IntN(60) {
			k, v := uint16(rng.IntN(200)), rng.Int()
			if rng.IntN(3) == 0 {
				b.Delete(record{ID: k})
				delete(next.model, k)
			} else {
				b.Set(record{ID: k}, v)
				next.model[k] = v
			}
			if rng.IntN(10) == 0 {
				taken, size = b.Map(), len(next.model)
			}
		}
		next.m = b.Map()
		if size >= 0 && (taken.Len() != size || taken.Check() != nil) {
			t.Errorf("a map taken from a builder has %d entries, want %d", taken.Len(), size)
		}
	case 2:
		next.m = x.m.Union(other.m, nil)
		for k, v := range other.model {
			if _, had := next.model[k]; !had {
				next.model[k] = v
			}
		}
	case 3:
		next.m = x.m.Subtract(other.m)
		for k := range other.model {
			delete(next.model, k)
		}
	}
	st := x.s.NewState()
	if rng.IntN(2) == 0 {
		st = st.Fork()
	}
	m := st.Push(new(ctx.Layer)) // what is set in here goes again
	for _, v := range forkVars {
		v.Put(st, -1)
	}
	st.Unwind(m)
	for i := range rng.IntN(6) {
		i %= len(forkVars)
		n := rng.Int()
		if tok := forkVars[i].Set(st, n); rng.IntN(3) == 0 {
			if err := forkVars[i].Reset(st, tok); err != nil {
				t.Error(err)
			}
		} else {
			next.vars[i] = n
		}
	}
	next.s = st.Snapshot()
	return next
}
