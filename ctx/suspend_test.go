package ctx_test

import (
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Suspend and Resume are Unwind and Resume, and keep what lies above the layer:
// D10 and D15 on a State that is suspended.
func TestSuspend(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		a, b, gs := ctx.NewState(), ctx.NewState(), ctx.NewState()
		v, o := newVar(k, "v", ctx.Default("d")), newVar(k, "o", ctx.Default("-"))
		v.Set(a, "a")
		v.Set(b, "b")
		l := new(ctx.Layer)
		read := func() string { return v.Get(gs) + v.Get(gs) + o.Get(gs) } // twice: the second read fills the cache
		gs.Suspend()                                                       // was not resumed: nothing happens
		m := gs.Resume(a, l)
		o.Set(gs, "own")
		equal(t, read(), "aaown")
		gs.Suspend()
		gs.Suspend()
		equal(t, l.Running(), false)
		equal(t, read(), "ddown") // on its own levels only
		v.Set(a, "a2")
		equal(t, gs.Resume(b, l), m)
		equal(t, read(), "bbown")
		inner := gs.Swap(ctx.Snapshot{}.With(v.To("run")))
		equal(t, read(), "runrun-")
		gs.Suspend()
		gs.Resume(a, l)
		equal(t, read(), "runrun-")
		gs.Unwind(inner)
		equal(t, read(), "a2a2own")
		equal(t, gs.Snapshot().Len(), 2)
		gs.Suspend()
		v.Set(a, "a3")
		gs.Resume(a, l)
		x, _ := v.In(gs.Snapshot())
		equal(t, x, "a3")
		v.Set(a, "a4") // the resumer's write shows at once
		equal(t, read(), "a4a4own")
		gs.Unwind(m)
		equal(t, l.Running(), false)
		equal(t, read(), "dd-")
		gs.Resume(b, l)
		gs.Suspend()
		gs.Unwind(m) // the end of a suspended one; marks of earlier resumes are stale
		gs.Resume(b, l)
		equal(t, read(), "bbown")
		gs.Suspend()
	})
}

// TestSuspend_Ended: the Unwind of a suspended State ends it; it is an empty
// State again, which goes on elsewhere, with any layer or without one.
func TestSuspend_Ended(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		a, b, gs := ctx.NewState(), ctx.NewState(), ctx.NewState()
		v := newVar(k, "v", ctx.Default("d"))
		v.Set(a, "a")
		v.Set(b, "b")
		list := []*ctx.Layer{new(ctx.Layer), nil, new(ctx.Layer)}
		for _, l := range list {
			for _, next := range list {
				m := gs.Resume(a, l)
				equal(t, v.Get(gs), "a")
				gs.Suspend()
				gs.Unwind(m)
				equal(t, height(gs), 1)
				equal(t, v.Get(gs), "d")
				v.Set(gs, "own")
				equal(t, v.Get(gs), "own")
				v.Unset(gs)
				m = gs.Resume(b, next)
				equal(t, v.Get(gs)+v.Get(gs), "bb")
				gs.Unwind(m)
			}
		}
	})
}

// TestSuspend_Detach: what lies above the layer of a suspended State comes off
// and back, the layer itself does not.
func TestSuspend_Detach(t *testing.T) {
	kinds(t, func(t *testing.T, k kind) {
		a, b, gs, l := ctx.NewState(), ctx.NewState(), ctx.NewState(), new(ctx.Layer)
		v := newVar(k, "v", ctx.Default("d"))
		v.Set(a, "a")
		v.Set(b, "b")
		m := gs.Resume(a, l)
		run := gs.Swap(ctx.Snapshot{}.With(v.To("run")))
		gs.Suspend()
		panics(t, func() { gs.Detach(m) })
		equal(t, v.Get(gs), "run")
		ls := gs.Detach(run)
		equal(t, gs.Resume(b, l), m)
		equal(t, v.Get(gs), "b")
		gs.Attach(ls)
		equal(t, v.Get(gs), "run")
		gs.Suspend()
		gs.Resume(a, l)
		gs.Unwind(run)
		equal(t, v.Get(gs), "a")
		gs.Unwind(m)
	})
}

// TestSuspend_SecondResume: a State that runs already is not resumed again, also
// where it reads nothing of its resumer; and one that suspends holds nothing of
// a resumer, whichever of its levels has one.
func TestSuspend_SecondResume(t *testing.T) {
	a, gs, l := ctx.NewState(), ctx.NewState(), ctx.CapturedLayer(ctx.Snapshot{})
	v := ctx.Static("v", ctx.Default("d"))
	v.Set(a, "a")
	m := gs.Resume(a, l)
	panics(t, func() { gs.Resume(a, nil) })
	panics(t, func() { gs.Resume(a, new(ctx.Layer)) })
	own := gs.Detach(m)
	link := gs.Detach(gs.Resume(a, nil))
	gs.Attach(own)
	gs.Suspend()
	ok(t, l.SetMode(ctx.Overlay))
	for range 3 { // the list of whom a is lent to would be a ring
		gs.Resume(a, l)
		equal(t, v.Get(gs), "a")
		v.Set(a, "a")
		gs.Suspend()
	}
	gs.Resume(a, l)
	gs.Attach(link)
	equal(t, v.Get(gs), "a")
	gs.Unwind(m)
	equal(t, v.Get(gs), "d")
	v.Set(a, "b")
	b := ctx.NewState()
	a.Unwind(a.Resume(b, nil))
}

