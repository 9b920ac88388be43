package ctx_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Rules B: tokens and blocks.

func TestB1_SetReturnsAToken(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default(99))
		t1 := v.Set(st, 1)
		_, had := t1.Old()
		equal(t, had, false) // MISSING, although Get gave the default
		equal(t, t1.Var() == v, true)
		t2 := v.Set(st, 2)
		old, had := t2.Old()
		equal(t, []any{old, had}, []any{1, true})
	})
}

func TestB2_ResetRestoresAbsence(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[int](k, "v")
		t1 := v.Set(st, 1)
		t2 := v.Set(st, 2)
		ok(t, v.Reset(st, t2))
		equal(t, v.Get(st), 1)
		ok(t, v.Reset(st, t1))
		isError(t, panics(t, func() { v.Get(st) }).(error), ctx.ErrNoValue)
		equal(t, st.Snapshot().Has(v), false)
	})
}

func TestB3_ThreeErrorsInOrder(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v, w := newVar[int](k, "v"), newVar[int](k, "w")
		tok := v.Set(st, 1)
		isError(t, w.Reset(st, tok), ctx.ErrTokenVar)
		equal(t, v.Get(st), 1)
		equal(t, st.Snapshot().Has(w), false)
		other := st.Fork()
		isError(t, v.Reset(other, tok), ctx.ErrTokenLevel)
		equal(t, []int{v.Get(other), v.Get(st)}, []int{1, 1})
		st.Run(st.Snapshot(), func() { isError(t, v.Reset(st, tok), ctx.ErrTokenLevel) })
		// The wrong variable is found before the wrong level.
		isError(t, w.Reset(other, tok), ctx.ErrTokenVar)
		// No failed reset used the token up.
		ok(t, v.Reset(st, tok))
		// Used is found before both.
		isError(t, v.Reset(st, tok), ctx.ErrTokenUsed)
		isError(t, w.Reset(other, tok), ctx.ErrTokenUsed)
		// A used token stays used although its cell serves another Set.
		again := v.Set(st, 2)
		isError(t, v.Reset(st, tok), ctx.ErrTokenUsed)
		equal(t, v.Get(st), 2)
		// Copies are the same token.
		twin := again
		ok(t, v.Reset(st, twin))
		isError(t, v.Reset(st, again), ctx.ErrTokenUsed)
	})
}

// B4: t0 = set(spam); t1 = set(ham); reset(t0) → unset; reset(t1) → spam again.
func TestB4_TokensNeedNoOrder(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[string](k, "v")
		t0 := v.Set(st, "spam")
		t1 := v.Set(st, "ham")
		ok(t, v.Reset(st, t0))
		equal(t, v.Or(st, "-"), "-")
		ok(t, v.Reset(st, t1))
		equal(t, v.Get(st), "spam")
	})
}

// B5: a block restores what was there before its own write, whatever happened
// inside.
func TestB5_TokenAsBlock(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default(36))
		equal(t, v.Get(st), 36)
		v.With(st, 1, func() { equal(t, v.Get(st), 1) })
		equal(t, v.Get(st), 36)

		w := newVar[int](k, "without default")
		func() {
			defer w.Scope(st, 1).End()
			equal(t, w.Get(st), 1)
		}()
		_, set := w.Lookup(st)
		equal(t, set, false)

		// An exception.
		equal(t, panics(t, func() { v.With(st, 1, func() { panic("boom") }) }), any("boom"))
		equal(t, v.Get(st), 36)
		goexit(func() { v.With(st, 1, runtime.Goexit) })
		equal(t, v.Get(st), 36)

		// with c.set(1): c.set(2); c.set(3)  → as before the block.
		v.Set(st, 7)
		v.With(st, 1, func() {
			v.Set(st, 2)
			v.Set(st, 3)
			equal(t, v.Get(st), 3)
		})
		equal(t, v.Get(st), 7)

		// Nested blocks.
		v.With(st, 1, func() {
			v.With(st, 2, func() { equal(t, v.Get(st), 2) })
			equal(t, v.Get(st), 1)
		})

		// The block's own token used inside: an error at the end.
		b := v.Scope(st, 1)
		ok(t, v.Reset(st, b.Token()))
		isError(t, panics(t, b.End).(error), ctx.ErrTokenUsed)
		equal(t, v.Get(st), 7)
		// Ended twice.
		b = v.Scope(st, 1)
		b.End()
		isError(t, panics(t, b.End).(error), ctx.ErrTokenUsed)
		// Another token used inside: fine.
		v.With(st, 1, func() {
			tok := v.Set(st, 2)
			ok(t, v.Reset(st, tok))
			equal(t, v.Get(st), 1)
		})
		equal(t, v.Get(st), 7)
		// In another level: an error, and the block can still end in its own.
		b = v.Scope(st, 1)
		m := st.Swap(ctx.Snapshot{})
		isError(t, panics(t, b.End).(error), ctx.ErrTokenLevel)
		st.Unwind(m)
		b.End()
		equal(t, v.Get(st), 7)

		// Several variables in one block: set in order, reset in reverse.
		a := newVar(k, "a", ctx.Default(0))
		st.With(a.To(1), v.To(2), a.To(3)).Run(func() {
			equal(t, []int{a.Get(st), v.Get(st)}, []int{3, 2})
		})
		equal(t, []int{a.Get(st), v.Get(st)}, []int{0, 7})
		equal(t, panics(t, func() {
			st.With(a.To(1), v.To(2)).Run(func() { panic("boom") })
		}), any("boom"))
		equal(t, []int{a.Get(st), v.Get(st)}, []int{0, 7})
		equal(t, st.Snapshot().Has(a), false)
		st.With().Run(func() {})
	})
}

