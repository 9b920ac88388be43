package ctx

// A Fold reduces the list of a stack variable to one value, outermost element
// first: an effective deadline, a path, a set of labels. Declare it once, at
// package level, with NewFold.
type Fold[T, A any] struct {
	v    StackVar[T]
	zero A
	f    func(acc A, x T) A
}

// NewFold declares the fold of v that starts from zero and applies f to each
// element in turn. f must depend on its arguments only.
func NewFold[T, A any](v StackVar[T], zero A, f func(acc A, x T) A) *Fold[T, A] {
	v.must()
	return &Fold[T, A]{v, zero, f}
}

// Get returns the fold in this execution. Cost: O(elements).
func (fd *Fold[T, A]) Get(st *State) A {
	acc := fd.zero
	for x := range fd.v.All(st) {
		acc = fd.f(acc, x)
	}
	return acc
}

// In returns the fold in a snapshot.
func (fd *Fold[T, A]) In(s Snapshot) A {
	acc := fd.zero
	for x := range fd.v.AllIn(s) {
		acc = fd.f(acc, x)
	}
	return acc
}
