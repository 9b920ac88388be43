// Faults breaks user code while the library is in the middle of calling it, and
// looks whether the library holds what it promises.
//
//	go run ./fuzz/faults -for 10m             random programs, seeds by the clock
//	go run ./fuzz/faults -seed 4711           the program of one seed; -list prints it
//	go run ./fuzz/faults -replay 0100…        a program that a failure printed
//	go test ./fuzz/faults                     a few hundred programs, the same each time
//	go test ./fuzz/faults -scenarios 200 -timeout 1h
//	                                          each call of 200 programs ends in turn
//	                                          by panic(v), panic(nil) and Goexit
//
// # The picture
//
// A seed gives a program: steps on all packages, each with operands and perhaps
// a fault. A callback of one step runs the next steps inside it, so that maps,
// variables, generators, scopes and the rest are in the middle of one another.
//
//	step ──▶ hamt weakkey ctx seq ──▶ user code ──▶ m.user(place): the fault's turn?
//	 ▲       scope stdctx wire        Hash Equal          │
//	 │                                resolver callback   ├─ panic(v), panic(nil), Goexit
//	 │                                body loop fold      ├─ re-entry: the next step, here
//	 └────────────────────────────────guard OnChange ◀────┤─ collection, Gosched, hand-over
//	                                  copy default codec  └─ block: an hour on the fake clock
//
// After each step everything is compared with models made of Go maps and lists
// (package ctxmodel for variables): what the present frame reads, builders, weak
// maps, scopes; and after a fault every version, snapshot, layer and Env that
// was kept. A builder holds its old or its new content, an execution the old
// one. The fault that was thrown must come out as it went in, or as the error
// that the operation documents. At the end no level is left on any State, no
// deadline is live, no goroutine runs, and what was dropped goes within a
// bounded number of collections.
//
// Programs with scopes run in a bubble of testing/synctest, with its clock. So
// the driver runs as a test of its own process; PASS in its output is that
// test's.
//
// # Limits
//
// A hasher and a fold are re-entered by reads only. A cleanup neither panics nor
// ends its goroutine, a panic on a goroutine without a caller is not let loose:
// the one would end the process, the other the runtime's cleanups. Programs
// whose hasher has no Hash64 hash with the seed of the process: they may need
// their seed more than once.
//
// A program that fails is shrunk: steps and faults are left out and operands
// made smaller while it still fails.
//
// # It can fail
//
// Bugs planted once, with the number of programs, from seed 1, that it took to
// see them, and the steps that were left after shrinking:
//
//	scope.With leaves its scope only when f returns            2    1
//	Builder.Map does not give up what it owns                  3    3
//	a write stays when its OnChange panics                     9    1
//	Var.With resets after f, not deferred                     12    1
//	State.Run unwinds after f, not deferred                   42    1
//	Builder.Set takes the old entry out, then hashes         109    1
//
// And not planted: docs/bugs-found.md has what it found.
package main
