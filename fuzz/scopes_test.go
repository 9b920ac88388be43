package fuzz

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
	"github.com/strata-go/strata/fuzz/internal/scopemodel"
)

// FuzzScopes runs programs of cancel scopes on a fake clock: scopes are opened
// and closed by a task and by generators that it resumes, cancelled, shielded,
// given other deadlines, and time passes. The model knows for each scope
// whether it must be cancelled by now, and recomputes everything else from the
// lists of open scopes of the frames.
func FuzzScopes(f *testing.F) {
	f.Add([]byte{0, 0, 0, 20, 0, 2, 1, 0, 0, 10, 3, 4, 1, 1, 0, 0, 5, 0, 2, 1, 8, 4, 12, 3, 1, 1, 2, 1, 1, 1})
	f.Add([]byte{0, 0, 3, 0, 0, 0, 30, 1, 5, 0, 9, 0, 0, 25, 10, 4, 25, 1, 1, 7, 0, 1, 2, 11, 3, 12, 0, 13})
	f.Add(slices.Repeat([]byte{0, 9, 2, 1, 13, 0, 10, 4, 3, 6, 2, 7, 3, 1, 0}, 8))
	f.Fuzz(fuzzScopes)
}

func TestRandomScopes(t *testing.T) { random(t, 1000, fuzzScopes) }

func fuzzScopes(t *testing.T, data []byte) {
	synctest.Test(t, func(t *testing.T) {
		clock := scope.NewClock()
		defer clock.Close()
		w := &timers{t: t, in: NewInput(data), clock: clock, st: ctx.NewState(), number: make(map[*scope.Scope]int)}
		clock.Use(w.st)
		w.frames = []*timed{{}}
		for i := range w.gens {
			w.gens[i] = new(timed)
		}
		for w.in.Step() && !t.Failed() {
			w.step()
			synctest.Wait()
			w.settle()
			if len(w.all) < 500 || w.in.steps%16 == 0 { // a check looks at all scopes
				w.check()
			}
			if len(w.kept) > 0 { // one each time: there may be thousands, of thousands of scopes
				w.turn = (w.turn + 1) % len(w.kept)
				w.checkKept(w.turn)
			}
		}
		w.end()
	})
}

// bound is the model of one scope.
type bound struct {
	scopemodel.Scope
	block    scope.Block
	timedOut bool
	cause    error
	from     context.Context
	cancel   context.CancelCauseFunc
}

// timed is one frame: the task's own or a generator's.
type timed struct {
	layer ctx.Layer
	mark  ctx.Mark
	open  []*bound
}

type timers struct {
	t      *testing.T
	in     *Input
	clock  *scope.Clock
	st     *ctx.State
	frames []*timed // the backtrace, outermost first
	gens   [4]*timed
	all    []*bound
	number map[*scope.Scope]int // of the scopes in all
	kept   []keptSnapshot
	turn   int // the snapshot to check next
	ctxs   []keptContext
}

type keptSnapshot struct {
	s    ctx.Snapshot
	list []*bound
}

type keptContext struct {
	c     context.Context
	inner *bound
}

func (w *timers) top() *timed { return w.frames[len(w.frames)-1] }

// list is what the backtrace says: the open scopes, outermost first.
func (w *timers) list() (out []*bound) {
	for _, f := range w.frames {
		out = append(out, f.open...)
	}
	return out
}

// settle cancels in the model what is due.
func (w *timers) settle() {
	for _, b := range w.all {
		if b.Left || b.Called {
			continue
		}
		if b.Due() {
			b.Called, b.timedOut, b.cause = true, true, context.DeadlineExceeded
		}
		if b.from != nil && b.from.Err() != nil && !b.Called {
			b.Called, b.cause = true, context.Cause(b.from)
		}
	}
}

