package main

import (
	"github.com/strata-go/strata/hamt"
)

// building is a builder with what it holds, or held before the edit that a
// fault broke off, and what it may hold instead.
type building[K, V comparable] struct {
	b     hamt.Builder[K, V]
	base  version[K, V]
	model map[K]V
	or    map[K]V
}

// build edits a builder in place: after a fault it holds what it held, or what
// it should.
func (r *trove[K, V]) build(s Step) {
	b := r.bs[int(s.A)%len(r.bs)]
	k, x := r.key(int(s.B)%universe), r.val(int(s.C))
	will := func(model map[K]V) { b.or = model }
	old, had := b.model[k]
	switch s.A >> 4 % 6 {
	case 0, 1:
		will(with(b.model, k, x))
		b.b.Set(k, x)
	case 2:
		will(without(b.model, k))
		if got := b.b.Delete(k); got != had {
			r.m.failf("Builder.Delete %v, want %v", got, had)
		}
	case 3:
		will(with(b.model, k, x))
		if prev, loaded := b.b.Swap(k, x); loaded != had || loaded && prev != old {
			r.m.failf("Builder.Swap %v, %v, want %v, %v", prev, loaded, old, had)
		}
	case 4:
		b.b.Update(k, func(v V, ok bool) (V, bool) {
			if ok != had || ok && v != old {
				r.m.failf("Builder.Update calls with %v, %v, want %v, %v", v, ok, old, had)
			}
			r.user(atUpdate) // may edit the builder
			if s.C&3 == 0 {
				will(without(b.model, k))
			} else {
				will(with(b.model, k, x))
			}
			return x, s.C&3 != 0
		})
	case 5:
		was := b.model
		n := 0
		for k, v := range b.b.All() {
			r.user(atMapLoop) // may edit the builder
			n++
			if want, ok := was[k]; !ok || v != want {
				r.m.failf("Builder.All gives %v:%v, want %v, %v", k, v, want, ok)
			}
		}
		if n != len(was) {
			r.m.failf("Builder.All gives %d entries, want %d", n, len(was))
		}
		return
	}
	if b.or != nil {
		b.model, b.or = b.or, nil
	}
}

// finish takes a map from a builder, or starts the builder anew.
func (r *trove[K, V]) finish(s Step) {
	b := r.bs[int(s.A)%len(r.bs)]
	if s.C&3 == 0 {
		from := r.of(s.B)
		*b = building[K, V]{b: from.m.Builder(), base: from, model: from.model}
		return
	}
	m := b.b.Map()
	b.base = version[K, V]{m, b.model}
	r.put(s.B, m, b.model)
}

// builder reads a builder, which holds its old or its new state.
func (r *trove[K, V]) builder(b *building[K, V]) {
	same := func(model map[K]V) bool {
		if b.b.Len() != len(model) {
			return false
		}
		for k, want := range model {
			if x, ok := b.b.Get(k); !ok || x != want {
				return false
			}
		}
		return true
	}
	switch {
	case same(b.model):
	case b.or != nil && same(b.or):
		if r.m.flying == nil && !r.inCall() {
			b.model = b.or
		}
	default:
		r.m.failf("a builder is in between: %d entries, want %d or %d", b.b.Len(), len(b.model), len(b.or))
	}
	if !r.inCall() {
		b.or = nil
	}
}

// inCall reports whether the check runs inside a call of user code that a
// builder's edit waits for.
func (r *trove[K, V]) inCall() bool { return r.m.inside > 0 }
