package ctx_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/strata-go/strata/ctx"
)

func ExampleStatic() {
	// At package level: var user = ctx.Static[string]("user")
	st := ctx.NewState()
	user.Set(st, "ann")
	fmt.Println(user.Get(st), user)
	// Output: ann ctx.Var[string]("user")
}

func ExampleNew() {
	// A variable of one connection. When nobody holds it any more, its values
	// leave every snapshot.
	inflight := ctx.New("inflight", ctx.Default(0))
	st := ctx.NewState()
	inflight.Update(st, func(n int, _ bool) int { return n + 1 })
	fmt.Println(inflight.Get(st))
	// Output: 1
}

func ExampleVar_Get() {
	fmt.Println(precision.Get(ctx.NewState()))
	// Output: 28
}

func ExampleVar_Or() {
	st := ctx.NewState()
	fmt.Println(precision.Or(st, 3)) // the default does not matter
	precision.Set(st, 5)
	fmt.Println(precision.Or(st, 3))
	// Output:
	// 3
	// 5
}

func ExampleVar_Lookup() {
	st := ctx.NewState()
	_, set := user.Lookup(st)
	user.Set(st, "")
	name, setNow := user.Lookup(st)
	fmt.Printf("%v %q %v\n", set, name, setNow)
	// Output: false "" true
}

func ExampleVar_In() {
	st := ctx.NewState()
	user.Set(st, "ann")
	s := st.Snapshot()
	user.Set(st, "bob")
	fmt.Println(user.In(s))
	// Output: ann true
}

func ExampleVar_Set() {
	st := ctx.NewState()
	tok := user.Set(st, "ann")
	fmt.Println(user.Get(st))
	fmt.Println(user.Reset(st, tok), user.Or(st, "nobody"))
	// Output:
	// ann
	// <nil> nobody
}

func ExampleVar_TrySet() {
	port := ctx.Static("port", ctx.Guard(func(p int) error {
		if p > 65535 {
			return errors.New("no such port")
		}
		return nil
	}))
	_, err := port.TrySet(ctx.NewState(), 100_000)
	fmt.Println(err)
	// Output: ctx: the guard of variable "port" refused the value: no such port
}

func ExampleVar_Put() {
	st := ctx.NewState()
	m := st.Swap(st.Snapshot()) // a turn of an event loop
	user.Put(st, "ann")
	fmt.Println(user.Get(st))
	st.Unwind(m)
	fmt.Println(user.Or(st, "nobody"))
	// Output:
	// ann
	// nobody
}

// A generator's Reset brings its caller's present value back into view.
// Writing back what Get returned would pin the old one.
func ExampleVar_Reset() {
	st := ctx.NewState()
	user.Set(st, "caller")
	var l ctx.Layer
	m := st.Push(&l)
	tok := user.Set(st, "own")
	st.Unwind(m)
	user.Set(st, "caller now")
	defer st.Unwind(st.Push(&l))
	fmt.Println(user.Get(st))
	fmt.Println(user.Reset(st, tok), user.Get(st))
	// Output:
	// own
	// <nil> caller now
}

func ExampleVar_Update() {
	st := ctx.NewState()
	for range 3 {
		precision.Update(st, func(old int, ok bool) int {
			if !ok {
				return 1
			}
			return old * 2
		})
	}
	fmt.Println(precision.Get(st))
	// Output: 4
}

// Set of a zero value, Unset and Mask are three different things.
func ExampleVar_Unset() {
	st := ctx.NewState()
	precision.Set(st, 3)
	defer st.Unwind(st.Push(new(ctx.Layer)))
	precision.Set(st, 0)
	fmt.Println(precision.Get(st))
	fmt.Println(precision.Unset(st), precision.Get(st)) // what lies below shows
	precision.Mask(st)
	fmt.Println(precision.Get(st)) // the default
	// Output:
	// 0
	// true 3
	// 28
}

func ExampleVar_Mask() {
	st := ctx.NewState()
	user.Set(st, "ann")
	tok := user.Mask(st)
	fmt.Println(user.Or(st, "nobody"))
	_ = user.Reset(st, tok)
	fmt.Println(user.Get(st))
	// Output:
	// nobody
	// ann
}

func ExampleVar_With() {
	st := ctx.NewState()
	precision.With(st, 3, func() { fmt.Println(precision.Get(st)) })
	fmt.Println(precision.Get(st))
	// Output:
	// 3
	// 28
}

func ExampleVar_Scope() {
	st := ctx.NewState()
	func() {
		defer precision.Scope(st, 3).End()
		fmt.Println(precision.Get(st))
	}()
	fmt.Println(precision.Get(st))
	// Output:
	// 3
	// 28
}

func ExampleState_With() {
	st := ctx.NewState()
	st.With(user.To("ann"), precision.To(3)).Run(func() {
		fmt.Println(user.Get(st), precision.Get(st))
	})
	// Output: ann 3
}

