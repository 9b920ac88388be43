package fuzz

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	gofuzz "github.com/google/gofuzz"

	"github.com/strata-go/strata/hamt"
)

// value is what the maps of the target hold.
type value struct {
	N    uint32
	Text string
	P    *uint8
}

// FuzzMap runs edits of four maps, and of builders made from them, against Go
// maps. The first byte chooses the type of the keys and the hasher.
//
// Every version that was ever made is compared again at the end: no later edit
// may change one.
func FuzzMap(f *testing.F) {
	for kind := range len(hashers) + 4 {
		f.Add([]byte{byte(kind), 3, 'k', 'e', 'y', 0, 1, 2, 3, 6, 0, 200, 12, 9, 7, 9, 4, 3, 2, 1, 7, 10, 250, 11, 0, 8, 1})
		f.Add(slices.Concat([]byte{byte(kind), 0}, slices.Repeat([]byte{6, 17, 90, 7, 5, 40, 9, 1, 8, 33, 5, 2}, 10)))
	}
	f.Fuzz(fuzzMap)
}

func TestRandomMap(t *testing.T) { random(t, 400, fuzzMap) }

func fuzzMap(t *testing.T, data []byte) {
	in := NewInput(data)
	kind := in.N(len(hashers) + 4)
	fill := gofuzz.NewFromGoFuzz(in.Bytes(in.N(64))).NilChance(0.3)
	if kind < len(hashers) {
		h := &hostile{kind: kind}
		if hashers[kind].name == "paths" {
			copy(h.paths[:], in.Bytes(len(h.paths)))
		}
		var proto record
		fill.Fuzz(&proto)
		if proto.X != proto.X {
			proto.X = 1
		}
		mapProgram(t, in, fill, recordMap(h, in.Bool()), func(i int) record { proto.ID = uint16(i); return proto })
		return
	}
	switch kind - len(hashers) {
	case 0:
		mapProgram(t, in, fill, hamt.Map[int, value]{}, func(i int) int { return i * i * 31 })
	case 1:
		var prefix string
		fill.Fuzz(&prefix)
		mapProgram(t, in, fill, hamt.Map[string, value]{}, func(i int) string { return fmt.Sprint(prefix, i) })
	case 2:
		mapProgram(t, in, fill, hamt.Map[float64, value]{}, func(i int) float64 {
			return [...]float64{0, math.Copysign(0, -1), math.Inf(1), math.NaN(), math.Float64frombits(uint64(i)), float64(i), -1 / float64(i)}[i%7]
		})
	default:
		type pair struct{ a, b any }
		mapProgram(t, in, fill, hamt.Map[any, value]{}, func(i int) any {
			return [...]any{i, int64(i), uint8(i), fmt.Sprint(i), float32(i), [2]int{i, i}, pair{i, "x"}, nil, i%2 == 0}[i%9]
		})
	}
}

func recordMap(h *hostile, direct bool) hamt.Map[record, value] {
	if direct {
		return hamt.NewWith[record, value](h)
	}
	return hamt.NewWith[record, value](plain{h})
}

// keysInUse bounds the indexes of keys: programs meet their keys again.
const keysInUse = 700

// A version is one map with what it must hold.
type version[K comparable] struct {
	m     hamt.Map[K, value]
	model map[K]value
}

// mapRun is one program.
type mapRun[K comparable] struct {
	t    *testing.T
	in   *Input
	fill *gofuzz.Fuzzer
	key  func(int) K
	vars [4]version[K]
	past []version[K] // kept as they were
}

func mapProgram[K comparable](t *testing.T, in *Input, fill *gofuzz.Fuzzer, empty hamt.Map[K, value], key func(int) K) {
	r := &mapRun[K]{t: t, in: in, fill: fill, key: key}
	for i := range r.vars {
		r.vars[i] = version[K]{empty, make(map[K]value)}
	}
	for in.Step() && !t.Failed() {
		r.step()
	}
	for i, v := range r.past {
		r.compare(v, fmt.Sprint("a past version, ", i, " of ", len(r.past)))
	}
}

