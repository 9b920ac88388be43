package ctx

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/strata-go/strata/internal/keys"
)

// A Variable is a Var or a StackVar of any type, for calls that need only its
// identity.
type Variable interface {
	// Name returns the label given at creation. It identifies nothing.
	Name() string
	core() *core
}

// core is the part of a variable that does not depend on its type.
type core struct {
	id    keys.ID
	name  string
	flags uint16
	// idle says that nobody in the process has set the variable yet and that it
	// has a constant default. It is read without an atomic load, which would not
	// fit into what the compiler inlines. That is right by Go's memory model all
	// the same: a State that holds a value was reached by happens-before from the
	// write that cleared idle, and for any other State true and false give the
	// same answer. Under the race detector, which cannot know that, idle stays
	// false.
	idle bool
	// ever is false until the first write of this variable anywhere in the
	// process: until then a read is this one load.
	ever atomic.Bool
	// ops reaches typed code where only the core is at hand. For collectable
	// variables nothing but the user's handle leads here.
	ops ops
}

// ops is typed code over untyped heads.
type ops interface {
	equal(a, b *keys.Head) bool                  // two values of the variable are equal
	value(h *keys.Head) any                      // the value, for holders of a namespace
	copied(h *keys.Head) *keys.Head              // the value a child inherits
	changed(st *State, before, after *keys.Head) // calls OnChange, if there is one
	watched() bool
	prune(h *keys.Head) *keys.Head // h of a stack variable, without what was left
	sameOpen(a, b *keys.Head) bool // two of them list the same open blocks
	allLeft(h *keys.Head) bool     // one of them lists no open block
}

// statics are the cores of static variables by id: these live as long as the
// program, so the table may hold them. Collectable variables are never in it.
var statics struct {
	sync.RWMutex
	byID map[keys.ID]*core
	// policies are the static variables with an inherit policy, and
	// collectable is set once a collectable one exists.
	policies    []*core
	collectable bool
}

func register(c *core, static bool) {
	statics.Lock()
	defer statics.Unlock()
	policy := c.flags&(flagNever|flagCopy) != 0
	if !static {
		statics.collectable = statics.collectable || policy
		return
	}
	if statics.byID == nil {
		statics.byID = make(map[keys.ID]*core)
	}
	statics.byID[c.id] = c
	if policy {
		statics.policies = append(statics.policies, c)
	}
}

// coreOf returns the core of a static variable, nil for any other id.
func coreOf(id keys.ID) *core {
	statics.RLock()
	defer statics.RUnlock()
	return statics.byID[id]
}

// A Var is a context variable: an object with identity whose value depends on
// the execution that reads it. Make one with Static (package level) or New
// (collectable).
//
// The zero Var is no variable; using it panics. Copies are the same variable,
// and == compares identity. A Var is safe for any number of goroutines; the
// State it is used with is not.
type Var[T any] struct {
	v *variable[T]
}

type variable[T any] struct {
	// key comes first: a read compares with its first word.
	key keys.Key[T]
	// absent stands in caches for "not set". With a constant default it is a
	// box of the default under the variable's own id, so that a miss costs
	// what a hit costs; otherwise no variable has its id.
	absent *keys.Head
	c      core
	cfg    *Config[T] // nil without options
}

// Static makes a variable that lives as long as the program: declare it at
// package level. It costs no machinery: no weak pointer, no cleanup, no
// goroutine. The name is a label for people.
func Static[T any](name string, opts ...Option[T]) Var[T] {
	return newVar(name, true, opts)
}

// New makes a collectable variable: when nobody can reach it any more its
// values leave every State and Snapshot, also values that refer back to it.
// Cost: about a microsecond. Use Static for variables at package level.
func New[T any](name string, opts ...Option[T]) Var[T] {
	return newVar(name, false, opts)
}

