// Package ctxmodel is what ctx is measured against: an oracle of the rules made
// of slices and Go maps, and random programs for it and for ctx to run. It
// imports nothing of ctx; package ctxmodel/drive runs a program on both.
//
//	bytes or seed ──Decode──▶ Program ──▶ drive ──▶ ctx     the same reads?
//	                                        └─────▶ Model
//
// The oracle is naive on purpose. A frame of the simulated backtrace knows the
// frame it was called or resumed from, and what it reads is found by following
// the backtrace at each read: there is no stack of levels to keep in step, no
// cache, no sharing, no undo log. That is the project's invariant taken by its
// word: stop, take the backtrace, write down every block each line looks to be
// inside.
package ctxmodel
