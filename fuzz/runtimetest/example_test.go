package runtimetest_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/fuzz/runtimetest"
)

// A runtime with functions only leaves the rest nil; what it has not is not tested.
func ExampleHost() {
	st := ctx.NewState()
	host := runtimetest.Host{
		Current: func() *ctx.State { return st },
		Call: func(body func() error) error {
			defer st.Unwind(st.Mark()) // a level that the guest left on goes with its function
			return body()
		},
	}
	user := ctx.Static[string]("user")
	err := host.Call(func() error {
		host.Current().Push(new(ctx.Layer)) // a generator is resumed and raises
		user.Set(host.Current(), "ann")
		return errors.New("raised by the guest")
	})
	_, set := user.Lookup(host.Current())
	fmt.Println(err, set)
	// Output: raised by the guest false
}

// The toy's generators keep what their steps set, and the caller does not see it.
func ExampleGenerator() {
	vm := &toy{cur: ctx.NewState()}
	digits := ctx.Static("digits", ctx.Default(28))
	n := 0
	g := vm.generate(func() (bool, error) { // a runtimetest.Generator
		fmt.Println("generator:", digits.Get(vm.cur))
		digits.Set(vm.cur, 4)
		n++
		return n < 3, nil
	})
	more, err := g.Next()
	fmt.Println("caller:   ", digits.Get(vm.cur), more, err)
	more, err = g.Next()
	fmt.Println("caller:   ", digits.Get(vm.cur), more, err)
	g.Close()
	// Output:
	// generator: 28
	// caller:    28 true <nil>
	// generator: 4
	// caller:    28 true <nil>
}

// In the test of an adapter: each subtest gets a host of its own.
func ExampleRun() { //nolint:testableexamples // what takes a testing.T is compiled only
	_ = func(t *testing.T) { // func TestAdapter(t *testing.T)
		runtimetest.Run(t, func(*testing.T) runtimetest.Host {
			vm := &toy{cur: ctx.NewState()}
			return vm.host()
		})
	}
}