func newVar[T any](name string, static bool, opts []Option[T]) Var[T] {
	v := &variable[T]{}
	var cfg Config[T]
	if len(opts) > 0 {
		v.cfg = new(Config[T])
		v.cfg.apply(opts)
		cfg = *v.cfg
	}
	if cfg.flags&flagLasts != 0 {
		panic(fmt.Sprintf("ctx: variable %q: Lasting is for stack variables", name))
	}
	if !static && cfg.copyFunc != nil {
		panic(fmt.Sprintf("ctx: variable %q: Copy is for static variables: a task cannot hold the function of a variable that may die", name))
	}
	o := cfg.keyOptions(name, reflect.TypeFor[T]())
	v.key.Init(o, static)
	v.c.id, v.c.name, v.c.flags, v.c.ops = v.key.ID(), name, cfg.flags, v
	v.absent = &keys.Head{ID: keys.FirstMark}
	v.c.idle = cfg.hasDefault && !racing
	if static && cfg.guard == nil && cfg.onChange == nil && reusable[T]() {
		v.c.flags |= flagReuse
	}
	if cfg.hasDefault && v.key.Boxed() == v.c.id {
		v.absent = &(&keys.Box[T]{Head: keys.Head{ID: v.c.id}, Value: cfg.def}).Head
	}
	register(&v.c, static)
	if static {
		cfg.ns.add(&v.c)
	}
	return Var[T]{v}
}

// reusable reports whether values of type T are small and refer to nothing, so
// that a token may keep the box of one without keeping anything else alive.
func reusable[T any]() bool {
	t := reflect.TypeFor[T]()
	return t.Size() <= 64 && keys.PointerFree(t)
}

// must returns the variable behind the handle.
func (v Var[T]) must() *variable[T] {
	if v.v == nil {
		panic("ctx: use of the zero Var: make variables with ctx.Static or ctx.New")
	}
	return v.v
}

// Name returns the label given at creation. It identifies nothing.
func (v Var[T]) Name() string { return v.must().c.name }

// String returns the name and type, never a value.
func (v Var[T]) String() string {
	if v.v == nil {
		return "ctx.Var(zero)"
	}
	return fmt.Sprintf("ctx.Var[%s](%q)", reflect.TypeFor[T](), v.v.c.name)
}

func (v Var[T]) core() *core { return &v.must().c }

// Get returns the variable's value in this execution, else its default, else
// it panics with a *NoValueError that names the variable.
//
// Cost: near that of reading a struct field when repeated, whatever the number
// of levels; a search of the levels after a change. It never allocates.
func (v Var[T]) Get(st *State) T {
	if v.v != nil && v.v.c.idle { // as much as the compiler inlines
		return v.v.cfg.def
	}
	return v.get(st)
}

// get is the read of a value in its box, in the cache.
func (v Var[T]) get(st *State) T {
	if v.v != nil && st != nil {
		if c := st.cache; c != nil {
			id := v.v.key.Boxed()
			if h := c[id%slots]; h.ID == id {
				return boxed[T](h)
			}
		}
	}
	return v.search(st)
}

// search is any other read: of a collectable variable's entry in the cache, and
// what the cache does not know.
func (v Var[T]) search(st *State) T {
	k := v.must()
	if id := k.key.Entries(); id != 0 && st != nil && st.cache != nil {
		if h := st.cache[id%slots]; h.ID == id {
			if p := owned[T](h); p != nil {
				return *p
			}
		}
	}
	h := k.read(st)
	if h.ID == k.key.Boxed() {
		return boxed[T](h)
	}
	if x, ok := k.key.Unwrap(h); ok {
		return x
	}
	return k.fallback()
}

// read is a read with the cache: it returns the entry, or absent.
func (k *variable[T]) read(st *State) *keys.Head {
	if st == nil {
		return k.absent
	}
	index := k.c.id.Index()
	if st.cache != nil {
		if h := st.cache[index%slots]; h.ID == k.c.id || h == k.absent {
			return h
		}
	}
	h := k.absent
	if k.c.ever.Load() {
		if found := st.find(k.c.id); found != nil && found.ID == k.c.id {
			h = found
		}
	}
	st.remember(index, h)
	return h
}

// Or returns the variable's value in this execution, else fallback. The
// variable's own default does not matter.
func (v Var[T]) Or(st *State, fallback T) T {
	if x, ok := v.Lookup(st); ok {
		return x
	}
	return fallback
}

