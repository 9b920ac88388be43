package main

import (
	"maps"

	"github.com/strata-go/strata/hamt"
)

func (r *trove[K, V]) union(s Step) {
	a, b := r.of(s.A), r.of(s.B)
	model := maps.Clone(b.model)
	maps.Copy(model, a.model)
	if s.C&1 == 0 {
		r.put(s.A>>4, a.m.Union(b.m, nil), model)
		return
	}
	m := a.m.Union(b.m, func(k K, mine, theirs V) V {
		r.user(atUnion)
		if a.model[k] != mine || b.model[k] != theirs {
			r.m.failf("Union resolves %v with %v and %v", k, mine, theirs)
		}
		if s.C&2 != 0 {
			return mine
		}
		return theirs
	})
	if s.C&2 == 0 {
		maps.Copy(model, b.model)
	}
	r.put(s.A>>4, m, model)
}

// select1 is every operation whose result holds entries of its operands.
func (r *trove[K, V]) select1(s Step) {
	a, b, set := r.of(s.A), r.of(s.B), r.sets[int(s.B)%len(r.sets)]
	model := map[K]V{}
	in := func(want bool, has func(K) bool) {
		for k, v := range a.model {
			if has(k) == want {
				model[k] = v
			}
		}
	}
	inB := func(k K) bool { _, ok := b.model[k]; return ok }
	inSet := func(k K) bool { _, ok := set.model[k]; return ok }
	var m hamt.Map[K, V]
	switch s.C % 6 {
	case 0:
		m = a.m.Intersect(b.m)
		in(true, inB)
	case 1:
		m = a.m.Subtract(b.m)
		in(false, inB)
	case 2:
		m = a.m.SymmetricDifference(b.m)
		in(false, inB)
		for k, v := range b.model {
			if _, ok := a.model[k]; !ok {
				model[k] = v
			}
		}
	case 3:
		m = a.m.Restrict(hamt.SetFromMap(set.m))
		in(true, inSet)
	case 4:
		m = a.m.Without(hamt.SetFromMap(set.m))
		in(false, inSet)
	case 5:
		kept := func(k K) bool { return r.num(k)%3 != uint64(s.C)%4 }
		m = a.m.Filter(func(k K, _ V) bool {
			r.user(atFilter)
			return kept(k)
		})
		in(true, kept)
	}
	r.put(s.A>>4, m, model)
}

func (r *trove[K, V]) mapped(s Step) {
	a := r.of(s.A)
	model := map[K]V{}
	f := func(k K, v V) V {
		if r.num(k)%3 == uint64(s.C)%4 {
			return r.val(int(s.C))
		}
		return v
	}
	for k, v := range a.model {
		model[k] = f(k, v)
	}
	calls := 0
	g := func(k K, v V) V {
		calls++
		r.user(atMapped)
		return f(k, v)
	}
	var m hamt.Map[K, V]
	if s.B&1 == 0 {
		m = a.m.MapValues(g)
	} else {
		m = hamt.MapValues(a.m, g)
	}
	if calls != len(model) {
		r.m.failf("MapValues calls %d times for %d entries", calls, len(model))
	}
	r.put(s.A>>4, m, model)
}

// diff takes the changes from one map to another, applies and inverts them.
func (r *trove[K, V]) diff(s Step) {
	a, b := r.of(s.A), r.of(s.B)
	seq := hamt.Diff(a.m, b.m)
	if s.C&1 != 0 {
		seq = a.m.DiffFunc(b.m, func(x, y V) bool {
			r.user(atSame)
			return x == y
		})
	}
	var p hamt.Patch[K, V]
	for c := range seq {
		r.user(atDiffLoop)
		old, had := a.model[c.Key]
		now, has := b.model[c.Key]
		if had == has && old == now || c.Old != old || c.New != now {
			r.m.failf("Diff gives %v, want %v, %v to %v, %v", c, old, had, now, has)
		}
		p = append(p, c)
		if s.C&2 != 0 && len(p) == int(s.C>>2)%16 {
			return
		}
	}
	m, err := p.Apply(a.m)
	if err != nil {
		r.m.failf("Apply: %v", err)
	}
	r.put(s.A>>4, m, b.model)
	back, err := p.Invert().Apply(b.m)
	if err != nil {
		r.m.failf("Invert: %v", err)
	}
	r.put(s.B>>4, back, a.model)
}