// B6: a generator sets v and yields; another task closes it, and the token is
// good there, because it belongs to the generator's level.
//
//	def g():
//	    t = v.set('own')
//	    try: yield
//	    finally: v.reset(t)
func TestB6_TokenBelongsToALevel(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		var err error
		body := func(g *gen[int], st *ctx.State) {
			tok := v.Set(st, "own")
			defer func() { err = v.Reset(st, tok) }()
			_ = g.yield(1)
		}
		g := generate(body)
		g.Next(st)
		err = errors.New("not closed")
		goexit(func() { g.Close(ctx.NewState()) })
		ok(t, err)
		equal(t, v.Get(st), "d")

		// On one State, with nothing but Push: closed by another State.
		var l ctx.Layer
		m := st.Push(&l)
		tok := v.Set(st, "own")
		st.Unwind(m)
		isError(t, v.Reset(st, tok), ctx.ErrTokenLevel) // not the caller
		other := ctx.NewState()
		m = other.Push(&l)
		equal(t, v.Get(other), "own")
		ok(t, v.Reset(other, tok))
		equal(t, v.Get(other), "d")
		other.Unwind(m)

		// The caller cannot use the generator's token, nor the other way round.
		var keep ctx.Token[string]
		h := generate(func(g *gen[int], st *ctx.State) { keep = v.Set(st, "gen"); _ = g.yield(1) })
		h.Next(st)
		isError(t, v.Reset(st, keep), ctx.ErrTokenLevel)
		mine := v.Set(st, "caller")
		i := generate(func(g *gen[error], st *ctx.State) {
			_ = g.yield(v.Reset(st, mine))
			equal(t, v.Get(st), "caller")
		})
		isError(t, i.next1(st), ctx.ErrTokenLevel)
		_, _ = i.Next(st)
		ok(t, v.Reset(st, mine))
		// A transparent generator writes its caller's level: there it fits.
		mine = v.Set(st, "caller")
		j := generator(ctx.None, st, func(g *gen[error], st *ctx.State) { _ = g.yield(v.Reset(st, mine)) })
		ok(t, j.next1(st))
		equal(t, v.Get(st), "d")
	})
}

// B7: the caller sets caller 1; the generator sets own with t, yields, resets t,
// yields; the caller sets caller 2 → own, caller 1, caller 2.
func TestB7_TokenKeepsTheLevelsState(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[string](k, "v")
		v.Set(st, "caller 1")
		g := generate(func(g *gen[string], st *ctx.State) {
			tok := v.Set(st, "own")
			_, had := tok.Old()
			equal(t, had, false) // MISSING although caller 1 was visible
			_ = g.yield(v.Get(st))
			ok(t, v.Reset(st, tok))
			_ = g.yield(v.Get(st))
			_ = g.yield(v.Get(st))
		})
		r := []string{g.next1(st), g.next1(st)}
		v.Set(st, "caller 2")
		r = append(r, g.next1(st))
		equal(t, r, []string{"own", "caller 1", "caller 2"})
	})
}

// B7b, the anti-pattern: old = get(); set(own); set(old) pins the caller's value
// in the generator's level.
func TestB7b_PromotionByHand(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[string](k, "v")
		v.Set(st, "caller 1")
		g := generate(func(g *gen[string], st *ctx.State) {
			old := v.Get(st)
			v.Set(st, "own")
			_ = g.yield(v.Get(st))
			v.Set(st, old)
			_ = g.yield(v.Get(st))
			_ = g.yield(v.Get(st))
		})
		r := []string{g.next1(st), g.next1(st)}
		v.Set(st, "caller 2")
		r = append(r, g.next1(st))
		equal(t, r, []string{"own", "caller 1", "caller 1"})
	})
}

func TestB8_ZeroTokenIsAnError(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		st := ctx.NewState()
		v := newVar[int](k, "v")
		v.Set(st, 1)
		isError(t, v.Reset(st, ctx.Token[int]{}), ctx.ErrTokenZero)
		equal(t, v.Get(st), 1)
		var zero ctx.Token[int]
		_, had := zero.Old()
		equal(t, had, false)
		s := newStack[int](k, "s")
		isError(t, s.Reset(st, zero), ctx.ErrTokenZero)
		isError(t, ctx.Pushed[int]{}.TryPop(st), ctx.ErrTokenZero)
		isError(t, panics(t, func() { ctx.Pushed[int]{}.Pop(st) }).(error), ctx.ErrTokenZero)
		isError(t, panics(t, func() { ctx.Block[int]{}.End() }).(error), ctx.ErrTokenZero)
	})
}
