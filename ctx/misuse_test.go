package ctx_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Every message of misuse, and that the State is as before. The messages say
// what was done and what to do instead.
func TestMisuseMessages(t *testing.T) {
	v := ctx.Static[int]("v")
	s := ctx.StaticStack[int]("s")
	var none *ctx.State
	st, other := ctx.NewState(), ctx.NewState()
	v.Set(st, 1)
	l := new(ctx.Layer)
	running := new(ctx.Layer)
	gs := ctx.NewState()
	suspended := ctx.NewState()
	below := suspended.Resume(ctx.NewState(), nil)
	suspended.Suspend()
	released := ctx.New[int]("gone")
	released.Release()
	releasedStack := ctx.NewStack[int]("gone too")
	releasedStack.Release()
	for _, c := range []struct {
		name string
		f    func()
		want string // in the message
	}{
		{"zero Var", func() { ctx.Var[int]{}.Get(st) }, "zero Var: make variables with ctx.Static or ctx.New"},
		{"zero Var set", func() { ctx.Var[int]{}.Set(st, 1) }, "zero Var"},
		{"zero Var reset", func() { _ = ctx.Var[int]{}.Reset(st, ctx.Token[int]{}) }, "zero Var"},
		{"zero Var name", func() { _ = ctx.Var[int]{}.Name() }, "zero Var"},
		{"zero Var in", func() { ctx.Var[int]{}.In(ctx.Snapshot{}) }, "zero Var"},
		{"zero Var from", func() { ctx.Var[int]{}.From(t.Context()) }, "zero Var"},
		{"zero Var lookup", func() { ctx.Var[int]{}.Lookup(st) }, "zero Var"},
		{"zero Var or", func() { ctx.Var[int]{}.Or(st, 1) }, "zero Var"},
		{"zero Var to", func() { ctx.Var[int]{}.To(1) }, "zero Var"},
		{"zero Var release", func() { ctx.Var[int]{}.Release() }, "zero Var"},
		{"zero StackVar", func() { ctx.StackVar[int]{}.Push(st, 1) }, "zero StackVar: make stack variables with ctx.StaticStack or ctx.NewStack"},
		{"zero StackVar read", func() { ctx.StackVar[int]{}.Lookup(st) }, "zero StackVar"},
		{"zero StackVar fold", func() { ctx.NewFold(ctx.StackVar[int]{}, 0, func(a, x int) int { return a }) }, "zero StackVar"},
		{"release of a static", v.Release, `make a variable that has to end with ctx.New`},
		{"no value", func() { ctx.Static[int]("w").Get(st) }, `variable "w" has no value here and no default: set it, give it a default, or read it with Lookup or Or`},
		{"set after release", func() { released.Set(st, 1) }, `"gone"`},
		{"push after release", func() { releasedStack.Push(st, 1) }, `"gone too"`},

		{"nil State: Set", func() { v.Set(none, 1) }, "Set on a nil *State: a nil State only reads; make one with ctx.NewState"},
		{"nil State: Put", func() { v.Put(none, 1) }, "nil *State"},
		{"nil State: Unset", func() { v.Unset(none) }, "nil *State"},
		{"nil State: Mask", func() { v.Mask(none) }, "nil *State"},
		{"nil State: Update", func() { v.Update(none, func(x int, _ bool) int { return x }) }, "nil *State"},
		{"nil State: Reset", func() { _ = v.Reset(none, ctx.Token[int]{}) }, "nil *State"},
		{"nil State: With", func() { none.With(v.To(1)) }, "nil *State"},
		{"nil State: Scope", func() { v.Scope(none, 1) }, "nil *State"},
		{"nil State: stack Push", func() { s.Push(none, 1) }, "nil *State"},
		{"nil State: Replace", func() { s.Replace(none, 1) }, "nil *State"},
		{"nil State: Push", func() { none.Push(l) }, "nil *State"},
		{"nil State: Swap", func() { none.Swap(ctx.Snapshot{}) }, "nil *State"},
		{"nil State: Run", func() { none.Run(ctx.Snapshot{}, func() {}) }, "nil *State"},
		{"nil State: Resume", func() { none.Resume(st, l) }, "nil *State"},
		{"nil State: Mark", func() { none.Mark() }, "nil *State"},
		{"nil State: Suppress", func() { none.Suppress() }, "nil *State"},
		{"nil State: Apply", func() { none.Apply(ctx.Delta{}) }, "nil *State"},
		{"nil State: Env", func() { _, _ = new(ctx.Env).Enter(none) }, "nil *State"},
		{"nil State: Handle", func() { ctx.Snapshot{}.Handle(func(*ctx.State) {}).Call(none) }, "nil *State"},
		{"nil State: Overlay", func() { ctx.Snapshot{}.Overlay(none, func(*ctx.State) {}) }, "nil *State"},
		{"nil State: Detach", func() { none.Detach(ctx.Mark{}) }, "nil *State"},
		{"nil State: Attach", func() { none.Attach(ctx.Levels{}) }, "nil *State"},
		{"nil State: Debug", func() { none.Debug(true) }, "nil *State"},

		{"nil Layer pushed", func() { st.Push(nil) }, "nil *Layer: use new(ctx.Layer), one for each generator"},
		{"nil Layer, its mode", func() { _ = (*ctx.Layer)(nil).SetMode(ctx.None) }, "ctx: SetMode of a nil *Layer: use"},
		{"nil Layer captures", func() { _ = (*ctx.Layer)(nil).Capture(ctx.Snapshot{}) }, "ctx: Capture of a nil *Layer: use"},
		{"running Layer pushed", func() { st.Push(running) }, "a generator runs in one place at a time; check Layer.Running before resuming, and Unwind at each yield"},
		{"running Layer resumed", func() { ctx.NewState().Resume(st, running) }, "check Layer.Running"},
		{"running State resumed", func() { gs.Resume(st, new(ctx.Layer)) }, "a generator cannot be resumed by itself or by two at once"},
		{"State resumed on itself", func() { st.Resume(st, new(ctx.Layer)) }, "a generator cannot be resumed by itself"},
		{"foreign Mark", func() { st.Unwind(other.Mark()) }, "Mark of another State: keep each Mark with the State that gave it"},
		{"Detach with a foreign Mark", func() { st.Detach(other.Mark()) }, "Mark of another State"},
		{"Detach of what a suspended State lies on", func() { suspended.Detach(ctx.Mark{}); suspended.Detach(below) }, "Resume the State first, or Unwind it for good"},
		{"foreign Levels", func() { st.Attach(other.Detach(other.Push(new(ctx.Layer)))) }, "put them back where Detach took them"},
		{"suppressed twice", func() { defer st.Suppress()(); st.Suppress() }, "restore the first one, or check Suppressed"},
		{"restored twice", func() { r := st.Suppress(); r(); r() }, "call it once, with defer"},
		{"zero Binding", func() { st.With(ctx.Binding{}).Run(func() {}) }, "make bindings with Var.To"},
		{"zero Binding in a snapshot", func() { ctx.Snapshot{}.With(ctx.Binding{}) }, "make bindings with Var.To"},
		{"nil parent", func() { ctx.Snapshot{}.Context(nil) }, "pass context.Background()"}, //nolint:staticcheck // the misuse itself
		{"End of a zero Block", func() { ctx.Block[int]{}.End() }, "zero token"},
		{"Pop of a zero Pushed", func() { ctx.Pushed[int]{}.Pop(st) }, "zero token"},
		{"Lasting on an ordinary variable", func() { ctx.Static("x", ctx.Lasting[int]) }, `variable "x": Lasting is for stack variables`},
		{"Copy on a collectable variable", func() { ctx.New("x", ctx.Copy(func(x int) int { return x })) }, `variable "x": Copy is for static variables`},
		{"Default on a stack", func() { ctx.StaticStack("x", ctx.Default(1)) }, `stack variable "x": Default`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, rm := st.Push(running), gs.Resume(nil, new(ctx.Layer))
			defer func() { gs.Unwind(rm); st.Unwind(m) }()
			got := fmt.Sprint(panics(t, c.f))
			if !strings.Contains(got, c.want) {
				t.Errorf("the message is %q, want %q in it", got, c.want)
			}
			if !strings.HasPrefix(got, "ctx: ") && !strings.HasPrefix(got, "key") {
				t.Errorf("the message %q does not name the package", got)
			}
			equal(t, v.Get(st), 1)
			equal(t, st.Suppressed(), false)
			equal(t, l.Running(), false)
		})
	}
}

