package seq

import "github.com/strata-go/strata/ctx"

// stage is where the levels of one suspendable computation lie, and where they
// wait while it is suspended. One goroutine at a time uses it.
//
//	running                           suspended
//	┌──────────────────────────┐      ┌──────────────────────────┐
//	│ above   (a Run's level)  │ ───▶ │ above                    │
//	│ layer   own writes       │      │ layer                    │
//	├──────────────────────────┤      └──────────────────────────┘
//	│ the resumer's execution  │        nothing of the resumer
//	└──────────────────────────┘
//
// A computation with a State of its own keeps its levels there. The levels of
// an iterator that works on its caller's State (shared) come off that one.
type stage struct {
	st     *ctx.State
	layer  ctx.Layer
	mark   ctx.Mark // pops the layer and what is above it
	shared bool
	// Of shared stages only: the top of the stack when nothing is above the
	// layer, and what was there at the yield.
	inner  ctx.Mark
	levels ctx.Levels
	nested bool // levels holds something
}

// resume lays the stage over from's execution as it is now.
func (s *stage) resume(from *ctx.State) {
	if s.shared {
		s.push()
		return
	}
	s.mark = s.st.Resume(from, &s.layer)
}

// suspend takes the stage off again.
func (s *stage) suspend() {
	if s.shared {
		s.pop()
		return
	}
	s.st.Suspend()
}

func (s *stage) push() {
	s.mark = s.st.Push(&s.layer)
	s.inner = s.st.Mark()
	if s.nested {
		s.st.Attach(s.levels)
		s.levels, s.nested = ctx.Levels{}, false
	}
}

// pop keeps the levels of an iterator that yields inside State.Run.
func (s *stage) pop() {
	if s.st.Mark() != s.inner {
		s.levels, s.nested = s.st.Detach(s.inner), true
	}
	s.st.Unwind(s.mark)
}

// leave takes the stage off for good.
func (s *stage) leave() { s.st.Unwind(s.mark) }

// end is leave, for a computation that ends before its handle goes: the handle
// keeps its mode and none of its values.
func (s *stage) end() {
	s.leave()
	mode := s.layer.Mode()
	must(s.layer.Capture(ctx.Snapshot{}))
	must(s.layer.SetMode(mode))
}

// An Option says how a generator or iterator joins the executions that resume
// it. Without one it is an overlay: it reads its own writes, and for everything
// else the current execution of whoever resumes it.
type Option func(*ctx.Layer)

// Transparent makes a generator read and write the resumer's levels, as a
// coroutine that is awaited, or a context manager, does. Use it as an option:
//
//	seq.Generate(body, seq.Transparent)
func Transparent(l *ctx.Layer) { must(l.SetMode(ctx.None)) }

// Captured gives a generator a full context of its own that starts with the
// values of s and hides the resumer's: generators as in TC39's AsyncContext.
//
//	seq.Generate(body, seq.Captured(st.Snapshot()))
func Captured(s ctx.Snapshot) Option {
	return func(l *ctx.Layer) { must(l.Capture(s)) }
}

// must is for layers that nobody else has seen yet.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (s *stage) apply(opts []Option) {
	for _, o := range opts {
		o(&s.layer)
	}
}
