package main

import (
	"maps"

	"github.com/strata-go/strata/hamt"
)

// edit is Set and Delete, one or a run of them.
func (r *trove[K, V]) edit(s Step) {
	v := r.of(s.A)
	m, model := v.m, v.model
	n := 1
	if s.C&3 == 0 {
		n = 1 + int(s.C>>2)%20
	}
	for i := range n {
		k := r.key((int(s.B) + i) % universe)
		if s.C&64 != 0 {
			m, model = m.Delete(k), without(model, k)
		} else {
			x := r.val(int(s.C) + i)
			m, model = m.Set(k, x), with(model, k, x)
		}
	}
	if x, ok := m.Get(r.key(int(s.B) % universe)); ok != (s.C&64 == 0) || ok && x != r.val(int(s.C)) {
		r.m.failf("Get after an edit: %v, %v", x, ok)
	}
	r.put(s.A>>4, m, model)
}

func (r *trove[K, V]) update(s Step) {
	v := r.of(s.A)
	k := r.key(int(s.B) % universe)
	model := v.model
	m := v.m.Update(k, func(old V, ok bool) (V, bool) {
		r.user(atUpdate)
		if x, had := v.model[k]; had != ok || old != x {
			r.m.failf("Update calls with %v, %v, want %v, %v", old, ok, x, had)
		}
		r.user(atUpdate)
		return r.val(int(s.C)), s.C&3 != 0
	})
	if s.C&3 != 0 {
		model = with(model, k, r.val(int(s.C)))
	} else {
		model = without(model, k)
	}
	r.put(s.A>>4, m, model)
}

// iterate loops in all ways; the loop's body may edit, and stop at any place.
func (r *trove[K, V]) iterate(s Step) {
	a := r.of(s.A)
	seen := map[K]V{}
	limit := len(a.model)
	if s.C&8 != 0 {
		limit = int(s.C >> 4)
	}
	body := func(k K, v V) bool {
		r.user(atMapLoop)
		if _, twice := seen[k]; twice {
			r.m.failf("key %v twice", k)
		}
		seen[k] = v
		return len(seen) < limit
	}
	switch s.C % 4 {
	case 0:
		for k, v := range a.m.All() {
			if !body(k, v) {
				break
			}
		}
	case 1:
		for k := range a.m.Keys() {
			if !body(k, a.model[k]) {
				break
			}
		}
	case 2:
		i := 0
		for v := range a.m.Values() {
			k, _ := a.m.At(i)
			if i++; !body(k, v) {
				break
			}
		}
	case 3:
		for _, part := range a.m.Split(1 + int(s.B)%5) {
			for k, v := range part {
				body(k, v)
			}
		}
		limit = len(a.model)
	}
	for k, v := range seen {
		if x, ok := a.model[k]; !ok || x != v {
			r.m.failf("a loop gives %v:%v, want %v, %v", k, v, x, ok)
		}
	}
	if want := min(max(limit, 1), len(a.model)); len(seen) != want {
		r.m.failf("a loop gives %d entries, want %d", len(seen), want)
	}
}

func (r *trove[K, V]) collect(s Step) {
	a := r.of(s.A)
	if s.C&1 != 0 {
		set := hamt.CollectSet(func(yield func(K) bool) {
			for i := range universe {
				k := r.key(i)
				if _, ok := a.model[k]; !ok {
					continue
				}
				if r.user(atCollect); !yield(k) {
					return
				}
			}
		})
		if err := set.Check(); err != nil || set.Len() != len(a.model) {
			r.m.failf("CollectSet: %d keys of %d, %v", set.Len(), len(a.model), err)
		}
		return
	}
	m := hamt.Collect(func(yield func(K, V) bool) {
		for twice := range 2 {
			for i := range universe {
				k := r.key(i)
				v, ok := a.model[k]
				if !ok {
					continue
				}
				r.user(atCollect)
				if twice == 0 {
					v = r.val(-1)
				}
				if !yield(k, v) {
					return
				}
			}
		}
	})
	// It has the default hasher: bring it under the program's.
	r.put(s.A>>4, r.zero.m.Union(m, nil), a.model)
}

func (r *trove[K, V]) cells(s Step) {
	a, k := r.of(s.A), r.key(int(s.B)%universe)
	switch s.C % 3 {
	case 0:
		r.cell.Store(a.m)
		r.held = a
	case 1:
		if ok := r.cell.CompareAndSwap(a.m, r.of(s.B).m); ok != a.m.Same(r.held.m) {
			r.m.failf("CompareAndSwap %v", ok)
		} else if ok {
			r.held = r.of(s.B)
		}
	case 2:
		var next version[K, V]
		calls := 0
		got := r.cell.Update(func(m hamt.Map[K, V]) hamt.Map[K, V] {
			before := r.held
			if !m.Same(before.m) {
				r.m.failf("Update of a cell passes another version")
			}
			if calls++; calls < 3 { // a nested Store makes it call again
				r.user(atCell)
			}
			next = version[K, V]{m.Set(k, r.val(int(s.C))), with(before.model, k, r.val(int(s.C)))}
			return next.m
		})
		r.held = next
		if !got.Same(next.m) {
			r.m.failf("Update of a cell returns another version than it stored")
		}
	}
	if !r.cell.Load().Same(r.held.m) {
		r.m.failf("the cell holds another version")
	}
}

// text is JSON, with keys that encode themselves.
func (r *trove[K, V]) text(s Step) {
	a, b := r.of(s.A), r.of(s.B)
	text, err := a.m.MarshalJSON()
	if err != nil {
		r.m.failf("MarshalJSON: %v", err)
	}
	got := b.m
	model := maps.Clone(b.model)
	maps.Copy(model, a.model)
	defer func() { // as it was, or as it should be
		v := version[K, V]{got, b.model}
		if !got.Same(b.m) {
			v.model = model
		}
		r.m.muted++
		r.verify(v, "a decoded map")
		r.m.muted--
	}()
	if s.C%8 == 0 {
		text = append(text[:len(text)-1:len(text)-1], `,"9":`...)
	}
	switch err = got.UnmarshalJSON(text); {
	case s.C%8 == 0 && (err == nil || !got.Same(b.m)):
		r.m.failf("UnmarshalJSON of half an object: %v", err)
	case s.C%8 != 0 && err != nil:
		r.m.failf("UnmarshalJSON: %v", err)
	case err == nil:
		r.put(s.A>>4, got, model)
	}
}
