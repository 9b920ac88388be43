package weakkey

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"

	"github.com/strata-go/strata/internal/keys"
)

// ID names one key for as long as the process runs. No ID is given out twice.
// The zero ID names no key.
type ID uint64

// Index returns the dense part: a small integer, the lowest that was free when
// the key was made. It serves one live key at a time and later keys after that,
// so it can address an array.
func (id ID) Index() uint32 { return keys.ID(id).Index() }

// Generation returns how many keys the index has served, this one included.
func (id ID) Generation() uint32 { return keys.ID(id).Generation() }

// String formats the ID as index.generation.
func (id ID) String() string { return keys.ID(id).String() }

var (
	// ErrReleased is what Set wraps when its key was released.
	ErrReleased = keys.ErrReleased
	// ErrExhausted is what the panic of New and Static wraps when every index
	// is in use or retired: 2^32 keys at once.
	ErrExhausted = keys.ErrExhausted
)

// Key is a handle of a key for values of type T. The key is the object, not the
// name: two keys of one name and type are two keys, and only who holds a key
// reads or writes its values.
//
// A Key is made by New or Static; the zero Key is not valid and panics. Copies
// are handles of the same key and compare equal. Any number of goroutines may
// use one. It prints as its label and refuses to be serialised.
type Key[T any] struct{ k *keys.Key[T] }

// Option is for New and Static.
type Option struct{ ns *keys.Namespace }

// In puts a key into a namespace. It panics if that is nil or zero.
func In(ns *Namespace) Option { return Option{ns.valid()} }

// New makes a collectable key. When nobody holds a handle of it any more, its
// values leave every Map, also when they refer back to the key. The name is a
// label for people. New costs about half a microsecond and 215 B; it panics with an
// error that wraps ErrExhausted when no index is left.
func New[T any](name string, opts ...Option) Key[T] {
	return Key[T]{keys.New[T](options(name, opts))}
}

// Static makes a key that lives as long as the program: for package-level
// variables. Its values are plain boxes, and no weak pointer, no cleanup and no
// lock has to do with it. A Static made inside a function leaks by design.
func Static[T any](name string, opts ...Option) Key[T] {
	return Key[T]{keys.Static[T](options(name, opts))}
}

func options(name string, opts []Option) keys.Options {
	o := keys.Options{Name: name}
	for _, opt := range opts {
		o.Namespace = opt.ns
	}
	return o
}

func (k Key[T]) valid() *keys.Key[T] {
	if k.k == nil {
		panic(fmt.Sprintf("weakkey: zero Key[%v]; make keys with weakkey.New or weakkey.Static", reflect.TypeFor[T]()))
	}
	return k.k
}

// ID returns the ID of the key. It may be kept after the key is gone.
func (k Key[T]) ID() ID { return ID(k.valid().ID()) }

// Name returns the label.
func (k Key[T]) Name() string { return k.valid().Name() }

// Release ends the key now, in every Map at once: Get finds nothing, Set is an
// error that wraps ErrReleased. Later calls do nothing. The index goes to a
// later key, under another generation. What the values were is no longer
// referenced by the time the next collection has been followed up; their memory
// is not overwritten. On a static key Release panics.
//
// Release is for keys with a known end: it needs no collection to take effect,
// so it is also the remedy where collections do not run or values are tied into
// knots that take many of them.
func (k Key[T]) Release() {
	if v := k.valid(); !v.Static() {
		v.Release()
		return
	}
	panic(fmt.Sprintf("weakkey: Release of static key %q; make a key that has to end with weakkey.New", k.k.Name()))
}

// Released reports whether Release was called.
func (k Key[T]) Released() bool { return k.valid().Released() }

// String returns the label, for %v and %s.
func (k Key[T]) String() string {
	if k.k == nil {
		return "<zero key>"
	}
	return k.k.Name()
}

// Format prints the label under every verb, so that no verb shows more.
func (k Key[T]) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		fmt.Fprintf(f, "%q", k.String())
		return
	}
	fmt.Fprint(f, k.String())
}

// LogValue returns the label.
func (k Key[T]) LogValue() slog.Value { return slog.StringValue(k.String()) }

var errSerialise = errors.New("weakkey: keys and maps have no meaning outside their process; serialise values under names of your own")

// MarshalText returns an error: a key is an identity in one process.
func (k Key[T]) MarshalText() ([]byte, error) { return nil, errSerialise }

// MarshalBinary returns an error, as MarshalText does.
func (k Key[T]) MarshalBinary() ([]byte, error) { return nil, errSerialise }
