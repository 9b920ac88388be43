package hashertest

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/strata-go/strata/hamt"
)

// Test fails t when the hasher breaks its contract for the keys, when a map
// under it goes wrong, or when the keys flood it. It logs the report.
func Test[K comparable](t testing.TB, h hamt.Hasher[K], keys iter.Seq[K]) {
	t.Helper()
	list := collect(keys)
	if err := Check(h, slices.Values(list)); err != nil {
		t.Fatal(err)
	}
	if err := Drive(h, slices.Values(list), 1); err != nil {
		t.Fatal(err)
	}
	r := Measure(h, slices.Values(list))
	t.Log(r)
	if r.Flooded() {
		t.Errorf("hashertest: the keys flood the hasher: %v", r)
	}
}

// Fuzz makes a fuzz target of a hasher: key turns bytes into a key, and an
// input is read as keys of up to 16 bytes. The contract and the map are
// checked; flooding is not, as fuzzing finds equal hashes of any weak hash.
func Fuzz[K comparable](f *testing.F, h hamt.Hasher[K], key func([]byte) K) {
	f.Add([]byte{4, 'a', 'b', 'c', 'd', 4, 'a', 'b', 'c', 'D', 0, 1, 'a'})
	f.Fuzz(func(t *testing.T, data []byte) {
		var list []K
		for len(data) > 0 && len(list) < 40 { // many small programs find more than few large ones
			n := min(int(data[0]%17), len(data)-1)
			list = append(list, key(data[1:1+n]))
			data = data[1+n:]
		}
		if err := Check(h, slices.Values(list)); err != nil {
			t.Fatal(err)
		}
		if err := Drive(h, slices.Values(list), uint64(len(list))); err != nil {
			t.Fatal(err)
		}
	})
}

// Drive edits a map under the hasher at random, with up to 200 of the keys, and
// returns an error at the first difference from a list that knows Equal only.
func Drive[K comparable](h hamt.Hasher[K], keys iter.Seq[K], seed uint64) error {
	list := collect(keys)
	if len(list) == 0 {
		return nil
	}
	list = list[:min(len(list), 200)]
	rng := rand.New(rand.NewPCG(seed, 2))
	type pair struct {
		k K
		v int
	}
	var model []pair
	m := hamt.NewWith[K, int](h)
	for step := range 6 * len(list) {
		k := list[rng.IntN(len(list))]
		i := slices.IndexFunc(model, func(p pair) bool { return h.Equal(p.k, k) })
		if rng.IntN(3) == 0 {
			m = m.Delete(k)
			if i >= 0 {
				model = slices.Delete(model, i, i+1)
			}
		} else {
			m = m.Set(k, step)
			if i >= 0 {
				model[i].v = step
			} else {
				model = append(model, pair{k, step})
			}
		}
		if err := m.Check(); err != nil {
			return fmt.Errorf("hashertest: after %d edits, the last of %v: %w", step+1, k, err)
		}
		if m.Len() != len(model) {
			return fmt.Errorf("hashertest: after %d edits, the last of %v: %d entries, want %d", step+1, k, m.Len(), len(model))
		}
		for range 3 {
			k := list[rng.IntN(len(list))]
			i := slices.IndexFunc(model, func(p pair) bool { return h.Equal(p.k, k) })
			got, ok := m.Get(k)
			if ok != (i >= 0) || ok && got != model[i].v {
				return fmt.Errorf("hashertest: after %d edits: Get of %v gives %v, %v; a list compared by Equal has it: %v", step+1, k, got, ok, i >= 0)
			}
		}
	}
	return nil
}
