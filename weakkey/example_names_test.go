package weakkey_test

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/strata-go/strata/weakkey"
)

// A connection as a key: whoever has it finds what a library attached, and nobody else does.
func ExampleKey() {
	type conn struct{ state weakkey.Key[string] }
	c := conn{state: weakkey.New[string]("conn 7")}
	m, _ := weakkey.Set(weakkey.Map{}, c.state, "handshake")

	same := c // a copy is a handle of the same key
	fmt.Println(weakkey.Get(m, same.state))
	stranger := weakkey.New[string]("conn 7") // has the name only
	_, ok := weakkey.Get(m, stranger)
	fmt.Println(ok, c.state)
	// Output:
	// handshake true
	// false conn 7
}

// Every version of a Map stays as it was: keeping one is a snapshot.
func ExampleMap() {
	phase := weakkey.Static[string]("phase")
	var parsing, checking weakkey.Map
	parsing, _ = weakkey.Set(parsing, phase, "parse")
	checking, _ = weakkey.Set(parsing, phase, "check")
	fmt.Println(weakkey.Get(parsing, phase))
	fmt.Println(weakkey.Get(checking, phase))
	// Output:
	// parse true
	// check true
}

// A library passes its options to every key it makes.
func ExampleOption() {
	ns := weakkey.NewNamespace("scheduler")
	opts := []weakkey.Option{weakkey.In(ns)}
	weakkey.Static[int]("priority", opts...)
	weakkey.Static[string]("queue", opts...)
	fmt.Println(ns.Len())
	// Output: 2
}

// Per-key data outside of any Map: the index addresses it, the generation tells whose it is.
func ExampleID() {
	type cell struct {
		owner weakkey.ID
		hits  int
	}
	k := weakkey.New[int]("requests")
	cells := make([]cell, k.ID().Index()+1)
	cells[k.ID().Index()] = cell{k.ID(), 12}

	c := cells[k.ID().Index()]
	fmt.Println(c.owner == k.ID(), c.hits, weakkey.ID(0) == k.ID())
	// Output: true 12 false
}

func ExampleID_Index() {
	k := weakkey.New[int]("k")
	bits := make([]uint64, k.ID().Index()/64+1) // a set of keys, one bit for each
	bits[k.ID().Index()/64] |= 1 << (k.ID().Index() % 64)
	fmt.Println(bits[k.ID().Index()/64]>>(k.ID().Index()%64)&1 == 1)
	runtime.KeepAlive(k) // as long as the index is in use
	// Output: true
}

func ExampleID_Generation() {
	k := weakkey.New[int]("k")
	fmt.Println(k.ID().Generation() > 0) // the first key of an index has generation 1
	// Output: true
}

func ExampleNewNamespace() {
	ns := weakkey.NewNamespace("router")
	other := weakkey.NewNamespace("router")
	weakkey.Static[string]("route", weakkey.In(ns))
	fmt.Println(ns.Len(), other.Len()) // two of one name are two
	// Output: 1 0
}

func ExampleNamespace_Name() {
	fmt.Println(weakkey.NewNamespace("router").Name())
	// Output: router
}

func ExampleNamespace_Len() {
	ns := weakkey.NewNamespace("sessions")
	a, b := weakkey.New[int]("a", weakkey.In(ns)), weakkey.New[int]("b", weakkey.In(ns))
	a.Release()
	fmt.Println(ns.Len())
	runtime.KeepAlive(b)
	// Output: 1
}

func ExampleNamespace_Keys() {
	ns := weakkey.NewNamespace("compiler")
	weakkey.Static[int]("optimise", weakkey.In(ns))
	weakkey.Static[string]("target", weakkey.In(ns))
	for info := range ns.Keys() {
		fmt.Println(info.Name(), info.Type())
	}
	// Output:
	// optimise int
	// target string
}

// A debugger shows which variables a snapshot has, without their values.
func ExampleNamespace_KeysIn() {
	ns := weakkey.NewNamespace("compiler")
	weakkey.Static[int]("optimise", weakkey.In(ns))
	target := weakkey.Static[string]("target", weakkey.In(ns))
	m, _ := weakkey.Set(weakkey.Map{}, target, "wasm")
	for info := range ns.KeysIn(m) {
		fmt.Println(info)
	}
	// Output: target
}

func ExampleInfo() {
	ns := weakkey.NewNamespace("sessions")
	k := weakkey.New[[]string]("cart", weakkey.In(ns))
	for info := range ns.Keys() {
		fmt.Println(info, info.Type(), "static:", info.Static(), "alive:", info.Alive())
	}
	runtime.KeepAlive(k)
	// Output: cart []string static: false alive: true
}

// only returns what is known of the one key of a namespace.
func only(ns *weakkey.Namespace) (only weakkey.Info) {
	for info := range ns.Keys() {
		only = info
	}
	return only
}

func ExampleInfo_Name() {
	ns := weakkey.NewNamespace("sessions")
	weakkey.Static[int]("retries", weakkey.In(ns))
	fmt.Println(only(ns).Name())
	// Output: retries
}

func ExampleInfo_Type() {
	ns := weakkey.NewNamespace("sessions")
	weakkey.Static[error]("last error", weakkey.In(ns))
	fmt.Println(only(ns).Type())
	// Output: error
}

func ExampleInfo_ID() {
	ns := weakkey.NewNamespace("sessions")
	k := weakkey.Static[int]("retries", weakkey.In(ns))
	fmt.Println(only(ns).ID() == k.ID())
	// Output: true
}

func ExampleInfo_Static() {
	ns := weakkey.NewNamespace("sessions")
	weakkey.Static[int]("retries", weakkey.In(ns))
	fmt.Println(only(ns).Static())
	// Output: true
}

// An Info that was kept tells that its key has ended.
func ExampleInfo_Alive() {
	ns := weakkey.NewNamespace("sessions")
	k := weakkey.New[int]("login", weakkey.In(ns))
	info := only(ns)
	fmt.Println(info.Alive())
	k.Release()
	fmt.Println(info.Alive())
	// Output:
	// true
	// false
}

// A health check looks at what collections have left to do.
func ExampleStats() {
	k := weakkey.New[*int]("upload")
	s := weakkey.ReadStats()
	fmt.Println(s.CollectableKeys > 0, s.PendingReleases >= 0)
	runtime.KeepAlive(k)
	// Output: true true
}

// A server that makes keys for its guests ends the guest, not itself, when the indexes run out.
func ExampleNew_exhausted() {
	create := func(name string) (k weakkey.Key[int], err error) {
		defer func() {
			if p, ok := recover().(error); ok && errors.Is(p, weakkey.ErrExhausted) {
				err = p // 2^32 keys are alive
			}
		}()
		return weakkey.New[int](name), nil
	}
	k, err := create("guest")
	fmt.Println(k, err)
	// Output: guest <nil>
}
