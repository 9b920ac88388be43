package ctx_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Rules A: variables and lookup.

func TestA1_IdentityIsTheObject(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		a, b := newVar[string](k, "x"), newVar[string](k, "x")
		a.Set(st, "1")
		equal(t, b.Or(st, "none"), "none")
		equal(t, a.Get(st), "1")
		equal(t, a == b, false)
		c := a
		equal(t, c == a, true)
		equal(t, c.Get(st), "1")
		equal(t, a.Name(), b.Name())
	})
}

func TestA2_GetOrder(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("dflt"))
		w := newVar[*int](k, "the name of w")
		equal(t, v.Get(st), "dflt")
		equal(t, v.Or(st, "arg"), "arg") // the argument beats the variable's default
		v.Set(st, "val")
		equal(t, v.Or(st, "arg"), "val")
		equal(t, v.Get(st), "val")

		err := panics(t, func() { w.Get(st) }).(error)
		isError(t, err, ctx.ErrNoValue)
		equal(t, strings.Contains(err.Error(), `"the name of w"`), true)
		var named *ctx.NoValueError
		equal(t, errors.As(err, &named) && named.Name == "the name of w", true)
		equal(t, w.Or(st, nil), nil)
	})
}

func TestA3_DefaultIsInNoContext(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default(42))
		absent := func() {
			t.Helper()
			equal(t, v.Get(st), 42)
			s := st.Snapshot()
			equal(t, s.Has(v), false)
			_, in := v.In(s)
			equal(t, in, false)
			_, set := v.Lookup(st)
			equal(t, set, false)
		}
		absent()
		tok := v.Set(st, 1)
		equal(t, st.Snapshot().Has(v), true)
		ok(t, v.Reset(st, tok))
		absent()

		// A default function is called at each read and stored by none.
		n := 0
		f := newVar(k, "f", ctx.DefaultFunc(func() int { n++; return n }))
		equal(t, []int{f.Get(st), f.Get(st), n}, []int{1, 2, 2})
		equal(t, f.Or(st, 7), 7)
		equal(t, n, 2)
		equal(t, st.Snapshot().Has(f), false)
		f.Set(st, 9)
		equal(t, f.Get(st), 9)
		equal(t, n, 2)
	})
}

func TestA4_NilIsAValue(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		d, arg := new(1), new(2)
		v := newVar(k, "v", ctx.Default(d))
		v.Set(st, nil)
		equal(t, v.Get(st) == nil, true)
		equal(t, v.Or(st, arg) == nil, true)
		equal(t, st.Snapshot().Has(v), true)
		got, in := v.In(st.Snapshot())
		equal(t, got == nil && in, true)

		a := newVar[any](k, "any")
		a.Set(st, nil)
		x, set := a.Lookup(st)
		equal(t, x == nil && set, true)
		n := newVar(k, "n", ctx.Default(3))
		n.Set(st, 0)
		equal(t, n.Get(st), 0)
		e := newVar(k, "e", ctx.Default(struct{}{}))
		e.Set(st, struct{}{})
		equal(t, st.Snapshot().Has(e), true)
	})
}

func TestA5_SnapshotIsAMapping(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		equal(t, st.Snapshot(), ctx.Snapshot{})
		v := newVar(k, "v", ctx.Default(1))
		w := newVar[int](k, "w")
		w.Set(st, 7)
		s := st.Snapshot()
		equal(t, s.Len(), 1)
		equal(t, s.Has(w), true)
		equal(t, s.Has(v), false)
		x, in := w.In(s)
		equal(t, []any{x, in}, []any{7, true})
		_, in = v.In(s)
		equal(t, in, false)
		var names []string
		for info := range s.Vars() {
			names = append(names, info.Name)
			equal(t, info.Is(w), true)
			equal(t, info.Is(v), false)
			equal(t, info.Type.String(), "int")
			equal(t, info.Static, k == static)
		}
		equal(t, names, []string{"w"})

		// Equality is by content, of keys by identity.
		same := newVar[int](k, "w")
		st2 := ctx.NewState()
		same.Set(st2, 7)
		equal(t, s.Equal(st2.Snapshot()), false)
		st3 := s.NewState()
		equal(t, s.Equal(st3.Snapshot()), true)
		equal(t, s == st3.Snapshot(), true)
		w.Set(st3, 8)
		equal(t, s.Equal(st3.Snapshot()), false)
		equal(t, st3.Snapshot().Equal(s), false)
		v.Set(st3, 1)
		equal(t, s.Equal(st3.Snapshot()), false)
	})
	// Values written twice are compared where the variable is static.
	st, v := ctx.NewState(), ctx.Static[int]("v")
	v.Set(st, 7)
	s := st.Snapshot()
	v.Set(st, 7)
	equal(t, s.Equal(st.Snapshot()), true)
}

