package ctx_test

import (
	"fmt"
	"slices"

	"github.com/strata-go/strata/ctx"
)

func ExampleState_Push() {
	st := ctx.NewState()
	var l ctx.Layer // a generator's own level
	m := st.Push(&l)
	precision.Set(st, 4)
	fmt.Println(precision.Get(st))
	st.Unwind(m) // it yields
	fmt.Println(precision.Get(st))
	defer st.Unwind(st.Push(&l)) // and goes on
	fmt.Println(precision.Get(st))
	// Output:
	// 4
	// 28
	// 4
}

func ExampleState_Resume() {
	gs, l := ctx.NewState(), new(ctx.Layer) // one of each for the generator's life
	body := func() { fmt.Println(user.Get(gs), precision.Get(gs)) }
	for _, name := range []string{"ann", "bob"} {
		resumer := ctx.NewState()
		user.Set(resumer, name)
		m := gs.Resume(resumer, l)
		precision.Set(gs, 4)
		body()
		gs.Unwind(m)
		fmt.Println(precision.Get(resumer))
	}
	// Output:
	// ann 4
	// 28
	// bob 4
	// 28
}

func ExampleState_Suspend() {
	gs, l := ctx.NewState(), new(ctx.Layer)
	from := ctx.NewState()
	m := gs.Resume(from, l)
	inner := gs.Swap(ctx.Snapshot{}.With(user.To("ann"))) // the generator is inside a Run
	gs.Suspend()                                          // and yields there
	gs.Resume(from, l)
	fmt.Println(user.Get(gs))
	gs.Unwind(inner)
	fmt.Println(user.Or(gs, "nobody"))
	gs.Unwind(m)
	// Output:
	// ann
	// nobody
}

func ExampleState_Swap() {
	st := ctx.NewState()
	user.Set(st, "loop")
	m := st.Swap(ctx.Snapshot{}.With(user.To("promise reaction")))
	fmt.Println(user.Get(st))
	st.Unwind(m)
	fmt.Println(user.Get(st))
	// Output:
	// promise reaction
	// loop
}

// One Unwind of an outer mark makes up for any number of skipped exits.
func ExampleState_Unwind() {
	st := ctx.NewState()
	m := st.Mark()
	func() {
		defer func() { _ = recover() }()
		st.Push(new(ctx.Layer))
		st.Swap(ctx.Snapshot{})
		user.Set(st, "inside")
		panic("nobody unwinds")
	}()
	st.Unwind(m)
	st.Unwind(m)
	fmt.Println(user.Or(st, "nobody"))
	// Output: nobody
}

// A push iterator takes its level off around yield, so that the loop's body
// runs in the context that it stands in.
func ExampleState_Detach() {
	st := ctx.NewState()
	values := func(yield func(int) bool) {
		m := st.Push(new(ctx.Layer))
		defer st.Unwind(m)
		precision.Set(st, 4)
		for i := range 2 {
			levels := st.Detach(m)
			more := yield(i)
			st.Attach(levels)
			if !more {
				return
			}
		}
	}
	for i := range values {
		fmt.Println(i, precision.Get(st))
	}
	// Output:
	// 0 28
	// 1 28
}

func ExampleState_Run() {
	st := ctx.NewState()
	s := ctx.Snapshot{}.With(user.To("ann"))
	st.Run(s, func() {
		fmt.Println(user.Get(st))
		user.Set(st, "bob") // goes with the run
	})
	fmt.Println(user.In(s))
	// Output:
	// ann
	// ann true
}

func ExampleState_Fork() {
	st := ctx.NewState()
	user.Set(st, "ann")
	child := st.Fork()
	user.Set(child, "bob")
	fmt.Println(user.Get(st), user.Get(child))
	// Output: ann bob
}

func ExampleState_Go() {
	st := ctx.NewState()
	user.Set(st, "ann")
	done := make(chan string)
	st.Go(func(st *ctx.State) { done <- user.Get(st) })
	fmt.Println(<-done)
	// Output: ann
}

func ExampleState_Suppress() {
	st := ctx.NewState()
	user.Set(st, "ann")
	restore := st.Suppress()
	worker := st.Fork() // a long-lived worker that must keep nothing
	restore()
	fmt.Println(user.Or(worker, "nobody"), user.Get(st), st.Suppressed())
	// Output: nobody ann false
}

func ExampleState_Levels() {
	st := ctx.NewState()
	user.Set(st, "ann")
	defer st.Unwind(st.Push(new(ctx.Layer)))
	precision.Set(st, 4)
	for level := range st.Levels() {
		for _, v := range level.Vars {
			fmt.Println(level.Kind, v.Name, v.Type)
		}
	}
	// Output:
	// overlay precision int
	// base user string
}

