package main

import (
	"errors"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/ctxmodel"
)

// with runs steps inside Var.With, Scope and End, or State.With: the variables
// are set in the present level and reset at the end, however that comes. A
// reset that its watcher stops is undone, and only that.
func (r *variables) with(s Step) {
	f := r.at()
	n := 1
	if s.C&3 == 3 {
		n = 1 + int(s.B)%4
	}
	var vs, xs []int
	for i := range n {
		v, x := (int(s.A)+i*(1+int(s.B>>4)))%ordinary, r.next()
		for r.model.Refuses(v, x) {
			x = r.next()
		}
		vs, xs = append(vs, v), append(xs, x)
	}
	steps := int(s.B) % 4
	// What With does, on the model. OnChange tells when; what nobody tells of is
	// done by the time that the function starts, or that With has returned.
	var toks []*ctxmodel.Token
	left := 0 // how many toks are used, from the end
	leaving := false
	set := func() { toks = append(toks, r.model.Set(f.f, vs[len(toks)], xs[len(toks)])) }
	unset := func() {
		i := len(toks) - 1 - left
		left++
		r.model.Reset(f.f, vs[i], toks[i])
	}
	var was func()
	t := &telling{
		apply: func() {
			if !leaving {
				for vs[len(toks)] != watched {
					set()
				}
				was = r.model.Save(f.f, watched, nil)
				set()
				return
			}
			for vs[len(toks)-1-left] != watched {
				unset()
			}
			was = r.model.Save(f.f, watched, toks[len(toks)-1-left])
			unset()
		},
		undo: func() {
			was()
			if !leaving { // the other variables are reset now
				leaving, toks = true, toks[:len(toks)-1]
			}
		},
	}
	defer func() {
		for left < len(toks) {
			unset()
		}
	}()
	body := func() {
		for len(toks) < n {
			set()
		}
		defer func() { leaving = true }()
		r.in(atBlock, f, steps)
	}
	r.telling(t, func() { r.within(s, f, vs, xs, body) })
}

// within is With, Scope and End, and With of several variables.
func (r *variables) within(s Step, f *frame, vs, xs []int, body func()) {
	switch s.C & 3 {
	case 0, 1:
		variable[vs[0]].With(f.st, xs[0], body)
	case 2:
		func() {
			defer variable[vs[0]].Scope(f.st, xs[0]).End()
			body()
		}()
	case 3:
		var binds []ctx.Binding
		for i, v := range vs {
			binds = append(binds, variable[v].To(xs[i]))
		}
		f.st.With(binds...).Run(body)
	}
}

// snapshot keeps what the execution is now, or what binding a variable makes of
// a kept one.
func (r *variables) snapshot(s Step) {
	f := r.at()
	x, ok := pick(r.snaps, s.A)
	if s.C&3 != 0 || !ok {
		keep(&r.snaps, 8, s.B, kept{f.st.Snapshot(), r.flatten()})
		return
	}
	v, value := int(s.B)%ordinary, r.next()
	var b ctx.Binding
	if r.model.Refuses(v, value) {
		if err := r.refusal(func() { b = variable[v].To(value) }); !errors.Is(err, errGuard) {
			r.m.failf("a refused binding gives %v", err)
		}
		return
	}
	b = variable[v].To(value)
	keep(&r.snaps, 8, s.B, kept{x.real.With(b), r.model.Bind(x.model, v, value)})
}

func (r *variables) delta(s Step) {
	x, ok := pick(r.snaps, s.A)
	y, _ := pick(r.snaps, s.B)
	if !ok {
		return
	}
	d, model := x.real.Diff(y.real), r.model.Diff(x.model, y.model)
	if d.Len() < len(model) || d.Len() > len(model)+2 { // variables of scope and wire may be among them
		r.m.failf("Diff has %d changes, want %d", d.Len(), len(model))
	}
	if s.C&1 == 0 {
		keep(&r.snaps, 8, s.C>>1, kept{x.real.Apply(d), r.model.Apply(x.model, model)})
		return
	}
	if r.m.timed {
		return // it would write the list of open scopes
	}
	r.at().st.Apply(d)
	r.model.ApplyTo(r.at().f, model)
}

