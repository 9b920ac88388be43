package main

import (
	"maps"

	"github.com/strata-go/strata/hamt"
)

// universe is the number of keys in use.
const universe = 60

// maproom is the part of a program that edits maps, of whatever types.
type maproom interface {
	edit(s Step)
	update(s Step)
	union(s Step)
	select1(s Step)
	mapped(s Step)
	diff(s Step)
	merge(s Step)
	compare(s Step)
	iterate(s Step)
	collect(s Step)
	cells(s Step)
	text(s Step)
	build(s Step)
	finish(s Step)
	setAlgebra(s Step)
	check(all bool)
}

var mapOps = []op{
	{"map.edit", mapsRoom, 8, func(m *machine, s Step) { m.maps.edit(s) }},
	{"map.update", mapsRoom, 4, func(m *machine, s Step) { m.maps.update(s) }},
	{"map.union", mapsRoom, 6, func(m *machine, s Step) { m.maps.union(s) }},
	{"map.select", mapsRoom, 4, func(m *machine, s Step) { m.maps.select1(s) }},
	{"map.mapped", mapsRoom, 2, func(m *machine, s Step) { m.maps.mapped(s) }},
	{"map.diff", mapsRoom, 3, func(m *machine, s Step) { m.maps.diff(s) }},
	{"map.merge", mapsRoom, 6, func(m *machine, s Step) { m.maps.merge(s) }},
	{"map.compare", mapsRoom, 2, func(m *machine, s Step) { m.maps.compare(s) }},
	{"map.iterate", mapsRoom, 3, func(m *machine, s Step) { m.maps.iterate(s) }},
	{"map.collect", mapsRoom, 2, func(m *machine, s Step) { m.maps.collect(s) }},
	{"map.cell", mapsRoom, 2, func(m *machine, s Step) { m.maps.cells(s) }},
	{"map.text", mapsRoom, 2, func(m *machine, s Step) { m.maps.text(s) }},
	{"builder.edit", mapsRoom, 10, func(m *machine, s Step) { m.maps.build(s) }},
	{"builder.map", mapsRoom, 3, func(m *machine, s Step) { m.maps.finish(s) }},
	{"set.algebra", mapsRoom, 3, func(m *machine, s Step) { m.maps.setAlgebra(s) }},
}

// version is a map with what it must hold. A model is never edited.
type version[K, V comparable] struct {
	m     hamt.Map[K, V]
	model map[K]V
}

// building is a builder with what it holds, or held before the edit that a
// fault broke off, and what it may hold instead.
type building[K, V comparable] struct {
	b     hamt.Builder[K, V]
	base  version[K, V]
	model map[K]V
	or    map[K]V
}

// trove is the maps of a program.
type trove[K, V comparable] struct {
	m    *machine
	key  func(int) K
	num  func(K) uint64
	val  func(int) V
	zero version[K, V]
	vers [5]version[K, V]
	old  []version[K, V] // kept, to see that they never change
	bs   [2]*building[K, V]
	sets [3]version[K, struct{}]
	cell hamt.Cell[K, V]
	held version[K, V] // what the cell holds
	turn int
}

func start[K, V comparable](m *machine, config byte, key func(int) K, num func(K) uint64, val func(int) V) maproom {
	m.muted++
	defer func() { m.muted-- }()
	r := &trove[K, V]{m: m, key: key, num: num, val: val}
	r.zero = version[K, V]{emptyMap[K, V](m, num, config), map[K]V{}}
	for i := range r.vers {
		v := version[K, V]{r.zero.m, map[K]V{}}
		for j := range []int{0, 3, 9, 20, 40}[i] {
			v.m = v.m.Set(key(j), val(j))
			v.model[key(j)] = val(j)
		}
		r.vers[i] = v
	}
	for i := range r.sets {
		r.sets[i] = version[K, struct{}]{emptyMap[K, struct{}](m, num, config), map[K]struct{}{}}
		for j := range 7 * i {
			r.sets[i].m = r.sets[i].m.Set(key(5*j%universe), struct{}{})
			r.sets[i].model[key(5*j%universe)] = struct{}{}
		}
	}
	for i := range r.bs {
		from := r.vers[2*i+1]
		r.bs[i] = &building[K, V]{b: from.m.Builder(), base: from, model: from.model}
	}
	r.held = r.vers[1]
	r.cell.Store(r.held.m)
	return r
}

func (r *trove[K, V]) user(p place) { r.m.user(p) }

func (r *trove[K, V]) of(x byte) version[K, V] { return r.vers[int(x)%len(r.vers)] }