func ExampleState_Apply() {
	st := ctx.NewState()
	user.Set(st, "ann")
	before := st.Snapshot()
	task := before.NewState()
	user.Set(task, "bob")
	precision.Set(task, 3)
	changes := before.Diff(task.Snapshot())
	st.Apply(changes)
	fmt.Println(changes.Len(), user.Get(st), precision.Get(st))
	// Output: 2 bob 3
}

func ExampleState_Snapshot() {
	st := ctx.NewState()
	user.Set(st, "ann")
	s := st.Snapshot()
	user.Set(st, "bob")
	fmt.Println(user.In(s))
	fmt.Println(s == st.Snapshot(), st.Snapshot() == st.Snapshot())
	// Output:
	// ann true
	// false true
}

func ExampleLayer_SetMode() {
	st := ctx.NewState()
	l := new(ctx.Layer)
	resume := func() {
		defer st.Unwind(st.Push(l))
		precision.Set(st, 4)
	}
	resume()
	fmt.Println(precision.Get(st))
	_ = l.SetMode(ctx.None) // a context manager, an awaited coroutine
	resume()
	fmt.Println(precision.Get(st), l.Mode())
	// Output:
	// 28
	// 4 none
}

func ExampleCapturedLayer() {
	st := ctx.NewState()
	user.Set(st, "creator")
	l := ctx.CapturedLayer(st.Snapshot())
	user.Set(st, "caller")
	m := st.Push(l)
	fmt.Println(user.Get(st))
	st.Unwind(m)
	// Output: creator
}

func ExampleEnv() {
	st := ctx.NewState()
	var e ctx.Env
	for range 2 {
		_ = e.Run(st, func() { precision.Update(st, func(old int, _ bool) int { return old + 1 }) })
	}
	fmt.Println(precision.In(e.Snapshot()))
	fmt.Println(e.Run(st, func() { fmt.Println(e.Run(st, nil)) }))
	// Output:
	// 2 true
	// ctx: the Env is entered already: an Env runs one thing at a time; use a Snapshot for code that re-enters
	// <nil>
}

func ExampleSnapshot_Func() {
	st := ctx.NewState()
	user.Set(st, "ann")
	f := st.Snapshot().Func(func(st *ctx.State) { fmt.Println(user.Get(st)) })
	user.Set(st, "bob")
	f()
	f()
	// Output:
	// ann
	// ann
}

func ExampleSnapshot_FuncOnce() {
	st := ctx.NewState()
	user.Set(st, "ann")
	f := st.Snapshot().FuncOnce(func(st *ctx.State) { fmt.Println(user.Get(st)) })
	f()
	f() // nothing: it was a callback that comes once
	// Output: ann
}

func ExampleSnapshot_Handle() {
	st := ctx.NewState()
	h := ctx.Snapshot{}.With(user.To("ann")).Handle(func(st *ctx.State) { fmt.Println(user.Get(st)) })
	fmt.Println(h.Call(st))
	fmt.Println(h.Call(st), h.Release())
	// Output:
	// ann
	// true
	// false false
}

func ExampleSnapshot_Overlay() {
	registered := ctx.Snapshot{}.With(user.To("registrar"))
	st := ctx.NewState()
	user.Set(st, "caller")
	precision.Set(st, 3)
	registered.Overlay(st, func(st *ctx.State) { fmt.Println(user.Get(st), precision.Get(st)) })
	// Output: registrar 3
}

func ExampleSnapshot_With() {
	s := ctx.Snapshot{}.With(user.To("ann"), precision.To(3))
	fmt.Println(s, s.Has(user), s.Has(scopes))
	// Output: ctx.Snapshot(2) true false
}

func ExampleSnapshot_Vars() {
	s := ctx.Snapshot{}.With(user.To("ann"), precision.To(3))
	var names []string
	for v := range s.Vars() {
		names = append(names, v.Name)
	}
	slices.Sort(names)
	fmt.Println(names)
	// Output: [precision user]
}

func ExampleSnapshot_Equal() {
	a := ctx.Snapshot{}.With(precision.To(3))
	b := ctx.Snapshot{}.With(precision.To(3))
	fmt.Println(a == b, a.Equal(b))
	// Output: false true
}

func ExampleSnapshot_Diff() {
	a := ctx.Snapshot{}.With(user.To("ann"))
	b := a.With(user.To("bob"), precision.To(3))
	d := a.Diff(b)
	fmt.Println(d.Len(), a.Apply(d).Equal(b))
	// Output: 2 true
}