// run runs steps in a snapshot: Run, Swap and Unwind, or Overlay.
func (r *variables) run(s Step) {
	x, _ := pick(r.snaps, s.A)
	st, steps := r.at().st, int(s.B)%4
	switch s.C % 4 {
	case 0, 1:
		f := r.over(ctxmodel.Alone, ctxmodel.NewLevel(x.model))
		st.Run(x.real, func() { r.in(atRun, f, steps) })
	case 2:
		f := r.over(ctxmodel.Alone, ctxmodel.NewLevel(x.model))
		m := st.Swap(x.real)
		defer st.Unwind(m)
		r.in(atRun, f, steps)
	case 3:
		f := r.over(ctxmodel.Over, ctxmodel.NewLevel(x.model))
		x.real.Overlay(st, func(*ctx.State) { r.in(atRun, f, steps) })
	}
}

func (r *variables) env(s Step) {
	e, ok := pick(r.envs, s.A)
	if !ok || s.C&7 == 0 {
		x, _ := pick(r.snaps, s.B)
		keep(&r.envs, 3, s.A, &envir{real: ctx.NewEnv(x.real), level: ctxmodel.NewLevel(x.model)})
		return
	}
	st, was := r.at().st, e.entered
	f := r.over(ctxmodel.Alone, e.level)
	e.entered = true
	leave := func() { e.entered = was }
	if s.C&1 == 0 {
		ran := false
		defer leave()
		err := e.real.Run(st, func() { ran = true; r.in(atRun, f, int(s.B)%4) })
		if was != (err == ctx.ErrEntered) || was == ran {
			r.m.failf("Run of an Env, entered %v: %v", was, err)
		}
		return
	}
	defer leave()
	m, err := e.real.Enter(st)
	if was != (err == ctx.ErrEntered) {
		r.m.failf("Enter of an Env, entered %v: %v", was, err)
	}
	if err == nil {
		defer st.Unwind(m)
		r.in(atRun, f, int(s.B)%4)
	}
}

// register makes a callback of a snapshot: what copies values is user code.
func (r *variables) register(s Step) {
	x, _ := pick(r.snaps, s.A)
	c := &registered{model: r.model.Inherited(x.model)}
	steps := int(s.B) % 4
	body := func(st *ctx.State) {
		f := r.over(ctxmodel.Alone, ctxmodel.NewLevel(c.model))
		f.st = st
		r.in(atHandle, f, steps)
	}
	switch s.C % 3 {
	case 0:
		c.handle, c.once = x.real.Handle(body), true
	case 1:
		c.f = x.real.Func(body)
	case 2:
		c.f, c.once = x.real.FuncOnce(body), true
	}
	keep(&r.regs, 4, s.C>>2, c)
}

// call fires a callback; one that runs once has run also when it panicked.
func (r *variables) call(s Step) {
	c, ok := pick(r.regs, s.A)
	if !ok {
		return
	}
	was := c.done
	c.done = c.once
	switch {
	case c.handle == nil:
		c.f()
	case s.C&7 == 0:
		if c.handle.Release() == was {
			r.m.failf("Release of a handle that is done (%v)", was)
		}
	default:
		if c.handle.Call(r.at().st) == was {
			r.m.failf("Call of a handle that is done (%v)", was)
		}
	}
}

// layer lays a level over the execution while steps run, as a resume does.
func (r *variables) layer(s Step) {
	l := r.layers[int(s.A)%len(r.layers)]
	st := r.at().st
	if l.lies {
		return
	}
	if s.C&7 == 0 {
		l.mode = ctx.Mode(s.B % 3)
		if err := l.real.SetMode(l.mode); err != nil {
			r.m.failf("SetMode: %v", err)
		}
		return
	}
	l.lies = true
	defer func() { l.lies = false }()
	kind := [...]ctxmodel.FrameKind{ctx.Overlay: ctxmodel.Over, ctx.None: ctxmodel.Call, ctx.Captured: ctxmodel.Alone}[l.mode]
	f := r.over(kind, l.level)
	if s.C&1 == 0 {
		m := st.Push(&l.real)
		defer st.Unwind(m)
		r.in(atRun, f, int(s.B)%4)
		return
	}
	gs := ctx.NewState()
	m := gs.Resume(st, &l.real)
	defer gs.Unwind(m)
	f.st = gs
	r.m.ctl.foreign = true // no yield of a generator around: it is lent to gs
	r.in(atRun, f, int(s.B)%4)
}

