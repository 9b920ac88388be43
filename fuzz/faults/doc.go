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
// # Boundaries
//
// Where the public API calls user code, and which operation has it there. Each
// place has each of the eight kinds of fault; TestEveryBoundary looks after it.
//
//	hamt     Hasher.Hash, Hash64, Equal       every operation on maps and sets
//	         Union's resolve                  map.union
//	         Merge3's and Merge3Func's conflict, eq of the Func forms
//	                                          map.merge map.diff map.compare
//	         Update, Builder.Update, Cell.Update
//	                                          map.update builder.edit map.cell
//	         Filter, MapValues                map.select set.algebra map.mapped
//	         loops: All, Keys, Values, Split, Builder.All, Diff
//	                                          map.iterate builder.edit map.diff
//	         sequences: Collect, CollectSet   map.collect
//	         keys that are text               map.text
//	weakkey  loops: Keys, KeysIn              key.list
//	ctx      Guard, OnChange, Copy, DefaultFunc
//	                                          var.* stack.* and all that flattens
//	         folds, loops over a stack        stack.read
//	         Update                           var.set
//	         With, Scope, Bindings.Run        with
//	         Run, Swap, Overlay, Env, Push, Resume, Suppress
//	                                          run env layer suppress
//	         Handle, Func, FuncOnce           register callback
//	         Go                               fork
//	         loops: Levels, Vars, Namespace.All
//	                                          walk
//	         SetFor's TB, its cleanups        set.for
//	         another's context: FromContext, From, Context
//	                                          std.context std.profile
//	seq      bodies, their deferred calls     gen.next gen.close
//	         push iterators, loops over them  gen.loop gen.pull
//	         functions of Map and Filter      gen.adapter
//	         Source.Next, Source.Close        gen.adapter gen.delegate
//	scope    With, FailAfter, MoveOnAt …, Open to Close
//	                                          scope.with scope.open
//	         From's context                   scope.with scope.open scope.group
//	         loops: All, AllIn                scope.list
//	         tasks                            scope.group
//	stdctx   Setter, Handler, slog.Handler, Profile, tasks
//	                                          std.*
//	wire     Codec                            wire.*
//
// The deferred calls of all blocks, of bodies and of iterators, Source.Close and
// the cleanups of a TB have their turn while another panic is on its way too:
// theirs takes its place.
//
// # Limits
//
// A hasher and a fold are re-entered by reads only. A runtime cleanup neither
// panics nor ends its goroutine, and a panic on a goroutine without a caller (a
// timer that asks From's context, context.AfterFunc) is not let loose: it would
// end the process or the runtime's cleanups. Nothing is thrown over a Goexit.
// What others call in our stead (String, MarshalJSON and LogValue of values, by
// fmt, encoding/json and log/slog) is not injected. Programs
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
//	Builder.Set takes the old entry out, then hashes         109    1//
//
// And not planted: docs/bugs-found.md has what it found.
package main
