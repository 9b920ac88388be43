package main

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing/synctest"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
	"github.com/strata-go/strata/fuzz/internal/scopemodel"
	"github.com/strata-go/strata/internal/ctxmodel"
)

var scopeOps = []op{
	{"scope.with", scopesRoom, 10, func(m *machine, s Step) { m.scps.with(s) }},
	{"scope.open", scopesRoom, 4, func(m *machine, s Step) { m.scps.open(s) }},
	{"scope.group", scopesRoom, 5, func(m *machine, s Step) { m.scps.group(s) }},
	{"scope.cancel", scopesRoom, 3, func(m *machine, s Step) { m.scps.cancel(s) }},
	{"scope.deadline", scopesRoom, 3, func(m *machine, s Step) { m.scps.deadline(s) }},
	{"scope.shield", scopesRoom, 2, func(m *machine, s Step) { m.scps.shield(s) }},
	{"scope.sleep", scopesRoom, 4, func(m *machine, s Step) { m.scps.sleep(s) }},
	{"scope.after", scopesRoom, 4, func(m *machine, s Step) { m.scps.after(s) }},
	{"scope.list", scopesRoom, 2, func(m *machine, s Step) { m.scps.loop(s) }},
	{"scope.timer", scopesRoom, 3, func(m *machine, s Step) { m.scps.timer(s) }},
}

// bound is the model of one scope.
type bound struct {
	scopemodel.Scope
	sc  *scope.Scope
	tok *ctxmodel.Token
	by  atomic.Bool // cancelled by a callback on another goroutine
}

// scopes is the cancel scopes of a program that has a fake clock.
type scopes struct {
	m     *machine
	clock *scope.Clock
	all   []*bound
}

func (r *scopes) start(m *machine) {
	if r.m = m; m.timed {
		r.clock = scope.NewClock()
		r.clock.Use(m.vars.root.st)
	}
}

// list is the open scopes that the present frame is inside, by the model.
func (r *scopes) list() (out []*bound) {
	for _, n := range r.m.vars.model.All(r.m.vars.at().f, scoped) {
		out = append(out, r.all[n])
	}
	return out
}

// settle brings the model to the present moment of the fake clock.
func (r *scopes) settle() {
	r.m.idle(synctest.Wait)
	for _, b := range r.all {
		if !b.Left && (b.by.Load() || b.Due()) {
			b.Called = true
		}
	}
}

// opened puts a scope into the model.
func (r *scopes) opened(sc *scope.Scope, f *frame, timeout time.Duration, shield bool) *bound {
	b := &bound{sc: sc, Scope: scopemodel.Scope{Number: len(r.all), Shield: shield}}
	if timeout != 0 {
		b.Deadline = time.Now().Add(timeout)
	}
	r.all = append(r.all, b)
	b.tok = r.m.vars.model.Push(f.f, scoped, b.Number, false)
	return b
}

// leave takes it out again.
func (r *scopes) leave(b *bound, f *frame) {
	if res := r.m.vars.model.Reset(f.f, scoped, b.tok); res != ctxmodel.OK {
		r.m.failf("leaving scope %d: %q", b.Number, res)
	}
	// What is due by now counts, whether or not the timer has fired.
	b.Called = b.Called || b.by.Load() || b.Due()
	b.Left = true
}

// give is an error for the function of a block to return.
func give(st *ctx.State, x byte) error {
	list := scopemodel.Errors(scope.Check(st))
	return list[int(x)%len(list)]
}

// options draws the options of a scope, and sees to it that it gets the fake
// clock also in the snapshots of executions that had none.
func (r *scopes) options(s Step) (timeout time.Duration, shield bool, opts []scope.Option) {
	r.clock.Use(r.m.vars.at().st)
	if s.A&3 != 0 {
		timeout = time.Duration(1+int(s.A>>2)) * time.Second
		opts = append(opts, scope.Timeout(timeout))
	}
	if shield = s.C&24 == 24; shield {
		opts = append(opts, scope.Shielded())
	}
	if s.C&96 == 96 {
		opts = append(opts, scope.From(foreign{r.m, context.Background()}))
	}
	return timeout, shield, opts
}

