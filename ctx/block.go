package ctx

import (
	"github.com/strata-go/strata/internal/keys"
)

// With runs f with the variable set to x in the current level, and resets it
// afterwards, also when f panics or calls runtime.Goexit: then levels that f left
// on st are popped first. When f returns and left one it panics as End does.
func (v Var[T]) With(st *State, x T, f func()) {
	b := v.Scope(st, x)
	m, returned := st.Mark(), false
	defer func() {
		if !returned {
			st.Unwind(m)
		}
		b.End()
	}()
	f()
	returned = true
}

// A Block is an open with-block of one variable: what Scope returns.
type Block[T any] struct {
	st  *State
	tok Token[T]
}

// Scope sets the variable in the current level for the rest of a function:
//
//	defer User.Scope(st, "ann").End()
//
// The block keeps its State. A generator that runs on its resumer's State uses
// Set and Reset for blocks that stay open over a yield.
func (v Var[T]) Scope(st *State, x T) Block[T] {
	return Block[T]{st, v.Set(st, x)}
}

// Token returns the token of the block's write.
func (b Block[T]) Token() Token[T] { return b.tok }

// End resets the variable to what it was before its own Scope. It panics with
// a *MisuseError when it cannot: the token was used inside the block, or the
// level that the block was opened in is not on top. End of the zero Block
// panics too.
func (b Block[T]) End() {
	if b.st == nil {
		panic(&MisuseError{Err: ErrTokenZero})
	}
	opened := ""
	if c := b.tok.c; c != nil && c.gen == b.tok.gen {
		opened = place(b.tok.pc)
	}
	if err := b.tok.Var().Reset(b.st, b.tok); err != nil {
		panic(&MisuseError{b.tok.v.c.name, opened, err})
	}
}

// A Binding is a variable together with a value, made by Var.To. It may be used
// any number of times, on any goroutine.
type Binding struct {
	c *core
	h *keys.Head
}

// To binds the variable to x, for State.With and Snapshot.With. The variable's
// guard judges x here; a refusal panics with a *GuardError, which TryTo returns.
func (v Var[T]) To(x T) Binding {
	b, err := v.TryTo(x)
	if err != nil {
		panic(err)
	}
	return b
}

// TryTo is To with the refusal of a guard, or ErrReleased, as an error.
func (v Var[T]) TryTo(x T) (Binding, error) {
	k := v.must()
	h, err := k.wrap(nil, x)
	if err != nil {
		return Binding{}, err
	}
	return Binding{&k.c, h}, nil
}

// Bindings are several variables to be set together, made by State.With. Run them
// any number of times, where their State may be used. The zero Bindings set
// nothing.
type Bindings struct {
	st   *State
	list []Binding
}

// With collects bindings for one block:
//
//	st.With(User.To("ann"), Precision.To(3)).Run(f)
func (st *State) With(list ...Binding) Bindings {
	st.writable("With")
	return Bindings{st, list}
}

// Run sets every binding in the current level, runs f, and resets them in
// reverse order, also when f panics or calls runtime.Goexit: then levels that f
// left on the State are popped first. A later binding of the same variable wins.
func (bs Bindings) Run(f func()) {
	if bs.st == nil {
		f() // the zero Bindings
		return
	}
	cells := make([]*cell, 0, len(bs.list))
	pc := bs.st.here()
	m, returned := bs.st.Mark(), false
	defer func() {
		if !returned {
			bs.st.Unwind(m)
		}
		bs.reset(cells, pc)
	}()
	for _, b := range bs.list {
		if b.c == nil {
			panic("ctx: With of a zero Binding: make bindings with Var.To")
		}
		cells = append(cells, bs.st.assign(b.c, b.h))
	}
	f()
	returned = true
}

// reset uses the cells of the first bindings, newest first. One that cannot be
// undone, because its watcher panics or its level is not on top, does not keep
// the others from it. pc is where Run was called, with Debug.
func (bs Bindings) reset(cells []*cell, pc uintptr) {
	defer func() {
		if len(cells) > 0 { // a panic or Goexit
			bs.reset(cells, pc)
		}
	}()
	for len(cells) > 0 {
		i := len(cells) - 1
		c, b := cells[i], bs.list[i]
		cells = cells[:i]
		if err := bs.st.undo(b.c, c, c.gen); err != nil {
			panic(&MisuseError{b.c.name, place(pc), err})
		}
	}
}

// With returns a snapshot that differs from s by the bindings.
func (s Snapshot) With(list ...Binding) Snapshot {
	b := s.trie().Builder()
	for _, bind := range list {
		if bind.c == nil {
			panic("ctx: With of a zero Binding: make bindings with Var.To")
		}
		if old, _ := b.Get(bind.c.id.Index()); !later(old, bind.c.id) {
			b.Set(bind.c.id.Index(), bind.h)
		}
	}
	return snapshotOf(b.Map())
}
