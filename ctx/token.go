package ctx

import (
	"github.com/strata-go/strata/internal/keys"
)

// A Token undoes one Set or Mask by Reset. It belongs to the level the write
// went to, not to a task or goroutine: a generator's token is good whenever the
// generator's level is on top, whoever resumes or closes it.
//
// Copies are the same token. The zero Token is refused with ErrTokenZero. A
// token that is kept unused keeps the value it would bring back.
type Token[T any] struct {
	v   *variable[T]
	c   *cell
	pc  uintptr // where the write was made, with Debug
	gen uint32
}

// A cell is what the copies of a token share. Used cells go back to the pool
// of a State; the generation tells a later token from an earlier one.
type cell struct {
	lv  *level
	old *keys.Head // what the level held; nil: nothing
	// made is the box that the write made, if it may serve again: see
	// variable.set. In a cell of the pool it is free.
	made *keys.Head
	// stamp is lv's when the write was made, if made is set or the variable is a
	// stack.
	stamp uint64
	id    keys.ID
	gen   uint32
}

// spareCell takes a cell from the pool, or makes one.
func (st *State) spareCell() *cell {
	if x := st.x; x != nil {
		if n := len(x.pool) - 1; n >= 0 {
			c := x.pool[n]
			x.pool[n] = nil
			x.pool = x.pool[:n]
			return c
		}
	}
	return new(cell)
}

// newCell is the cell of a write whose box does not serve again.
func (st *State) newCell(lv *level, id keys.ID, old *keys.Head) *cell {
	c := st.spareCell()
	c.lv, c.old, c.id = lv, old, id
	if c.made != nil {
		c.made = nil
	}
	return c
}

// pooled is how many cells a State keeps: a block seldom opens more at a time,
// and a State that did once does not hold all of them for ever.
const pooled = 64

// used empties a cell but for a free box, and returns it to the pool of st.
func (c *cell) used(st *State) {
	c.lv, c.old = nil, nil
	c.gen++
	if x := st.extra(); len(x.pool) < pooled {
		x.pool = append(x.pool, c)
	}
}

// check is the three errors of Reset, in their order.
func (c *cell) check(st *State, gen uint32, id keys.ID) error {
	switch {
	case c == nil:
		return ErrTokenZero
	case c.gen != gen:
		return ErrTokenUsed
	case c.id != id:
		return ErrTokenVar
	case st.topFrame().lv != c.lv:
		return ErrTokenLevel
	}
	return nil
}

// assign is every write of a variable that a token can undo: h nil removes.
// With a watcher it tells, and takes the write back when that panics.
func (st *State) assign(c *core, h *keys.Head) *cell {
	if !c.ops.watched() {
		t, old := st.write(c.id, h)
		return st.newCell(t.lv, c.id, old)
	}
	before, m := st.find(c.id), st.Mark()
	t, old := st.write(c.id, h)
	told := false
	defer func() {
		if !told {
			st.Unwind(m)                  // levels that the watcher left open
			if st.topFrame().lv == t.lv { // else it popped this one, and the write is gone
				st.write(c.id, old)
			}
		}
	}()
	c.ops.changed(st, before, st.find(c.id))
	told = true
	return st.newCell(t.lv, c.id, old)
}

// Set gives the variable a value in the top level of this execution, and
// returns the token that undoes it. The value is visible at once to this
// execution and to what it calls; snapshots taken earlier, tasks and resumers
// do not see it.
//
// Set panics with a *GuardError when the variable's guard refuses x, and with
// an error that wraps ErrReleased after Release; TrySet returns those. Cost:
// one allocation for the value, one for the token unless it comes from the
// pool of used ones, and a copied path for the first write after a snapshot. A
// small value without pointers takes the place of one that a Reset took out,
// so that Set and Reset in a level that no snapshot sees allocate nothing.
func (v Var[T]) Set(st *State, x T) Token[T] {
	if v.v != nil && st != nil && v.v.c.flags&flagReuse != 0 {
		return v.v.set(st, x)
	}
	tok, err := v.TrySet(st, x)
	if err != nil {
		panic(err)
	}
	return tok
}

// TrySet is Set with the refusal of a guard, or ErrReleased, as an error.
func (v Var[T]) TrySet(st *State, x T) (Token[T], error) {
	k := v.must()
	st.writable("Set")
	if k.c.flags&flagReuse != 0 {
		return k.set(st, x), nil
	}
	h, err := k.wrap(st, x)
	if err != nil {
		return Token[T]{}, err
	}
	c := st.assign(&k.c, h)
	if !k.key.Static() {
		k.key.Stamp(h, c.lv.unseen())
		st.sweep(c.lv)
	}
	return Token[T]{k, c, st.here(), c.gen}, nil
}

// set is Set of a variable whose boxes serve again: the box that a Set made is
// free when its Reset takes it out of the level and no snapshot was taken in
// between. Then it was nowhere else: not in a snapshot, for the level's stamp is
// the same; not in another token, which holds what its own write took out; not
// in a cache, whose slots follow each write. So a Set and Reset in a level that
// no snapshot sees make nothing.
//
// The cell of a token that is kept holds the box after the level let it go: a
// few bytes, and no pointer in them (see reusable).
func (k *variable[T]) set(st *State, x T) Token[T] {
	c := st.spareCell()
	h := c.made
	if h != nil && h.ID == k.c.id {
		reboxed(h, x)
	} else {
		h, _ = k.wrap(st, x) // a static variable without a guard refuses nothing
	}
	t, old := st.write(k.c.id, h)
	c.lv, c.old, c.id, c.made = t.lv, old, k.c.id, h
	if c.stamp = t.lv.again(); c.stamp == 0 {
		c.made = nil
	}
	return Token[T]{k, c, st.here(), c.gen}
}

