package ctx_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/strata-go/strata/ctx"
)

// Examples of the names of variables that the other files do not show.

func ExampleVar() {
	a, b := ctx.New[int]("x"), ctx.New[int]("x")
	c := a
	fmt.Println(a == b, a == c) // identity is the object, never the name
	// Output: false true
}

func ExampleVar_Name() {
	fmt.Println(user.Name())
	// Output: user
}

func ExampleVar_To() {
	s := ctx.Snapshot{}.With(user.To("ann"))
	fmt.Println(user.In(s))
	// Output: ann true
}

// Inside a test: user.SetFor(t, st, "ann") lasts until the test ends.
func ExampleVar_SetFor() {
	st := ctx.NewState()
	var t tb // stands for the *testing.T
	user.SetFor(&t, st, "ann")
	fmt.Println(user.Get(st))
	t.cleanups[0]()
	fmt.Println(user.Or(st, "nobody"))
	// Output:
	// ann
	// nobody
}

func ExampleTB() {
	var t ctx.TB = new(tb) // a *testing.T is one
	t.Helper()
	// Output:
}

func ExampleVariable() {
	s := ctx.Snapshot{}.With(user.To("ann"))
	for _, v := range []ctx.Variable{user, precision, scopes} {
		fmt.Println(v.Name(), s.Has(v))
	}
	// Output:
	// user true
	// precision false
	// cancel scopes false
}

func ExampleToken() {
	st := ctx.NewState()
	a := user.Set(st, "ann")
	b := user.Set(st, "bob")
	fmt.Println(user.Reset(st, b), user.Get(st))
	fmt.Println(user.Reset(st, a), user.Or(st, "nobody"))
	// Output:
	// <nil> ann
	// <nil> nobody
}

func ExampleToken_Old() {
	st := ctx.NewState()
	first := user.Set(st, "ann")
	second := user.Set(st, "bob")
	_, had := first.Old()
	fmt.Println(had)
	fmt.Println(second.Old())
	// Output:
	// false
	// ann true
}

func ExampleToken_Var() {
	tok := user.Set(ctx.NewState(), "ann")
	fmt.Println(tok.Var() == user)
	// Output: true
}

func ExampleBlock() {
	st := ctx.NewState()
	b := user.Scope(st, "ann")
	fmt.Println(user.Get(st))
	b.End()
	fmt.Println(user.Or(st, "nobody"))
	// Output:
	// ann
	// nobody
}

func ExampleBlock_End() {
	st := ctx.NewState()
	outer := precision.Scope(st, 3)
	inner := precision.Scope(st, 4)
	inner.End()
	fmt.Println(precision.Get(st))
	outer.End()
	// Output: 3
}

func ExampleBlock_Token() {
	st := ctx.NewState()
	b := precision.Scope(st, 3)
	_, had := b.Token().Old()
	fmt.Println(had)
	b.End()
	// Output: false
}

func ExampleBinding() {
	defaults := []ctx.Binding{user.To("guest"), precision.To(6)}
	s := ctx.Snapshot{}.With(defaults...)
	fmt.Println(s.Len())
	// Output: 2
}

func ExampleBindings() {
	st := ctx.NewState()
	block := st.With(user.To("ann"), precision.To(3))
	block.Run(func() { fmt.Println(user.Get(st), precision.Get(st)) })
	fmt.Println(st.Snapshot().Len())
	// Output:
	// ann 3
	// 0
}

func ExampleBindings_Run() {
	st := ctx.NewState()
	st.With(precision.To(1), precision.To(2)).Run(func() {
		fmt.Println(precision.Get(st)) // a later binding wins
	})
	// Output: 2
}

func ExampleOption() {
	// Options are typed by the variable: Default("x") does not compile here.
	opts := []ctx.Option[int]{ctx.Default(1), ctx.Never[int]}
	v := ctx.Static("v", opts...)
	fmt.Println(v.Get(ctx.NewState()))
	// Output: 1
}