// A6, in a generator resumed under v = caller: set own → own; Unset → caller;
// Mask → the default. After the generator: caller.
//
//	def g():
//	    v.set('own');  read
//	    v.unset();     read
//	    v.mask();      read
//	    yield
func TestA6_UnsetAndMask(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		v.Set(st, "caller")
		var seen []string
		g := generate(func(g *gen[int], st *ctx.State) {
			equal(t, v.Unset(st), false) // the generator's level has none yet
			v.Set(st, "own")
			seen = append(seen, v.Get(st))
			equal(t, v.Unset(st), true)
			equal(t, v.Unset(st), false)
			seen = append(seen, v.Get(st))
			tok := v.Mask(st)
			seen = append(seen, v.Get(st), v.Or(st, "arg"))
			equal(t, st.Snapshot().Has(v), false)
			ok(t, v.Reset(st, tok))
			seen = append(seen, v.Get(st))
			v.Mask(st)
			_ = g.yield(1)
			seen = append(seen, v.Get(st))
			equal(t, v.Unset(st), true) // takes the mask off
			seen = append(seen, v.Get(st))
		})
		g.Next(st)
		equal(t, v.Get(st), "caller")
		g.Next(st)
		equal(t, seen, []string{"own", "caller", "d", "arg", "caller", "d", "caller"})
		equal(t, v.Get(st), "caller")
		// A value over a mask, and a mask over that value again.
		a := v.Mask(st)
		b := v.Set(st, "over")
		equal(t, v.Get(st), "over")
		ok(t, v.Reset(st, b))
		equal(t, v.Get(st), "d")
		ok(t, v.Reset(st, a))
		equal(t, v.Get(st), "caller")
		equal(t, v.Unset(st), true)
		equal(t, v.Get(st), "d")
	})
}

// A7: main sets main; sub sets sub; after its return main reads sub.
func TestA7_SetIsVisibleAtOnce(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[string](k, "v")
		sub := func() {
			equal(t, v.Get(st), "main")
			v.Set(st, "sub")
			equal(t, v.Get(st), "sub")
		}
		v.Set(st, "main")
		sub()
		equal(t, v.Get(st), "sub")
	})
}

// A8: setting the identical value still gives a token of its own; in a higher
// level it is no no-op, it pins the value there.
func TestA8_SetOfTheIdenticalValue(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[*int](k, "v")
		p := new(5)
		a := v.Set(st, p)
		b := v.Set(st, p)
		old, had := b.Old()
		equal(t, old == p && had, true)
		_, had = a.Old()
		equal(t, had, false)
		ok(t, v.Reset(st, b))
		equal(t, v.Get(st) == p, true)
		isError(t, v.Reset(st, b), ctx.ErrTokenUsed)
		ok(t, v.Reset(st, a))
		equal(t, v.Or(st, nil) == nil, true)

		v.Set(st, p)
		g := generate(func(g *gen[*int], st *ctx.State) {
			v.Set(st, p)
			_ = g.yield(v.Get(st))
			_ = g.yield(v.Get(st))
		})
		equal(t, g.next1(st) == p, true)
		v.Set(st, nil)
		equal(t, g.next1(st) == p, true)
	})
}

