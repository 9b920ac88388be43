package ctx_test

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Rules I: observation.

// I1: variables are enumerated from a State, a Snapshot or a namespace, and
// values only by who holds the variable or its namespace.
func TestI1_Enumeration(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		ns, other := ctx.NewNamespace("lib"), ctx.NewNamespace("lib")
		a := newVar(k, "a", ctx.In[int](ns))
		b := newVar(k, "b", ctx.In[int](other))
		c := newVar[string](k, "c")
		s := newStack(k, "s", ctx.In[int](ns))
		secret := newVar(k, "secret", ctx.In[string](ns), ctx.Redact[string])
		dflt := newVar(k, "dflt", ctx.In[int](ns), ctx.Default(1))
		a.Set(st, 1)
		b.Set(st, 2)
		c.Set(st, "3")
		p := s.Push(st, 4)
		secret.Set(st, "hunter2")

		vars := func(s ctx.Snapshot) (names []string) {
			for i := range s.Vars() {
				names = append(names, i.Name+" "+i.Type.String()+" "+i.Namespace)
			}
			slices.Sort(names)
			return names
		}
		snap := st.Snapshot()
		equal(t, vars(snap), []string{"a int lib", "b int lib", "c string ", "s int lib", "secret string lib"})

		all := func(ns *ctx.Namespace) map[string]any {
			out := map[string]any{}
			for i, x := range ns.All(snap) {
				out[i.Name] = x
			}
			return out
		}
		if k == static {
			equal(t, all(ns), map[string]any{"a": 1, "s": []int{4}, "secret": nil})
			equal(t, all(other), map[string]any{"b": 2})
		} else { // values of collectable variables are read through the variable
			equal(t, all(ns), map[string]any{"a": nil, "s": nil, "secret": nil})
		}
		equal(t, dflt.Get(st), 1)

		equal(t, vars(snap.Only(ns)), []string{"a int lib", "s int lib", "secret string lib"})
		equal(t, vars(snap.Only(ns, other)), []string{"a int lib", "b int lib", "s int lib", "secret string lib"})
		equal(t, vars(snap.Without(ns)), []string{"b int lib", "c string "})
		equal(t, vars(snap.Without()), vars(snap))
		equal(t, len(vars(snap.Only())), 0)

		// Levels, innermost first, with what is set where (PEP 568's stack).
		m := st.Push(new(ctx.Layer))
		a.Set(st, 10)
		c.Mask(st)
		captured := st.Push(ctx.CapturedLayer(ctx.Snapshot{}))
		equal(t, levels(st), []string{"captured hides"})
		st.Unwind(captured)
		equal(t, levels(st), []string{"overlay a c(masked)", "base a b c s secret"})
		st.Run(snap, func() { equal(t, levels(st), []string{"run hides a b c s secret"}) })
		var e ctx.Env
		ok(t, e.Run(st, func() { equal(t, levels(st), []string{"env hides"}) }))
		g := generate(func(g *gen[[]string], st *ctx.State) { b.Set(st, 7); _ = g.yield(levels(st)) })
		equal(t, g.next1(st), []string{"overlay b", "overlay a c(masked)", "base a b c s secret"})
		h := generator(ctx.None, st, func(g *gen[[]string], st *ctx.State) { _ = g.yield(levels(st)) })
		equal(t, h.next1(st), []string{"overlay a c(masked)", "base a b c s secret"})
		st.Unwind(m)
		p.Pop(st)
	})
}

func levels(st *ctx.State) (out []string) {
	for l := range st.Levels() {
		names := []string{}
		for _, v := range l.Vars {
			if v.Masked {
				v.Name += "(masked)"
			}
			names = append(names, v.Name)
		}
		slices.Sort(names)
		s := l.Kind
		if l.Hides {
			s += " hides"
		}
		out = append(out, strings.TrimSpace(s+" "+strings.Join(names, " ")))
	}
	return out
}