// The messages of blocks that cannot close tell where they were opened.
func TestMisuseOfBlocks(t *testing.T) {
	st := ctx.NewState()
	s := ctx.StaticStack[int]("scopes")
	a := s.Push(st, 1)
	b := s.Push(st, 2)
	err := panics(t, func() { a.Pop(st) }).(*ctx.MisuseError)
	equal(t, err.Error(), `ctx: blocks of a stack variable closed out of order; variable "scopes", `+
		`block opened at a place that was not recorded (switch recording on with State.Debug(true)): `+
		`close blocks in reverse order, in the level that opened them, with defer`)
	isError(t, err, ctx.ErrOrder)
	b.Pop(st)
	a.Pop(st)
	st.Debug(true)
	defer st.Debug(false)
	v := ctx.Static[int]("v")
	bl := v.Scope(st, 1)
	st.Run(ctx.Snapshot{}, func() {
		err := panics(t, bl.End).(*ctx.MisuseError)
		isError(t, err, ctx.ErrTokenLevel)
		if !strings.Contains(err.Error(), "misuse_test.go:") {
			t.Errorf("the message does not tell the place: %v", err)
		}
	})
	bl.End()
	a = s.Push(st, 1)
	m := st.Swap(ctx.Snapshot{})
	if e := panics(t, func() { a.Pop(st) }).(*ctx.MisuseError); !strings.Contains(e.Opened, "misuse_test.go:") {
		t.Errorf("opened %q", e.Opened)
	}
	st.Unwind(m)
	a.Pop(st)
}

