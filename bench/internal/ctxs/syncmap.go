package ctxs

import (
	"sync"

	"github.com/strata-go/strata/bench/internal/harness"
)

type syncMapScope struct{ m sync.Map }

func (s *syncMapScope) Get(v int) (int, bool) {
	x, ok := s.m.Load(key(v))
	if !ok {
		return 0, false
	}
	return x.(int), true
}

func (s *syncMapScope) With(v, x int, f func()) {
	was, had := s.m.Swap(key(v), x)
	f()
	if had {
		s.m.Store(key(v), was)
	} else {
		s.m.Delete(key(v))
	}
}

// syncMapCarrier is a table per task. It can be read from anywhere and cannot
// be captured: a copy is a copy of everything.
func syncMapCarrier() Carrier {
	return Carrier{Name: "sync.Map", New: func() Scoped { return new(syncMapScope) }, Body: func(op string, depth int) harness.Body {
		s := new(syncMapScope)
		s.m.Store(key(0), firstValue)
		for i := range depth {
			s.m.Store(key(i+1), i)
		}
		switch op {
		case "get":
			return func(iters int) (sum uint64) {
				for range iters {
					x, _ := s.m.Load(key(0))
					sum += uint64(x.(int))
				}
				return sum
			}
		case "miss":
			return func(iters int) (found uint64) {
				for range iters {
					if _, ok := s.m.Load(key(-1)); ok {
						found++
					}
				}
				return found
			}
		case "set":
			return func(iters int) uint64 {
				for i := range iters {
					was, _ := s.m.Swap(key(0), firstValue+i)
					s.m.Store(key(0), was)
				}
				return uint64(iters)
			}
		}
		return nil
	}}
}