func ExampleVar_Release() {
	v := ctx.New[int]("session")
	st := ctx.NewState()
	v.Set(st, 1)
	s := st.Snapshot()
	v.Release()
	_, ok := v.In(s)
	_, err := v.TrySet(st, 2)
	fmt.Println(ok, s.Len(), errors.Is(err, ctx.ErrReleased))
	// Output: false 0 true
}

func ExampleDefaultFunc() {
	n := 0
	id := ctx.Static("id", ctx.DefaultFunc(func() int { n++; return n }))
	st := ctx.NewState()
	fmt.Println(id.Get(st), id.Get(st)) // nothing is stored
	id.Set(st, 10)
	fmt.Println(id.Get(st), id.Get(st))
	// Output:
	// 1 2
	// 10 10
}

func ExampleNever() {
	request := ctx.Static("request buffer", ctx.Never[[]byte])
	st := ctx.NewState()
	request.Set(st, []byte("…"))
	_, ok := request.Lookup(st.Fork())
	fmt.Println(ok)
	// Output: false
}

func ExampleCopy() {
	counter := ctx.Static("counter", ctx.Copy(func(int) int { return 0 }))
	st := ctx.NewState()
	counter.Set(st, 5)
	child := st.Fork()
	fmt.Println(counter.Get(st), counter.Get(child))
	// Output: 5 0
}

func ExampleOnChange() {
	level := ctx.Static("level", ctx.OnChange(func(_ *ctx.State, c ctx.Change[int]) {
		fmt.Println(c.Old, "to", c.New)
	}))
	st := ctx.NewState()
	level.Set(st, 1)
	level.With(st, 2, func() {})
	// Output:
	// 0 to 1
	// 1 to 2
	// 2 to 1
}

func ExampleStaticStack() {
	// At package level: var path = ctx.StaticStack[string]("path")
	path := ctx.StaticStack[string]("path")
	st := ctx.NewState()
	a := path.Push(st, "usr")
	b := path.Push(st, "lib")
	fmt.Println(slices.Collect(path.All(st)), path.Get(st), path.Len(st))
	b.Pop(st)
	a.Pop(st)
	fmt.Println(path.Len(st))
	// Output:
	// [usr lib] lib 2
	// 0
}

func ExampleStackVar_Push() {
	st := ctx.NewState()
	func() {
		defer scopes.Push(st, 10).Pop(st)
		fmt.Println(scopes.Lookup(st))
	}()
	fmt.Println(scopes.Lookup(st))
	// Output:
	// 10 true
	// 0 false
}

func ExampleStackVar_Replace() {
	st := ctx.NewState()
	scopes.Push(st, 1)
	p := scopes.Push(st, 2)
	r := scopes.Replace(st, 3)
	fmt.Println(slices.Collect(scopes.All(st)))
	r.Pop(st)
	p.Pop(st)
	fmt.Println(slices.Collect(scopes.All(st)))
	// Output:
	// [1 3]
	// [1]
}

func ExampleStackVar_Mask() {
	st := ctx.NewState()
	scopes.Push(st, 1)
	tok := scopes.Mask(st) // a shield: what is below does not count
	scopes.Push(st, 2)
	fmt.Println(slices.Collect(scopes.All(st)))
	_ = scopes.Reset(st, tok)
	fmt.Println(slices.Collect(scopes.All(st)))
	// Output:
	// [2]
	// [1]
}

// A callback that comes after its registrar's block was left sees no block.
func ExampleStackVar_AllIn() {
	st := ctx.NewState()
	outer := scopes.Push(st, 20)
	inner := scopes.Push(st, 10)
	s := st.Snapshot()
	fmt.Println(slices.Collect(scopes.AllIn(s)))
	inner.Pop(st)
	fmt.Println(slices.Collect(scopes.AllIn(s)))
	outer.Pop(st)
	fmt.Println(s.Has(scopes))
	// Output:
	// [20 10]
	// [20]
	// false
}

func ExampleLasting() {
	groups := ctx.StaticStack("groups", ctx.Lasting[string])
	st := ctx.NewState()
	p := groups.Push(st, "request")
	child := st.Fork()
	p.Pop(st)
	fmt.Println(groups.Len(st), slices.Collect(groups.All(child)))
	// Output: 0 [request]
}

func ExamplePushed_TryPop() {
	st := ctx.NewState()
	a := scopes.Push(st, 1)
	b := scopes.Push(st, 2)
	fmt.Println(a.TryPop(st))
	fmt.Println(b.TryPop(st), a.TryPop(st))
	// Output:
	// ctx: blocks of a stack variable closed out of order
	// <nil> <nil>
}

func ExampleNewFold() {
	sum := ctx.NewFold(scopes, 0, func(acc, x int) int { return acc + x })
	st := ctx.NewState()
	scopes.Push(st, 1)
	scopes.Push(st, 2)
	fmt.Println(sum.Get(st), sum.In(st.Snapshot()))
	// Output: 3 3
}