// Put is Set without a token: for values that stay until their level goes or
// the next write. It saves the token's allocation.
func (v Var[T]) Put(st *State, x T) {
	k := v.must()
	st.writable("Put")
	h, err := k.wrap(st, x)
	if err != nil {
		panic(err)
	}
	if k.watched() {
		st.assign(&k.c, h).used(st)
		return
	}
	t, old := st.write(k.c.id, h)
	if !k.key.Static() {
		k.key.DiscardIf(&st.extra().writer, old, t.lv.stamp)
		k.key.Stamp(h, t.lv.unseen())
		st.sweep(t.lv)
	}
}

// Reset undoes the write that made the token: the level gets back what it held
// then, which may be nothing. It restores the level's own former state, not the
// value that was visible: a generator's Reset brings the caller's current value
// back into view. Writing Get's result back by hand does something else, it
// pins the caller's value in the generator's level.
//
// Tokens of ordinary variables need not be used in reverse order. The errors
// are ErrTokenZero, ErrTokenUsed, ErrTokenVar and ErrTokenLevel, checked in
// this order; a Reset that fails changes nothing and does not use the token up.
func (v Var[T]) Reset(st *State, tok Token[T]) error {
	k := v.must()
	st.writable("Reset")
	if k.key.Static() || k.watched() {
		return st.undo(&k.c, tok.c, tok.gen)
	}
	// The entry that goes was made here, and unless a snapshot was taken since,
	// the level was its only place: its value is let go, and it can serve again.
	// No other token can hold it: each holds what its own write replaced.
	now := st.topFrame().lv
	var h *keys.Head
	if tok.c != nil && tok.c.lv == now && now != nil {
		h = now.get(k.c.id.Index())
	}
	err := st.undo(&k.c, tok.c, tok.gen)
	if err == nil {
		k.key.DiscardIf(&st.extra().writer, h, now.stamp)
	}
	return err
}

// undo uses a cell. With a watcher it tells, and takes everything back when
// that panics: the value stands as before and the token is not used.
func (st *State) undo(c *core, cl *cell, gen uint32) error {
	if err := cl.check(st, gen, c.id); err != nil {
		return err
	}
	if c.flags&flagReuse != 0 || !c.ops.watched() { // flagReuse says it without a call
		t, h := st.write(c.id, cl.old)
		if cl.made != nil && (cl.made != h || cl.stamp != t.lv.stamp) {
			cl.made = nil
		}
		cl.used(st)
		return nil
	}
	// The token counts as used while the watcher is told, which may try to use
	// it again; its cell goes to the pool when nothing can take that back.
	lv, old := cl.lv, cl.old
	cl.lv, cl.old, cl.gen = nil, nil, gen+1
	before, m := st.find(c.id), st.Mark()
	_, now := st.write(c.id, old)
	told := false
	defer func() {
		if !told {
			if st.Unwind(m); st.topFrame().lv == lv { // as in assign
				st.write(c.id, now)
				cl.lv, cl.old, cl.gen = lv, old, gen
			}
		}
	}()
	c.ops.changed(st, before, st.find(c.id))
	told = true
	cl.gen = gen
	cl.used(st)
	return nil
}

// Old returns what the level held for the variable when the token was made,
// and whether it held anything. A used or zero token says it held nothing.
func (t Token[T]) Old() (value T, ok bool) {
	if t.v == nil || t.c == nil || t.c.gen != t.gen {
		return value, false
	}
	return t.v.key.Unwrap(t.c.old)
}

// Var returns the variable that the token belongs to.
func (t Token[T]) Var() Var[T] { return Var[T]{t.v} }

// Update sets the variable to f of its present value; ok is false where it is
// not set. When f panics nothing has changed.
func (v Var[T]) Update(st *State, f func(old T, ok bool) T) Token[T] {
	st.writable("Update")
	x, ok := v.Lookup(st)
	return v.Set(st, f(x, ok))
}

// Unset removes what the top level holds for the variable, so that the value
// below, or the default, shows again. It returns false, and changes nothing,
// when the top level holds nothing for it.
func (v Var[T]) Unset(st *State) bool {
	k := v.must()
	st.writable("Unset")
	return st.unset(&k.c)
}

func (st *State) unset(c *core) bool {
	h := st.top().lv.get(c.id.Index())
	if h == nil || !belongs(h, c.id) {
		return false
	}
	if c.ops.watched() {
		st.assign(c, nil).used(st)
	} else {
		st.write(c.id, nil)
	}
	return true
}

// Mask hides the variable: reads in this execution find nothing, whatever the
// levels below hold, until the token is reset or a value is set.
func (v Var[T]) Mask(st *State) Token[T] {
	k := v.must()
	st.writable("Mask")
	c := st.assign(&k.c, newMask(k.c.id))
	return Token[T]{k, c, st.here(), c.gen}
}