func TestSuspend_Modes(t *testing.T) {
	a, b, gs := ctx.NewState(), ctx.NewState(), ctx.NewState()
	v := ctx.Static("v", ctx.Default("d"))
	v.Set(a, "a")
	v.Set(b, "b")
	l := new(ctx.Layer)
	r := []string{}
	step := func(from *ctx.State, m ctx.Mode) {
		ok(t, l.SetMode(m))
		gs.Resume(from, l)
		isError(t, l.SetMode(ctx.None), ctx.ErrRunning)
		r = append(r, v.Get(gs))
		gs.Suspend()
	}
	step(a, ctx.Overlay)
	step(b, ctx.None)
	step(a, ctx.Captured)
	ok(t, l.Capture(ctx.Snapshot{}.With(v.To("own"))))
	step(b, ctx.Captured)
	step(a, ctx.None)
	step(b, ctx.Overlay)
	equal(t, r, []string{"a", "b", "d", "own", "a", "own"})

	ok(t, l.SetMode(ctx.None))
	gs.Resume(a, l)
	v.Set(gs, "written")
	gs.Suspend()
	equal(t, v.Get(a), "written")
	panics(t, func() { v.Set(gs, "nowhere") })
	panics(t, func() { gs.Resume(b, new(ctx.Layer)) })

	none := ctx.NewState() // a nil layer is transparent
	none.Resume(a, nil)
	equal(t, v.Get(none), "written")
	none.Suspend()
	none.Resume(b, nil)
	equal(t, v.Get(none), "b")
	v.Set(none, "b2")
	equal(t, v.Get(b), "b2")
	none.Suspend()
}

// Two generators resumed from one State leave in any order.
func TestSuspend_LentTwice(t *testing.T) {
	st, g, h := ctx.NewState(), ctx.NewState(), ctx.NewState()
	v := ctx.Static("v", ctx.Default(0))
	lg, lh := new(ctx.Layer), new(ctx.Layer)
	g.Resume(st, lg)
	h.Resume(st, lh)
	g.Suspend()
	v.Set(st, 1)
	equal(t, v.Get(h), 1)
	equal(t, v.Get(h), 1)
	v.Set(st, 2)
	equal(t, v.Get(h), 2)
	g.Resume(st, lg)
	h.Suspend()
	equal(t, v.Get(g)+v.Get(g), 4)
	v.Set(st, 3)
	equal(t, v.Get(g), 3)
	g.Suspend()
}

// A generator that yields from inside another one, which is lent its State, is
// resumed elsewhere: what the inner one has cached is the old resumer's.
func TestSuspendTellsReaders(t *testing.T) {
	v := ctx.Static("v", ctx.Default(0))
	a, b, gs, inner := ctx.NewState(), ctx.NewState(), ctx.NewState(), ctx.NewState()
	var l, in ctx.Layer
	v.Set(b, 2)
	read := func(want int) {
		t.Helper()
		for range 3 {
			equal(t, v.Get(inner), want)
			x, _ := v.In(inner.Snapshot())
			equal(t, x, want)
		}
	}
	gs.Resume(a, &l)
	inner.Resume(gs, &in)
	read(0)
	gs.Suspend()
	v.Set(a, 1)
	gs.Resume(a, &l)
	read(1)
	gs.Suspend()
	read(0)
	gs.Resume(b, &l)
	read(2)
}

// TestSuspendedIsReadAndWakes: what is read of a suspended State, its snapshot
// included, comes from its own levels, and nothing of it is left when it goes on.
func TestSuspendedIsReadAndWakes(t *testing.T) {
	v, own := ctx.Static("v", ctx.Default(-1)), ctx.Static[int]("own")
	st, l := ctx.NewState(), new(ctx.Layer)
	v.Set(st, 2)
	gs := ctx.Snapshot{}.With(v.To(1)).NewState()
	end := gs.Resume(st, l)
	own.Set(gs, 5) // in the layer, so that a snapshot has something to flatten
	gs.Suspend()
	see := func(x int) {
		t.Helper()
		for range 3 {
			equal(t, v.Get(gs), x)
		}
		if got, _ := v.In(gs.Snapshot()); got != x {
			t.Errorf("the snapshot has %d, want %d", got, x)
		}
		equal(t, v.Get(gs.Fork()), x)
	}
	see(1)
	gs.Resume(st, l)
	see(2)
	gs.Suspend()
	see(1)
	m := gs.Swap(gs.Snapshot()) // somebody's, left open
	see(1)
	gs.Resume(st, l)
	gs.Unwind(m)
	see(2)
	m = gs.Swap(gs.Snapshot())
	see(2)
	gs.Suspend()
	gs.Unwind(m)
	see(1)
	ok(t, l.Capture(ctx.Snapshot{}.With(v.To(7)))) // replaces what is read
	see(7)
	gs.Resume(st, l)
	see(7)
	gs.Unwind(end)
	see(1)
}
