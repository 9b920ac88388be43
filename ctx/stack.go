package ctx

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"sync/atomic"

	"github.com/strata-go/strata/internal/keys"
)

// A StackVar is a context variable that holds a list: one element for each
// open block. Every level has its own segment of the list, and what a reader
// sees is the segments of all levels, outermost first. So a generator keeps its
// own open blocks on top of those of whoever resumes it:
//
//	with 20:  resume g, which opens 10 →  [20 10]
//	with  5:  resume g again           →  [5 10]
//
// Push opens a block, Pop closes it. Inside one level blocks close in reverse
// order; generators cannot disturb their callers' order because each has a
// segment of its own.
//
// An element is an open block, and a closed block is open nowhere: after Pop
// the element is gone from every snapshot, task and callback that still lists
// it (rule G12), and its value is unreferenced. With the option Lasting,
// elements stay in snapshots as the values of ordinary variables do.
//
// The zero StackVar is no variable; using it panics. A StackVar is safe for
// any number of goroutines; the State it is used with is not.
type StackVar[T any] struct {
	v *stackVariable[T]
}

type stackVariable[T any] struct {
	c     core
	key   *keys.Key[segment[T]]
	guard func(T) error
	// epoch counts what changes lists without a write to their execution: the
	// pop of an element that snapshots hold, Changed, Release. Cached folds
	// compare it.
	epoch atomic.Uint64
}

// segment is the part of the list that one level holds.
type segment[T any] struct {
	top *element[T]
}

// element is one pushed value. Elements are linked newest first and shared by
// every version of their segment. Value changes once, from the value to nil,
// when the block is left; prev may come to skip elements whose value is nil.
// Readers on other goroutines load both.
type element[T any] struct {
	value atomic.Pointer[T]
	prev  atomic.Pointer[element[T]]
}

// open returns the newest open element from e down.
func (e *element[T]) open() *element[T] {
	for e != nil && e.value.Load() == nil {
		e = e.prev.Load()
	}
	return e
}

// StaticStack makes a stack variable that lives as long as the program. The
// options Guard, Never, Always, Redact, Lasting and In apply.
func StaticStack[T any](name string, opts ...Option[T]) StackVar[T] {
	return newStack(name, true, opts)
}

// NewStack makes a collectable stack variable (see New).
func NewStack[T any](name string, opts ...Option[T]) StackVar[T] {
	return newStack(name, false, opts)
}

func newStack[T any](name string, static bool, opts []Option[T]) StackVar[T] {
	var cfg Config[T]
	cfg.apply(opts)
	if cfg.hasDefault || cfg.defFunc != nil || cfg.copyFunc != nil || cfg.onChange != nil {
		panic(fmt.Sprintf("ctx: stack variable %q: Default, DefaultFunc, Copy and OnChange are for ordinary variables", name))
	}
	cfg.flags |= flagStack
	v := &stackVariable[T]{guard: cfg.guard}
	o := cfg.keyOptions(name, reflect.TypeFor[T]())
	if static {
		v.key = keys.Static[segment[T]](o)
	} else {
		v.key = keys.New[segment[T]](o)
	}
	v.c.id, v.c.name, v.c.flags, v.c.ops = v.key.ID(), name, cfg.flags, v
	register(&v.c, static)
	if static {
		cfg.ns.add(&v.c)
	} else {
		registerList(v)
	}
	return StackVar[T]{v}
}

func (v StackVar[T]) must() *stackVariable[T] {
	if v.v == nil {
		panic("ctx: use of the zero StackVar: make stack variables with ctx.StaticStack or ctx.NewStack")
	}
	return v.v
}

// Name returns the label given at creation. It identifies nothing.
func (v StackVar[T]) Name() string { return v.must().c.name }

// String returns the name and type, never a value.
func (v StackVar[T]) String() string {
	if v.v == nil {
		return "ctx.StackVar(zero)"
	}
	return fmt.Sprintf("ctx.StackVar[%s](%q)", reflect.TypeFor[T](), v.v.c.name)
}

func (v StackVar[T]) core() *core { return &v.must().c }

// Release ends a collectable stack variable (see Var.Release).
func (v StackVar[T]) Release() {
	k := v.must()
	release(&k.c, k.key.Static(), k.key.Release)
	k.epoch.Add(1)
}

