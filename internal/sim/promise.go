package sim

import "github.com/strata-go/strata/ctx"

// Promise is a value that comes later, once. Make one with NewPromise.
type Promise[T any] struct {
	w        *World
	value    T
	resolved bool
	waiting  []*Task
	then     []reaction[T]
}

type reaction[T any] struct {
	st *ctx.State
	f  func(*Co, T)
}

// NewPromise returns a promise of w.
func NewPromise[T any](w *World) *Promise[T] { return &Promise[T]{w: w} }

// Resolve gives the promise its value: whoever awaits it becomes ready and its
// reactions start as tasks. It panics the second time.
func (p *Promise[T]) Resolve(x T) {
	if p.resolved {
		panic("sim: Resolve of a promise that has a value: resolve it once")
	}
	p.value, p.resolved = x, true
	p.w.ready = append(p.w.ready, p.waiting...)
	for _, r := range p.then {
		p.react(r)
	}
	p.waiting, p.then = nil, nil
}

// Resolved reports whether the promise has its value.
func (p *Promise[T]) Resolved() bool { return p.resolved }

// Await suspends the task until the promise has its value.
func (p *Promise[T]) Await(c *Co) T {
	if !p.resolved {
		p.waiting = append(p.waiting, c.task)
		c.suspend()
	}
	return p.value
}

// Then registers a reaction. It runs as a task of its own in the context of
// this call, whoever resolves the promise; the promise lets go of that context
// when the reaction starts.
func (p *Promise[T]) Then(c *Co, f func(*Co, T)) {
	r := reaction[T]{c.st.Fork(), f}
	if p.resolved {
		p.react(r)
		return
	}
	p.then = append(p.then, r)
}

func (p *Promise[T]) react(r reaction[T]) {
	p.w.Start("reaction", r.st, func(c *Co) { r.f(c, p.value) })
}