func (w *timers) step() {
	switch w.in.N(14) {
	case 0, 1:
		w.open()
	case 2, 3:
		if len(w.top().open) > 0 {
			w.close()
		}
	case 4:
		if g := w.gens[w.in.N(len(w.gens))]; !g.layer.Running() {
			g.mark = w.st.Push(&g.layer)
			w.frames = append(w.frames, g)
		}
	case 5:
		if len(w.frames) > 1 {
			w.st.Unwind(w.top().mark)
			w.frames = w.frames[:len(w.frames)-1]
		}
	case 6, 7:
		time.Sleep(time.Duration(w.in.N(12)) * time.Second)
	case 8:
		b := w.draw()
		if b == nil {
			return
		}
		cause := fmt.Errorf("cause %d", w.in.Byte())
		want := !b.Called && !b.Left
		if got := b.block.Cancel(cause); got != want {
			w.t.Errorf("Cancel of scope %d: %v, want %v", b.Number, got, want)
		}
		if want {
			b.Called, b.cause = true, cause
		}
	case 9:
		b := w.draw()
		if b == nil {
			return
		}
		seconds := w.in.N(40) - 5
		when := time.Now().Add(time.Duration(seconds) * time.Second)
		if seconds == 34 {
			when = time.Time{}
		}
		want := !b.Called && !b.Left
		if got := b.block.SetDeadline(when); got != want {
			w.t.Errorf("SetDeadline of scope %d: %v, want %v", b.Number, got, want)
		}
		if want {
			b.Deadline = when
		}
	case 10:
		if b := w.draw(); b != nil && !b.Left {
			b.Shield = !b.Shield
			b.block.Shield(b.Shield)
		}
	case 11:
		w.kept = append(w.kept, keptSnapshot{w.st.Snapshot(), w.list()})
	case 12:
		k := keptContext{c: scope.Context(w.st)}
		if l := w.list(); len(l) > 0 {
			k.inner = l[len(l)-1]
		}
		w.ctxs = append(w.ctxs, k)
	case 13:
		w.misuse()
	}
}

// draw picks any scope of the program, open or left.
func (w *timers) draw() *bound {
	if len(w.all) == 0 {
		return nil
	}
	return w.all[len(w.all)-1-w.in.N(64)%len(w.all)]
}

func (w *timers) open() {
	b := &bound{Scope: scopemodel.Scope{Number: len(w.all)}}
	var opts []scope.Option
	flags := w.in.Byte()
	if flags&1 != 0 {
		d := time.Duration(w.in.N(40)-3) * time.Second
		b.Deadline = time.Now().Add(d)
		if flags&2 != 0 {
			opts = append(opts, scope.Timeout(d))
		} else {
			opts = append(opts, scope.Deadline(b.Deadline))
		}
	}
	if flags&12 == 12 {
		b.Shield = true
		opts = append(opts, scope.Shielded())
	}
	if flags&48 == 48 {
		b.from, b.cancel = context.WithCancelCause(context.WithValue(context.Background(), key{}, b.Number))
		opts = append(opts, scope.From(b.from))
	}
	b.block = scope.Open(w.st, opts...)
	w.number[b.block.Scope] = b.Number
	w.all = append(w.all, b)
	w.top().open = append(w.top().open, b)
	if b.cancel != nil && flags&64 != 0 {
		b.cancel(fmt.Errorf("from %d", b.Number))
	}
}

type key struct{}

// close leaves the innermost scope of the frame with one of several errors.
func (w *timers) close() {
	f := w.top()
	b := f.open[len(f.open)-1]
	check := scope.Check(w.st)
	if cancelled, _ := scopemodel.Status(w.list()); cancelled != (check != nil) {
		w.t.Errorf("Check before leaving scope %d: %v, want cancelled %v", b.Number, check, cancelled)
	}
	if b.cancel != nil && w.in.Bool() {
		b.cancel(fmt.Errorf("from %d", b.Number)) // the block ends before anybody has noticed
		w.settle()
	}
	errs := scopemodel.Errors(check)
	err := errs[w.in.N(len(errs))]
	f.open = f.open[:len(f.open)-1]
	outer, _ := scopemodel.Status(w.list())
	caught, want := b.Leaves(err, outer)
	if got := b.block.Close(w.st, err); got != want {
		w.t.Errorf("Close of scope %d with %v: %v, want %v (called %v, outer %v)", b.Number, err, got, want, b.Called, outer)
	}
	b.Left = true
	if b.block.Caught() != caught {
		w.t.Errorf("scope %d: Caught %v, want %v", b.Number, b.block.Caught(), caught)
	}
	if b.cancel != nil {
		b.cancel(nil)
	}
}

