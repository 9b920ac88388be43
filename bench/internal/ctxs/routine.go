package ctxs

import (
	"github.com/timandy/routine"

	"github.com/strata-go/strata/bench/internal/harness"
)

type routineScope struct {
	vars []routine.ThreadLocal[box]
}

// box tells a value from none.
type box struct {
	x  int
	ok bool
}

func newRoutine(n int) *routineScope {
	s := &routineScope{}
	for range n {
		s.vars = append(s.vars, routine.NewThreadLocal[box]())
	}
	return s
}

func (s *routineScope) Get(v int) (int, bool) { b := s.vars[v].Get(); return b.x, b.ok }
func (s *routineScope) With(v, x int, f func()) {
	was := s.vars[v].Get()
	s.vars[v].Set(box{x, true})
	f()
	s.vars[v].Set(was)
}

// routineCarrier keeps values with the goroutine, in the runtime's own
// structures. Coroutines and event loops share a goroutine, so it cannot tell
// their contexts apart; it is here for its price.
func routineCarrier() Carrier {
	return Carrier{Name: "routine", New: func() Scoped { return newRoutine(variables) }, Body: func(op string, depth int) harness.Body {
		switch op {
		case "get":
			s := newRoutine(depth + 1)
			for i, v := range s.vars {
				v.Set(box{i, true})
			}
			first := s.vars[0]
			first.Set(box{firstValue, true})
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(first.Get().x)
				}
				return sum
			}
		case "set":
			v := routine.NewThreadLocal[box]()
			return func(iters int) uint64 {
				for i := range iters {
					was := v.Get()
					v.Set(box{firstValue + i, true})
					v.Set(was)
				}
				return uint64(iters)
			}
		}
		return nil
	}}
}
