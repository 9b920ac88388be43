package ctx_test

import (
	"errors"
	"fmt"

	"github.com/strata-go/strata/ctx"
)

// Examples of the names of executions and snapshots that the other files do not
// show.

func ExampleState() {
	var st ctx.State // ready to use
	user.Set(&st, "ann")
	fmt.Println(user.Get(&st))
	// Output: ann
}

func ExampleNewState() {
	st := ctx.NewState()
	fmt.Println(user.Or(st, "nobody"))
	// Output: nobody
}

func ExampleState_Mark() {
	st := ctx.NewState()
	here := st.Mark()
	st.Push(new(ctx.Layer))
	precision.Set(st, 3)
	st.Unwind(here)
	fmt.Println(precision.Get(st))
	// Output: 28
}

func ExampleMark() {
	st := ctx.NewState()
	m := st.Swap(ctx.Snapshot{})
	st.Unwind(m)
	st.Unwind(m)          // idempotent
	st.Unwind(ctx.Mark{}) // the zero Mark unwinds nothing
	// Output:
}

func ExampleState_Attach() {
	st := ctx.NewState()
	m := st.Push(new(ctx.Layer))
	precision.Set(st, 3)
	off := st.Detach(m)
	fmt.Println(precision.Get(st))
	m = st.Attach(off)
	fmt.Println(precision.Get(st))
	st.Unwind(m)
	// Output:
	// 28
	// 3
}

func ExampleLevels() {
	var off ctx.Levels // none
	st := ctx.NewState()
	st.Unwind(st.Attach(off))
	// Output:
}

func ExampleState_Suppressed() {
	st := ctx.NewState()
	restore := st.Suppress()
	fmt.Println(st.Suppressed())
	restore()
	fmt.Println(st.Suppressed())
	// Output:
	// true
	// false
}

func ExampleState_Debug() {
	st := ctx.NewState()
	st.Debug(true) // misuse tells where the block was opened
	a := scopes.Push(st, 1)
	scopes.Push(st, 2)
	defer func() {
		err, _ := recover().(*ctx.MisuseError)
		fmt.Println(err.Opened != "")
	}()
	a.Pop(st)
	// Output: true
}

func ExampleLayer() {
	st := ctx.NewState()
	var l ctx.Layer // an empty overlay, ready to use
	m := st.Push(&l)
	user.Set(st, "own")
	st.Unwind(m)
	fmt.Println(user.Or(st, "nobody"), l.Snapshot().Len())
	// Output: nobody 1
}

func ExampleLayer_Capture() {
	st := ctx.NewState()
	user.Set(st, "creator")
	var l ctx.Layer
	_ = l.Capture(st.Snapshot())
	user.Set(st, "caller")
	defer st.Unwind(st.Push(&l))
	fmt.Println(user.Get(st))
	// Output: creator
}

func ExampleLayer_Mode() {
	var l ctx.Layer
	fmt.Println(l.Mode(), ctx.CapturedLayer(ctx.Snapshot{}).Mode())
	// Output: overlay captured
}

func ExampleMode() {
	var l ctx.Layer
	for _, m := range []ctx.Mode{ctx.Overlay, ctx.None, ctx.Captured} {
		fmt.Println(m, l.SetMode(m))
	}
	// Output:
	// overlay <nil>
	// none <nil>
	// captured <nil>
}

func ExampleLayer_Running() {
	st := ctx.NewState()
	var l ctx.Layer
	m := st.Push(&l)
	fmt.Println(l.Running(), errors.Is(l.SetMode(ctx.None), ctx.ErrRunning))
	st.Unwind(m)
	fmt.Println(l.Running())
	// Output:
	// true true
	// false
}

func ExampleLayer_Snapshot() {
	st := ctx.NewState()
	user.Set(st, "caller")
	var l ctx.Layer
	m := st.Push(&l)
	precision.Set(st, 3)
	st.Unwind(m)
	s := l.Snapshot() // the generator's own values only
	fmt.Println(s.Has(precision), s.Has(user))
	// Output: true false
}

func ExampleNewEnv() {
	e := ctx.NewEnv(ctx.Snapshot{}.With(user.To("ann")))
	st := ctx.NewState()
	_ = e.Run(st, func() { fmt.Println(user.Get(st)) })
	// Output: ann
}

func ExampleEnv_Run() {
	st := ctx.NewState()
	var e ctx.Env
	_ = e.Run(st, func() { user.Set(st, "ann") })
	_ = e.Run(st, func() { fmt.Println(user.Get(st)) })
	fmt.Println(user.Or(st, "nobody"))
	// Output:
	// ann
	// nobody
}

func ExampleEnv_Enter() {
	st := ctx.NewState()
	var e ctx.Env
	m, err := e.Enter(st) // a scheduler runs a task step by step
	user.Set(st, "task")
	st.Unwind(m)
	fmt.Println(err, user.Or(st, "scheduler"))
	// Output: <nil> scheduler
}

func ExampleEnv_Copy() {
	st := ctx.NewState()
	e := ctx.NewEnv(ctx.Snapshot{}.With(user.To("ann")))
	c := e.Copy()
	_ = c.Run(st, func() { user.Set(st, "bob") })
	fmt.Println(user.In(e.Snapshot()))
	fmt.Println(user.In(c.Snapshot()))
	// Output:
	// ann true
	// bob true
}

