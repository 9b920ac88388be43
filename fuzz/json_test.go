package fuzz

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"

	"github.com/strata-go/strata/hamt"
)

// FuzzJSON decodes hostile bytes into maps and sets: what encoding/json makes of
// a builtin map is what a Map makes of them, an error leaves the map as it was,
// and what was decoded is encoded to the same bytes as the builtin map.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{
		`{"a":[1],"b":null}`, `{"1":"x","-2":{"y":[]},"01":3}`, `null`, `{"a":1,"a":2}`, `[1,2,1]`, `["x","",null]`, `{"\ud800":1}`, `{"a":`, `[[[]]]`, `{"300":true}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = data[:min(len(data), MaxBytes)]
		asBuiltin[string, any](t, data, "k")
		asBuiltin[int8, []string](t, data, 3)
		asSet[string](t, data)
		asSet[float64](t, data)
	})
}

func asBuiltin[K comparable, V any](t *testing.T, data []byte, k K) {
	t.Helper()
	var zero V
	start := map[K]V{k: zero}
	want := maps.Clone(start)
	wantErr := json.Unmarshal(data, &want)
	m := hamt.FromMap(start)
	err := json.Unmarshal(data, &m)
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("%T: error %v, for a builtin map %v", m, err, wantErr)
	}
	if err != nil {
		want = start
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	if got := maps.Collect(m.All()); len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	text, err := json.Marshal(m)
	if want == nil {
		want = map[K]V{}
	}
	wantText, wantErr := json.Marshal(want)
	if string(text) != string(wantText) || (err != nil) != (wantErr != nil) {
		t.Fatalf("encoded as %s, %v, want %s, %v", text, err, wantText, wantErr)
	}
}

func asSet[K comparable](t *testing.T, data []byte) {
	t.Helper()
	s := hamt.SetOf[K]()
	var list []K
	wantErr := json.Unmarshal(data, &list)
	if err := json.Unmarshal(data, &s); (err != nil) != (wantErr != nil) {
		t.Fatalf("%T: error %v, for a slice %v", s, err, wantErr)
	}
	want := make(map[K]bool)
	if wantErr == nil {
		for _, k := range list {
			want[k] = true
		}
	}
	if s.Len() != len(want) {
		t.Fatalf("%d keys, want %d", s.Len(), len(want))
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back hamt.Set[K]
	if err := json.Unmarshal(text, &back); err != nil || !back.Equal(s) {
		t.Fatalf("%s: %v", text, err)
	}
}
