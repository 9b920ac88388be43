package hamt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"github.com/strata-go/strata/hamt"
)

// A patch is a diff that is kept: apply it, send it, take it back.
func ExamplePatch() {
	v1 := hamt.FromMap(map[string]int{"a": 1, "b": 2})
	v2 := v1.Set("b", 20)

	var patch hamt.Patch[string, int] = slices.Collect(hamt.Diff(v1, v2))
	data, _ := json.Marshal(patch)
	fmt.Println(string(data))
	undone, err := patch.Invert().Apply(v2)
	fmt.Println(undone, err)
	// Output:
	// [{"op":"replaced","key":"b","old":2,"new":20}]
	// map[a:1 b:2] <nil>
}

// A patch that does not fit says where.
func ExampleConflictError() {
	patch := hamt.Patch[string, int]{{Op: hamt.Removed, Key: "a", Old: 1}}
	_, err := patch.Apply(hamt.Map[string, int]{})
	if conflict, ok := errors.AsType[*hamt.ConflictError[string]](err); ok {
		fmt.Println(conflict.Keys)
	}
	// Output: [a]
}

// Two people edit one map.
func ExampleMerge3() {
	base := hamt.FromMap(map[string]int{"a": 1, "b": 2, "c": 3})
	ours := base.Set("a", 10).Set("c", 30)
	theirs := base.Delete("b").Set("c", 33)

	_, err := hamt.Merge3(base, ours, theirs, nil)
	fmt.Println(err)
	m, _ := hamt.Merge3(base, ours, theirs, func(c hamt.Conflict[string, int]) (int, bool, bool) {
		return max(c.Ours, c.Theirs), true, true
	})
	fmt.Println(m)
	// Output:
	// hamt: 1 conflicting keys: c
	// map[a:10 c:33]
}

func ExampleMerge3Func() {
	base := hamt.FromMap(map[string][]int{"a": {1}})
	m, err := hamt.Merge3Func(base, base.Set("b", nil), base.Set("a", []int{2}), slices.Equal, nil)
	fmt.Println(m, err)
	// Output: map[a:[2] b:[]] <nil>
}

// A configuration that is read all the time and replaced now and then.
func ExampleCell() {
	var config hamt.Cell[string, string]
	config.Store(hamt.FromMap(map[string]string{"level": "info"}))

	before := config.Load()
	config.Update(func(m hamt.Map[string, string]) hamt.Map[string, string] { return m.Set("level", "debug") })
	fmt.Println(before, config.Load())
	fmt.Println(config.CompareAndSwap(before, before))
	// Output:
	// map[level:info] map[level:debug]
	// false
}

func ExampleMap_MarshalJSON() {
	m := hamt.FromMap(map[int]string{10: "ten", 9: "nine"})
	data, _ := json.Marshal(m)
	fmt.Println(string(data))
	var back hamt.Map[int, string]
	fmt.Println(json.Unmarshal(data, &back), hamt.Equal(m, back))
	// Output:
	// {"10":"ten","9":"nine"}
	// <nil> true
}

func ExampleMap_LogValue() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	log.Info("started", "limits", hamt.FromMap(map[string]int{"open": 10, "idle": 2}))
	// Output: level=INFO msg=started limits.idle=2 limits.open=10
}

func ExampleMap_Stats() {
	var m hamt.Map[int, int]
	s := m.Set(1, 1).Stats()
	fmt.Println(s.Len, s.Depth, s.Leaves, s.LargestGroup)
	// Output: 1 1 1 0
}

func ExampleSharing() {
	var b hamt.Builder[int, int]
	for i := range 10000 {
		b.Set(i, i)
	}
	v1 := b.Map()
	v2 := v1.Set(0, -1)
	s := hamt.Sharing(v1, v2)
	fmt.Println(s.Versions, s.Entries, s.Nodes < s.NodesApart*6/10)
	// Output: 2 20000 true
}

func ExampleMap_WriteDOT() {
	v1 := hamt.FromMap(map[string]int{"a": 1})
	_ = v1.WriteDOT(os.Stdout, v1)
	// Output:
	// digraph hamt {
	// 	node [shape=box fontname=monospace];
	// 	m0 [shape=plaintext label="version 0, 1 entries"];
	// 	n0 [label="a: 1\l"];
	// 	m0 -> n0;
	// 	m1 [shape=plaintext label="version 1, 1 entries"];
	// 	m1 -> n0;
	// }
}
