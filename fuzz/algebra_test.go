package fuzz

import (
	"maps"
	"testing"

	gofuzz "github.com/google/gofuzz"

	"github.com/strata-go/strata/hamt"
)

// FuzzAlgebra runs the operations on two maps, union, intersection, difference
// and their kin, Diff, and what takes a function for each entry, on maps that
// share much, little or nothing, against Go maps and the laws they follow.
func FuzzAlgebra(f *testing.F) {
	for kind := range hashers {
		f.Add([]byte{byte(kind), 2, 'k', 'k', 0, 0, 10, 90, 1, 0, 50, 60, 2, 1, 1, 3, 0, 3, 4, 1, 5, 2, 6, 3, 7, 4, 8, 1, 9, 0, 10, 6, 11, 1})
	}
	f.Fuzz(fuzzAlgebra)
}

func TestRandomAlgebra(t *testing.T) { random(t, 400, fuzzAlgebra) }

// both is a map with what it must hold.
type both struct {
	m     hamt.Map[record, uint32]
	model map[record]uint32
}

type algebraRun struct {
	t     *testing.T
	in    *Input
	proto record
	empty hamt.Map[record, uint32]
	vars  [4]both
	other hamt.Map[record, uint32] // empty, under another hasher
}

func fuzzAlgebra(t *testing.T, data []byte) {
	in := NewInput(data)
	r := newAlgebra(t, in)
	for in.Step() && !t.Failed() {
		r.step()
	}
}

func newAlgebra(t *testing.T, in *Input) *algebraRun {
	r := &algebraRun{t: t, in: in}
	h := &hostile{kind: in.N(len(hashers))}
	gofuzz.NewFromGoFuzz(in.Bytes(in.N(32))).Fuzz(&r.proto)
	if r.proto.X != r.proto.X {
		r.proto.X = 1
	}
	copy(h.paths[:], in.Bytes(in.N(len(h.paths))))
	r.empty = hamt.NewWith[record, uint32](h)
	r.other = hamt.NewWith[record, uint32](&hostile{kind: (h.kind + 1) % len(hashers)})
	for i := range r.vars {
		r.vars[i] = both{r.empty, make(map[record]uint32)}
	}
	return r
}

func (r *algebraRun) key(i int) record {
	k := r.proto
	k.ID = uint16(i % keysInUse)
	return k
}

func (r *algebraRun) step() {
	op, where := r.in.N(15), r.in.Byte()
	a, b, dst := r.vars[where&3], r.vars[where>>2&3], &r.vars[where>>4&3]
	next := both{a.m, make(map[record]uint32)}
	inBoth := func(yield func(k record, mine, theirs uint32)) {
		for k, mine := range a.model {
			if theirs, ok := b.model[k]; ok {
				yield(k, mine, theirs)
			}
		}
	}
	switch op {
	case 0, 1: // a run of keys, set or deleted
		next.model = maps.Clone(a.model)
		from, n := r.in.N(keysInUse), r.in.N(256)
		for i := range n {
			k := r.key(from + i)
			if op == 0 {
				next.m = next.m.Set(k, uint32(i%5))
				next.model[k] = uint32(i % 5)
			} else {
				next.m = next.m.Delete(k)
				delete(next.model, k)
			}
		}
	case 2: // the same content, nothing shared; or under another hasher
		next.model = a.model
		next.m = r.empty
		if where&128 != 0 {
			next.m = r.other
		}
		for k, v := range a.model {
			next.m = next.m.Set(k, v)
		}
	case 3:
		calls := 0
		next.m = a.m.Union(b.m, func(k record, mine, theirs uint32) uint32 {
			calls++
			if a.model[k] != mine || b.model[k] != theirs {
				r.t.Errorf("Union resolves %v with %d and %d", k, mine, theirs)
			}
			return max(mine, theirs)
		})
		maps.Copy(next.model, a.model)
		n := 0
		for k, theirs := range b.model {
			if mine, ok := a.model[k]; ok {
				n++
				theirs = max(mine, theirs)
			}
			next.model[k] = theirs
		}
		if calls > n {
			r.t.Errorf("Union resolves %d times for %d keys of both", calls, n)
		}
	case 4:
		next.m = a.m.Union(b.m, nil)
		maps.Copy(next.model, b.model)
		maps.Copy(next.model, a.model)
	case 5, 6:
		next.m = a.m.Intersect(b.m)
		if op == 6 {
			next.m = a.m.Restrict(keySet(b))
		}
		inBoth(func(k record, mine, _ uint32) { next.model[k] = mine })
	case 7, 8:
		next.m = a.m.Subtract(b.m)
		if op == 8 {
			next.m = a.m.Without(keySet(b))
		}
		maps.Copy(next.model, a.model)
		inBoth(func(k record, _, _ uint32) { delete(next.model, k) })
	case 9:
		next.m = a.m.SymmetricDifference(b.m)
		maps.Copy(next.model, a.model)
		maps.Copy(next.model, b.model)
		inBoth(func(k record, _, _ uint32) { delete(next.model, k) })
	case 10:
		r.diff(a, b)
		next = a
	case 11:
		keep := func(k record, v uint32) bool { return (uint32(k.ID)+v)%3 != uint32(where)%4 }
		next.m = a.m.Filter(keep)
		maps.Copy(next.model, a.model)
		maps.DeleteFunc(next.model, func(k record, v uint32) bool { return !keep(k, v) })
		if len(next.model) == len(a.model) && !next.m.Same(a.m) {
			r.t.Errorf("a Filter that keeps all makes a new version")
		}
	case 12:
		next.m = a.m.MapValues(func(k record, v uint32) uint32 { return v / 2 })
		for k, v := range a.model {
			next.model[k] = v / 2
		}
	case 13:
		r.relations(a, b)
		next = a
	case 14:
		r.positions(a)
		next = a
	}
	*dst = next
	r.compare(next, op)
	r.compare(a, op)
	r.compare(b, op)
}

