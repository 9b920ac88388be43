package drive

import (
	"errors"
	"runtime"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/ctxmodel"
)

// frames carries out the steps that run others in a new frame.
func (r *machine) frames(f *frame, s ctxmodel.Step) bool {
	if f.depth > maxDepth {
		return false
	}
	st := f.real()
	x, haveSnap := pick(r.snaps, s.A)
	switch s.Op {
	case ctxmodel.CallF:
		r.call(r.child(f, "call", ctxmodel.Call, nil))
	case ctxmodel.WithF, ctxmodel.SeveralF:
		r.with(f, s)
	case ctxmodel.RunF:
		if !haveSnap {
			return false
		}
		n := r.leveled(f, "run", x.model)
		n.strict = true
		st.Run(x.real, func() { r.call(n) })
	case ctxmodel.SwapF:
		if !haveSnap {
			return false
		}
		n := r.leveled(f, "swap", x.model)
		m := st.Swap(x.real)
		defer func() {
			if !r.sloppy {
				st.Unwind(m)
				st.Unwind(m)
			}
		}()
		r.call(n)
	case ctxmodel.EnvF:
		r.env(f, s)
	case ctxmodel.HandleF:
		h, ok := pick(r.handles, s.A)
		if !ok {
			return false
		}
		r.caller = f
		was := h.done
		h.done = true
		if h.handle.Call(st) == was {
			r.failf("Call of a handle that was fired or released (%v)", was)
		}
	case ctxmodel.FuncF:
		c, ok := pick(r.funcs, s.A)
		if !ok {
			return false
		}
		r.caller = f
		c.f()
	case ctxmodel.OnceF:
		c, ok := pick(r.onces, s.A)
		if !ok {
			return false
		}
		r.caller = f
		c.done = true
		c.f()
	case ctxmodel.OverlayF:
		if !haveSnap {
			return false
		}
		n := r.child(f, "overlay", ctxmodel.Over, ctxmodel.NewLevel(x.model))
		n.level, n.strict = true, true
		x.real.Overlay(st, func(got *ctx.State) {
			if got != st {
				r.failf("Overlay passes another State")
			}
			r.call(n)
		})
	case ctxmodel.LoopF:
		n := r.child(f, "iterator", ctxmodel.Over, ctxmodel.NewLevel(nil))
		n.loop, n.level, n.strict = n, true, true
		n.mark = st.Push(new(ctx.Layer))
		defer st.Unwind(n.mark)
		r.call(n)
	case ctxmodel.YieldF:
		return r.body(f)
	case ctxmodel.CatchF:
		r.catch(f)
	case ctxmodel.ThreadF:
		n := r.child(f, "thread", ctxmodel.Call, nil)
		n.thread, n.strict = true, true
		ends := make(chan exit)
		spawn(func() { r.call(n) }, ends)
		if e := <-ends; e.how == panicked {
			e.leave()
		}
	default:
		return false
	}
	return true
}

// leveled is a frame with a level of its own that hides the others.
func (r *machine) leveled(f *frame, name string, s ctxmodel.Snap) *frame {
	n := r.child(f, name, ctxmodel.Alone, ctxmodel.NewLevel(s))
	n.level = true
	return n
}

// with runs a call inside Var.With or State.With.
func (r *machine) with(f *frame, s ctxmodel.Step) {
	st := f.real()
	count := 1
	if s.Op == ctxmodel.SeveralF {
		count = 1 + int(s.B)%3
	}
	var vs, xs []int
	var binds []ctx.Binding
	for i := range count {
		v := (int(s.A) + i*int(s.B)) % ordinary
		r.value++
		if r.refused(v, r.value) == nil {
			vs, xs = append(vs, v), append(xs, r.value)
			binds = append(binds, r.vars[v].To(r.value))
		}
	}
	if len(vs) == 0 {
		return
	}
	r.armed = false
	var toks []*ctxmodel.Token
	for i, v := range vs {
		set := func() { toks = append(toks, r.m.Set(f.model, v, xs[i])) }
		if v == watched {
			r.tell(f, v, set)
		} else {
			set()
		}
	}
	n := r.child(f, "with", ctxmodel.Call, nil)
	n.strict, n.level = true, true // a Block ends on the State it began on
	// The block cannot end where its generator was resumed on another level
	// meanwhile: then With panics, in the place of what was on its way.
	bad := ctxmodel.OK
	var onItsWay any
	body := func() {
		defer func() { // what With does when its body ends
			onItsWay = recover()
			r.armed = false
			for i := len(toks) - 1; i >= 0 && bad == ctxmodel.OK; i-- {
				if vs[i] != watched {
					bad = r.m.Reset(f.model, vs[i], toks[i])
				} else if r.tell(f, watched, func() { bad = r.m.Reset(f.model, watched, toks[i]) }); bad != ctxmodel.OK {
					r.expect = r.expect[:len(r.expect)-1]
				}
			}
			if onItsWay != nil {
				panic(onItsWay)
			}
		}()
		r.check(n)
		r.call(n)
	}
	defer func() {
		v := recover()
		if bad != ctxmodel.OK {
			if err, _ := v.(error); !errors.Is(err, results[bad]) || !errors.As(err, new(*ctx.MisuseError)) {
				r.failf("With ends with %v, want %q", v, bad)
			}
			v = onItsWay
		}
		if v != nil {
			panic(v)
		}
	}()
	if s.Op == ctxmodel.WithF {
		r.vars[vs[0]].With(st, xs[0], body)
	} else {
		st.With(binds...).Run(body)
	}
}

