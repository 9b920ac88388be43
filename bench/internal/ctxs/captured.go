package ctxs

import (
	"maps"

	"github.com/strata-go/strata/bench/internal/harness"
)

// captured is the carrier that people write when they need one in an event
// loop, as grafana/k6 did for sobek: a builtin map per task. Capturing is free
// because maps are never changed after they are shared; so every write clones,
// and so does every resume, whose body may write.
type captured struct{ now map[any]any }

func (c *captured) Get(v int) (int, bool) { x, ok := c.now[key(v)].(int); return x, ok }
func (c *captured) With(v, x int, f func()) {
	was := c.now
	c.set(v, x)
	f()
	c.now = was
}

func (c *captured) set(v, x int) {
	m := maps.Clone(c.now)
	if m == nil {
		m = map[any]any{}
	}
	m[key(v)] = x
	c.now = m
}

func (c *captured) capture() map[any]any { return c.now }

// resume runs with a private copy until the returned map is put back.
func (c *captured) resume(m map[any]any) (was map[any]any) {
	was = c.now
	c.now = maps.Clone(m)
	return was
}

func capturedCarrier() Carrier {
	return Carrier{Name: "captured-map", New: func() Scoped { return new(captured) }, Body: func(op string, depth int) harness.Body {
		c := new(captured)
		c.set(0, firstValue)
		for i := range depth {
			c.set(i+1, i)
		}
		switch op {
		case "get":
			return func(iters int) (sum uint64) {
				for range iters {
					x, _ := c.now[key(0)].(int)
					sum += uint64(x)
				}
				return sum
			}
		case "miss":
			return func(iters int) (found uint64) {
				for range iters {
					if _, ok := c.now[key(-1)].(int); ok {
						found++
					}
				}
				return found
			}
		case "set":
			return func(iters int) uint64 {
				for i := range iters {
					was := c.now
					c.set(0, firstValue+i)
					c.now = was
				}
				return uint64(iters)
			}
		case "switch":
			s := c.capture()
			return func(iters int) uint64 {
				for range iters {
					c.now = c.resume(s)
				}
				return uint64(iters)
			}
		}
		return nil
	}}
}
