package sim

import (
	"slices"
	"time"

	"github.com/strata-go/strata/ctx"
)

// Task is one thread of execution, switched at Pause, Sleep and Await only.
type Task struct {
	name  string
	co    *Co
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	done  bool
	after []func() // to be called at its end
}

// stopped unwinds a task that Run gives up.
type stopped struct{}

// Name returns the name given at the start.
func (t *Task) Name() string { return t.name }

// Co returns the handle of the task's body.
func (t *Task) Co() *Co { return t.co }

// State returns the task's State.
func (t *Task) State() *ctx.State { return t.co.st }

// Done reports whether the task has ended.
func (t *Task) Done() bool { return t.done }

func (t *Task) ended() {
	t.done = true
	w := t.co.w
	if i := slices.Index(w.tasks, t); i >= 0 {
		w.tasks = slices.Delete(w.tasks, i, i+1)
	}
	for _, f := range t.after {
		f()
	}
	t.after = nil
}

// Co is what a running body holds: the body of a task or of a generator.
type Co struct {
	w    *World
	task *Task
	gen  *Gen // nil for a task's own body
	st   *ctx.State
}

// World returns the world the body runs in.
func (c *Co) World() *World { return c.w }

// State returns the State that the body reads and writes. In a generator it is
// valid until the next Yield: some hosts change it with each resume.
func (c *Co) State() *ctx.State { return c.st }

// Use changes what State returns. Generator drivers call it (see Gen.Around).
func (c *Co) Use(st *ctx.State) { c.st = st }

// Task returns the task that runs the body now; a generator's may change with
// each resume.
func (c *Co) Task() *Task { return c.task }

// Gen returns the generator whose body this is, nil in a task's own body.
func (c *Co) Gen() *Gen { return c.gen }

// Go starts a task with a Fork of the body's State.
func (c *Co) Go(name string, f func(*Co)) *Task { return c.w.Start(name, c.st.Fork(), f) }

// After runs f as a task once d has passed, in the context of this call.
func (c *Co) After(d time.Duration, f func(*Co)) *Timer {
	st := c.st.Fork()
	return c.w.Clock.After(d, func() { c.w.Start("timer", st, f) })
}

// Pause lets other tasks go on.
func (c *Co) Pause() {
	t := c.task
	c.w.ready = append(c.w.ready, t)
	c.suspend()
}

// Sleep suspends the task for d on the world's clock.
func (c *Co) Sleep(d time.Duration) {
	t := c.task
	c.w.Clock.After(d, func() { c.w.ready = append(c.w.ready, t) })
	c.suspend()
}

// Join waits until t has ended.
func (c *Co) Join(t *Task) {
	if t.done {
		return
	}
	me := c.task
	t.after = append(t.after, func() { c.w.ready = append(c.w.ready, me) })
	c.suspend()
}

// suspend gives control back to the scheduler, through every generator that the
// task is inside.
func (c *Co) suspend() {
	if c.gen != nil {
		if !c.gen.yield(signal{wait: true}) {
			panic(stopped{})
		}
		return
	}
	if !c.task.yield(struct{}{}) {
		panic(stopped{})
	}
}
