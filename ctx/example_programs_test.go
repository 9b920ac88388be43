package ctx_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"

	"github.com/strata-go/strata/ctx"
)

var (
	user      = ctx.Static[string]("user")
	precision = ctx.Static("precision", ctx.Default(28))
	scopes    = ctx.StaticStack[int]("cancel scopes")
)

// A with-block: the variable has another value until the function ends.
func Example_withBlock() {
	st := ctx.NewState()
	greet := func(st *ctx.State) { fmt.Println("hello", user.Or(st, "nobody")) }
	handle := func(st *ctx.State) {
		defer user.Scope(st, "ann").End()
		greet(st)
	}
	handle(st)
	greet(st)
	// Output:
	// hello ann
	// hello nobody
}

// A generator sees the context of whoever resumes it, but for what it set
// itself. Its level is a Layer; its body runs on a State of its own.
func Example_generator() {
	var (
		state ctx.State
		layer ctx.Layer
	)
	next, stop := iter.Pull(func(yield func(string) bool) {
		precision.Set(&state, 4)
		for yield(fmt.Sprint(user.Get(&state), " ", precision.Get(&state))) {
		}
	})
	defer stop()
	resume := func(from *ctx.State) string {
		defer state.Unwind(state.Resume(from, &layer))
		s, _ := next()
		return s
	}

	st := ctx.NewState()
	for _, name := range []string{"ann", "bob"} {
		user.With(st, name, func() { fmt.Println(resume(st), precision.Get(st)) })
	}
	// Output:
	// ann 4 28
	// bob 4 28
}

// A task starts with a snapshot of its creator's execution; neither side sees
// what the other sets later.
func Example_task() {
	st := ctx.NewState()
	user.Set(st, "ann")
	task := st.Fork()
	user.Set(st, "bob")
	done := make(chan string)
	go func() { done <- user.Get(task) }()
	fmt.Println(<-done, user.Get(st))
	// Output: ann bob
}

// A callback runs in the context of its registration.
func Example_callback() {
	st := ctx.NewState()
	var queue []*ctx.Handle
	for _, name := range []string{"ann", "bob"} {
		user.With(st, name, func() {
			queue = append(queue, st.Snapshot().Handle(func(st *ctx.State) { fmt.Println("for", user.Get(st)) }))
		})
	}
	for _, h := range queue { // the event loop
		h.Call(st)
	}
	_, set := user.Lookup(st)
	fmt.Println(set)
	// Output:
	// for ann
	// for bob
	// false
}

// A library keeps its variables to itself: nobody without the namespace or the
// variable can read them, and a host can leave them out of what it keeps.
func Example_privateNamespace() {
	lib := ctx.NewNamespace("lib")
	depth := ctx.Static("depth", ctx.In[int](lib))
	token := ctx.Static("token", ctx.In[string](lib), ctx.Redact[string])

	st := ctx.NewState()
	user.Set(st, "ann")
	depth.Set(st, 3)
	token.Set(st, "secret")
	s := st.Snapshot()
	var lines []string
	for info, value := range lib.All(s) {
		lines = append(lines, fmt.Sprint(info.Name, " ", value))
	}
	slices.Sort(lines)
	fmt.Println(lines)
	fmt.Println(s, s.Only(lib), s.Without(lib))
	// Output:
	// [depth 3 token <nil>]
	// ctx.Snapshot(3) ctx.Snapshot(2) ctx.Snapshot(1)
}

// A stack variable lists the open blocks of the whole backtrace: cancel scopes
// with an effective deadline.
func Example_cancelStack() {
	effective := ctx.NewFold(scopes, 1000, func(deadline, x int) int { return min(deadline, x) })
	st := ctx.NewState()
	var generator ctx.Layer
	step := func(deadline int) {
		defer scopes.Push(st, deadline).Pop(st)
		m := st.Push(&generator) // the generator is resumed
		if generator.Snapshot().Len() == 0 {
			scopes.Push(st, 10) // and opens a scope that stays open across its yield
		}
		fmt.Println(slices.Collect(scopes.All(st)), effective.Get(st))
		st.Unwind(m) // it yields
		fmt.Println(slices.Collect(scopes.All(st)), effective.Get(st))
	}
	step(20)
	step(5)
	// Output:
	// [20 10] 10
	// [20] 20
	// [5 10] 5
	// [5] 5
}

// An HTTP handler: the snapshot travels in the request's context, the State
// never does.
func Example_httpHandler() {
	withUser := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(user.WithContext(r.Context(), r.Header.Get("X-User"))))
		})
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st := ctx.FromContext(r.Context()).NewState() // one State for the request
		precision.Set(st, 3)
		fmt.Fprintf(w, "%s %d", user.Get(st), precision.Get(st))
	})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-User", "ann")
	w := httptest.NewRecorder()
	withUser(handler).ServeHTTP(w, r)
	fmt.Println(w.Body)
	// Output: ann 3
}

// The messages of misuse say what was done and what to do instead.
func Example_misuse() {
	st := ctx.NewState()
	show := func(f func()) {
		defer func() { fmt.Println(recover()) }()
		f()
	}
	fmt.Println(user.Reset(st, ctx.Token[string]{}))
	tok := user.Set(st, "ann")
	fmt.Println(user.Reset(st.Fork(), tok))
	_ = user.Reset(st, tok)
	fmt.Println(user.Reset(st, tok))
	show(func() { user.Get(st) })
	show(func() { st.Unwind(ctx.NewState().Mark()) })
	show(func() { var none *ctx.State; user.Set(none, "x") })
	// Output:
	// ctx: zero token: use the token that Set, Mask or Push returned
	// ctx: token belongs to another level: reset it where the level that it was made in is on top
	// ctx: token was used already: each token undoes its write once
	// ctx: variable "user" has no value here and no default: set it, give it a default, or read it with Lookup or Or
	// ctx: Unwind with a Mark of another State: keep each Mark with the State that gave it
	// ctx: Set on a nil *State: a nil State only reads; make one with ctx.NewState or Snapshot.NewState
}

func ExampleMisuseError() {
	st := ctx.NewState()
	a := scopes.Push(st, 1)
	b := scopes.Push(st, 2)
	defer func() {
		err, _ := recover().(error)
		fmt.Println(errors.Is(err, ctx.ErrOrder))
		b.Pop(st)
		a.Pop(st)
		fmt.Println(scopes.Len(st))
	}()
	a.Pop(st)
	// Output:
	// true
	// 0
}

func ExampleFromContext() {
	c := ctx.Snapshot{}.With(user.To("ann")).Context(context.Background())
	st := ctx.FromContext(c).NewState()
	fmt.Println(user.Get(st))
	// Output: ann
}

func ExampleSnapshot_Context() {
	st := ctx.NewState()
	user.Set(st, "ann")
	c, cancel := context.WithCancel(st.Snapshot().Context(context.Background()))
	defer cancel()
	fmt.Println(user.From(c))
	// Output: ann true
}

func ExampleVar_From() {
	fmt.Println(user.From(context.Background()))
	fmt.Println(user.From(user.WithContext(context.Background(), "ann")))
	// Output:
	//  false
	// ann true
}

func ExampleVar_WithContext() {
	c := user.WithContext(context.Background(), "ann")
	d := precision.WithContext(c, 3)
	name, _ := user.From(d)
	digits, _ := precision.From(d)
	fmt.Println(name, digits)
	// Output: ann 3
}