func (r *machine) env(f *frame, s ctxmodel.Step) {
	st := f.real()
	e, _ := pick(r.envs, s.A)
	n := r.child(f, "env", ctxmodel.Alone, e.level)
	n.level = true
	was := e.entered
	e.entered = true
	if s.B&1 == 0 {
		n.strict = true
		err := e.real.Run(st, func() {
			if was {
				r.failf("an Env was entered twice")
				return
			}
			defer func() { e.entered = false }()
			r.call(n)
		})
		if was != (err == ctx.ErrEntered) {
			r.failf("Env.Run of an entered Env (%v): %v", was, err)
		}
		return
	}
	m, err := e.real.Enter(st)
	if was != (err == ctx.ErrEntered) {
		r.failf("Env.Enter of an entered Env (%v): %v", was, err)
		return
	}
	if was {
		return
	}
	defer func() {
		end := func() { e.entered = false }
		if r.sloppy {
			r.late = append(r.late, end)
			return
		}
		st.Unwind(m)
		end()
	}()
	r.call(n)
}

// body runs the body of the loop that the nearest push iterator feeds.
func (r *machine) body(f *frame) bool {
	it := f.loop
	if it == nil {
		return false
	}
	loops := it.up
	n := r.child(f, "body", ctxmodel.Body, nil)
	n.lexic, n.loop, n.model.Up = loops, loops.loop, loops.model
	st := loops.real()
	ls := st.Detach(it.mark)
	defer func() { st.Attach(ls) }()
	r.call(n)
	it.broken = n.breaks
	return true
}

// catch runs steps in a frame that panics stop at.
func (r *machine) catch(f *frame) {
	n := r.child(f, "catch", ctxmodel.Call, nil)
	n.catch = true
	st := f.real()
	m := st.Mark()
	defer func() {
		switch v := recover(); v {
		case nil:
		case any(thrown{}):
			if r.sloppy {
				st.Unwind(m)
				for _, end := range r.late {
					end()
				}
				r.sloppy, r.late = false, nil
				r.closeBlocks(n)
			}
		default:
			panic(v)
		}
		if f.stable() {
			st.Unwind(m)
		}
	}()
	r.call(n)
}

// callback runs steps in the frame of a callback that r.caller has called.
func (r *machine) callback(c *callback, st *ctx.State) {
	f := r.caller
	n := r.leveled(f, "callback", c.model)
	n.strict = true
	if st != f.real() {
		n.st = &state{real: st}
		r.states++
	}
	r.call(n)
}

// value1 carries out the steps that make and use snapshots and what holds them.
func (r *machine) value1(f *frame, s ctxmodel.Step) bool {
	st := f.real()
	x, haveX := pick(r.snaps, s.A)
	y, _ := pick(r.snaps, s.B)
	switch s.Op {
	case ctxmodel.Snapshot:
		keep(&r.snaps, maxSnaps, s.A, snap{st.Snapshot(), r.flatten(f)})
		return true
	case ctxmodel.ReleaseH:
		h, ok := pick(r.handles, s.A)
		if !ok {
			return false
		}
		if h.handle.Release() == h.done {
			r.failf("Release of a handle that was fired or released (%v)", h.done)
		}
		h.done = true
		return true
	case ctxmodel.Collect:
		runtime.GC()
		return true
	}
	if !haveX {
		return false
	}
	switch s.Op {
	case ctxmodel.NewEnv:
		keep(&r.envs, maxOther, s.B, &env{real: ctx.NewEnv(x.real), level: ctxmodel.NewLevel(x.model)})
	case ctxmodel.Register:
		c := &callback{model: r.m.Inherited(x.model)}
		body := func(st *ctx.State) { r.callback(c, st) }
		switch s.B % 3 {
		case 0:
			c.handle = x.real.Handle(body)
			keep(&r.handles, maxOther, s.B, c)
		case 1:
			c.f = x.real.Func(body)
			keep(&r.funcs, maxOther, s.B, c)
		case 2:
			c.f = x.real.FuncOnce(body)
			keep(&r.onces, maxOther, s.B, c)
		}
	case ctxmodel.Diff:
		d, real := r.m.Diff(x.model, y.model), x.real.Diff(y.real)
		if len(d) != real.Len() {
			r.failf("Diff has %d changes, want %d", real.Len(), len(d))
		}
		keep(&r.snaps, maxSnaps, s.A+s.B, snap{x.real.Apply(real), r.m.Apply(x.model, d)})
	case ctxmodel.Apply:
		r.m.ApplyTo(f.model, r.m.Diff(x.model, y.model))
		st.Apply(x.real.Diff(y.real))
	case ctxmodel.Bind:
		v := int(s.B) % ordinary
		r.value++
		if r.refused(v, r.value) != nil {
			return false
		}
		keep(&r.snaps, maxSnaps, s.B, snap{x.real.With(r.vars[v].To(r.value)), r.m.Bind(x.model, v, r.value)})
	default:
		return false
	}
	return true
}