// with runs steps inside a scope, which is left however they end.
func (r *scopes) with(s Step) {
	f := r.m.vars.at()
	timeout, shield, opts := r.options(s)
	var b *bound
	var given error
	body := func(sc *scope.Scope) error {
		b = r.opened(sc, f, timeout, shield)
		r.m.vars.in(atScope, f, int(s.B)%4)
		r.settle()
		given = give(f.st, s.C)
		return given
	}
	defer func() {
		if b != nil && !b.Left {
			r.leave(b, f)
		}
	}()
	var got error
	moved := false
	switch s.B >> 2 & 3 {
	case 0, 1:
		got = scope.With(f.st, body, opts...)
	case 2:
		timeout, shield = time.Duration(1+int(s.A))*time.Second, false
		if s.C&32 != 0 {
			got = scope.FailAt(f.st, time.Now().Add(timeout), body)
		} else {
			got = scope.FailAfter(f.st, timeout, body)
		}
	case 3:
		timeout, shield = time.Duration(1+int(s.A))*time.Second, false
		if s.C&32 != 0 {
			moved, got = scope.MoveOnAt(f.st, time.Now().Add(timeout), body)
		} else {
			moved, got = scope.MoveOnAfter(f.st, timeout, body)
		}
	}
	r.leave(b, f)
	r.settle() // what leaving took may have been the time of those around
	outer, _ := scopemodel.Status(r.list())
	caught, want := b.Leaves(given, outer)
	slow := s.B>>2&3 == 2 && caught && b.sc.TimedOut()
	switch {
	case slow:
		if !errors.Is(got, scope.ErrTooSlow) {
			r.m.failf("FailAfter: %v, want ErrTooSlow", got)
		}
	case got != want:
		r.m.failf("With returns %v for %v (called %v, outer %v), want %v", got, given, b.Called, outer, want)
	}
	if b.sc.Caught() != caught || s.B>>2&3 == 3 && moved != caught {
		r.m.failf("Caught %v, want %v, moved %v", b.sc.Caught(), caught, moved)
	}
}

// open is the same with Open and Close, and a Close out of order.
func (r *scopes) open(s Step) {
	f := r.m.vars.at()
	timeout, shield, opts := r.options(s)
	blk := scope.Open(f.st, opts...)
	b := r.opened(blk.Scope, f, timeout, shield)
	defer func() {
		defer r.leave(b, f) // also where the context that it is made from throws
		_ = blk.Close(f.st, give(f.st, s.C))
	}()
	r.m.vars.in(atScope, f, int(s.B)%4)
	if s.C&3 == 0 {
		inner := scope.Open(f.st)
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || !errors.Is(err, scope.ErrMisnested) {
					r.m.failf("closing an outer scope: %v", err)
				}
			}()
			r.m.muted++
			defer func() { r.m.muted-- }()
			_ = blk.Close(f.st, nil)
		}()
		if err := inner.Close(f.st, nil); err != nil {
			r.m.failf("closing the inner scope: %v", err)
		}
	}
}

// group runs children inside a group, one after the other, each with steps of
// its own. What one throws comes out of the group.
func (r *scopes) group(s Step) {
	v := &r.m.vars
	f := v.at()
	timeout, shield, opts := r.options(s)
	var b *bound
	var fell fallen
	fails, ran, done := s.C&7 == 0, false, false
	defer func() {
		if b != nil && !b.Left {
			r.leave(b, f)
			b.Called = b.Called || !done // a group whose function does not return is cancelled
		}
	}()
	err := scope.WithGroup(f.st, func(g *scope.Group) error {
		ran = true
		b = r.opened(g.Scope(), f, timeout, shield)
		for i := range 1 + int(s.B>>2)%3 {
			child := &frame{f: &ctxmodel.Frame{Kind: ctxmodel.Alone, Level: ctxmodel.NewLevel(v.model.Inherited(v.flatten()))}}
			done := make(chan struct{})
			g.Go(f.st, func(st *ctx.State) error {
				defer close(done)
				defer fell.task(r.m)()
				child.st = st
				v.in(atGroup, child, int(s.B)%3)
				if fails && i == 0 {
					return scopemodel.ErrOwn
				}
				return nil
			})
			<-done
			if fell.first != nil || fell.exited || fails {
				synctest.Wait()
				b.Called = true // by the child that failed
			}
			r.m.check(false)
		}
		v.in(atScope, f, int(s.B>>4)%3)
		r.m.flying = fell.first
		done = fell.first == nil
		return nil
	}, opts...)
	if !ran {
		r.m.failf("the function of a group did not run: %v", err)
		return
	}
	r.leave(b, f)
	switch {
	case fell.first != nil:
		r.m.failf("WithGroup returns %v where a child panicked", err)
	case fell.exited && !errors.Is(err, scope.ErrGoexit), fails && !fell.exited && !errors.Is(err, scopemodel.ErrOwn), !fell.exited && !fails && err != nil:
		r.m.failf("WithGroup returns %v (Goexit %v, error %v)", err, fell.exited, fails)
	}
}

func (r *scopes) draw(x byte) *bound {
	b, _ := pick(r.all, x)
	return b
}

func (r *scopes) cancel(s Step) {
	b := r.draw(s.A)
	if b == nil {
		return
	}
	want := !b.Called && !b.Left
	if got := b.sc.Cancel(errThrown); got != want {
		r.m.failf("Cancel of scope %d: %v, want %v", b.Number, got, want)
	}
	b.Called = b.Called || want
}

