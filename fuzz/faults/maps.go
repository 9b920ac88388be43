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
