package hamt_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/strata-go/strata/hamt"
)

func ExampleBuilder_Set() {
	var b hamt.Builder[string, int]
	b.Set("a", 1)
	b.Set("a", 2)
	fmt.Println(b.Map())
	// Output: map[a:2]
}

func ExampleBuilder_Get() {
	b := hamt.FromMap(map[string]int{"a": 1}).Builder()
	v, ok := b.Get("a")
	fmt.Println(v, ok, b.Has("b"))
	// Output: 1 true false
}

func ExampleBuilder_Has() {
	var b hamt.Builder[string, int]
	b.Set("a", 1)
	fmt.Println(b.Has("a"), b.Has("b"))
	// Output: true false
}

func ExampleBuilder_Delete() {
	m := hamt.FromMap(map[string]int{"a": 1, "b": 2})
	b := m.Builder()
	b.Delete("a")
	fmt.Println(b.Map(), m)
	// Output: map[b:2] map[a:1 b:2]
}

func ExampleBuilder_Len() {
	var b hamt.Builder[string, int]
	b.Set("a", 1)
	fmt.Println(b.Len())
	// Output: 1
}

// The builder may be used on; the map it gave away stays as it is.
func ExampleBuilder_Map() {
	var b hamt.Builder[string, int]
	b.Set("a", 1)
	m := b.Map()
	b.Set("b", 2)
	fmt.Println(m, b.Map())
	// Output: map[a:1] map[a:1 b:2]
}

func ExampleCell_Load() {
	var c hamt.Cell[string, int]
	c.Store(c.Load().Set("a", 1))
	fmt.Println(c.Load())
	// Output: map[a:1]
}

// What was loaded before a Store does not change.
func ExampleCell_Store() {
	var c hamt.Cell[string, int]
	before := c.Load()
	c.Store(hamt.FromMap(map[string]int{"a": 1}))
	fmt.Println(before, c.Load())
	// Output: map[] map[a:1]
}

func ExampleCell_CompareAndSwap() {
	var c hamt.Cell[string, int]
	old := c.Load()
	fmt.Println(c.CompareAndSwap(old, old.Set("a", 1)))
	fmt.Println(c.CompareAndSwap(old, old.Set("b", 2))) // somebody else was first
	// Output:
	// true
	// false
}

func ExampleCell_Update() {
	var c hamt.Cell[string, int]
	c.Update(func(m hamt.Map[string, int]) hamt.Map[string, int] { return m.Set("a", 1) })
	fmt.Println(c.Load())
	// Output: map[a:1]
}

func ExampleChange() {
	v1 := hamt.FromMap(map[string]int{"a": 1})
	for c := range hamt.Diff(v1, v1.Set("a", 2)) {
		fmt.Println(c.Key, c.Old, c.New, c.Op == hamt.Replaced)
	}
	// Output: a 1 2 true
}

func ExampleChange_String() {
	fmt.Println(hamt.Change[string, int]{Op: hamt.Replaced, Key: "a", Old: 1, New: 2})
	// Output: a:1→2
}

func ExampleChange_MarshalJSON() {
	text, err := json.Marshal(hamt.Change[string, int]{Op: hamt.Added, Key: "a", New: 2})
	fmt.Println(string(text), err)
	// Output: {"op":"added","key":"a","new":2} <nil>
}

func ExampleChange_UnmarshalJSON() {
	var c hamt.Change[string, int]
	err := json.Unmarshal([]byte(`{"op":"removed","key":"a","old":1}`), &c)
	fmt.Println(c, err)
	// Output: -a:1 <nil>
}

func ExampleOp() {
	v1 := hamt.FromMap(map[string]int{"a": 1})
	for c := range hamt.Diff(v1, v1.Delete("a")) {
		switch c.Op {
		case hamt.Added:
			fmt.Println("new:", c.Key)
		case hamt.Removed:
			fmt.Println("gone:", c.Key)
		}
	}
	// Output: gone: a
}

func ExampleOp_String() {
	fmt.Println(hamt.Added, hamt.Removed, hamt.Replaced)
	// Output: added removed replaced
}

func ExampleOp_MarshalText() {
	text, err := hamt.Added.MarshalText()
	fmt.Println(string(text), err)
	// Output: added <nil>
}

func ExampleOp_UnmarshalText() {
	var op hamt.Op
	fmt.Println(op.UnmarshalText([]byte("removed")), op)
	// Output: <nil> removed
}

