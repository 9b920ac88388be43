package sim

import (
	"iter"
	"slices"

	"github.com/strata-go/strata/ctx"
)

// Gen is a generator: a body that is suspended at each Yield and goes on when
// somebody, not always the same task, calls Next.
type Gen struct {
	// Around is called at each resume with the Co of the resumer; what it
	// returns is called when the body yields or ends. It brings the generator's
	// layer on and takes it off again: Resumed unless the creator of the
	// generator sets something else before the first Next.
	Around func(from *Co) (leave func())
	// Layer is the generator's own level.
	Layer ctx.Layer

	co      *Co
	body    func(*Co)
	next    func() (signal, bool)
	stop    func()
	yield   func(signal) bool
	running bool
	done    bool
	closing bool
}

// signal is what a generator's coroutine hands to whoever resumed it.
type signal struct {
	value any
	wait  bool // no value: the task is to be suspended
}

// Generate makes a generator. Nothing of the present context goes into it.
func (c *Co) Generate(body func(*Co)) *Gen {
	g := &Gen{body: body}
	g.Around = g.Resumed
	g.co = &Co{w: c.w, gen: g, st: ctx.NewState()}
	return g
}

// Co returns the handle of the generator's body.
func (g *Gen) Co() *Co { return g.co }

// Running reports whether the body runs now, or waits inside a Next.
func (g *Gen) Running() bool { return g.running }

// Done reports whether the body has ended.
func (g *Gen) Done() bool { return g.done }

// Next runs the body up to its next Yield and returns the value; false when it
// has ended. It panics when the generator is running already.
func (g *Gen) Next(from *Co) (value any, ok bool) {
	if g.running {
		panic("sim: Next of a generator that runs: ask Running first")
	}
	if g.done {
		return nil, false
	}
	g.running = true
	g.co.task = from.task
	leave := g.Around(from)
	ended := true
	defer func() {
		leave()
		g.running = false
		if ended {
			g.end()
		}
	}()
	if g.next == nil {
		g.start()
	}
	for {
		s, more := g.next()
		if !more {
			return nil, false
		}
		if s.wait {
			from.suspend()
			continue
		}
		ended = false
		return s.value, true
	}
}

func (g *Gen) start() {
	g.next, g.stop = iter.Pull(func(yield func(signal) bool) {
		defer func() {
			if r := recover(); r != nil && r != any(stopped{}) {
				panic(r)
			}
		}()
		g.yield = yield
		g.body(g.co)
	})
	g.co.w.gens = append(g.co.w.gens, g)
}

func (g *Gen) end() {
	g.done = true
	g.stop()
	if i := slices.Index(g.co.w.gens, g); i >= 0 {
		g.co.w.gens = slices.Delete(g.co.w.gens, i, i+1)
	}
}

// Close makes the Yield that the body stands at return false and runs the rest
// of the body, under the generator's layer. A body that never started never
// does. Further calls do nothing.
func (g *Gen) Close(from *Co) {
	if g.next == nil {
		g.done = true
	}
	g.closing = true
	for !g.done {
		g.Next(from)
	}
}

// Yield hands x to whoever called Next. It returns false when the generator is
// being closed: the body should come to its end.
func (c *Co) Yield(x any) bool {
	g := c.gen
	if g == nil {
		panic("sim: Yield in a task's own body: make a generator with Generate")
	}
	if g.closing {
		return false
	}
	if !g.yield(signal{value: x}) {
		panic(stopped{})
	}
	return !g.closing
}

// Resumed is the default Around: the generator has a State of its own, which
// each resume bases on the resumer's execution.
func (g *Gen) Resumed(from *Co) (leave func()) {
	m := g.co.st.Resume(from.st, &g.Layer)
	return func() { g.co.st.Unwind(m) }
}

// Pushed is an Around for hosts that run generators on the resumer's stack: the
// layer is laid on the resumer's own State.
func (g *Gen) Pushed(from *Co) (leave func()) {
	st := from.st
	m := st.Push(&g.Layer)
	g.co.st = st
	return func() { st.Unwind(m); g.co.st = nil }
}
