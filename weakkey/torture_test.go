package weakkey_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/strata-go/strata/internal/keys"
	"github.com/strata-go/strata/weakkey"
)

// stress collects and rotates until stop is called.
func stress() (stop func()) {
	var done atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for !done.Load() {
			runtime.GC()
		}
	})
	wg.Go(func() {
		for !done.Load() {
			keys.Rotate()
			runtime.Gosched()
		}
	})
	return func() {
		done.Store(true)
		wg.Wait()
	}
}

// marked is a value that says under which key and in which context it was set.
type marked struct {
	id   weakkey.ID
	turn uint64
	refs []any
	_    [64]byte
}

// TestTorture: readers, writers, forks and keys that come and go, under
// rotations and collections without a pause. A reader finds what was set under
// its key in its context, or, for a released key, nothing.
func TestTorture(t *testing.T) {
	const shared = 8
	type slot struct {
		mu sync.Mutex
		k  weakkey.Key[*marked]
		m  weakkey.Map
		v  *marked
	}
	var slots [shared]slot
	var turns atomic.Uint64
	fill := func(s *slot, m weakkey.Map) {
		s.k = weakkey.New[*marked]("k")
		s.v = &marked{id: s.k.ID(), turn: turns.Add(1)}
		switch s.v.turn % 4 {
		case 1:
			s.v.refs = []any{s.k}
		case 2:
			s.v.refs = []any{&m}
		}
		var err error
		if s.m, err = weakkey.Set(m, s.k, s.v); err != nil {
			panic(err)
		}
	}
	for i := range slots {
		fill(&slots[i], weakkey.Map{})
	}
	stop := stress()
	defer stop()
	end := time.Now().Add(time.Duration(times(2000, 600_000)) * time.Millisecond)
	var failed atomic.Pointer[string]
	var wg sync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(g), 1))
			// The detector sees the cleanups' side only where this goroutine has
			// an edge of its own in each turn.
			var private sync.Mutex
			for failed.Load() == nil && time.Now().Before(end) {
				private.Lock()
				private.Unlock() //nolint:staticcheck // the edge is what counts
				s := &slots[rng.IntN(shared)]
				s.mu.Lock()
				k, m, v := s.k, s.m, s.v
				switch rng.IntN(16) {
				case 0: // the key dies, its entries stay in the map
					fill(s, m)
				case 1:
					k.Release()
					fill(s, m)
				case 2: // a fresh context
					fill(s, weakkey.Map{})
				case 3, 4, 5: // overwrite
					s.v = &marked{id: k.ID(), turn: turns.Add(1), refs: v.refs}
					s.m, _ = weakkey.Set(m, k, s.v)
				}
				s.mu.Unlock()
				for range 20 {
					got, ok := weakkey.Get(m, k)
					switch {
					case ok && (got != v || got.id != k.ID()):
						failed.Store(new(fmt.Sprintf("read turn %d of key %v, want turn %d of key %v", got.turn, got.id, v.turn, k.ID())))
						return
					case !ok && !k.Released():
						failed.Store(new(fmt.Sprintf("value of live key %v is gone", k.ID())))
						return
					}
				}
			}
		})
	}
	wg.Wait()
	if msg := failed.Load(); msg != nil {
		t.Fatal(*msg)
	}
}

// TestReleaseTorture: keys are released while others write and read them. Once
// Release has returned, nobody finds a value.
func TestReleaseTorture(t *testing.T) {
	stop := stress()
	defer stop()
	for i := range times(2000, 200_000) {
		k := weakkey.New[*marked]("k")
		var base place2
		base.set(k, &marked{id: k.ID()})
		var released atomic.Bool
		var wg sync.WaitGroup
		var failed atomic.Bool
		for range 3 {
			wg.Go(func() {
				m := base.m
				for range 50 {
					was := released.Load()
					if next, err := weakkey.Set(m, k, &marked{id: k.ID()}); err == nil {
						m = next
						if was {
							failed.Store(true)
						}
					}
					got, ok := weakkey.Get(m, k)
					if ok && (was || got.id != k.ID()) {
						failed.Store(true)
					}
				}
			})
		}
		wg.Go(func() {
			for range i % 7 {
				runtime.Gosched()
			}
			k.Release()
			released.Store(true)
		})
		wg.Wait()
		if failed.Load() {
			t.Fatalf("turn %d: a value or a Set after Release", i)
		}
	}
}

type place2 struct{ m weakkey.Map }

func (p *place2) set(k weakkey.Key[*marked], v *marked) {
	m, err := weakkey.Set(p.m, k, v)
	if err != nil {
		panic(err)
	}
	p.m = m
}

// TestRecycledIndexesNeverAlias: snapshots are kept while their keys' indexes
// serve later keys, over every generation that an index has.
func TestRecycledIndexesNeverAlias(t *testing.T) {
	for _, inline := range []bool{false, true} {
		t.Run(fmt.Sprintf("inline=%v", inline), func(t *testing.T) {
			defer keys.SetLimits(8, 1<<16)()
			type kept struct {
				m  weakkey.Map
				id weakkey.ID
			}
			var old []kept
			seen := map[weakkey.ID]bool{}
			var m weakkey.Map
			for i := range times(3000, 30_000) {
				var id weakkey.ID
				if inline {
					k := weakkey.New[weakkey.ID]("k")
					id = k.ID()
					for _, o := range old[max(0, len(old)-50):] {
						if x, ok := weakkey.Get(o.m, k); ok {
							t.Fatalf("key %v finds %v in the map of key %v", id, x, o.id)
						}
					}
					m, _ = weakkey.Set(m, k, id)
					k.Release()
				} else {
					k := weakkey.New[*marked]("k")
					id = k.ID()
					for _, o := range old[max(0, len(old)-50):] {
						if x, ok := weakkey.Get(o.m, k); ok {
							t.Fatalf("key %v finds %v in the map of key %v", id, x.id, o.id)
						}
					}
					m, _ = weakkey.Set(m, k, &marked{id: id})
					if i%64 == 0 {
						keys.Rotate()
					}
					k.Release()
				}
				if seen[id] {
					t.Fatalf("%v was given out twice", id)
				}
				seen[id] = true
				old = append(old, kept{m, id})
			}
		})
	}
}
