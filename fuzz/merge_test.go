package fuzz

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/strata-go/strata/hamt"
)

// FuzzMerge merges maps that descend from one, and applies, inverts and encodes
// the patches between them, on the maps of FuzzAlgebra's programs.
func FuzzMerge(f *testing.F) {
	for kind := range hashers {
		f.Add([]byte{byte(kind), 2, 'k', 'k', 0, 1, 0, 0, 10, 90, 1, 0, 16, 50, 60, 1, 1, 32, 55, 9, 1, 0, 33, 70, 40, 0, 0x24, 3, 0, 0x12, 1})
	}
	f.Fuzz(fuzzMerge)
}

func TestRandomMerge(t *testing.T) { random(t, 400, fuzzMerge) }

func fuzzMerge(t *testing.T, data []byte) {
	in := NewInput(data)
	r := newAlgebra(t, in)
	for in.Step() && !t.Failed() {
		if in.N(3) > 0 {
			r.step()
			continue
		}
		where, how := in.Byte(), in.Byte()
		base, ours, theirs := r.vars[where&3], r.vars[where>>2&3], r.vars[where>>4&3]
		r.merge(base, ours, theirs, how)
		r.patch(base, ours)
	}
}

// merge compares a merge with one by hand. how says what becomes of conflicts.
func (r *algebraRun) merge(base, ours, theirs both, how byte) {
	settle := func(c hamt.Conflict[record, uint32]) (value uint32, keep, ok bool) {
		x := c.Ours ^ c.Theirs<<1 ^ uint32(how)
		return x, x&1 == 0, how < 200 || x&6 != 0
	}
	want := maps.Clone(ours.model)
	var unresolved []uint16
	keys := make(map[record]bool)
	for _, m := range []map[record]uint32{base.model, theirs.model} {
		for k := range m {
			keys[k] = true
		}
	}
	for k := range keys {
		c := hamt.Conflict[record, uint32]{Key: k}
		c.Base, c.InBase = base.model[k]
		c.Ours, c.InOurs = ours.model[k]
		c.Theirs, c.InTheirs = theirs.model[k]
		value, keep, ok := c.Theirs, c.InTheirs, true
		switch {
		case c.Theirs == c.Base && c.InTheirs == c.InBase, c.Theirs == c.Ours && c.InTheirs == c.InOurs:
			continue
		case c.Ours == c.Base && c.InOurs == c.InBase:
		case how == 255:
			ok = false
		default:
			value, keep, ok = settle(c)
		}
		switch {
		case !ok:
			unresolved = append(unresolved, k.ID)
		case keep:
			want[k] = value
		default:
			delete(want, k)
		}
	}
	resolve := settle
	if how == 255 {
		resolve = nil
	}
	got, err := hamt.Merge3(base.m, ours.m, theirs.m, resolve)
	if len(unresolved) > 0 {
		want = ours.model
	}
	var left []uint16
	if conflicts, ok := errors.AsType[*hamt.ConflictError[record]](err); ok {
		for _, k := range conflicts.Keys {
			left = append(left, k.ID)
		}
	}
	slices.Sort(left)
	slices.Sort(unresolved)
	if (err != nil) != (len(unresolved) > 0) || !slices.Equal(left, unresolved) {
		r.t.Errorf("Merge3: %v, want conflicts at %v", err, unresolved)
	}
	r.compare(both{got, want}, 100)
	for _, v := range []both{base, ours, theirs} {
		r.compare(v, 101)
	}
	// nobody changed anything; both changed the same
	if m, err := hamt.Merge3(base.m, ours.m, base.m, nil); err != nil || !hamt.Equal(m, ours.m) {
		r.t.Errorf("a merge with no change of theirs: %v", err)
	}
	if m, err := hamt.Merge3(base.m, theirs.m, theirs.m, nil); err != nil || !hamt.Equal(m, theirs.m) {
		r.t.Errorf("a merge of equal changes: %v", err)
	}
}

// patch takes a way there and back, and through JSON.
func (r *algebraRun) patch(a, b both) {
	p := hamt.Patch[record, uint32](slices.Collect(hamt.Diff(a.m, b.m)))
	there, err := p.Apply(a.m)
	if err != nil {
		r.t.Errorf("Apply: %v", err)
	}
	r.compare(both{there, b.model}, 102)
	back, err := p.Invert().Apply(there)
	if err != nil {
		r.t.Errorf("Apply of the inverse: %v", err)
	}
	r.compare(both{back, a.model}, 103)

	numbers := func(m hamt.Map[record, uint32]) (out hamt.Map[uint16, uint32]) {
		for k, v := range m.All() {
			out = out.Set(k.ID, v)
		}
		return out
	}
	q := hamt.Patch[uint16, uint32](slices.Collect(hamt.Diff(numbers(a.m), numbers(b.m))))
	text, err := json.Marshal(q)
	if err != nil {
		r.t.Errorf("encoding a patch: %v", err)
	}
	var decoded hamt.Patch[uint16, uint32]
	if err := json.Unmarshal(text, &decoded); err != nil || !slices.Equal(decoded, q) {
		r.t.Errorf("decoding %s: %v, %v", text, decoded, err)
	}
}

// FuzzPatchJSON decodes hostile JSON: an error or a patch, and what was decoded
// comes back from its own encoding.
func FuzzPatchJSON(f *testing.F) {
	f.Add([]byte(`[{"op":"added","key":"a","new":[1]},{"op":"removed","key":"","old":null},{"op":"replaced","key":"k","old":[],"new":[2,3]}]`))
	f.Add([]byte(`[{"op":"replaced","key":"k","old":1}]`))
	f.Add([]byte(`{"op":"added"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p hamt.Patch[string, []int]
		if json.Unmarshal(data, &p) != nil {
			return
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var q hamt.Patch[string, []int]
		if err := json.Unmarshal(text, &q); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !reflect.DeepEqual(p, q) {
			t.Fatalf("%v comes back as %v", p, q)
		}
		_, _ = p.Apply(hamt.Map[string, []int]{})
		_, _ = p.Invert().Apply(hamt.Map[string, []int]{}.Set("a", nil))
	})
}