// fork runs steps in a task of its own, on this goroutine or another. On
// another one only Goexit can be let loose: a panic would end the process.
func (r *variables) fork(s Step) {
	f := &frame{f: &ctxmodel.Frame{Kind: ctxmodel.Alone, Level: ctxmodel.NewLevel(r.model.Inherited(r.flatten()))}}
	steps := int(s.B) % 4
	if s.C&1 == 0 {
		f.st = r.at().st.Fork()
		r.in(atRun, f, steps)
		return
	}
	done := make(chan struct{})
	r.at().st.Go(func(st *ctx.State) {
		defer close(done)
		saved := r.m.ctl
		f.st = st
		r.m.ctl.foreign = true
		var thrown any
		func() {
			defer func() {
				thrown = recover()
				r.m.ctl = saved
			}()
			r.in(atTask, f, steps)
		}()
		r.thrown = thrown
	})
	<-done
	// Nothing comes out of a task by itself: Goexit ends there.
	if fl := r.m.flying; fl != nil && fl.kind == goexit {
		r.m.absorbed()
	}
	if v := r.thrown; v != nil {
		r.thrown = nil
		panic(v)
	}
}

// walk goes over what there is to see without the variables.
func (r *variables) walk(s Step) {
	st := r.at().st
	switch s.A % 4 {
	case 3:
		for range space.All(st.Snapshot()) {
			r.m.user(atListLoop)
		}
	case 0:
		for info := range st.Levels() {
			_ = info.Kind
			r.m.user(atListLoop)
		}
	case 1:
		n := 0
		snap := st.Snapshot()
		for range snap.Vars() {
			n++
			r.m.user(atListLoop)
		}
	case 2:
		_ = st.Snapshot().String()
	}
}

// suppress runs steps while inheritance is suppressed, and restores it however
// they end.
func (r *variables) suppress(s Step) {
	f := r.at()
	if f.st.Suppressed() {
		return
	}
	func() {
		defer f.st.Suppress()()
		r.in(atRun, f, int(s.B)%4)
	}()
	if f.st.Suppressed() && r.m.ctl.gen == nil { // a body may go on under another resumer, who suppresses
		r.m.failf("inheritance is suppressed after the block")
	}
}

// tester is a test that belongs to somebody else.
type tester struct {
	r        *variables
	set      func() // tells the model, once the variable is set
	cleanups []func()
	errors   int
}

func (t *tester) Helper() { t.r.m.user(atTB) }

func (t *tester) Cleanup(f func()) {
	t.set()
	t.cleanups = append(t.cleanups, f)
	t.r.m.user(atTB)
}

func (t *tester) Errorf(string, ...any) {
	t.errors++
	t.r.m.user(atTB)
}

// setFor sets a variable for a test that runs steps, and its cleanups after
// them, those of others among them.
func (r *variables) setFor(s Step) {
	f, x := r.at(), r.next()
	v := [...]int{plain, copied, lazy, never}[s.A&3]
	var tok *ctxmodel.Token
	t := &tester{r: r, set: func() { tok = r.model.Set(f.f, v, x) }}
	defer func() {
		if len(t.cleanups) == 0 {
			return // it was not set
		}
		defer r.m.user(atTBCleanup)
		t.cleanups[0]()
		if res := r.model.Reset(f.f, v, tok); (res != ctxmodel.OK) != (t.errors > 0) {
			r.m.failf("SetFor reports %d errors for %q", t.errors, res)
		}
	}()
	variable[v].SetFor(t, f.st, x)
	r.in(atRun, f, int(s.B)%4)
}
