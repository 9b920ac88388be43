package ctxs

import "github.com/strata-go/strata/bench/internal/harness"

// holder is a struct with one field per variable: what a program would do
// that knew all its variables beforehand.
type holder struct {
	x   [variables]int
	set [variables]bool
}

//go:noinline
func (h *holder) field() int { return h.x[3] }

//go:noinline
func (h *holder) setField(v int) { h.x[3] = v }

func (h *holder) Get(v int) (int, bool) { return h.x[v], h.set[v] }
func (h *holder) With(v, x int, f func()) {
	was, had := h.x[v], h.set[v]
	h.x[v], h.set[v] = x, true
	f()
	h.x[v], h.set[v] = was, had
}

func fieldCarrier() Carrier {
	return Carrier{Name: "field", New: func() Scoped { return new(holder) }, Body: func(op string, _ int) harness.Body {
		h := &holder{}
		h.x[3] = firstValue
		switch op {
		case "get":
			return func(iters int) (sum uint64) {
				for range iters {
					sum += uint64(h.field())
				}
				return sum
			}
		case "set":
			return func(iters int) (sum uint64) {
				for i := range iters {
					was := h.x[3]
					h.setField(i)
					h.setField(was)
				}
				return uint64(iters)
			}
		}
		return nil
	}}
}