func ExampleEnv_Snapshot() {
	st := ctx.NewState()
	var e ctx.Env
	_ = e.Run(st, func() {
		user.Set(st, "ann")
		fmt.Println(user.In(e.Snapshot())) // live, also for other goroutines
	})
	// Output: ann true
}

func ExampleHandle() {
	var h ctx.Handle // the zero Handle is a released one
	fmt.Println(h.Call(ctx.NewState()))
	// Output: false
}

func ExampleHandle_Call() {
	loop := ctx.NewState()
	h := ctx.Snapshot{}.With(user.To("ann")).Handle(func(st *ctx.State) { fmt.Println(user.Get(st)) })
	fmt.Println(h.Call(loop), h.Call(loop))
	// Output:
	// ann
	// true false
}

func ExampleHandle_Release() {
	timer := ctx.Snapshot{}.With(user.To("ann")).Handle(func(*ctx.State) {})
	fmt.Println(timer.Release(), timer.Release()) // cancelled: it holds nothing
	// Output: true false
}

func ExampleSnapshot() {
	st := ctx.NewState()
	user.Set(st, "ann")
	s := st.Snapshot() // one word, safe for any number of goroutines
	user.Set(st, "bob")
	fmt.Println(user.In(s))
	fmt.Println(ctx.Snapshot{} == ctx.NewState().Snapshot())
	// Output:
	// ann true
	// true
}

func ExampleSnapshot_NewState() {
	s := ctx.Snapshot{}.With(user.To("ann"))
	a, b := s.NewState(), s.NewState()
	user.Set(a, "bob")
	fmt.Println(user.Get(a), user.Get(b))
	// Output: bob ann
}

func ExampleSnapshot_Has() {
	s := ctx.Snapshot{}.With(user.To(""))
	fmt.Println(s.Has(user), s.Has(precision)) // a default does not count
	// Output: true false
}

func ExampleSnapshot_Len() {
	fmt.Println(ctx.Snapshot{}.With(user.To("ann"), precision.To(3)).Len())
	// Output: 2
}

func ExampleSnapshot_Apply() {
	a := ctx.Snapshot{}.With(user.To("ann"))
	changes := a.Diff(a.With(precision.To(3)))
	fmt.Println(precision.In(ctx.Snapshot{}.Apply(changes)))
	// Output: 3 true
}

func ExampleDelta() {
	var d ctx.Delta // changes nothing
	fmt.Println(d.Len(), ctx.Snapshot{}.Apply(d) == ctx.Snapshot{})
	// Output: 0 true
}

func ExampleDelta_Len() {
	a := ctx.Snapshot{}.With(user.To("ann"))
	fmt.Println(a.Diff(a).Len(), a.Diff(ctx.Snapshot{}).Len())
	// Output: 0 1
}

func ExampleNamespace() {
	lib := ctx.NewNamespace("lib")
	v := ctx.Static("v", ctx.In[int](lib))
	s := ctx.Snapshot{}.With(v.To(1), user.To("ann"))
	fmt.Println(s.Only(lib).Len(), s.Without(lib).Len())
	// Output: 1 1
}

func ExampleNewNamespace() {
	a, b := ctx.NewNamespace("lib"), ctx.NewNamespace("lib")
	fmt.Println(a == b, a.Name() == b.Name())
	// Output: false true
}

func ExampleNamespace_Name() {
	fmt.Println(ctx.NewNamespace("lib").Name())
	// Output: lib
}

func ExampleNamespace_All() {
	lib := ctx.NewNamespace("lib")
	path := ctx.StaticStack("path", ctx.In[string](lib))
	st := ctx.NewState()
	path.Push(st, "usr")
	path.Push(st, "lib")
	for info, x := range lib.All(st.Snapshot()) {
		fmt.Println(info.Name, x)
	}
	// Output: path [usr lib]
}

func ExampleSnapshot_Only() {
	wire := ctx.NewNamespace("wire")
	trace := ctx.Static("trace", ctx.In[string](wire))
	s := ctx.Snapshot{}.With(trace.To("id"), user.To("ann"))
	fmt.Println(s.Only(wire).Has(trace), s.Only(wire).Has(user))
	// Output: true false
}

func ExampleSnapshot_Without() {
	secrets := ctx.NewNamespace("secrets")
	token := ctx.Static("token", ctx.In[string](secrets))
	s := ctx.Snapshot{}.With(token.To("x"), user.To("ann"))
	fmt.Println(s.Without(secrets).Has(token), s.Without(secrets).Has(user))
	// Output: false true
}

func ExampleVarInfo() {
	st := ctx.NewState()
	scopes.Push(st, 1)
	for v := range st.Snapshot().Vars() {
		fmt.Println(v.Name, v.Type, v.Stack, v.Static)
	}
	// Output: cancel scopes int true true
}

func ExampleVarInfo_Is() {
	for v := range (ctx.Snapshot{}).With(user.To("ann")).Vars() {
		fmt.Println(v.Is(user), v.Is(precision))
	}
	// Output: true false
}

func ExampleLevelInfo() {
	st := ctx.NewState()
	st.Run(ctx.Snapshot{}.With(user.To("ann")), func() {
		for level := range st.Levels() {
			fmt.Println(level.Kind, level.Hides, level.Vars[0].Name)
		}
	})
	// Output: run true user
}
