package ctxs

import (
	"context"

	"github.com/strata-go/strata/bench/internal/harness"
)

// key is a context key as the documentation of context recommends it.
type key int

// firstValue is what the variable that is read was set to: large enough that
// putting it into an interface allocates, as for most values.
const firstValue = 1000

// chain returns a context with variable 0 set, and depth others after it.
func chain(depth int) context.Context {
	c := context.WithValue(context.Background(), key(0), firstValue)
	for i := range depth {
		c = context.WithValue(c, key(i+1), i)
	}
	return c
}

type contextScope struct{ c context.Context }

func (s *contextScope) Get(v int) (int, bool) { x, ok := s.c.Value(key(v)).(int); return x, ok }
func (s *contextScope) With(v, x int, f func()) {
	was := s.c
	s.c = context.WithValue(s.c, key(v), x)
	f()
	s.c = was
}

// keep makes results escape.
var keep any

func contextCarrier() Carrier {
	return Carrier{Name: "context.Value", New: func() Scoped { return &contextScope{context.Background()} }, Body: contextBody}
}

func contextBody(op string, depth int) harness.Body {
	c := chain(depth)
	switch op {
	case "get":
		return func(iters int) (sum uint64) {
			for range iters {
				x, _ := c.Value(key(0)).(int)
				sum += uint64(x)
			}
			return sum
		}
	case "miss":
		return func(iters int) (found uint64) {
			for range iters {
				if _, ok := c.Value(key(-1)).(int); ok {
					found++
				}
			}
			return found
		}
	case "set":
		// Nothing to restore: the old context is still in the caller's hand.
		return func(iters int) uint64 {
			var d context.Context
			for i := range iters {
				d = context.WithValue(c, key(0), firstValue+i)
			}
			keep = d
			return uint64(iters)
		}
	}
	return nil
}