// Zero values give an error or do nothing; a nil State reads as empty.
func TestZeroValues(t *testing.T) {
	st := ctx.NewState()
	v, d := ctx.Static[int]("v"), ctx.Static("d", ctx.Default(7))
	s := ctx.StaticStack[int]("s")
	v.Set(st, 1)
	st.Unwind(ctx.Mark{})
	_ = st.Detach(ctx.Mark{})
	st.Attach(ctx.Levels{})
	isError(t, v.Reset(st, ctx.Token[int]{}), ctx.ErrTokenZero)
	isError(t, ctx.Pushed[int]{}.TryPop(st), ctx.ErrTokenZero)
	equal(t, v.Get(st), 1)

	var none *ctx.State
	equal(t, v.Or(none, -1), -1)
	equal(t, d.Get(none), 7)
	_, set := v.Lookup(none)
	equal(t, set, false)
	equal(t, s.Len(none), 0)
	equal(t, len(stack(s, none)), 0)
	equal(t, none.Snapshot(), ctx.Snapshot{})
	equal(t, none.Suppressed(), false)
	equal(t, v.Or(none.Fork(), -1), -1)
	done := make(chan int)
	none.Go(func(st *ctx.State) { done <- v.Or(st, -1) })
	equal(t, <-done, -1)
	for range none.Levels() {
		t.Error("a nil State has no level")
	}

	var zero ctx.State // the zero State works
	v.Set(&zero, 3)
	equal(t, v.Get(&zero), 3)
	var l ctx.Layer // the zero Layer too
	zero.Unwind(zero.Push(&l))
	var e ctx.Env // and the zero Env
	ok(t, e.Run(&zero, func() { equal(t, v.Or(&zero, -1), -1) }))
	equal(t, e.Snapshot().Len(), 0)
	var h ctx.Handle // the zero Handle is a released one
	equal(t, h.Call(st), false)
	equal(t, h.Release(), false)
	var snap ctx.Snapshot
	equal(t, snap.Len(), 0)
	equal(t, snap.Has(v), false)
	snap.Func(func(st *ctx.State) { equal(t, v.Or(st, -1), -1) })()
	equal(t, snap.Diff(snap).Len(), 0)
	equal(t, snap.Apply(ctx.Delta{}), snap)
	st.Apply(ctx.Delta{})
	equal(t, ctx.FromContext(context.Background()), snap)
	equal(t, ctx.FromContext(nil), snap)
	equal(t, snap.Equal(st.Snapshot().Only()), true)
	ctx.Bindings{}.Run(func() {})
	isError(t, l.SetMode(9), ctx.ErrMode)
	equal(t, errors.Is(ctx.ErrReleased, ctx.ErrReleased), true)

	released := ctx.New[int]("gone")
	released.Set(st, 5)
	tok := released.Set(st, 6)
	snap = st.Snapshot()
	released.Release()
	released.Release()
	_, set = released.Lookup(st)
	equal(t, set, false)
	_, set = released.In(snap)
	equal(t, set, false)
	equal(t, released.Or(st, -1), -1)
	_, err := released.TrySet(st, 1)
	isError(t, err, ctx.ErrReleased)
	ok(t, released.Reset(st, tok))
	equal(t, released.Or(st, -1), -1)
	equal(t, snap.Has(released), false)
}

// Marks are right after skipped exits, late and twice.
func TestMarks(t *testing.T) {
	st := ctx.NewState()
	v := ctx.Static("v", ctx.Default("base"))
	var ls [3]ctx.Layer
	outer := st.Push(&ls[0])
	v.Set(st, "0")
	inner := st.Push(&ls[1])
	v.Set(st, "1")
	st.Push(&ls[2])
	v.Set(st, "2")
	st.Unwind(outer) // skips two exits
	equal(t, v.Get(st), "base")
	for i := range ls {
		equal(t, ls[i].Running(), false)
	}
	st.Unwind(inner) // late
	st.Unwind(outer) // twice
	// A stale mark does not pop levels that came later at its height.
	st.Push(&ls[0])
	st.Push(&ls[1])
	st.Unwind(inner)
	st.Unwind(outer)
	equal(t, v.Get(st), "1")
	here := st.Mark()
	st.Push(&ls[2])
	equal(t, v.Get(st), "2")
	st.Unwind(here)
	st.Unwind(here)
	equal(t, v.Get(st), "1")
	// Unwind undoes no Set of the level that stays.
	v.Set(st, "set")
	st.Unwind(here)
	equal(t, v.Get(st), "set")

	// An event-loop turn whose writes must end.
	st = ctx.NewState()
	v.Set(st, "loop")
	turn := st.Swap(st.Snapshot())
	v.Set(st, "turn")
	equal(t, v.Get(st), "turn")
	st.Unwind(turn)
	equal(t, v.Get(st), "loop")
}