// Lookup returns the variable's value in this execution and whether it is set.
// Defaults do not matter.
func (v Var[T]) Lookup(st *State) (value T, ok bool) {
	if v.v != nil && st != nil && st.cache != nil {
		id := v.v.key.Boxed()
		if h := st.cache[id%slots]; h.ID == id && h != v.v.absent {
			return boxed[T](h), true
		}
	}
	return v.lookup(st)
}

func (v Var[T]) lookup(st *State) (value T, ok bool) {
	k := v.must()
	h := k.read(st)
	if h == k.absent {
		return value, false
	}
	return k.key.Unwrap(h)
}

// In returns the variable's value in a snapshot and whether it is set there.
func (v Var[T]) In(s Snapshot) (value T, ok bool) {
	k := v.must()
	h := s.find(k.c.id)
	if h != nil && h.ID == k.key.Boxed() {
		return boxed[T](h), true
	}
	return k.key.Unwrap(h)
}

func (k *variable[T]) fallback() T {
	switch {
	case k.cfg == nil:
	case k.cfg.hasDefault:
		return k.cfg.def
	case k.cfg.defFunc != nil:
		return k.cfg.defFunc()
	}
	panic(&NoValueError{k.c.name})
}

// Release ends a collectable variable: its values leave every State and
// Snapshot at once, reads find nothing, and Set is an error that names it.
// Idempotent. Releasing a static variable panics.
func (v Var[T]) Release() {
	k := v.must()
	release(&k.c, k.key.Static(), k.key.Release)
}

// wrap checks x and boxes it.
func (k *variable[T]) wrap(st *State, x T) (*keys.Head, error) {
	if k.cfg != nil && k.cfg.guard != nil {
		if err := k.cfg.guard(x); err != nil {
			return nil, &GuardError{k.c.name, err}
		}
	}
	h, err := k.key.Wrap(st.writerFor(k.key.Static()), x)
	if err != nil {
		return nil, released(k.c.name)
	}
	if !k.c.ever.Load() {
		if k.c.idle {
			k.c.idle = false
		}
		k.c.ever.Store(true) // after idle: who sees it may rely on idle
	}
	return h, nil
}

// writerFor is the State's nursery, which static keys do not need.
func (st *State) writerFor(static bool) *keys.Writer {
	if static {
		return nil
	}
	if st == nil {
		return new(keys.Writer)
	}
	return &st.extra().writer
}

func (k *variable[T]) equal(a, b *keys.Head) (same bool) {
	x, ok1 := k.key.Unwrap(a)
	y, ok2 := k.key.Unwrap(b)
	if !ok1 || !ok2 {
		return ok1 == ok2
	}
	return sameValue(x, y)
}

// sameValue is == where that does not panic, and false where it would: a
// comparable static type may still hold an uncomparable dynamic one.
func sameValue[T any](x, y T) bool {
	if !reflect.TypeFor[T]().Comparable() {
		return false
	}
	vx, vy := reflect.ValueOf(&x).Elem(), reflect.ValueOf(&y).Elem()
	return vx.Comparable() && vy.Comparable() && any(x) == any(y)
}

func (k *variable[T]) value(h *keys.Head) any {
	x, _ := k.key.Unwrap(h)
	return x
}

func (k *variable[T]) copied(h *keys.Head) *keys.Head {
	x, ok := k.key.Unwrap(h)
	if !ok || k.cfg == nil || k.cfg.copyFunc == nil {
		return h
	}
	c, err := k.key.Wrap(nil, k.cfg.copyFunc(x))
	if err != nil {
		return nil
	}
	return c
}

func (k *variable[T]) watched() bool { return k.cfg != nil && k.cfg.onChange != nil }

func (k *variable[T]) prune(h *keys.Head) *keys.Head { return h }
func (k *variable[T]) sameOpen(_, _ *keys.Head) bool { return false }
func (k *variable[T]) allLeft(*keys.Head) bool       { return false }

func (k *variable[T]) changed(st *State, before, after *keys.Head) {
	var c Change[T]
	c.Old, c.HadOld = k.key.Unwrap(before)
	c.New, c.HasNew = k.key.Unwrap(after)
	k.cfg.onChange(st, c)
}