func ExampleConfig() {
	// A package can offer options of its own, made of those of ctx.
	port := func(c *ctx.Config[int]) {
		ctx.Default(8080)(c)
		ctx.Guard(func(p int) error {
			if p < 1 {
				return errors.New("no such port")
			}
			return nil
		})(c)
	}
	v := ctx.Static("port", port)
	_, err := v.TrySet(ctx.NewState(), 0)
	fmt.Println(v.Get(ctx.NewState()), err)
	// Output: 8080 ctx: the guard of variable "port" refused the value: no such port
}

func ExampleDefault() {
	v := ctx.Static("retries", ctx.Default(3))
	st := ctx.NewState()
	fmt.Println(v.Get(st), st.Snapshot().Has(v)) // a default is in no snapshot
	// Output: 3 false
}

func ExampleAlways() {
	v := ctx.Static("trace", ctx.Always[string]) // says what happens anyway
	st := ctx.NewState()
	v.Set(st, "id")
	fmt.Println(v.Get(st.Fork()))
	// Output: id
}

func ExampleGuard() {
	positive := ctx.Static("n", ctx.Guard(func(n int) error {
		if n < 0 {
			return errors.New("negative")
		}
		return nil
	}))
	st := ctx.NewState()
	defer func() { fmt.Println(recover()) }()
	positive.Set(st, -1)
	// Output: ctx: the guard of variable "n" refused the value: negative
}

func ExampleRedact() {
	token := ctx.Static("token", ctx.Redact[string])
	st := ctx.NewState()
	token.Set(st, "secret")
	fmt.Println(token, st.Snapshot(), token.Redacted())
	// Output: ctx.Var[string]("token") ctx.Snapshot(1) true
}

func ExampleIn() {
	lib := ctx.NewNamespace("lib")
	depth := ctx.Static("depth", ctx.In[int](lib)) // the type cannot be inferred
	for info, x := range lib.All(ctx.Snapshot{}.With(depth.To(2))) {
		fmt.Println(info.Namespace, info.Name, x)
	}
	// Output: lib depth 2
}

func ExampleChange() {
	v := ctx.Static("v", ctx.OnChange(func(_ *ctx.State, c ctx.Change[int]) {
		fmt.Println(c.HadOld, c.Old, c.HasNew, c.New)
	}))
	st := ctx.NewState()
	v.Set(st, 1)
	v.Unset(st)
	// Output:
	// false 0 true 1
	// true 1 false 0
}

func ExampleGuardError() {
	refused := errors.New("refused")
	v := ctx.Static("v", ctx.Guard(func(int) error { return refused }))
	_, err := v.TrySet(ctx.NewState(), 1)
	var guard *ctx.GuardError
	fmt.Println(errors.As(err, &guard), guard.Name, errors.Is(err, refused))
	// Output: true v true
}

func ExampleNoValueError() {
	defer func() {
		err, _ := recover().(error)
		fmt.Println(errors.Is(err, ctx.ErrNoValue))
	}()
	user.Get(ctx.NewState())
	// Output: true
}

func ExampleStackVar() {
	st := ctx.NewState()
	var generator ctx.Layer
	for _, deadline := range []int{20, 5} {
		p := scopes.Push(st, deadline)
		m := st.Push(&generator)
		if deadline == 20 {
			scopes.Push(st, 10) // stays open across the yield
		}
		fmt.Println(slices.Collect(scopes.All(st)))
		st.Unwind(m)
		p.Pop(st)
	}
	// Output:
	// [20 10]
	// [5 10]
}

func ExampleNewStack() {
	s := ctx.NewStack[string]("path") // collectable, as the variables of New
	st := ctx.NewState()
	s.Push(st, "usr")
	fmt.Println(s.Get(st), s)
	// Output: usr ctx.StackVar[string]("path")
}

func ExampleStackVar_Name() {
	fmt.Println(scopes.Name())
	// Output: cancel scopes
}

func ExampleStackVar_Get() {
	st := ctx.NewState()
	scopes.Push(st, 1)
	scopes.Push(st, 2)
	fmt.Println(scopes.Get(st))
	// Output: 2
}