// I2: a watcher is told by writes, never by switching; a Set inside it recurses;
// a panic in it undoes the write as a whole.
func TestI2_ChangeNotification(t *testing.T) {
	st := ctx.NewState()
	var log []string
	var during func(st *ctx.State, c ctx.Change[int])
	say := func(x int, ok bool) string {
		if !ok {
			return "-"
		}
		return fmt.Sprint(x)
	}
	v := ctx.Static("v", ctx.Default(99), ctx.OnChange(func(st *ctx.State, c ctx.Change[int]) {
		log = append(log, say(c.Old, c.HadOld)+">"+say(c.New, c.HasNew))
		if during != nil {
			during(st, c)
		}
	}))
	told := func(want ...string) {
		t.Helper()
		equal(t, strings.Join(log, " "), strings.Join(want, " "))
		log = nil
	}
	tok := v.Set(st, 1)
	told("->1")
	v.Set(st, 2)
	told("1>2")
	v.Put(st, 3)
	told("2>3")
	v.Update(st, func(old int, _ bool) int { return old + 1 })
	told("3>4")
	m := v.Mask(st)
	told("4>-")
	ok(t, v.Reset(st, m))
	told("->4")
	v.With(st, 5, func() {})
	told("4>5", "5>4")
	st.With(v.To(6), v.To(7)).Run(func() {})
	told("4>6", "6>7", "7>6", "6>4")
	equal(t, v.Unset(st), true)
	told("4>-")
	equal(t, v.Unset(st), false)
	isError(t, v.Reset(st, ctx.Token[int]{}), ctx.ErrTokenZero)
	told()
	ok(t, v.Reset(st, tok))
	told("->-")
	// The value below shows again: that is what the watcher is told.
	v.Set(st, 1)
	log = nil
	layer := st.Push(new(ctx.Layer))
	v.Set(st, 2)
	v.Unset(st)
	told("1>2", "2>1")
	st.Unwind(layer)

	// Switching calls nothing.
	s := st.Snapshot()
	other := s.NewState()
	st.Run(s, func() { st.Unwind(st.Push(new(ctx.Layer))) })
	gs := ctx.NewState()
	gs.Unwind(gs.Resume(st, new(ctx.Layer)))
	st.Apply(s.Diff(s.With(v.To(3))))
	_ = other.Fork()
	told()
	equal(t, v.Get(st), 3)

	// Set inside a watcher calls it again (SetValueFromNotification).
	v.Put(st, 0)
	log = nil
	during = func(st *ctx.State, c ctx.Change[int]) {
		if c.New < 3 {
			v.Put(st, c.New+1)
		}
	}
	v.Put(st, 1)
	told("0>1", "1>2", "2>3")
	equal(t, v.Get(st), 3)

	// A panic or Goexit in it: the write is undone as a whole, tokens stay good.
	tok = v.Set(st, 10)
	for name, leave := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		during = func(st *ctx.State, _ ctx.Change[int]) {
			during = nil
			st.Push(new(ctx.Layer)) // a level left open
			v.Put(st, 77)
			leave()
		}
		again := during
		try := func(f func()) {
			t.Helper()
			during = again
			goexit(func() {
				defer func() { _ = recover() }()
				f()
				t.Error("returned")
			})
			equal(t, v.Get(st), 10)
			equal(t, len(levels(st)), 1)
		}
		try(func() { v.Set(st, 11) })
		try(func() { v.Put(st, 11) })
		try(func() { v.Mask(st) })
		try(func() { v.Unset(st) })
		try(func() { _ = v.Reset(st, tok) })
		try(func() { v.With(st, 11, func() { t.Error("the block ran") }) })
		_ = name
	}
	during = nil
	ok(t, v.Reset(st, tok))
	equal(t, v.Get(st), 3)
	// A watcher in a generator's level: undone there.
	g := generate(func(g *gen[int], st *ctx.State) {
		v.Put(st, 20)
		during = func(*ctx.State, ctx.Change[int]) { panic("boom") }
		panics(t, func() { v.Put(st, 21) })
		during = nil
		_ = g.yield(v.Get(st))
	})
	equal(t, g.next1(st), 20)
	equal(t, v.Get(st), 3)
}

