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
	Flags     uint32       // for the owner of the key; Record.Flags gives it back
	Namespace *Namespace   // nil: in no group
}

// Key is one key for values of type T. A collectable Key only points to the
// object whose death ends it, so a finalizer on the Key cannot revive a key
// whose values are gone. Any number of goroutines may use a Key. The zero Key
// is not valid.
type Key[T any] struct {
	static ID // the id of a static key; 0, which no head has, for others
	id     ID // the id of a collectable key; 0 for others
	record *Record
	core   *core // the tracked object; nil for a static key
}

// Static makes a key that lives as long as the program. It panics with an
// error that wraps ErrExhausted when no index is left.
func Static[T any](o Options) *Key[T] {
	k := &Key[T]{record: newRecord[T](o, nil)}
	k.static = k.record.id
	return k
}

// New makes a collectable key: when nobody holds it any more, its values leave
// every trie that mentions it. It panics with an error that wraps ErrExhausted
// when no index is left.
func New[T any](o Options) *Key[T] {
	k := &Key[T]{core: new(core)}
	k.record = newRecord[T](o, k.core)
	k.id = k.record.id
	if k.record.id.Index()%64 == 0 {
		rotor.help()
	}
	return k
}

func newRecord[T any](o Options, c *core) *Record {
	r := &Record{name: o.Name, typ: o.Type, ns: o.Namespace, flags: o.Flags}
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
	if r.ns != nil {
		r.ns.add(r)
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
// key it panics: its ID is compiled into lookups.
func (k *Key[T]) Release() {
	if k.core == nil {
		panic(fmt.Sprintf("keys: Release of static key %q; make the key with New if it has to end", k.record.name))
	}
	k.record.kill(k.core)
	runtime.KeepAlive(k)
}

// Released reports whether Release was called.
func (k *Key[T]) Released() bool { return !k.record.Alive() }

// Wrap makes what a trie holds for x under k. The error wraps ErrReleased and
// names the key. Static keys and small values without pointers do not use w. A
// nil w stands for one that is borrowed for this call.
func (k *Key[T]) Wrap(w *Writer, x T) (*Head, error) {
	if k.core == nil {
		b := &Box[T]{Head{k.static}, x}
		return &b.Head, nil
	}
	return k.wrap(w, x)
}

func (k *Key[T]) wrap(w *Writer, x T) (h *Head, err error) {
	r := k.record
	if r.state.Load()&inline != 0 {
		b := &Box[T]{Head{r.id}, x}
		h = &b.Head
		if r.state.Load()&dead != 0 {
			return nil, k.released()
		}
	} else {
		// Before anything is made, so that a stream of writes through a dead
		// key does not fill the nursery.
		if r.state.Load()&dead != 0 {
			return nil, k.released()
		}
		box := new(T)
		*box = x
		e := w.put(r.id, unsafe.Pointer(box))
		h = &e.Head
		// The entry is where the next rotation finds it; only now does the
		// flag decide.
		if r.state.Load()&dead != 0 {
			atomic.StorePointer(&e.owner, nil)
			return nil, k.released()
		}
	}
	if r.state.Load()&used == 0 {
		r.state.Or(used)
	}
	runtime.KeepAlive(k)
	return h, nil
}

func (k *Key[T]) released() error {
	return fmt.Errorf("key %q: %w", k.record.name, ErrReleased)
}

// Unwrap returns the value in h, when h belongs to k: a nil h, another
// generation of the index and a dead key give false.
func (k *Key[T]) Unwrap(h *Head) (x T, ok bool) {
	if h != nil && h.ID == k.static {
		return (*Box[T])(unsafe.Pointer(h)).Value, true
	}
	return k.unwrap(h)
}

func (k *Key[T]) unwrap(h *Head) (x T, ok bool) {
	r := k.record
	// The ID first: it says what kind of object h begins.
	if h == nil || h.ID != k.id {
		return x, false
	}
	s := r.state.Load()
	if s&(dead|used) != used {
		if s&dead != 0 {
			return x, false
		}
		r.state.Or(used)
	}
	if s&inline != 0 {
		x, ok = (*Box[T])(unsafe.Pointer(h)).Value, true
	} else {
		e := (*entry)(unsafe.Pointer(h))
		box := atomic.LoadPointer(&e.owner)
		if box == nil {
			box = k.core.find(r, e)
		}
		if box != nil {
			x, ok = *(*T)(box), true
		}
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
	if k.core == nil || k.record.state.Load()&inline != 0 || h == nil || h.ID != k.id {
		return
	}
	if e := (*entry)(unsafe.Pointer(h)); !w.take(e) {
		k.record.drop(e, k.core)
	}
	runtime.KeepAlive(k)
}