func ExampleStackVar_Lookup() {
	st := ctx.NewState()
	_, before := scopes.Lookup(st)
	scopes.Push(st, 1)
	x, now := scopes.Lookup(st)
	fmt.Println(before, x, now)
	// Output: false 1 true
}

func ExampleStackVar_In() {
	st := ctx.NewState()
	scopes.Push(st, 1)
	fmt.Println(scopes.In(st.Snapshot()))
	// Output: 1 true
}

func ExampleStackVar_All() {
	st := ctx.NewState()
	for i := range 3 {
		scopes.Push(st, i)
	}
	for x := range scopes.All(st) {
		fmt.Println(x)
	}
	// Output:
	// 0
	// 1
	// 2
}

func ExampleStackVar_Len() {
	st := ctx.NewState()
	scopes.Push(st, 1)
	fmt.Println(scopes.Len(st))
	// Output: 1
}

func ExampleStackVar_Reset() {
	st := ctx.NewState()
	scopes.Push(st, 1)
	tok := scopes.Mask(st)
	fmt.Println(scopes.Len(st))
	fmt.Println(scopes.Reset(st, tok), scopes.Len(st))
	// Output:
	// 0
	// <nil> 1
}

func ExampleStackVar_Release() {
	s := ctx.NewStack[int]("s")
	st := ctx.NewState()
	s.Push(st, 1)
	s.Release()
	fmt.Println(s.Len(st), st.Snapshot().Len())
	// Output: 0 0
}

func ExamplePushed() {
	st := ctx.NewState()
	p := scopes.Push(st, 1)
	fmt.Println(p.TryPop(st), errors.Is(p.TryPop(st), ctx.ErrTokenUsed))
	// Output: <nil> true
}

func ExamplePushed_Pop() {
	st := ctx.NewState()
	func() {
		defer scopes.Push(st, 1).Pop(st) // Push now, Pop at the end
		fmt.Println(scopes.Len(st))
	}()
	fmt.Println(scopes.Len(st))
	// Output:
	// 1
	// 0
}

// The effective deadline: the minimum, started anew at a shield.
func ExampleFold() {
	type scope struct {
		deadline int
		shield   bool
	}
	open := ctx.StaticStack[scope]("scopes")
	effective := ctx.NewFold(open, 1000, func(d int, s scope) int {
		if s.shield {
			return s.deadline
		}
		return min(d, s.deadline)
	})
	st := ctx.NewState()
	open.Push(st, scope{20, false})
	fmt.Println(effective.Get(st))
	open.Push(st, scope{30, true})
	fmt.Println(effective.Get(st))
	open.Push(st, scope{25, false})
	fmt.Println(effective.Get(st))
	// Output:
	// 20
	// 30
	// 25
}

func ExampleFold_Get() {
	longest := ctx.NewFold(scopes, 0, func(a, x int) int { return max(a, x) })
	st := ctx.NewState()
	scopes.Push(st, 7)
	scopes.Push(st, 3)
	fmt.Println(longest.Get(st))
	// Output: 7
}

func ExampleFold_In() {
	count := ctx.NewFold(scopes, 0, func(n, _ int) int { return n + 1 })
	st := ctx.NewState()
	p := scopes.Push(st, 1)
	s := st.Snapshot()
	fmt.Println(count.In(s))
	p.Pop(st)
	fmt.Println(count.In(s)) // a left block counts nowhere
	// Output:
	// 1
	// 0
}

// A scope whose deadline moves tells the folds that depend on it.
func ExampleStackVar_Changed() {
	type scope struct{ deadline int }
	open := ctx.StaticStack[*scope]("scopes")
	effective := ctx.NewFold(open, 1000, func(d int, s *scope) int { return min(d, s.deadline) })
	st := ctx.NewState()
	x := &scope{20}
	open.Push(st, x)
	fmt.Println(effective.Get(st))
	x.deadline = 5
	open.Changed()
	fmt.Println(effective.Get(st))
	// Output:
	// 20
	// 5
}
