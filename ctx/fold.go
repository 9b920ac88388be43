package ctx

import (
	"reflect"

	"github.com/strata-go/strata/internal/keys"
)

// A Fold reduces the list of a stack variable to one value, outermost element
// first: an effective deadline, a path, a set of labels. Declare it once, at
// package level, with NewFold.
//
// A result that holds no pointers is cached on the State until the list changes
// there, an element is popped elsewhere that snapshots hold, or StackVar.Changed
// is called: a repeated read costs a few nanoseconds whatever the length of the
// list. Other results are computed at each read, so that no cache keeps alive
// what they point to.
//
// A Fold is safe for any number of goroutines, each with its own State. The zero
// Fold panics.
type Fold[T, A any] struct {
	v      StackVar[T]
	zero   A
	f      func(acc A, x T) A
	cached bool
}

// NewFold declares the fold of v that starts from zero and applies f to each
// element in turn. f must depend on its arguments only; for elements that
// change in place see StackVar.Changed. When f panics nothing has changed.
func NewFold[T, A any](v StackVar[T], zero A, f func(acc A, x T) A) *Fold[T, A] {
	v.must()
	return &Fold[T, A]{v, zero, f, keys.PointerFree(reflect.TypeFor[A]())}
}

// foldID is the first word of a memo in a cache slot.
const foldID = keys.FirstMark + 2

// Get returns the fold in this execution. Cost: O(elements) after a change.
func (fd *Fold[T, A]) Get(st *State) A {
	if st == nil || !fd.cached {
		return fd.compute(st)
	}
	k := fd.v.v
	epoch := k.epoch.Load()
	if st.cache != nil {
		if m := asFold(st.cache[k.c.id.Index()%slots], fd); m != nil && m.epoch == epoch {
			return m.acc
		}
	}
	// Code in f may change the list. Then what was computed is the fold of an
	// older one, and the slot does not hold pending any more.
	index := k.c.id.Index()
	warm := st.cache != nil
	if warm {
		st.remember(index, pending)
	}
	acc := fd.compute(st)
	if warm && st.cache != nil && st.cache[index%slots] == pending || !warm && st.cache == nil {
		st.remember(index, newFold(fd, epoch, acc))
	}
	return acc
}

// pending stands in the slot of a stack variable while a fold of it is computed.
var pending = &keys.Head{ID: keys.FirstMark}

func (fd *Fold[T, A]) compute(st *State) A {
	acc := fd.zero
	for x := range fd.v.All(st) {
		acc = fd.f(acc, x)
	}
	return acc
}

// In returns the fold in a snapshot. Cost: O(elements).
func (fd *Fold[T, A]) In(s Snapshot) A {
	acc := fd.zero
	for x := range fd.v.AllIn(s) {
		acc = fd.f(acc, x)
	}
	return acc
}