func keySet(b both) hamt.Set[record] {
	return hamt.SetFromMap(hamt.MapValues(b.m, func(record, uint32) struct{} { return struct{}{} }))
}

// diff compares Diff with the models, and replays it.
func (r *algebraRun) diff(a, b both) {
	seen := make(map[record]bool)
	redo := a.m
	for c := range hamt.Diff(a.m, b.m) {
		old, had := a.model[c.Key]
		now, has := b.model[c.Key]
		if seen[c.Key] || had == has && old == now || c.Old != old || c.New != now {
			r.t.Errorf("Diff gives %v, want %d, %v to %d, %v, once", c, old, had, now, has)
		}
		seen[c.Key] = true
		if has {
			redo = redo.Set(c.Key, c.New)
		} else {
			redo = redo.Delete(c.Key)
		}
	}
	if !hamt.Equal(redo, b.m) || !hamt.Equal(b.m, redo) {
		r.t.Errorf("a map with all changes of Diff is not the other map")
	}
	for range hamt.Diff(a.m, b.m) {
		break
	}
}

func (r *algebraRun) relations(a, b both) {
	subset, disjoint := true, true
	for k := range a.model {
		_, ok := b.model[k]
		subset, disjoint = subset && ok, disjoint && !ok
	}
	if got := a.m.SubsetOf(b.m); got != subset {
		r.t.Errorf("SubsetOf: %v, want %v", got, subset)
	}
	if got := a.m.Disjoint(b.m); got != disjoint {
		r.t.Errorf("Disjoint: %v, want %v", got, disjoint)
	}
	if got, want := hamt.Equal(a.m, b.m), maps.Equal(a.model, b.model); got != want {
		r.t.Errorf("Equal: %v, want %v", got, want)
	}
	sets := [2]hamt.Set[record]{keySet(a), keySet(b)}
	if got, want := sets[0].Union(sets[1]).Subtract(sets[1]), sets[0].Subtract(sets[0].Intersect(sets[1])); !got.Equal(want) {
		r.t.Errorf("(a ∪ b) − b is not a − (a ∩ b)")
	}
	if got, want := sets[0].SymmetricDifference(sets[1]), sets[0].Subtract(sets[1]).Union(sets[1].Subtract(sets[0])); !got.Equal(want) {
		r.t.Errorf("a △ b is not (a − b) ∪ (b − a)")
	}
}

// positions compares At with the order of All.
func (r *algebraRun) positions(a both) {
	i := 0
	for k, v := range a.m.All() {
		if k2, v2 := a.m.At(i); k2 != k || v2 != v {
			r.t.Errorf("At(%d): %v, %d, want %v, %d", i, k2, v2, k, v)
		}
		i++
	}
}

func (r *algebraRun) compare(v both, op int) {
	if err := v.m.Check(); err != nil {
		r.t.Errorf("operation %d: %v", op, err)
	}
	if v.m.Len() != len(v.model) || !maps.Equal(maps.Collect(v.m.All()), v.model) {
		r.t.Errorf("operation %d: %d entries, want %d, or others", op, v.m.Len(), len(v.model))
	}
}