// put makes a result the version of its slot and keeps the one that was there.
func (r *trove[K, V]) put(x byte, m hamt.Map[K, V], model map[K]V) {
	v := version[K, V]{m, model}
	r.m.muted++
	r.verify(v, "a result")
	r.m.muted--
	i := int(x) % len(r.vers)
	r.turn++
	keep(&r.old, 16, byte(r.turn), r.vers[i])
	r.vers[i] = v
}

func with[K, V comparable](model map[K]V, k K, v V) map[K]V {
	out := maps.Clone(model)
	out[k] = v
	return out
}

func without[K, V comparable](model map[K]V, k K) map[K]V {
	out := maps.Clone(model)
	delete(out, k)
	return out
}

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
		r.user(atCallback)
		if x, had := v.model[k]; had != ok || old != x {
			r.m.failf("Update calls with %v, %v, want %v, %v", old, ok, x, had)
		}
		r.user(atCallback)
		return r.val(int(s.C)), s.C&3 != 0
	})
	if s.C&3 != 0 {
		model = with(model, k, r.val(int(s.C)))
	} else {
		model = without(model, k)
	}
	r.put(s.A>>4, m, model)
}

func (r *trove[K, V]) union(s Step) {
	a, b := r.of(s.A), r.of(s.B)
	model := maps.Clone(b.model)
	maps.Copy(model, a.model)
	if s.C&1 == 0 {
		r.put(s.A>>4, a.m.Union(b.m, nil), model)
		return
	}
	m := a.m.Union(b.m, func(k K, mine, theirs V) V {
		r.user(atResolve)
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
			r.user(atCallback)
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
		r.user(atCallback)
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
			r.user(atCallback)
			return x == y
		})
	}
	var p hamt.Patch[K, V]
	for c := range seq {
		r.user(atLoop)
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
		r.user(atResolve)
		return choose(c.Key)
	}
	var m hamt.Map[K, V]
	var err error
	if s.A&4 == 0 {
		m, err = hamt.Merge3(base.m, ours.m, theirs.m, conflict)
	} else {
		m, err = hamt.Merge3Func(base.m, ours.m, theirs.m, func(x, y V) bool {
			r.user(atCallback)
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
		r.user(atCallback)
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

// iterate loops in all ways; the loop's body may edit, and stop at any place.
func (r *trove[K, V]) iterate(s Step) {
	a := r.of(s.A)
	seen := map[K]V{}
	limit := len(a.model)
	if s.C&8 != 0 {
		limit = int(s.C >> 4)
	}
	body := func(k K, v V) bool {
		r.user(atLoop)
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
				if r.user(atSequence); !yield(k) {
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
				r.user(atSequence)
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
				r.user(atCallback)
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
			r.user(atCallback) // may edit the builder
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
			r.user(atLoop) // may edit the builder
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
		got = a.Filter(func(k K) bool { r.user(atCallback); return r.num(k)%2 == 0 })
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

func (r *trove[K, V]) verify(v version[K, V], what string) { verify(r.m, v, what) }

func verify[K, V comparable](m *machine, v version[K, V], what string) {
	if err := v.m.Check(); err != nil {
		m.failf("%s: %v", what, err)
		return
	}
	n := 0
	for k, x := range v.m.All() {
		n++
		if want, ok := v.model[k]; !ok || x != want {
			m.failf("%s holds %v:%v, want %v, %v", what, k, x, want, ok)
			return
		}
	}
	if n != len(v.model) || v.m.Len() != n {
		m.failf("%s has %d entries and length %d, want %d", what, n, v.m.Len(), len(v.model))
		return
	}
	for k, want := range v.model {
		if x, ok := v.m.Get(k); !ok || x != want {
			m.failf("%s: Get(%v) is %v, %v, want %v", what, k, x, ok, want)
			return
		}
	}
}

func (r *trove[K, V]) check(all bool) {
	for _, b := range r.bs {
		r.builder(b)
	}
	r.turn++
	if !all && !r.m.ending {
		if v, ok := pick(r.old, byte(r.turn)); ok {
			r.verify(v, "an old version")
		}
		return
	}
	for _, v := range r.vers {
		r.verify(v, "a version")
	}
	for _, v := range r.old {
		r.verify(v, "an old version")
	}
	for _, v := range r.sets {
		verify(r.m, v, "a set")
	}
	for _, b := range r.bs {
		r.verify(b.base, "a builder's base")
	}
	if !r.cell.Load().Same(r.held.m) {
		r.m.failf("the cell holds another version")
	}
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
