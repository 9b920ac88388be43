package twin

import (
	"maps"
	"strconv"

	"github.com/strata-go/strata/hamt"
)

// The operations by name. A few stand there twice, to be drawn more often.
var operations = []string{
	"set", "set run", "delete", "delete run", "update", "get", "builder", "builder",
	"union", "intersect", "subtract", "symmetric difference", "restrict", "filter", "values",
	"diff", "merge", "relations", "at", "rebuild", "panic", "swap",
}

func (r *run[K, V]) draw() (K, V) {
	return r.key.of(r.in.N(keysInUse)), r.value.of(int(r.in.Byte()))
}

// step does one operation on a and perhaps b and returns the map it gives.
func (r *run[K, V]) step(op string, a, b hamt.Map[K, V]) hamt.Map[K, V] {
	switch op {
	case "set":
		return a.Set(r.draw())
	case "delete":
		k, _ := r.draw()
		return a.Delete(k)
	case "set run", "delete run":
		from, n := r.in.N(keysInUse), r.in.N(256)
		for i := range n {
			k := r.key.of((from + i*7) % keysInUse)
			if op == "set run" {
				a = a.Set(k, r.value.of(i))
			} else {
				a = a.Delete(k)
			}
		}
		return a
	case "update":
		k, v := r.draw()
		keep := r.in.Bool()
		return a.Update(k, func(old V, ok bool) (V, bool) {
			r.note(r.value.back(orZero(r, old, ok)), ok, keep)
			return v, keep
		})
	case "get":
		k, _ := r.draw()
		v, ok := a.Get(k)
		_, _, has := a.Entry(k)
		r.note(r.value.back(orZero(r, v, ok)), ok, has, a.Has(k))
		return a
	case "builder", "swap":
		return r.build(a, op == "swap")
	case "union":
		if r.in.Bool() {
			return a.Union(b, nil)
		}
		return a.Union(b, func(k K, mine, theirs V) V {
			if r.key.back(k)%2 == 0 {
				return mine
			}
			return theirs
		})
	case "intersect":
		return a.Intersect(b)
	case "subtract":
		return a.Subtract(b)
	case "symmetric difference":
		return a.SymmetricDifference(b)
	case "restrict":
		if r.in.Bool() {
			return a.Without(b.Keyset())
		}
		return a.Restrict(b.Keyset())
	case "filter":
		x := r.in.N(5)
		return a.Filter(func(k K, v V) bool { return (r.key.back(k)+r.value.back(v))%5 != x })
	case "values":
		x := r.in.N(3)
		return a.MapValues(func(k K, v V) V { return r.value.of(int(uint8(r.value.back(v) + x*r.key.back(k)%2))) })
	case "rebuild":
		if r.in.Bool() {
			return hamt.Collect(a.All()) // under the default hasher, whatever a's is
		}
		for k := range a.Keys() {
			b = b.Delete(k)
		}
		return b
	default:
		r.look(op, a, b)
		return a
	}
}

func orZero[K, V comparable](r *run[K, V], v V, ok bool) V {
	if !ok {
		return r.value.of(0)
	}
	return v
}

// look does the operations that make no map.
func (r *run[K, V]) look(op string, a, b hamt.Map[K, V]) {
	switch op {
	case "diff":
		sum, n := 0, 0
		for c := range hamt.Diff(a, b) {
			n++
			sum += (r.key.back(c.Key) + 1) * (1 + int(c.Op)) * (3 + 5*r.change(c.Old) + 7*r.change(c.New))
		}
		r.note(n, " changes ", sum)
	case "merge":
		keep, ok := r.in.Bool(), r.in.N(8) > 0
		calls := 0
		m, err := hamt.Merge3(a, b, r.maps[0], func(c hamt.Conflict[K, V]) (V, bool, bool) {
			calls++
			return r.value.of(r.key.back(c.Key) % 256), keep, ok
		})
		r.note(calls, " conflicts, error ", err != nil)
		r.see("merged", m)
	case "relations":
		r.note(hamt.Equal(a, b), a.SubsetOf(b), a.Disjoint(b), hamt.Equal(a, a))
	case "at":
		n, agree := 0, true
		for _, part := range a.Split(1 + r.in.N(5)) {
			for k := range part {
				at, _ := a.At(n)
				agree = agree && at == k
				n++
			}
		}
		r.note(n, " in the parts, At agrees ", agree)
	case "panic":
		k, _ := r.draw()
		func() {
			defer func() { r.note("recovered ", recover()) }()
			a.Update(k, func(V, bool) (V, bool) { panic("user") })
		}()
	}
}

// change reads a side of a Change, which may be no value that a kind made.
func (r *run[K, V]) change(v V) int {
	var zero V
	if v == zero {
		return 0
	}
	return r.value.back(v)
}

// build edits a builder of m; m and the maps taken from the builder must stay.
func (r *run[K, V]) build(m hamt.Map[K, V], swap bool) hamt.Map[K, V] {
	b := m.Builder()
	var taken []hamt.Map[K, V]
	for range r.in.N(24) {
		k, v := r.draw()
		switch r.in.N(6) {
		case 0, 1:
			if swap {
				old, had := b.Swap(k, v)
				r.note(r.value.back(orZero(r, old, had)), had)
			} else {
				b.Set(k, v)
			}
		case 2:
			r.note(b.Delete(k))
		case 3:
			b.Update(k, func(_ V, ok bool) (V, bool) { return v, !ok })
		case 4:
			taken = append(taken, b.Map())
		case 5:
			for i := range 60 {
				b.Set(r.key.of((r.key.back(k)+i)%keysInUse), v)
			}
		}
		got, ok := b.Get(k)
		r.note(r.value.back(orZero(r, got, ok)), ok, b.Len(), ";")
	}
	for _, m := range taken {
		r.see("taken", m)
	}
	r.see("base", m)
	if len(taken) > 0 {
		r.note(strconv.FormatBool(maps.Equal(maps.Collect(b.All()), maps.Collect(b.Map().All()))))
	}
	return b.Map()
}
