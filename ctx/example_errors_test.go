package ctx_test

import (
	"errors"
	"fmt"

	"github.com/strata-go/strata/ctx"
)

// An interpreter makes bindings from what its program says, and reports a refusal as an error of the program.
func ExampleVar_TryTo() {
	depth := ctx.New("depth", ctx.Guard(func(n int) error {
		if n > 100 {
			return errors.New("recursion deeper than 100")
		}
		return nil
	}))
	st := ctx.NewState()
	if b, err := depth.TryTo(20); err == nil {
		st.With(b).Run(func() { fmt.Println("depth", depth.Get(st)) })
	}
	_, err := depth.TryTo(500)
	var refused *ctx.GuardError
	fmt.Println(errors.As(err, &refused), err)
	// Output:
	// depth 20
	// true ctx: the guard of variable "depth" refused the value: recursion deeper than 100
}

// What a script does wrong with its tokens comes back as an error that says which mistake it is. A reset that fails
// changes nothing.
func ExampleVar_Reset_mistakes() {
	user, role := ctx.New[string]("user"), ctx.New[string]("role")
	st := ctx.NewState()
	token := user.Set(st, "ann")
	fmt.Println("a token of nothing:  ", errors.Is(user.Reset(st, ctx.Token[string]{}), ctx.ErrTokenZero))
	fmt.Println("of another variable: ", errors.Is(role.Reset(st, token), ctx.ErrTokenVar))

	var generator ctx.Layer
	m := st.Push(&generator)
	fmt.Println("of the caller:       ", errors.Is(user.Reset(st, token), ctx.ErrTokenLevel))
	st.Unwind(m)
	fmt.Println("where it belongs:    ", user.Reset(st, token))
	// Output:
	// a token of nothing:   true
	// of another variable:  true
	// of the caller:        true
	// where it belongs:     <nil>
}

// A host that takes the mode from a script checks it by setting it.
func ExampleLayer_SetMode_mistake() {
	var generator ctx.Layer
	fmt.Println(errors.Is(generator.SetMode(ctx.Mode(7)), ctx.ErrMode), generator.Mode())
	// Output: true overlay
}

// An Env is one thread of control: it cannot run inside itself.
func ExampleEnv_Run_twice() {
	st := ctx.NewState()
	var session ctx.Env
	err := session.Run(st, func() {
		again := session.Run(st, func() {})
		fmt.Println(errors.Is(again, ctx.ErrEntered))
	})
	fmt.Println(err)
	// Output:
	// true
	// <nil>
}

// A server that makes variables for its guests' objects ends the guest, not itself, when the indexes run out.
func ExampleNew_exhausted() {
	create := func(name string) (v ctx.Var[int], err error) {
		defer func() {
			if p, ok := recover().(error); ok && errors.Is(p, ctx.ErrExhausted) {
				err = p // 2^32 variables are alive
			}
		}()
		return ctx.New[int](name), nil
	}
	v, err := create("counter")
	fmt.Println(v.Name(), err)
	// Output: counter <nil>
}