// Changed tells that an element changed in place in a way that folds of the
// variable depend on: a deadline that moved, say. Folds cached anywhere are
// computed anew when they are next read. Safe on any goroutine.
func (v StackVar[T]) Changed() { v.must().epoch.Add(1) }

// Pushed is an element on its stack: what Push returns, to be given back to Pop.
type Pushed[T any] struct {
	v   *stackVariable[T]
	c   *cell
	e   *element[T]
	pc  uintptr // where the element was pushed, with Debug
	gen uint32
}

// Push puts x on top of the current level's segment:
//
//	defer Scopes.Push(st, x).Pop(st)
//
// Push panics with a *GuardError when the guard refuses x, and with an error
// that wraps ErrReleased after Release. Cost: O(1) whatever the depth.
func (v StackVar[T]) Push(st *State, x T) Pushed[T] {
	k := v.must()
	st.writable("Push")
	k.admit(x)
	lv, h := k.local(st)
	return k.put(st, x, lv, h, k.topOf(h))
}

// Replace puts x in the place of the newest element of the current level, or
// pushes it when the level has none. Pop brings the replaced element back.
func (v StackVar[T]) Replace(st *State, x T) Pushed[T] {
	k := v.must()
	st.writable("Replace")
	k.admit(x)
	lv, h := k.local(st)
	top := k.topOf(h)
	if top != nil {
		top = top.prev.Load()
	}
	return k.put(st, x, lv, h, top)
}

// local is the top level, and what it holds for the variable, nil for nothing.
func (k *stackVariable[T]) local(st *State) (*level, *keys.Head) {
	lv := st.top().lv
	h := lv.get(k.c.id.Index())
	if h == nil || !belongs(h, k.c.id) {
		return lv, nil
	}
	return lv, h
}

// topOf is the newest element of the level's own segment.
func (k *stackVariable[T]) topOf(h *keys.Head) *element[T] {
	if h == nil || isMask(h) {
		return nil
	}
	if j := asJoin(h); j != nil {
		h = j.above
	}
	seg, _ := k.key.Unwrap(h)
	return seg.top
}

// admit asks the guard, which is user code: before the level is read, as it may
// push as well.
func (k *stackVariable[T]) admit(x T) {
	if k.guard != nil {
		if err := k.guard(x); err != nil {
			panic(&GuardError{k.c.name, err})
		}
	}
}

// put writes x over prev in the top level lv, whose entry is h.
func (k *stackVariable[T]) put(st *State, x T, lv *level, h *keys.Head, prev *element[T]) Pushed[T] {
	// A left block is of no use below the new one. Were it kept, a task that goes
	// on as another one from inside a block, and leaves it, would grow for ever.
	if prev = prev.open(); prev != nil {
		if p := prev.prev.Load(); p != nil && p.value.Load() == nil {
			prev.prev.Store(p.open())
		}
	}
	e := new(element[T])
	e.prev.Store(prev)
	e.value.Store(&x)
	n, err := k.key.Wrap(st.writerFor(k.key.Static()), segment[T]{e})
	if err != nil {
		panic(released(k.c.name))
	}
	if h != nil {
		if j := asJoin(h); j != nil {
			n = newJoin(j.below, n)
		} else if isMask(h) {
			n = newJoin(h, n)
		}
	}
	if !k.c.ever.Load() {
		k.c.ever.Store(true)
	}
	stamp := lv.unseen() // before the write, which an Env publishes
	_, old := st.write(k.c.id, n)
	c := st.newCell(lv, k.c.id, old)
	c.stamp = stamp
	if !k.key.Static() {
		st.sweep(lv)
	}
	return Pushed[T]{k, c, e, st.here(), c.gen}
}

// Pop closes the block: the level gets back what it held before Push. It
// panics with a *MisuseError that tells where the block was opened (see
// State.Debug) when the element is not the newest of the current level, was
// popped already, or belongs to another level.
func (p Pushed[T]) Pop(st *State) {
	opened := ""
	if p.c != nil && p.c.gen == p.gen {
		opened = place(p.pc)
	}
	if err := p.TryPop(st); err != nil {
		name := ""
		if p.v != nil {
			name = p.v.c.name
		}
		panic(&MisuseError{name, opened, err})
	}
}

