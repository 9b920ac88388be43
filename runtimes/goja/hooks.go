package goja

import (
	"github.com/strata-go/strata/ctx"
)

// ContextHooks are the two places where the engine runs script code in another
// context and says nothing about it today. An engine that has them lets context
// flow through user-defined thenables and generators as the AsyncContext
// proposal wants; see the table in the README for what happens until then.
type ContextHooks struct {
	// Job wraps a job that the engine queues for a user-defined thenable: it is
	// called when the job is queued, and what it returns runs the job.
	Job func(job func()) func()
	// Generator is called when a generator object is made. Each next, throw and
	// return of the generator runs inside what it returned.
	Generator func() (step func(run func()))
}

// Hookable is an engine that takes ContextHooks. Install uses it when the
// Runtime has the method.
type Hookable interface {
	SetContextHooks(ContextHooks)
}

func (a *adapter) hooksFor() ContextHooks {
	return ContextHooks{
		Job: func(job func()) func() {
			s := a.st.Snapshot()
			return func() { a.within(s, job) }
		},
		Generator: func() func(run func()) {
			l := ctx.CapturedLayer(a.st.Snapshot())
			return func(run func()) {
				m := a.st.Push(l)
				defer a.st.Unwind(m)
				run()
			}
		},
	}
}
