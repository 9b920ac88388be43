package weakkey_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/strata-go/strata/weakkey"
)

func Example() {
	user := weakkey.Static[string]("user")
	depth := weakkey.New[int]("depth")

	var m weakkey.Map
	m, _ = weakkey.Set(m, user, "ann")
	snapshot := m
	m, _ = weakkey.Set(m, depth, 3)

	fmt.Println(weakkey.Get(m, user))
	fmt.Println(weakkey.Get(m, depth))
	fmt.Println(weakkey.Get(snapshot, depth))
	// Output:
	// ann true
	// 3 true
	// 0 false
}

// A value that refers to its own key goes with it, though a live map has it.
func Example_cycle() {
	type state struct{ self weakkey.Key[*state] }
	gone := make(chan bool, 1)
	var m weakkey.Map
	func() {
		k := weakkey.New[*state]("conn")
		v := &state{self: k}
		runtime.AddCleanup(v, func(struct{}) { gone <- true }, struct{}{})
		m, _ = weakkey.Set(m, k, v)
	}()
	dead := false
	for range 1000 { // 2 to 7 collections do it; their cleanups run when they run
		runtime.GC()
		select {
		case dead = <-gone:
		case <-time.After(time.Millisecond):
		}
		if dead && m.Len() == 0 { // the value goes first, its key is found dead next
			fmt.Println("the value is gone, the map is here and has", m.Len(), "values")
			return
		}
	}
	// Output: the value is gone, the map is here and has 0 values
}

func ExampleNew() {
	a, b := weakkey.New[int]("n"), weakkey.New[int]("n")
	fmt.Println(a == b, a == a)
	// Output: false true
}

func ExampleStatic() {
	debug := weakkey.Static[bool]("debug") // as a package-level variable
	m, _ := weakkey.Set(weakkey.Map{}, debug, true)
	fmt.Println(weakkey.Get(m, debug))
	// Output: true true
}

func ExampleIn() {
	ns := weakkey.NewNamespace("mylib")
	weakkey.Static[int]("a", weakkey.In(ns))
	for info := range ns.Keys() {
		fmt.Println(info)
	}
	// Output: a
}

func ExampleSet() {
	k := weakkey.New[string]("k")
	m, err := weakkey.Set(weakkey.Map{}, k, "x")
	fmt.Println(m.Len(), err)
	k.Release()
	m, err = weakkey.Set(m, k, "y")
	fmt.Println(m.Len(), err, errors.Is(err, weakkey.ErrReleased))
	// Output:
	// 1 <nil>
	// 0 weakkey: Set of key "k": key is released true
}

func ExampleGet() {
	k := weakkey.New[string]("k")
	m, _ := weakkey.Set(weakkey.Map{}, k, "x")
	fmt.Println(weakkey.Get(m, k))
	_, ok := weakkey.Get(weakkey.Map{}, k)
	fmt.Println(ok)
	// Output:
	// x true
	// false
}

func ExampleDelete() {
	k := weakkey.New[string]("k")
	m1, _ := weakkey.Set(weakkey.Map{}, k, "x")
	m2 := weakkey.Delete(m1, k)
	fmt.Println(m1.Len(), m2.Len())
	// Output: 1 0
}

func ExampleKey_Release() {
	k := weakkey.New[string]("k")
	m, _ := weakkey.Set(weakkey.Map{}, k, "x")
	k.Release()
	_, ok := weakkey.Get(m, k)
	fmt.Println(ok, k.Released(), m.Len())
	// Output: false true 0
}

func ExampleKey_Released() {
	k := weakkey.New[string]("k")
	fmt.Println(k.Released())
	// Output: false
}

// An index is dense and serves one live key at a time, so it can address an
// array; the generation tells the keys of one index apart.
func ExampleKey_ID() {
	a := weakkey.New[int]("a")
	cells := make([]string, a.ID().Index()+1)
	cells[a.ID().Index()] = "of a"
	first := a.ID()
	a.Release()
	b := weakkey.New[int]("b")
	fmt.Println(first == b.ID(), first.Generation() > 0)
	// Output: false true
}

func ExampleKey_Name() {
	fmt.Println(weakkey.New[int]("label").Name())
	// Output: label
}

func ExampleMap_Len() {
	a, b := weakkey.New[int]("a"), weakkey.New[int]("b")
	m, _ := weakkey.Set(weakkey.Map{}, a, 1)
	m, _ = weakkey.Set(m, b, 2)
	a.Release()
	fmt.Println(m.Len(), m)
	_, err := json.Marshal(m)
	fmt.Println(err != nil)
	runtime.KeepAlive(b)
	// Output:
	// 1 weakkey.Map(1)
	// true
}

func ExampleNamespace() {
	ns := weakkey.NewNamespace("mylib")
	a := weakkey.New[string]("a", weakkey.In(ns))
	b := weakkey.New[int]("b", weakkey.In(ns))
	m, _ := weakkey.Set(weakkey.Map{}, b, 1)
	for info := range ns.Keys() {
		fmt.Println(info.Name(), info.Type(), info.Alive(), info.Static())
	}
	for info := range ns.KeysIn(m) {
		fmt.Println("in m:", info)
	}
	a.Release()
	fmt.Println(ns.Name(), ns.Len())
	runtime.KeepAlive(b)
	// Output:
	// a string true false
	// b int true false
	// in m: b
	// mylib 1
}

func ExampleReadStats() {
	before := weakkey.ReadStats()
	weakkey.Static[string]("k") // collectable ones may die meanwhile
	after := weakkey.ReadStats()
	fmt.Println(after.StaticKeys - before.StaticKeys)
	// Output: 1
}