func (r *trove[K, V]) merge(s Step) {
	base, ours, theirs := r.of(s.A), r.of(s.B), r.of(s.C)
	model := maps.Clone(ours.model)
	var open []K // unresolved
	choose := func(k K) (v V, keep, ok bool) {
		return r.val(int(r.num(k))), r.num(k)%3 != 0, r.num(k)%5 != 0 || s.A&8 != 0
	}
	for i := range universe {
		k := r.key(i)
		x, inBase := base.model[k]
		y, inOurs := ours.model[k]
		z, inTheirs := theirs.model[k]
		switch {
		case inTheirs == inBase && z == x, inTheirs == inOurs && z == y:
		case inOurs == inBase && y == x && inTheirs:
			model[k] = z
		case inOurs == inBase && y == x:
			delete(model, k)
		default:
			v, keeps, ok := choose(k)
			switch {
			case !ok:
				open = append(open, k)
			case keeps:
				model[k] = v
			default:
				delete(model, k)
			}
		}
	}
	conflict := func(c hamt.Conflict[K, V]) (V, bool, bool) {
		r.user(atConflict)
		return choose(c.Key)
	}
	var m hamt.Map[K, V]
	var err error
	if s.A&4 == 0 {
		m, err = hamt.Merge3(base.m, ours.m, theirs.m, conflict)
	} else {
		m, err = hamt.Merge3Func(base.m, ours.m, theirs.m, func(x, y V) bool {
			r.user(atSame)
			return x == y
		}, conflict)
	}
	if (err != nil) != (len(open) > 0) {
		r.m.failf("Merge3: %v, want %d unresolved keys", err, len(open))
	}
	if err != nil {
		model = ours.model
		if e, ok := err.(*hamt.ConflictError[K]); !ok || len(e.Keys) != len(open) {
			r.m.failf("Merge3: %v, want %v", err, open)
		}
	}
	r.put(s.A>>4, m, model)
}

func (r *trove[K, V]) compare(s Step) {
	a, b := r.of(s.A), r.of(s.B)
	equal := a.m.EqualFunc(b.m, func(x, y V) bool {
		r.user(atSame)
		return x == y
	})
	if want := sameMap(a.model, b.model); equal != want || hamt.Equal(a.m, b.m) != want {
		r.m.failf("Equal %v, want %v", equal, want)
	}
	subset, disjoint := true, true
	for k := range a.model {
		_, ok := b.model[k]
		subset, disjoint = subset && ok, disjoint && !ok
	}
	if a.m.SubsetOf(b.m) != subset || a.m.Disjoint(b.m) != disjoint {
		r.m.failf("SubsetOf is not %v or Disjoint not %v", subset, disjoint)
	}
}

func (r *trove[K, V]) setAlgebra(s Step) {
	va, vb := r.sets[int(s.A)%len(r.sets)], r.sets[int(s.B)%len(r.sets)]
	a, b := hamt.SetFromMap(va.m), hamt.SetFromMap(vb.m)
	model := map[K]struct{}{}
	k := r.key(int(s.B) % universe)
	var got hamt.Set[K]
	both := func(f func(x, y bool) bool) {
		for i := range universe {
			_, x := va.model[r.key(i)]
			_, y := vb.model[r.key(i)]
			if f(x, y) {
				model[r.key(i)] = struct{}{}
			}
		}
	}
	switch s.C % 8 {
	case 0, 1:
		got = a.Add(k)
		model = with(va.model, k, struct{}{})
	case 2:
		got = a.Delete(k)
		model = without(va.model, k)
	case 3:
		got = a.Union(b)
		both(func(x, y bool) bool { return x || y })
	case 4:
		got = a.Intersect(b)
		both(func(x, y bool) bool { return x && y })
	case 5:
		got = a.Subtract(b)
		both(func(x, y bool) bool { return x && !y })
	case 6:
		got = a.SymmetricDifference(b)
		both(func(x, y bool) bool { return x != y })
	case 7:
		got = a.Filter(func(k K) bool { r.user(atFilter); return r.num(k)%2 == 0 })
		for k := range va.model {
			if r.num(k)%2 == 0 {
				model[k] = struct{}{}
			}
		}
	}
	v := version[K, struct{}]{got.Map(), model}
	r.m.muted++
	verify(r.m, v, "a set")
	r.m.muted--
	r.sets[int(s.A>>4)%len(r.sets)] = v
}