// A patch fits where the keys it replaces or removes are.
func ExamplePatch_Apply() {
	p := hamt.Patch[string, int]{{Op: hamt.Replaced, Key: "a", Old: 1, New: 2}}
	fmt.Println(p.Apply(hamt.FromMap(map[string]int{"a": 1, "b": 1})))
	_, err := p.Apply(hamt.FromMap(map[string]int{"b": 1}))
	fmt.Println(err != nil)
	// Output:
	// map[a:2 b:1] <nil>
	// true
}

func ExamplePatch_Invert() {
	p := hamt.Patch[string, int]{{Op: hamt.Added, Key: "a", New: 2}}
	m, err := p.Invert().Apply(hamt.FromMap(map[string]int{"a": 2}))
	fmt.Println(m, err)
	// Output: map[] <nil>
}

func ExampleConflictError_Error() {
	p := hamt.Patch[string, int]{{Op: hamt.Removed, Key: "a", Old: 1}}
	_, err := p.Apply(hamt.Map[string, int]{})
	var c *hamt.ConflictError[string]
	fmt.Println(errors.As(err, &c), c.Keys)
	// Output: true [a]
}

func ExampleMap() {
	var m hamt.Map[string, int]
	v1 := m.Set("a", 1)
	v2 := v1.Set("b", 2)
	fmt.Println(m, v1, v2)
	// Output: map[] map[a:1] map[a:1 b:2]
}

func ExampleMap_Subtract() {
	m := hamt.FromMap(map[string]int{"a": 1, "b": 2})
	fmt.Println(m.Subtract(hamt.FromMap(map[string]int{"b": 9})))
	// Output: map[a:1]
}

func ExampleMap_Without() {
	m := hamt.FromMap(map[string]int{"a": 1, "b": 2})
	fmt.Println(m.Without(hamt.SetOf("a")))
	// Output: map[b:2]
}

func ExampleMap_Disjoint() {
	m := hamt.FromMap(map[string]int{"a": 1})
	fmt.Println(m.Disjoint(m.Set("a", 2)), m.Disjoint(hamt.FromMap(map[string]int{"b": 1})))
	// Output: false true
}

// Only the keys count.
func ExampleMap_SubsetOf() {
	m := hamt.FromMap(map[string]int{"a": 1})
	fmt.Println(m.SubsetOf(m.Set("b", 2)), m.Set("b", 2).SubsetOf(m))
	// Output: true false
}

func ExampleMap_String() {
	fmt.Println(hamt.FromMap(map[string]int{"b": 2, "a": 1}))
	// Output: map[a:1 b:2]
}

func ExampleMap_GoString() {
	fmt.Printf("%#v\n", hamt.FromMap(map[string]int{"b": 2, "a": 1}))
	// Output: hamt.FromMap(map[string]int{"a":1, "b":2})
}

func ExampleMap_UnmarshalJSON() {
	var m hamt.Map[string, int]
	err := json.Unmarshal([]byte(`{"b": 2, "a": 1}`), &m)
	fmt.Println(m, err)
	// Output: map[a:1 b:2] <nil>
}

func ExampleShape() {
	m := hamt.FromMap(map[int]int{1: 1, 2: 2})
	s := m.Stats()
	fmt.Println(s.Len, s.Depth, s.Leaves)
	// Output: 2 1 1
}

func ExampleShape_String() {
	fmt.Println(hamt.FromMap(map[int64]int64{1: 1, 2: 2}).Stats())
	// Output: entries 2, depth 1, directories 0 (slots 0, empty 0), leaves 1, groups 0 (largest 0), bytes 40
}

// Two versions that are one key apart share nearly all nodes.
func ExampleShared() {
	var b hamt.Builder[int, int]
	for i := range 1000 {
		b.Set(i, i)
	}
	m := b.Map()
	s := hamt.Sharing(m, m.Set(0, 1))
	fmt.Println(s.Versions, s.Entries, s.Nodes < s.NodesApart*6/10)
	// Output: 2 2000 true
}

func ExampleShared_String() {
	m := hamt.FromMap(map[int64]int64{1: 1, 2: 2})
	fmt.Println(hamt.Sharing(m, m))
	// Output: versions 2, entries 4, nodes 1 (unshared 2), bytes 40 (unshared 80)
}
