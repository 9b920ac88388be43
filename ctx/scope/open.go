package scope

import (
	"context"
	"time"

	"github.com/strata-go/strata/ctx"
)

// An Option says something about a scope when it is opened.
type Option func(*settings)

type settings struct {
	deadline time.Time
	timeout  time.Duration
	timed    bool // timeout counts
	shield   bool
	from     context.Context
}

// Deadline cancels the scope at t. The zero Time means no deadline, and so does
// any time beyond the year 2262.
func Deadline(t time.Time) Option { return func(s *settings) { s.deadline = t } }

// Timeout cancels the scope d after it is opened.
func Timeout(d time.Duration) Option { return func(s *settings) { s.timeout, s.timed = d, true } }

// Shielded opens the scope shielded: see Scope.Shield.
func Shielded() Option { return func(s *settings) { s.shield = true } }

// From makes the scope from a context: it is cancelled when c is, with c's
// cause, it has c's deadline, and the contexts that Context returns inside it
// have c's values. It costs no goroutine while c lives.
func From(c context.Context) Option {
	if c == nil {
		panic("scope: From with a nil context: pass context.Background(), or leave the option out")
	}
	return func(s *settings) { s.from = c }
}

// A Block is an open scope together with the means to close it. It is for code
// whose blocks are no Go functions, interpreters say; others use With.
type Block struct {
	*Scope
	on ctx.Pushed[*Scope]
}

// Open opens a scope in the current level of st. Close it, in the same level:
//
//	b := scope.Open(st, scope.Timeout(time.Second))
//	defer func() { err = b.Close(st, err) }()
func Open(st *ctx.State, opts ...Option) Block {
	return open(st, gather(opts), caller())
}

func gather(opts []Option) settings {
	var s settings
	for _, o := range opts {
		o(&s)
	}
	return s
}

func open(st *ctx.State, s settings, pc uintptr) Block {
	sc := &Scope{opened: pc}
	sc.deadline.Store(never)
	if s.shield {
		sc.bits.Store(shielded)
	}
	clock := clockOf(st)
	if clock != process || s.from != nil {
		x := sc.more()
		if clock != process {
			x.clock = clock
		}
		x.from = s.from
	}
	if s.from != nil {
		// User code: first, so that nothing is open when it panics and no time
		// counts that it takes.
		sc.follow(s.from)
	}
	when, now := clock.at(s.deadline), int64(0)
	if s.timed || when != never {
		clock.check()
		now = clock.now()
	}
	if s.timed {
		when = min(when, after(now, s.timeout))
	}
	b := Block{sc, scopes.Push(st, sc)}
	if when != never && clock.move(sc, when, now) && when <= now {
		sc.expire()
	}
	return b
}

// follow hooks the scope to the context it is made from.
func (sc *Scope) follow(c context.Context) {
	x := sc.more()
	if t, ok := c.Deadline(); ok {
		x.limit = sc.clock().at(t)
		sc.deadline.Store(x.limit)
	}
	if !sc.end(c) && c.Done() != nil {
		x.stop = context.AfterFunc(c, func() { sc.end(c) })
	}
}

// Close leaves the block with the error of what ran inside, and returns the
// error that goes on outwards: nil when the scope stops a cancellation, err
// otherwise. With documents which; Caught tells.
//
// Close panics with a *MisuseError, and changes nothing, when the scope is not
// the innermost one of the level on top of st.
func (b Block) Close(st *ctx.State, err error) error {
	sc := b.Scope
	if sc == nil {
		panic("scope: Close of the zero Block: blocks come from scope.Open")
	}
	if sc.source() == nil {
		sc.late()
		b.leave(st)
	} else {
		b.leaveSource(st)
	}
	if err == nil || !sc.has(called) || !cancellation(err) {
		return err
	}
	if !sc.has(shielded) {
		outer := state.Get(st)
		if outer.cancelled || outer.deadline != never && outer.deadline <= sc.clock().now() {
			return err
		}
	}
	sc.bits.Or(caught)
	return nil
}

// leave takes the scope off st and makes it inert.
func (b Block) leave(st *ctx.State) {
	sc := b.Scope
	if misuse := b.on.TryPop(st); misuse != nil {
		inner := ""
		if top := Current(st); top != nil {
			inner = top.Opened()
		}
		panic(&MisuseError{sc.Opened(), inner, misuse})
	}
	sc.bits.Or(left)
	sc.clock().remove(sc)
	if x := sc.x.Load(); x != nil {
		defer sc.untie(x) // stop asks the context that the scope is made from
		if stop := x.stop; stop != nil {
			x.stop = nil
			stop()
		}
	}
}

// leaveSource is late and leave for a scope that is made from a context. That
// one is user code, and the scope is left also when it panics.
func (b Block) leaveSource(st *ctx.State) {
	defer b.leave(st)
	b.late()
}

// late looks, at the end of the block, whether the deadline or the context is
// over that a timer or a goroutine has not reported yet: how a block ends does
// not depend on who was faster.
func (sc *Scope) late() {
	if sc.has(left) {
		return
	}
	if when := sc.deadline.Load(); when != never && when <= sc.clock().now() {
		sc.expire()
	}
	if c := sc.source(); c != nil {
		sc.end(c)
	}
}