// A9: values are never compared by code of the user, and values that cannot be
// compared panic nowhere.
func TestA9_ValuesAreNotCompared(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[any](k, "v")
		for _, x := range []any{[]int{1}, map[string]int{}, func() {}, [1]any{[]int{1}}, struct{ f any }{[]int{1}}} {
			v.Set(st, x)
			s := st.Snapshot()
			tok := v.Set(st, x)
			equal(t, s.Equal(st.Snapshot()), false) // two writes, not comparable
			equal(t, s.Equal(s), true)
			_ = s.Diff(st.Snapshot()).Len()
			ok(t, v.Reset(st, tok))
			equal(t, s.Equal(st.Snapshot()), true) // the same write
		}
		f := newVar[func()](k, "f")
		f.Set(st, func() {})
		s := st.Snapshot()
		f.Set(st, func() {})
		equal(t, s.Equal(st.Snapshot()), false)
		m := newVar[[]int](k, "m")
		m.Set(st, []int{1})
		equal(t, st.Snapshot().Equal(s), false)
	})
}

// A10: reading a variable that nobody ever set allocates nothing whatever else
// is set, and the first Set anywhere makes every later Get right. (The time is
// measured in bench.)
func TestA10_NeverSetCostsAFlag(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		others := make([]ctx.Var[int], 1000)
		for i := range others {
			others[i] = newVar[int](k, fmt.Sprint("other", i))
			others[i].Set(st, i)
		}
		g := generate(func(g *gen[int], st *ctx.State) {
			v := newVar(k, "v", ctx.Default(-1))
			sum := 0
			equal(t, testing.AllocsPerRun(100, func() { sum += v.Get(st) }), 0)
			equal(t, testing.AllocsPerRun(100, func() { sum += v.Or(st, 1) }), 0)
			equal(t, testing.AllocsPerRun(100, func() {
				if _, set := v.Lookup(st); set {
					sum++
				}
			}), 0)
			equal(t, sum, 0)

			// Set in an execution that has nothing to do with this one, then here.
			elsewhere := ctx.NewState()
			equal(t, v.Get(elsewhere), -1)
			v.Set(elsewhere, 5)
			equal(t, []int{v.Get(st), v.Get(elsewhere)}, []int{-1, 5})
			v.Set(st, 6)
			equal(t, []int{v.Get(st), v.Get(elsewhere)}, []int{6, 5})
		})
		g.Next(st)
		for i := range others {
			equal(t, others[i].Get(st), i)
		}
		// The first write may come from every door.
		first := map[string]func(v ctx.Var[int], st *ctx.State){
			"Set":    func(v ctx.Var[int], st *ctx.State) { v.Set(st, 1) },
			"Put":    func(v ctx.Var[int], st *ctx.State) { v.Put(st, 1) },
			"Update": func(v ctx.Var[int], st *ctx.State) { v.Update(st, func(int, bool) int { return 1 }) },
			"Scope":  func(v ctx.Var[int], st *ctx.State) { v.Scope(st, 1) },
			"Apply": func(v ctx.Var[int], st *ctx.State) {
				st.Apply(ctx.Snapshot{}.Diff(ctx.Snapshot{}.With(v.To(1))))
			},
			"SetFor": func(v ctx.Var[int], st *ctx.State) { v.SetFor(t, st, 1) },
		}
		for name, set := range first {
			v, st := newVar(k, name, ctx.Default(-1)), ctx.NewState()
			equal(t, v.Get(st), -1)
			set(v, st)
			equal(t, v.Get(st), 1)
		}
		v := newVar(k, "in a snapshot", ctx.Default(-1))
		equal(t, v.Get(ctx.Snapshot{}.With(v.To(1)).NewState()), 1)
		s := newStack[int](k, "stack")
		equal(t, s.Len(st), 0)
		s.Push(st, 1)
		equal(t, slices.Collect(s.All(st)), []int{1})
	})
}