// I3: a guard refuses a write; nothing changes.
func TestI3_Guards(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		neg := errors.New("negative")
		calls := 0
		guard := ctx.Guard(func(x int) error {
			calls++
			if x < 0 {
				return neg
			}
			return nil
		})
		v := newVar(k, "v", ctx.Default(-5), guard) // a default is not judged
		s := newStack(k, "s", guard)
		equal(t, v.Get(st), -5)
		v.Set(st, 1)
		for name, f := range map[string]func(){
			"Set":         func() { v.Set(st, -1) },
			"Put":         func() { v.Put(st, -1) },
			"Update":      func() { v.Update(st, func(int, bool) int { return -1 }) },
			"With":        func() { v.With(st, -1, func() { t.Error("ran") }) },
			"Scope":       func() { v.Scope(st, -1) },
			"To":          func() { v.To(-1) },
			"WithContext": func() { v.WithContext(t.Context(), -1) },
			"Push":        func() { s.Push(st, -1) },
			"Replace":     func() { s.Replace(st, -1) },
			"SetFor":      func() { v.SetFor(t, st, -1) },
		} {
			t.Run(name, func(t *testing.T) {
				var ge *ctx.GuardError
				err := panics(t, f).(error)
				equal(t, errors.As(err, &ge), true)
				isError(t, err, neg)
				equal(t, v.Get(st), 1)
				equal(t, s.Len(st), 0)
			})
		}
		tok, err := v.TrySet(st, -1)
		isError(t, err, neg)
		isError(t, v.Reset(st, tok), ctx.ErrTokenZero)
		tok, err = v.TrySet(st, 2)
		ok(t, err)
		calls = 0
		ok(t, v.Reset(st, tok)) // an old value is not judged again
		equal(t, calls, 0)
		equal(t, v.Get(st), 1)
		// A guard that panics leaves the State as it was.
		p := newVar(k, "p", ctx.Guard(func(x int) error { panic("boom") }))
		equal(t, panics(t, func() { p.Set(st, 1) }), any("boom"))
		equal(t, st.Snapshot().Has(p), false)
	})
}

// I4: what is printed names variables, and never a value.
func TestI4_StringsHaveNoValues(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		const secret = "hunter2"
		v := newVar[string](k, "password", ctx.Redact[string])
		s := newStack[string](k, "passwords")
		tok := v.Set(st, secret)
		p := s.Push(st, secret)
		snap := st.Snapshot()
		c := snap.Context(t.Context())
		var b strings.Builder
		l := slog.New(slog.NewTextHandler(&b, nil))
		for _, x := range []any{v, s, snap, c, snap.String(), v.To(secret), tok, p, snap.Diff(ctx.Snapshot{}), st.Levels()} {
			for _, format := range []string{"%v", "%s"} {
				if got := fmt.Sprintf(format, x); strings.Contains(got, secret) {
					t.Errorf("%T prints %s", x, got)
				}
			}
			l.Info("log", "x", x)
		}
		equal(t, strings.Contains(b.String(), secret), false)
		equal(t, v.String(), `ctx.Var[string]("password")`)
		equal(t, s.String(), `ctx.StackVar[string]("passwords")`)
		equal(t, snap.String(), "ctx.Snapshot(2)")
		equal(t, ctx.Var[int]{}.String(), "ctx.Var(zero)")
		equal(t, ctx.StackVar[int]{}.String(), "ctx.StackVar(zero)")
		for _, err := range []error{&ctx.NoValueError{Name: "password"}, &ctx.MisuseError{Name: "password", Err: ctx.ErrOrder}} {
			equal(t, strings.Contains(err.Error(), `"password"`), true)
		}
	})
}
