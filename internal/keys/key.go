package keys

import (
	"fmt"
	"reflect"
	"runtime"
	"sync/atomic"
	"unsafe"
	"weak"
)

// Options describe a key to people and to walkers.
type Options struct {
	Name      string       // a label, not an identity
	Type      reflect.Type // what walkers are told; nil: the type of T
	Flags     uint16       // for the owner of the key; Record.Flags gives it back
	Namespace *Namespace   // nil: in no group
}

// Key is one key for values of type T. A collectable Key only points to the
// object whose death ends it, so a finalizer on the Key cannot revive a key
// whose values are gone. Any number of goroutines may use a Key. The zero Key
// is not valid; a Key is made by Static, New or its Init, and must not be copied.
//
// What a lookup compares stands first. At most one of the two words is the
// key's ID; the other, and both after Release, are 0, which no head has. So a
// lookup that compares needs no look at the record.
type Key[T any] struct {
	boxed   atomic.Uint64 // ID, if values sit in the box of their head
	entries atomic.Uint64 // ID, if heads begin entries
	record  *Record
	core    *core // the tracked object; nil for a static key
}

// Static makes a key that lives as long as the program. It panics with an
// error that wraps ErrExhausted when no index is left.
func Static[T any](o Options) *Key[T] {
	k := new(Key[T])
	k.Init(o, true)
	return k
}

// New makes a collectable key: when nobody holds it any more, its values leave
// every trie that mentions it. It panics with an error that wraps ErrExhausted
// when no index is left.
func New[T any](o Options) *Key[T] {
	k := new(Key[T])
	k.Init(o, false)
	return k
}

// Init makes a Key that is part of something else, as Static or New would.
func (k *Key[T]) Init(o Options, isStatic bool) {
	if !isStatic {
		k.core = new(core)
	}
	k.record = newRecord[T](o, k.core)
	id := k.record.id
	if k.record.state.Load()&(static|inline) != 0 {
		k.boxed.Store(uint64(id))
	} else {
		k.entries.Store(uint64(id))
	}
	if !isStatic && id.Index()%64 == 0 {
		rotor.help()
	}
}

func newRecord[T any](o Options, c *core) *Record {
	r := &Record{name: o.Name, typ: o.Type, flags: o.Flags}
	if r.typ == nil {
		r.typ = reflect.TypeFor[T]()
	}
	if c == nil {
		r.state.Store(static)
	} else {
		r.core = weak.Make(c)
		if unsafe.Sizeof(*new(T)) <= inlineSize && PointerFree(reflect.TypeFor[T]()) {
			r.state.Store(inline)
		}
	}
	if !table.take(r) {
		panic(fmt.Errorf("keys: cannot make key %q: %w; release keys that are no longer needed", o.Name, ErrExhausted))
	}
	if o.Namespace != nil {
		r.in = &member{ns: o.Namespace, r: r}
		o.Namespace.add(r.in)
	}
	if c == nil {
		table.static.Add(1)
	} else if table.collectable.Add(1) == 1 {
		rotor.arm()
	}
	return r
}

// PointerFree reports whether values of type t refer to nothing.
func PointerFree(t reflect.Type) bool {
	switch k := t.Kind(); k {
	case reflect.Array:
		return t.Len() == 0 || PointerFree(t.Elem())
	case reflect.Struct:
		return pointerFreeFields(t)
	default:
		return reflect.Bool <= k && k <= reflect.Complex128
	}
}

// pointerFreeFields is apart because the loop makes t escape.
func pointerFreeFields(t reflect.Type) bool {
	for field := range t.Fields() {
		if !PointerFree(field.Type) {
			return false
		}
	}
	return true
}

// ID returns the ID, which no other key ever has.
func (k *Key[T]) ID() ID { return k.record.id }

// Index returns the index, the key of the trie.
func (k *Key[T]) Index() uint32 { return k.record.id.Index() }

// Name returns the label.
func (k *Key[T]) Name() string { return k.record.name }