func (r *scopes) deadline(s Step) {
	b := r.draw(s.A)
	if b == nil {
		return
	}
	t := time.Now().Add(time.Duration(int(s.B)-5) * time.Second)
	if s.C&7 == 0 {
		t = time.Time{}
	}
	want := !b.Called && !b.Left
	if want {
		b.Deadline = t // also where the scope's context throws when it is asked who was first
	}
	if r.m.global.kind == reenter || r.m.ctl.plan.kind == reenter {
		r.m.muted++ // inside, the deadline is over and the scope not cancelled: which of the two was first is being asked
		defer func() { r.m.muted-- }()
	}
	if got := b.sc.SetDeadline(t); got != want {
		r.m.failf("SetDeadline of scope %d: %v, want %v", b.Number, got, want)
	}
}

func (r *scopes) shield(s Step) {
	if b := r.draw(s.A); b != nil && !b.Left {
		b.Shield = !b.Shield
		b.sc.Shield(b.Shield)
	}
}

func (r *scopes) sleep(s Step) {
	d := time.Duration(s.A%40) * time.Second
	if s.B&1 != 0 {
		r.m.idle(func() { time.Sleep(d) })
		return
	}
	st := r.m.vars.at().st
	until := time.Now().Add(d)
	before, _ := scopemodel.Status(r.list())
	var err error
	r.m.idle(func() { err = scope.Sleep(st, d) })
	r.settle()
	if after, _ := scopemodel.Status(r.list()); before && err == nil && d > 0 || err != nil && !after || err == nil && time.Now().Before(until) {
		r.m.failf("Sleep under cancelled scopes (%v, now %v): %v", before, after, err)
	}
}

// after registers a callback for the end of the present scopes. It runs on a
// goroutine of its own and does there what callbacks should not.
func (r *scopes) after(s Step) {
	st := r.m.vars.at().st
	other := r.draw(s.A)
	c := scope.Context(st)
	if b := scope.Current(st); b != nil && s.C&8 != 0 {
		c = b.OwnContext()
	}
	context.AfterFunc(c, func() {
		switch s.B % 4 {
		case 0:
			runtime.Goexit()
		case 1:
			if other != nil && other.sc.Cancel(errThrown) {
				other.by.Store(true)
			}
		case 2:
			runtime.Gosched()
		case 3:
			if other != nil {
				_, _ = other.sc.Deadline()
				_ = other.sc.Err()
			}
		}
	})
}

// timer fires a callback of the present context on a later moment.
func (r *scopes) timer(s Step) {
	v := &r.m.vars
	h := v.at().st.Snapshot().Handle(func(st *ctx.State) {
		variable[plain].Put(st, -1)
		if s.B&1 != 0 {
			runtime.Goexit()
		}
	})
	time.AfterFunc(time.Duration(s.A)*time.Second, func() {
		st := ctx.NewState()
		defer func() {
			if _, ok := variable[plain].Lookup(st); ok || h.Release() {
				r.m.failf("a timer's callback leaves its writes or its handle")
			}
		}()
		h.Call(st)
	})
}

// loop goes over the open scopes, here or in a snapshot; its body may open more.
func (r *scopes) loop(s Step) {
	st := r.m.vars.at().st
	seq := scope.All(st)
	if s.A&1 != 0 {
		seq = scope.AllIn(st.Snapshot())
	}
	for range seq {
		r.m.user(atScopeLoop)
	}
}

func (r *scopes) check() {
	if !r.m.timed || r.m.failure != "" {
		return
	}
	r.settle()
	st, list := r.m.vars.at().st, r.list()
	var got, want []int
	for sc := range scope.All(st) {
		got = append(got, slices.IndexFunc(r.all, func(b *bound) bool { return b.sc == sc }))
	}
	for _, b := range list {
		want = append(want, b.Number)
	}
	if !slices.Equal(got, want) {
		r.m.failf("open scopes %v, want %v", got, want)
		return
	}
	if err := scopemodel.Compare(st, list); err != nil {
		r.m.failf("%v", err)
	}
	live := 0
	for _, b := range r.all {
		if b.sc.Called() != b.Called || b.sc.Left() != b.Left || !b.Left && b.sc.Shielded() != b.Shield {
			r.m.failf("scope %d: %v, want called %v, left %v, shielded %v", b.Number, b.sc, b.Called, b.Left, b.Shield)
		}
		if b.Live() {
			live++
		}
	}
	if n := r.clock.Live(); n != live {
		r.m.failf("%d live deadlines, want %d", n, live)
	}
}

func (r *scopes) end() {
	if !r.m.timed {
		return
	}
	r.m.ctl.top = r.m.vars.root
	r.check()
	if r.clock.Live() != 0 {
		r.m.failf("%d live deadlines at the end", r.clock.Live())
	}
	time.Sleep(5 * time.Minute) // what timers still wait fires
	synctest.Wait()
	r.clock.Close()
}
