package keys

import (
	"fmt"
	"reflect"
	"runtime"
	"unsafe"
)

// Options describe a key to people and to walkers.
type Options struct {
	Name      string       // a label, not an identity
	Type      reflect.Type // nil: the type of T
	Flags     uint32       // for the owner of the key; Record.Flags gives it back
	Namespace *Namespace   // nil: in no group
}

// Key is one key for values of type T. A collectable Key only points to the
// object whose death ends it, so a finalizer on the Key cannot revive a key
// whose values are gone. Any number of goroutines may use a Key. The zero Key
// is not valid.
type Key[T any] struct {
	static ID // the id of a static key; 0, which no head has, for others
	record *Record
	core   *core // the tracked object; nil for a static key
}

// core is the tracked object of a collectable key: what dies when the last
// Key that points to it is gone. It holds a pointer and has 48 B (see I11).
type core struct {
	record *Record
	_      [5]uintptr
}

// Static makes a key that lives as long as the program. It panics with an
// error that wraps ErrExhausted when no index is left.
func Static[T any](o Options) *Key[T] {
	k := &Key[T]{record: newRecord[T](o, true)}
	k.static = k.record.id
	return k
}

// New makes a collectable key: when nobody holds it any more, its values leave
// every trie that mentions it. It panics with an error that wraps ErrExhausted
// when no index is left.
func New[T any](o Options) *Key[T] {
	k := &Key[T]{record: newRecord[T](o, false)}
	k.core = &core{record: k.record}
	runtime.AddCleanup(k.core, func(r *Record) { r.kill() }, k.record)
	return k
}

func newRecord[T any](o Options, static bool) *Record {
	r := &Record{name: o.Name, typ: o.Type, ns: o.Namespace, flags: o.Flags, static: static}
	if r.typ == nil {
		r.typ = reflect.TypeFor[T]()
	}
	if !table.take(r) {
		panic(fmt.Errorf("keys: cannot make key %q: %w; release keys that are no longer needed", o.Name, ErrExhausted))
	}
	if static {
		table.static.Add(1)
	} else {
		table.collectable.Add(1)
	}
	if r.ns != nil {
		r.ns.add(r)
	}
	return r
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
	k.record.kill()
	runtime.KeepAlive(k)
}

// Released reports whether Release was called.
func (k *Key[T]) Released() bool { return k.record.dead.Load() }

// Wrap makes what a trie holds for x under k. The error wraps ErrReleased and
// names the key.
func (k *Key[T]) Wrap(w *Writer, x T) (*Head, error) {
	if k.core == nil {
		b := &Box[T]{Head{k.static}, x}
		return &b.Head, nil
	}
	return k.wrapEntry(x)
}

// Unwrap returns the value in h, when h belongs to k: a nil h, another
// generation of the index and a dead key give false.
func (k *Key[T]) Unwrap(h *Head) (x T, ok bool) {
	if h != nil && h.ID == k.static {
		return (*Box[T])(unsafe.Pointer(h)).Value, true
	}
	return k.unwrapEntry(h)
}

// Discard says that h, made by Wrap with the same w, was overwritten or reset
// in a level that nobody else has seen: no snapshot, token or cache has it.
// The value is let go at once.
func (k *Key[T]) Discard(w *Writer, h *Head) {
	if k.core != nil && h != nil {
		k.discardEntry(h)
	}
}