// Static reports whether the key lives as long as the program.
func (k *Key[T]) Static() bool { return k.core == nil }

// Record returns what walkers see of the key.
func (k *Key[T]) Record() *Record { return k.record }

// Release ends a collectable key now: from here on nothing is found under it
// in any trie, and writing is an error. Later calls do nothing. On a static
// key it panics: what is stored under it is found by its ID alone.
func (k *Key[T]) Release() {
	if k.core == nil {
		panic(fmt.Sprintf("keys: Release of static key %q; make the key with New if it has to end", k.record.name))
	}
	k.boxed.Store(0) // first: from here on reads find nothing
	k.entries.Store(0)
	k.record.kill(k.core)
	runtime.KeepAlive(k)
}

// Released reports whether Release was called.
func (k *Key[T]) Released() bool { return k.Boxed()|k.Entries() == 0 }

// Wrap makes what a trie holds for x under k. The error wraps ErrReleased and
// names the key. Static keys and small values without pointers do not use w. A
// nil w stands for one that is borrowed for this call.
func (k *Key[T]) Wrap(w *Writer, x T) (*Head, error) {
	if id := k.Boxed(); id != 0 {
		b := &Box[T]{Head{id}, x}
		return &b.Head, nil
	}
	return k.wrap(w, x)
}

func (k *Key[T]) wrap(w *Writer, x T) (*Head, error) {
	// Before anything is made, so that a stream of writes through a dead key
	// does not fill the nursery.
	id := k.Entries()
	if id == 0 {
		return nil, k.released()
	}
	box := new(T)
	*box = x
	e := w.put(id, unsafe.Pointer(box))
	// The entry is where the next rotation finds it; only now is it decided
	// whether Release came first. If not, it sees to the entry.
	if k.Entries() == 0 {
		atomic.StorePointer(&e.owner, nil)
		return nil, k.released()
	}
	k.record.use()
	runtime.KeepAlive(k)
	return &e.Head, nil
}

func (k *Key[T]) released() error {
	return fmt.Errorf("key %q: %w", k.record.name, ErrReleased)
}

// Boxed returns the ID of k if its values sit in the box of their head, and else,
// or once k was released, an ID that no head has.
func (k *Key[T]) Boxed() ID { return ID(k.boxed.Load()) }

// Entries returns the ID of k if its heads begin entries, and else, or once k was
// released, an ID that no head has.
func (k *Key[T]) Entries() ID { return ID(k.entries.Load()) }

// Unwrap returns the value in h, when h belongs to k: a nil h, another
// generation of the index and a dead key give false.
func (k *Key[T]) Unwrap(h *Head) (x T, ok bool) {
	if h != nil && h.ID == k.Boxed() {
		return (*Box[T])(unsafe.Pointer(h)).Value, true
	}
	return k.unwrap(h)
}

func (k *Key[T]) unwrap(h *Head) (x T, ok bool) {
	// The ID first: it says what kind of object h begins.
	if h == nil || h.ID != k.Entries() {
		return x, false
	}
	k.record.use()
	e := (*entry)(unsafe.Pointer(h))
	box := atomic.LoadPointer(&e.owner)
	if box == nil {
		box = k.core.find(k.record, e)
	}
	if box != nil {
		x, ok = *(*T)(box), true
	}
	runtime.KeepAlive(h)
	runtime.KeepAlive(k)
	return x, ok
}

// Discard says that h, made by Wrap with the same w, was overwritten or reset
// in a level that nobody else has seen: no snapshot, token, cache or delta has
// h, and h may be handed out again by the next Wrap with w. The value is let go
// at once. For a static key it does nothing.
func (k *Key[T]) Discard(w *Writer, h *Head) {
	if h == nil || h.ID != k.Entries() {
		return
	}
	if e := (*entry)(unsafe.Pointer(h)); !w.take(e) {
		k.record.drop(e, k.core)
	}
	runtime.KeepAlive(k)
}