// misuse closes a scope that is not the innermost one of the level on top.
func (w *timers) misuse() {
	b := w.draw()
	if b == nil || len(w.top().open) > 0 && w.top().open[len(w.top().open)-1] == b {
		return
	}
	defer func() {
		e, ok := recover().(error)
		if !ok || !errors.Is(e, scope.ErrMisnested) {
			w.t.Errorf("closing scope %d where it is not the innermost: %v", b.Number, e)
		}
	}()
	_ = b.block.Close(w.st, nil)
}

// same compares scopes of the library with a list, less those that were left.
func (w *timers) same(what string, scopes iter.Seq[*scope.Scope], list []*bound) {
	var got, want []int
	for sc := range scopes {
		number, ok := w.number[sc]
		if !ok {
			number = -1
		}
		got = append(got, number)
	}
	for _, b := range list {
		if !b.Left {
			want = append(want, b.Number)
		}
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("%s: scopes %v, want %v", what, got, want)
	}
}

func (w *timers) checkKept(i int) {
	w.same(fmt.Sprint("snapshot ", i), scope.AllIn(w.kept[i].s), w.kept[i].list)
}

func (w *timers) check() {
	list := w.list()
	w.same("All", scope.All(w.st), list)
	w.same("a fork", scope.All(w.st.Fork()), list)
	if err := scopemodel.Compare(w.st, list); err != nil {
		w.t.Error(err)
	}
	if got := scope.Check(w.st); got != nil && !slices.ContainsFunc(scopemodel.Visible(list), func(b *bound) bool { return b.Called && errors.Is(got, b.cause) }) {
		w.t.Errorf("Check %v names no cancelled scope", got)
	}
	live := 0
	for _, b := range w.all {
		sc := b.block.Scope
		if sc.Called() != b.Called || sc.TimedOut() != b.timedOut || sc.Left() != b.Left || sc.Shielded() != b.Shield && !b.Left {
			w.t.Errorf("scope %d: %v, want called %v, timed out %v, left %v, shielded %v", b.Number, sc, b.Called, b.timedOut, b.Left, b.Shield)
		}
		if cause := sc.Cause(); b.Called && !errors.Is(cause, b.cause) || !b.Called && cause != nil {
			w.t.Errorf("scope %d: cause %v, want %v", b.Number, cause, b.cause)
		}
		if b.Live() {
			live++
		}
	}
	if w.clock.Live() != live {
		w.t.Errorf("%d live deadlines, want %d", w.clock.Live(), live)
	}
	for i, k := range w.ctxs {
		if k.inner == nil {
			if k.c != context.Background() {
				w.t.Errorf("the context without a scope is %v", k.c)
			}
			continue
		}
		if (k.inner.Called || k.inner.Left) && k.c.Err() == nil {
			w.t.Errorf("context %d goes on after the end of scope %d", i, k.inner.Number)
		}
	}
}

// end leaves everything: the clock must be empty.
func (w *timers) end() {
	for len(w.frames) > 0 {
		for len(w.top().open) > 0 {
			w.close()
		}
		if len(w.frames) > 1 {
			w.st.Unwind(w.top().mark)
		}
		w.frames = w.frames[:len(w.frames)-1]
	}
	for _, g := range w.gens {
		w.frames = []*timed{g}
		m := w.st.Push(&g.layer)
		for len(g.open) > 0 {
			w.close()
		}
		w.st.Unwind(m)
	}
	w.frames = []*timed{{}}
	synctest.Wait()
	w.settle()
	w.check()
	for i := range w.kept {
		w.checkKept(i)
	}
}