func (r *mapRun[K]) draw() (K, value) {
	var v value
	v.N = uint32(r.in.Byte())
	if v.N%8 == 0 {
		r.fill.Fuzz(&v.Text)
		r.fill.Fuzz(&v.P)
	}
	return r.key(r.in.N(keysInUse)), v
}

// step does one operation from a variable to a variable.
func (r *mapRun[K]) step() {
	op := r.in.N(13)
	where := r.in.Byte()
	src, dst := &r.vars[where&3], &r.vars[where>>2&3]
	next := version[K]{src.m, maps.Clone(src.model)}
	switch op {
	case 0, 1:
		k, v := r.draw()
		next.m = src.m.Set(k, v)
		next.model[k] = v
		r.found(next, k)
	case 2, 3:
		k, _ := r.draw()
		next.m = src.m.Delete(k)
		delete(next.model, k)
		r.found(next, k)
		if _, had := src.model[k]; !had && !next.m.Same(src.m) {
			r.t.Errorf("Delete of an absent key makes a new version")
		}
	case 4:
		k, v := r.draw()
		keep := r.in.Bool()
		old, had := src.model[k]
		calls := 0
		next.m = src.m.Update(k, func(o value, ok bool) (value, bool) {
			calls++
			if ok != had || o != old {
				r.t.Errorf("Update of %v shows %v, %v, want %v, %v", k, o, ok, old, had)
			}
			return v, keep
		})
		if calls != 1 {
			r.t.Errorf("Update calls its function %d times", calls)
		}
		if keep {
			next.model[k] = v
		} else {
			delete(next.model, k)
		}
		r.found(next, k)
	case 5:
		k, _ := r.draw()
		r.found(*src, k)
	case 6, 7: // a run of keys
		from, n := r.in.N(keysInUse), r.in.N(256)
		for i := range n {
			k := r.key((from + i) % keysInUse)
			if op == 6 {
				v := value{N: uint32(i)}
				next.m = next.m.Set(k, v)
				next.model[k] = v
			} else {
				next.m = next.m.Delete(k)
				delete(next.model, k)
			}
		}
	case 8:
		next = r.build(*src)
	case 9: // another way to the same content
		for k := range src.m.Keys() {
			next.m = next.m.Delete(k)
		}
		rest := make(map[K]value) // NaN keys cannot be deleted
		for k, v := range src.model {
			if k != k {
				rest[k] = v
			}
		}
		if next.m.Len() != len(rest) {
			r.t.Errorf("%d entries left after deleting all", next.m.Len())
		}
		for k, v := range src.m.All() {
			if k == k {
				next.m = next.m.Set(k, v)
			}
		}
	case 10:
		r.equal(*src, *dst)
	case 11:
		k, v := r.draw()
		next = r.panics(*src, k, v)
	case 12: // edits while iterating
		left := src.m.Len() / 2
		for k := range src.m.All() {
			if left--; left < 0 {
				break
			}
			next.m = next.m.Delete(k)
			delete(next.model, k)
		}
	}
	r.past = append(r.past, *dst)
	if len(r.past) > 64 {
		r.past = slices.Delete(r.past, 0, 1)
	}
	*dst = next
	r.compare(next, fmt.Sprint("operation ", op))
}

