package drive

import (
	"errors"
	"runtime"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/ctxmodel"
)

// Bounds keep programs small; what is beyond them does nothing.
const (
	maxDepth = 16
	maxTasks = 5
	maxGens  = 6
	maxSnaps = 12
	maxOther = 6
)

// pick returns element n of list, counted modulo its length.
func pick[T any](list []T, n uint8) (x T, ok bool) {
	if len(list) == 0 {
		return x, false
	}
	return list[int(n)%len(list)], true
}

// keep appends x, in the place of an older one when there are most.
func keep[T any](list *[]T, most int, n uint8, x T) {
	if len(*list) < most {
		*list = append(*list, x)
	} else {
		(*list)[int(n)%most] = x
	}
}

// try runs f, which runs no steps, and returns what it panics with.
func try(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// step carries out one step in f and reports whether it did anything.
func (r *machine) step(f *frame, s ctxmodel.Step) bool {
	st := f.real()
	v, k := int(s.A)%ordinary, int(s.A)%stacks
	switch s.Op {
	case ctxmodel.Set, ctxmodel.Put, ctxmodel.Update:
		r.set(f, v, s.Op)
	case ctxmodel.Unset:
		if r.m.Released(v) {
			return false // dead entries may have been swept
		}
		var want, got bool
		p := r.write(f, v, nil, func() bool { want = r.m.Unset(f.model, v); return want }, func() { got = r.vars[v].Unset(st) })
		if p == nil && got != want {
			r.failf("Unset is %v, want %v", got, want)
		}
	case ctxmodel.Mask:
		var t token
		if s.A&128 != 0 {
			t.v = ordinary + k
			t.model, t.real = r.m.Mask(f.model, t.v), r.stacks[k].Mask(st)
		} else if t.v = v; r.write(f, v, nil, func() bool { t.model = r.m.Mask(f.model, v); return true },
			func() { t.real = r.vars[v].Mask(st) }) != nil {
			return true
		}
		keep(&r.toks, 16, s.B, &t)
	case ctxmodel.Reset, ctxmodel.ResetVar:
		t, ok := pick(r.toks, s.A)
		if !ok {
			return false
		}
		v := t.v
		if s.Op == ctxmodel.ResetVar && v < ordinary {
			v = int(s.B) % ordinary
		}
		r.reset(f, v, t.model, t.real)
	case ctxmodel.Push, ctxmodel.Replace:
		p := r.push(f, k, s.Op == ctxmodel.Replace)
		keep(&r.pushes, 12, s.B, &p)
	case ctxmodel.Pop:
		p, ok := pick(r.pushes, s.A)
		if !ok {
			return false
		}
		r.pop(f, p.v, p.model, p.real)
	case ctxmodel.Open:
		return r.open(f, s.A)
	case ctxmodel.CloseTop:
		if len(f.opens) == 0 {
			return false
		}
		r.closeBlock(f)
	case ctxmodel.Arm:
		r.armed = true
	case ctxmodel.Release:
		r.m.Release(release)
		r.vars[release].Release()
	case ctxmodel.Suppress:
		return r.suppress(f)
	case ctxmodel.Resume, ctxmodel.Outer, ctxmodel.CloseGen:
		g, ok := pick(r.gens, s.A)
		from := f
		if s.Op == ctxmodel.Outer {
			// A generator's code resumes from the State it closed over: that of
			// the frame that resumed it.
			if g2, _ := f.generator(); g2 != nil && g2.st != nil {
				from = g2.root.up
			}
		}
		if !ok || g.done || f.depth > maxDepth || s.Op == ctxmodel.CloseGen && !g.co.started {
			return false
		}
		r.resume(f, from, g, s.Op == ctxmodel.CloseGen)
	case ctxmodel.Yield:
		g, can := f.generator()
		if g == nil || !can {
			return false
		}
		r.yield(g)
	case ctxmodel.SetMode, ctxmodel.Capture:
		return r.mode(s)
	case ctxmodel.NewGen:
		if len(r.gens) == maxGens {
			return false
		}
		r.newGen(s.A)
	case ctxmodel.Switch:
		t, _ := pick(r.tasks, s.A)
		if t == r.cur || t.co.done {
			return false
		}
		me := r.cur
		r.cur = t
		me.co.yield()
	case ctxmodel.Fork:
		if len(r.tasks) == maxTasks {
			return false
		}
		r.newTask(r.newState(st.Fork()), r.m.Inherited(r.flatten(f)))
	case ctxmodel.Leave:
		if f.up == nil || f.gen != nil {
			return false
		}
		f.done = true
	case ctxmodel.Break:
		if f.lexic == nil || f.gen != nil {
			return false
		}
		f.breaks, f.done = true, true
	case ctxmodel.Throw:
		return r.throw(f, s.A&1 != 0)
	default:
		return r.value1(f, s) || r.frames(f, s)
	}
	return true
}

// set is Set, Put and Update.
func (r *machine) set(f *frame, v int, op ctxmodel.Op) {
	r.value++
	x, st := r.value, f.real()
	if op == ctxmodel.Update {
		old, _ := r.m.Lookup(f.model, v)
		x = old + 3
	}
	var t token
	var err error
	do := func() { t.real, err = r.vars[v].TrySet(st, x) }
	switch op {
	case ctxmodel.Put:
		do = func() { r.vars[v].Put(st, x) }
	case ctxmodel.Update:
		do = func() { t.real = r.vars[v].Update(st, func(old int, _ bool) int { return old + 3 }) }
	}
	if refused := r.refused(v, x); refused != nil {
		if p := try(do); p != nil {
			err, _ = p.(error)
		}
		if !errors.Is(err, refused) && !(refused == errGuard && errors.As(err, new(*ctx.GuardError))) {
			r.failf("got %v, want %v", err, refused)
		}
		return
	}
	t.v = v
	if r.write(f, v, nil, func() bool { t.model = r.m.Set(f.model, v, x); return true }, do) != nil {
		return
	}
	if err != nil {
		r.failf("%v", err)
	}
	if op != ctxmodel.Put {
		keep(&r.toks, 16, uint8(x), &t)
	}
}

var errGuard = errors.New("guard")

// refused is why a write of x is refused, nil if it is not.
func (r *machine) refused(v, x int) error {
	switch {
	case r.m.Refuses(v, x):
		return errGuard
	case r.m.Released(v):
		return ctx.ErrReleased
	}
	return nil
}

// write carries out a write on both sides. Of the watched variable it expects
// the watcher to be told, and the write to be taken back when it panics: then
// the result is the panic's value. used is the token that the write uses up;
// model reports whether anything changed.
func (r *machine) write(f *frame, v int, used *ctxmodel.Token, model func() bool, do func()) any {
	if v != watched {
		model()
		if p := try(do); p != nil {
			r.failf("panic: %v", p)
		}
		return nil
	}
	restore := r.m.Save(f.model, v, used)
	tells := false
	r.tell(f, v, func() { tells = model() })
	var want any
	switch {
	case !tells: // Unset of nothing, a Reset that fails
		r.expect = r.expect[:len(r.expect)-1]
	case r.armed:
		want = watcher{}
		restore()
	}
	p := try(do)
	if p != want {
		r.failf("panic: %v, want %v", p, want)
	}
	return p
}

// tell notes what the watcher is to be told of a change by the oracle.
func (r *machine) tell(f *frame, v int, change1 func()) {
	c := change{st: f.real()}
	c.old, c.had = r.m.Lookup(f.model, v)
	change1()
	c.now, c.hasIt = r.m.Lookup(f.model, v)
	r.expect = append(r.expect, c)
}

var results = map[ctxmodel.Result]error{
	ctxmodel.OK: nil, ctxmodel.Used: ctx.ErrTokenUsed, ctxmodel.OtherVar: ctx.ErrTokenVar,
	ctxmodel.OtherLvl: ctx.ErrTokenLevel, ctxmodel.Order: ctx.ErrOrder,
}

func (r *machine) reset(f *frame, v int, t *ctxmodel.Token, real ctx.Token[int]) {
	var want ctxmodel.Result
	var err error
	if v < ordinary {
		x, ok := real.Old()
		y, had := t.Old()
		if ok != had || x != y {
			if !r.m.Released(t.Var) {
				r.failf("Old is %v, %v, want %v, %v", x, ok, y, had)
			}
		}
	}
	p := r.write(f, v, t, func() bool { want = r.m.Reset(f.model, v, t); return want == ctxmodel.OK }, func() {
		if v < ordinary {
			err = r.vars[v].Reset(f.real(), real)
		} else {
			err = r.stacks[v-ordinary].Reset(f.real(), real)
		}
	})
	if p == nil && !errors.Is(err, results[want]) {
		r.failf("Reset: %v, want %q", err, want)
	}
}

func (r *machine) push(f *frame, k int, replace bool) pushed {
	r.value++
	p := pushed{v: ordinary + k, model: r.m.Push(f.model, ordinary+k, r.value, replace)}
	if replace {
		p.real = r.stacks[k].Replace(f.real(), r.value)
	} else {
		p.real = r.stacks[k].Push(f.real(), r.value)
	}
	return p
}

func (r *machine) pop(f *frame, v int, t *ctxmodel.Token, real ctx.Pushed[int]) {
	want := r.m.Reset(f.model, v, t)
	if err := real.TryPop(f.real()); !errors.Is(err, results[want]) {
		r.failf("Pop: %v, want %q", err, want)
	}
}

// open opens a block in f.
func (r *machine) open(f *frame, a uint8) bool {
	b := block{v: int(a) % (ordinary + stacks)}
	if b.v >= ordinary {
		p := r.push(f, b.v-ordinary, false)
		b.model, b.push = p.model, &p.real
		f.opens = append(f.opens, b)
		return true
	}
	r.value++
	if b.v == watched && r.armed || r.refused(b.v, r.value) != nil {
		return false
	}
	r.write(f, b.v, nil, func() bool { b.model = r.m.Set(f.model, b.v, r.value); return true }, func() {
		if a&64 != 0 && f.stable() {
			s := r.vars[b.v].Scope(f.real(), r.value)
			b.scope, b.tok = &s, s.Token()
		} else {
			b.tok = r.vars[b.v].Set(f.real(), r.value)
		}
	})
	f.opens = append(f.opens, b)
	return true
}

// closeBlock closes the newest block of f, or finds that it cannot.
func (r *machine) closeBlock(f *frame) {
	b := f.opens[len(f.opens)-1]
	f.opens = f.opens[:len(f.opens)-1]
	switch {
	case b.push != nil:
		r.pop(f, b.v, b.model, *b.push)
	case b.scope == nil:
		r.reset(f, b.v, b.model, b.tok)
	default:
		var want ctxmodel.Result
		p := r.write(f, b.v, b.model, func() bool { want = r.m.Reset(f.model, b.v, b.model); return want == ctxmodel.OK }, func() {
			p := try(b.scope.End)
			if p == any(watcher{}) {
				panic(p)
			}
			err, _ := p.(error)
			if !errors.Is(err, results[want]) {
				r.failf("End: %v, want %q", p, want)
			}
		})
		if p != nil && p != any(watcher{}) {
			r.failf("End: %v", p)
		}
	}
}

// closeBlocks is what a frame's defers do when it ends.
func (r *machine) closeBlocks(f *frame) {
	if r.sloppy {
		return
	}
	r.armed = false
	for len(f.opens) > 0 {
		r.closeBlock(f)
	}
}

func (r *machine) suppress(f *frame) bool {
	s := f.state()
	if s.suppressed {
		s.restore()
		s.suppressed = false
	} else {
		s.restore, s.suppressed = s.real.Suppress(), true
	}
	return true
}

// resume resumes g, or closes it, in frame f; from is the frame whose execution
// it runs on, which is f but for Outer.
func (r *machine) resume(f, from *frame, g *gener, closing bool) {
	st := from.real()
	if g.running {
		if p := try(func() {
			if g.st != nil {
				g.st.real.Resume(st, g.layer)
			} else {
				st.Push(g.layer)
			}
		}); p == nil {
			r.failf("a running generator was resumed")
		}
		return
	}
	g.running, g.closing = true, closing
	r.armed = false
	root := g.root
	root.up, root.lexic, root.depth = f, nil, f.depth+1
	if from != f {
		root.lexic = from
	}
	root.model = r.rootModel(g, from)
	var m ctx.Mark
	own := g.st != nil
	if own {
		m = g.st.real.Resume(st, g.layer)
		st = g.st.real
		g.mark = st.Mark()
		if !g.sleeps {
			st.Attach(g.inner)
			g.inner = ctx.Levels{}
		}
	} else {
		m = st.Push(g.layer)
	}
	defer func() {
		end := func() {
			g.running = false
			root.up, root.lexic = nil, nil
		}
		if r.sloppy {
			r.late = append(r.late, end)
			return
		}
		if g.sleeps && !g.done {
			st.Suspend()
			st.Suspend()
		} else {
			st.Unwind(m)
			st.Unwind(m)
		}
		end()
	}()
	g.co.resume()
}

// rootModel sets the frame of g in the oracle. It is edited in place, as the
// frames that g has called refer to it.
func (r *machine) rootModel(g *gener, from *frame) *ctxmodel.Frame {
	m := g.root.model
	if m == nil {
		m = new(ctxmodel.Frame)
	}
	m.Up, m.Level = from.model, g.level
	m.Kind = [...]ctxmodel.FrameKind{ctx.Overlay: ctxmodel.Over, ctx.None: ctxmodel.Call, ctx.Captured: ctxmodel.Alone}[g.mode]
	return m
}

// yield suspends g, on whose goroutine, or a goroutine that it waits for, it is
// called.
func (r *machine) yield(g *gener) {
	if g.st != nil && !g.sleeps {
		g.inner = g.st.real.Detach(g.mark)
	}
	g.co.yield()
	if g.closing {
		panic(closing{g})
	}
}

func (r *machine) mode(s ctxmodel.Step) bool {
	g, _ := pick(r.gens, s.A)
	var err error
	mode := ctx.Mode(s.B % 3)
	if s.Op == ctxmodel.SetMode {
		err = g.layer.SetMode(mode)
	} else {
		x, _ := pick(r.snaps, s.B)
		mode = ctx.Captured
		if err = g.layer.Capture(x.real); err == nil {
			g.level.Replace(x.model)
		}
	}
	if g.running != errors.Is(err, ctx.ErrRunning) {
		r.failf("mode of a generator that runs (%v): %v", g.running, err)
	}
	if err == nil {
		g.mode = mode
	}
	return true
}

// throw leaves by panic to the nearest CatchF, or by Goexit to the nearest
// ThreadF, whichever comes first. A sloppy one skips every exit on the way.
func (r *machine) throw(f *frame, sloppy bool) bool {
	for x := f; x != nil; x = x.up {
		sloppy = sloppy && !x.strict && (x.gen == nil || x.gen.st == nil)
		switch {
		case x.catch:
			// A mark taken in a generator does not outlive its yield.
			g, _ := x.generator()
			r.sloppy = sloppy && g == nil
			panic(thrown{})
		case x.thread:
			runtime.Goexit()
		}
		sloppy = sloppy && x.lexic == nil // a loop's body, or resumed from an outer State
	}
	return false
}

func (r *machine) flatten(f *frame) ctxmodel.Snap {
	if f.suppressed() {
		return nil
	}
	return ctxmodel.Flatten(r.m, f.model)
}
