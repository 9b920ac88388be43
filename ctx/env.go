package ctx

import (
	"sync/atomic"
)

// An Env is a context that code runs in and that keeps what the code writes:
// PEP 567's Context. It is entered by one execution at a time; a Snapshot is
// the immutable kind that code may re-enter.
//
// The zero Env is empty, ready to use. An Env must not be copied after its
// first use. Any goroutine may enter it, one at a time, and any goroutine may
// read it at any moment, also while it runs: readers see the last write. That
// has its price: each write in it publishes a version, which copies a path.
type Env struct {
	_       noCopy
	lv      level
	root    atomic.Pointer[byte] // the published Snapshot
	entered atomic.Bool
}

// NewEnv returns an Env that starts with the values of s.
func NewEnv(s Snapshot) *Env {
	e := new(Env)
	if s.root != nil {
		e.lv = levelOf(s)
		e.root.Store((*byte)(s.root))
	}
	return e
}

// Run runs f with e as the whole execution of st, and leaves e also when f
// panics or calls runtime.Goexit. What f writes stays in e. It returns
// ErrEntered, without running f, when e is entered already.
func (e *Env) Run(st *State, f func()) error {
	m, err := e.Enter(st)
	if err != nil {
		return err
	}
	defer st.Unwind(m)
	f()
	return nil
}

// Enter makes e the whole execution of st until the Mark is unwound: for
// schedulers that run a task step by step. It returns ErrEntered when e is
// entered already.
func (e *Env) Enter(st *State) (Mark, error) {
	st.writable("Enter")
	if !e.entered.CompareAndSwap(false, true) {
		return Mark{}, ErrEntered
	}
	f, m := st.next()
	f.kind, f.lv, f.env = barrier, &e.lv, e
	st.joined(f, m)
	return m, nil
}

// Snapshot returns what e holds now. Safe on any goroutine.
func (e *Env) Snapshot() Snapshot {
	return Snapshot{root(e.root.Load())}
}

// Copy returns a new Env with the same values. O(1), safe on any goroutine.
func (e *Env) Copy() *Env { return NewEnv(e.Snapshot()) }

// publish makes the last write visible to readers on other goroutines.
func (e *Env) publish() { e.root.Store((*byte)(snapshotOf(e.lv.freeze()).root)) }

func (e *Env) leave() { e.entered.Store(false) }