// build edits a builder of src and compares src after every edit.
func (r *mapRun[K]) build(src version[K]) version[K] {
	b := src.m.Builder()
	model := maps.Clone(src.model)
	var taken []version[K]
	for range r.in.N(24) {
		k, v := r.draw()
		switch r.in.N(6) {
		case 0, 1:
			b.Set(k, v)
			model[k] = v
		case 2:
			_, had := model[k]
			if b.Delete(k) != had {
				r.t.Errorf("Builder.Delete of %v: want %v", k, had)
			}
			delete(model, k)
		case 3:
			old, had := model[k]
			b.Update(k, func(o value, ok bool) (value, bool) {
				if o != old || ok != had {
					r.t.Errorf("Builder.Update of %v shows %v, %v, want %v, %v", k, o, ok, old, had)
				}
				return v, !had
			})
			if had {
				delete(model, k)
			} else {
				model[k] = v
			}
		case 4:
			taken = append(taken, version[K]{b.Map(), maps.Clone(model)})
		case 5:
			for i := range 40 {
				k := r.key((int(v.N)*5 + i) % keysInUse)
				b.Set(k, v)
				model[k] = v
			}
		}
		want, had := model[k]
		if got, ok := b.Get(k); got != want || ok != had || b.Has(k) != had || b.Len() != len(model) {
			r.t.Errorf("Builder.Get of %v: %v, %v, Len %d; want %v, %v, %d", k, got, ok, b.Len(), want, had, len(model))
		}
		r.compare(src, "the builder's base")
	}
	next := version[K]{b.Map(), model}
	for _, v := range taken {
		r.compare(v, "a map taken from the builder")
	}
	return next
}

// panics lets the function of an Update panic: nothing may change.
func (r *mapRun[K]) panics(v version[K], k K, x value) version[K] {
	b := v.m.Builder()
	b.Set(k, x)
	model := maps.Clone(v.model)
	model[k] = x
	for _, update := range []func(K, func(value, bool) (value, bool)){
		b.Update, func(k K, f func(value, bool) (value, bool)) { v.m.Update(k, f) },
	} {
		func() {
			defer func() {
				if p := recover(); p != "user" {
					r.t.Errorf("recovered %v", p)
				}
			}()
			update(k, func(value, bool) (value, bool) { panic("user") })
		}()
	}
	r.compare(v, "after a panic in Update")
	return version[K]{b.Map(), model}
}

// found compares one key.
func (r *mapRun[K]) found(v version[K], k K) {
	want, had := v.model[k]
	got, ok := v.m.Get(k)
	if got != want || ok != had || v.m.Has(k) != had {
		r.t.Errorf("Get of %v: %v, %v, want %v, %v", k, got, ok, want, had)
	}
	if key, got, ok := v.m.Entry(k); ok != had || got != want || ok && key != k {
		r.t.Errorf("Entry of %v: %v, %v, %v, want %v, %v", k, key, got, ok, want, had)
	}
}

func (r *mapRun[K]) equal(a, b version[K]) {
	nan := func(m map[K]value) bool {
		for k := range m {
			if k != k {
				return true
			}
		}
		return false
	}
	if nan(a.model) || nan(b.model) {
		return // maps with NaN keys are equal only to themselves, and to what shares their nodes
	}
	if got, want := hamt.Equal(a.m, b.m), maps.Equal(a.model, b.model); got != want {
		r.t.Errorf("Equal: %v, want %v, for %d and %d entries", got, want, len(a.model), len(b.model))
	}
	if !hamt.Equal(a.m, a.m) {
		r.t.Errorf("a map does not equal itself")
	}
}

// compare compares a whole version, and its structure.
func (r *mapRun[K]) compare(v version[K], what string) {
	if err := v.m.Check(); err != nil {
		r.t.Errorf("%s: %v", what, err)
	}
	if v.m.Len() != len(v.model) {
		r.t.Errorf("%s: Len %d, want %d", what, v.m.Len(), len(v.model))
	}
	n := 0
	for k, got := range v.m.All() {
		n++
		if want, ok := v.model[k]; k == k && (!ok || got != want) {
			r.t.Errorf("%s: %v has %v, want %v, %v", what, k, got, want, ok)
		}
	}
	if n != len(v.model) {
		r.t.Errorf("%s: %d entries in a loop, want %d", what, n, len(v.model))
	}
}
