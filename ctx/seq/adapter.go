package seq

import (
	"iter"

	"github.com/strata-go/strata/ctx"
)

// An Adapter is a generator made of other sources: what Map, Filter and Zip
// return. It has a level of its own, as a generator that loops over its sources
// has, so what a mapping function sets is kept there; but no coroutine.
//
// The rules for goroutines are those of Generator. Dropping an Adapter drops
// its sources.
type Adapter[T any] struct {
	phase phase
	own   ctx.State
	stage stage
	next  func(st *ctx.State) (T, bool)
	close func(st *ctx.State)
}

func adapt[T any](next func(*ctx.State) (T, bool), sources ...interface{ Close(*ctx.State) }) *Adapter[T] {
	a := &Adapter[T]{next: next}
	a.stage.st = &a.own
	a.close = func(st *ctx.State) {
		for _, s := range sources {
			defer s.Close(st)
		}
	}
	return a
}

// Next resumes the sources in st's execution and returns the next value, or
// false at the end. At the end, and when a function or source panics, every
// source is closed. It panics with ErrRunning when the adapter runs already.
func (a *Adapter[T]) Next(st *ctx.State) (x T, ok bool) {
	entered, err := a.phase.enter()
	if err != nil {
		panic(err)
	}
	if !entered {
		return x, false
	}
	a.phase.resume(&a.stage, st)
	defer func() {
		if ok {
			a.stage.suspend()
			a.phase.leave()
			return
		}
		a.end()
	}()
	return a.next(a.stage.st)
}

// Close closes every source.
func (a *Adapter[T]) Close(st *ctx.State) {
	entered, err := a.phase.enter()
	if err != nil {
		panic(err)
	}
	if entered {
		a.phase.resume(&a.stage, st)
		a.end()
	}
}

// end closes the sources under the adapter's level and takes it off.
func (a *Adapter[T]) end() {
	defer func() {
		a.stage.end()
		a.next, a.close = nil, nil
		a.phase.end()
	}()
	a.close(a.stage.st)
}

// All returns the remaining values for a range loop on st. Leaving the loop
// early closes the adapter.
func (a *Adapter[T]) All(st *ctx.State) iter.Seq[T] { return All(st, a) }

// Map returns a generator of f of each value of src. f is given the State in
// which the adapter stands over its resumer.
func Map[T, U any](src Source[T], f func(st *ctx.State, x T) U) *Adapter[U] {
	return adapt(func(st *ctx.State) (y U, ok bool) {
		x, ok := src.Next(st)
		if !ok {
			return y, false
		}
		return f(st, x), true
	}, src)
}

// Filter returns a generator of the values of src for which keep is true.
func Filter[T any](src Source[T], keep func(st *ctx.State, x T) bool) *Adapter[T] {
	return adapt(func(st *ctx.State) (T, bool) {
		for {
			x, ok := src.Next(st)
			if !ok || keep(st, x) {
				return x, ok
			}
		}
	}, src)
}

// A Pair is two values that belong together.
type Pair[A, B any] struct {
	First  A
	Second B
}

// Zip returns a generator of pairs that ends with the shorter of the sources
// and closes the other. When b ends first, one more value was taken from a.
func Zip[A, B any](a Source[A], b Source[B]) *Adapter[Pair[A, B]] {
	return adapt(func(st *ctx.State) (p Pair[A, B], ok bool) {
		x, ok := a.Next(st)
		if !ok {
			return p, false
		}
		y, ok := b.Next(st)
		if !ok {
			return p, false
		}
		return Pair[A, B]{x, y}, true
	}, b, a)
}

// From delegates, as `yield from` does: inside a body it yields all values of
// src, which runs over the body's own level and leaks nothing into it. It
// returns false when the body is to end; src is closed then.
//
//	seq.Generate(func(st *ctx.State, yield func(int) bool) {
//		_ = seq.From(st, head, yield) && seq.From(st, tail, yield)
//	})
func From[T any](st *ctx.State, src Source[T], yield func(T) bool) bool {
	for {
		x, ok := src.Next(st)
		if !ok {
			return true
		}
		if !yield(x) {
			src.Close(st)
			return false
		}
	}
}

// FromIO delegates to a generator that receives: what is sent and thrown into
// the body goes to src, Close included. It returns nil at the end of src, and
// otherwise the error that src's body returned or that the yield brought.
func FromIO[In, Out any](st *ctx.State, src *IO[In, Out], yield func(Out) (In, error)) error {
	x, err := src.Next(st)
	for err == nil {
		in, thrown := yield(x)
		switch thrown {
		case nil:
			x, err = src.Send(st, in)
		case ErrClosed: //nolint:errorlint // an error that wraps ErrClosed is thrown like any other
			if err = src.Close(st); err == nil {
				err = ErrClosed
			}
		default:
			x, err = src.Throw(st, thrown)
		}
	}
	if err == ErrDone { //nolint:errorlint // a body may return an error that wraps the ErrDone of another
		return nil
	}
	return err
}