// TryPop is Pop with the misuse as an error, for interpreters: ErrTokenZero,
// ErrTokenUsed, ErrTokenLevel or ErrOrder, checked in this order. When it fails
// nothing has changed.
func (p Pushed[T]) TryPop(st *State) error {
	st.writable("Pop")
	if p.c == nil {
		return ErrTokenZero
	}
	if err := p.c.check(st, p.gen, p.v.c.id); err != nil {
		return err
	}
	if _, h := p.v.local(st); p.v.topOf(h) != p.e && !p.v.key.Released() {
		return ErrOrder
	}
	seen := p.c.lv.stamp != p.c.stamp
	st.write(p.v.c.id, p.c.old)
	p.c.used(st)
	if p.v.c.flags&flagLasts == 0 {
		p.e.value.Store(nil)
		if seen {
			p.v.epoch.Add(1)
		}
	}
	return nil
}

// Mask hides what lies below the current level, and the level's own elements:
// the list is empty until the token is reset, or starts anew with the next Push.
func (v StackVar[T]) Mask(st *State) Token[T] {
	k := v.must()
	st.writable("Mask")
	t, old := st.write(k.c.id, newMask(k.c.id))
	c := st.newCell(t.lv, k.c.id, old)
	return Token[T]{nil, c, st.here(), c.gen}
}

// Reset undoes a Mask. The errors are those of Var.Reset.
func (v StackVar[T]) Reset(st *State, tok Token[T]) error {
	k := v.must()
	st.writable("Reset")
	return st.undo(&k.c, tok.c, tok.gen)
}

// Get returns the innermost element. It panics with a *NoValueError where the
// list is empty.
func (v StackVar[T]) Get(st *State) T {
	x, ok := v.Lookup(st)
	if !ok {
		panic(&NoValueError{v.v.c.name})
	}
	return x
}

// Lookup returns the innermost element and whether there is one.
func (v StackVar[T]) Lookup(st *State) (value T, ok bool) {
	for x := range v.must().newestFirst(st.heads(v.v.c.id)) {
		return *x, true
	}
	return value, false
}

// In returns the innermost element of the list in a snapshot.
func (v StackVar[T]) In(s Snapshot) (value T, ok bool) {
	for x := range v.must().newestFirst(s.heads(v.v.c.id)) {
		return *x, true
	}
	return value, false
}

// All returns the elements, outermost first, as they are when the loop starts.
// Cost: O(elements).
func (v StackVar[T]) All(st *State) iter.Seq[T] {
	return v.must().outermostFirst(func() iter.Seq[*keys.Head] { return st.heads(v.v.c.id) })
}

// AllIn is All of a snapshot.
func (v StackVar[T]) AllIn(s Snapshot) iter.Seq[T] {
	return v.must().outermostFirst(func() iter.Seq[*keys.Head] { return s.heads(v.v.c.id) })
}

// Len returns the number of elements. Cost: O(elements).
func (v StackVar[T]) Len(st *State) int {
	n := 0
	for range v.must().newestFirst(st.heads(v.v.c.id)) {
		n++
	}
	return n
}

func (k *stackVariable[T]) outermostFirst(heads func() iter.Seq[*keys.Head]) iter.Seq[T] {
	return func(yield func(T) bool) {
		var list []*T
		for x := range k.newestFirst(heads()) {
			list = append(list, x)
		}
		for _, x := range slices.Backward(list) {
			if !yield(*x) {
				return
			}
		}
	}
}

// newestFirst goes over the open elements behind heads, themselves given
// newest first.
func (k *stackVariable[T]) newestFirst(heads iter.Seq[*keys.Head]) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		if !k.c.ever.Load() {
			return
		}
		for h := range heads {
			seg, _ := k.key.Unwrap(h)
			for e := seg.top; e != nil; e = e.prev.Load() {
				if x := e.value.Load(); x != nil && !yield(x) {
					return
				}
			}
		}
	}
}

