package seq

import (
	"iter"

	"github.com/strata-go/strata/ctx"
)

// Range runs a generator body as a push iterator: for loops that take all they
// need at once. Each loop runs the body anew, over st's execution as it is
// during the loop. It needs no coroutine: two calls and a Resume for each value.
//
//	for x := range seq.Range(st, body) { … }
//
// The body's level is off while the loop's body runs, and on again afterwards,
// also when the loop is left by break, return, panic or runtime.Goexit.
func Range[T any](st *ctx.State, body func(st *ctx.State, yield func(T) bool), opts ...Option) iter.Seq[T] {
	return func(yield func(T) bool) {
		s := stage{st: ctx.NewState()}
		s.apply(opts)
		s.resume(st)
		defer s.leave()
		body(s.st, func(x T) bool {
			s.suspend()
			defer s.resume(st)
			return yield(x)
		})
	}
}

// Isolate gives an iterator that works on st a level of its own: what it sets
// while it runs is seen by itself only, and the loop's body reads and writes
// the caller's levels. Each loop starts with an empty level. The iterator may
// yield inside State.Run.
func Isolate[V any](st *ctx.State, it iter.Seq[V], opts ...Option) iter.Seq[V] {
	return func(yield func(V) bool) {
		s := stage{st: st, shared: true}
		s.apply(opts)
		s.resume(nil)
		defer s.leave()
		it(func(x V) bool {
			s.suspend()
			defer s.resume(nil)
			return yield(x)
		})
	}
}

// Isolate2 is Isolate for pairs.
func Isolate2[K, V any](st *ctx.State, it iter.Seq2[K, V], opts ...Option) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		s := stage{st: st, shared: true}
		s.apply(opts)
		s.resume(nil)
		defer s.leave()
		it(func(k K, v V) bool {
			s.suspend()
			defer s.resume(nil)
			return yield(k, v)
		})
	}
}

// Pull is iter.Pull for an iterator that works on st, with a level of its own:
// the level is on while the iterator runs, inside next and stop, and off in
// between. next and stop are called by one at a time, by whoever may use st;
// while the iterator runs they panic with ErrRunning.
//
// Stop must be called unless next has returned false: an iterator on the
// caller's State cannot be ended behind the caller's back, so one that is
// dropped leaks its goroutine, as with iter.Pull. Generate has no such rule.
func Pull[V any](st *ctx.State, it iter.Seq[V], opts ...Option) (next func() (V, bool), stop func()) {
	e := new(engine[V])
	e.stage.st, e.stage.shared = st, true
	e.stage.apply(opts)
	e.body = it
	e.start()
	next = func() (V, bool) {
		if !e.phase.word.CompareAndSwap(idle, running) {
			return e.refuse()
		}
		return e.step(nil)
	}
	return next, func() { e.end(nil) }
}

// Pull2 is Pull for pairs.
func Pull2[K, V any](st *ctx.State, it iter.Seq2[K, V], opts ...Option) (next func() (K, V, bool), stop func()) {
	next1, stop := Pull(st, func(yield func(Pair[K, V]) bool) {
		it(func(k K, v V) bool { return yield(Pair[K, V]{k, v}) })
	}, opts...)
	return func() (K, V, bool) {
		p, ok := next1()
		return p.First, p.Second, ok
	}, stop
}