// heads goes over the segments of a stack variable that a read sees, newest
// first: every level's, down to a mask, a barrier or the bottom.
func (st *State) heads(id keys.ID) iter.Seq[*keys.Head] {
	return func(yield func(*keys.Head) bool) {
		index := id.Index()
		want := filterOf(index)
		for s := st; s != nil; {
			next := (*State)(nil)
			if x := s.x; x != nil {
				for i := len(x.frames) - 1; i >= 0; i = x.frames[i].below(i, want) {
					f := &x.frames[i]
					if !segments(f.local(index), id, yield) || f.kind == barrier {
						return
					}
					if f.kind == link {
						next = x.resumer
						break
					}
				}
			}
			if next == nil {
				segments(s.base.get(index), id, yield)
			}
			s = next
		}
	}
}

func (s Snapshot) heads(id keys.ID) iter.Seq[*keys.Head] {
	return func(yield func(*keys.Head) bool) {
		segments(s.find(id), id, yield)
	}
}

// segments yields the segments inside h, newest first. It reports whether what
// lies below shows: false after a mask or when yield stopped.
func segments(h *keys.Head, id keys.ID, yield func(*keys.Head) bool) bool {
	if h == nil || !belongs(h, id) {
		return true
	}
	for {
		j := asJoin(h)
		if j == nil {
			break
		}
		if !yield(j.above) {
			return false
		}
		h = j.below
	}
	return !isMask(h) && yield(h)
}

// prune returns h without the segments in which nothing is open: h itself if
// there are none, nil if nothing is left.
func (k *stackVariable[T]) prune(h *keys.Head) *keys.Head {
	if k.c.flags&flagLasts != 0 || !k.anyLeft(h) {
		return h
	}
	var live []*keys.Head // newest first
	for j := asJoin(h); j != nil; j = asJoin(h) {
		if k.anyOpen(j.above) {
			live = append(live, j.above)
		}
		h = j.below
	}
	if !isMask(h) && !k.anyOpen(h) {
		h = nil
	}
	for _, s := range slices.Backward(live) {
		if h == nil {
			h = s
		} else {
			h = newJoin(h, s)
		}
	}
	return h
}

// anyLeft reports whether h has a segment in which nothing is open.
func (k *stackVariable[T]) anyLeft(h *keys.Head) bool {
	for j := asJoin(h); j != nil; j = asJoin(h) {
		if !k.anyOpen(j.above) {
			return true
		}
		h = j.below
	}
	return !isMask(h) && !k.anyOpen(h)
}

func (k *stackVariable[T]) sameOpen(a, b *keys.Head) bool {
	x, masksX := k.blocks(a)
	y, masksY := k.blocks(b)
	return masksX == masksY && slices.Equal(x, y)
}

func (k *stackVariable[T]) allLeft(h *keys.Head) bool {
	for range k.newestFirst(func(yield func(*keys.Head) bool) { segments(h, k.c.id, yield) }) {
		return false
	}
	return true
}

// blocks returns the open elements of h, newest first, and whether it masks.
func (k *stackVariable[T]) blocks(h *keys.Head) (list []*element[T], masks bool) {
	add := func(segment *keys.Head) {
		seg, _ := k.key.Unwrap(segment)
		for e := seg.top.open(); e != nil; e = e.prev.Load().open() {
			list = append(list, e)
		}
	}
	for j := asJoin(h); j != nil; j = asJoin(h) {
		add(j.above)
		h = j.below
	}
	if isMask(h) {
		return list, true
	}
	add(h)
	return list, false
}

func (k *stackVariable[T]) anyOpen(segment *keys.Head) bool {
	seg, _ := k.key.Unwrap(segment)
	return seg.top.open() != nil
}

func (k *stackVariable[T]) list(h *keys.Head) []T {
	var out []T
	for x := range k.newestFirst(func(yield func(*keys.Head) bool) { segments(h, k.c.id, yield) }) {
		out = append(out, *x)
	}
	slices.Reverse(out)
	return out
}

func (k *stackVariable[T]) equal(a, b *keys.Head) bool {
	x, y := k.list(a), k.list(b)
	return slices.EqualFunc(x, y, sameValue[T])
}

func (k *stackVariable[T]) value(h *keys.Head) any                 { return k.list(h) }
func (k *stackVariable[T]) copied(h *keys.Head) *keys.Head         { return h }
func (k *stackVariable[T]) changed(*State, *keys.Head, *keys.Head) {}
func (k *stackVariable[T]) watched() bool                          { return false }
