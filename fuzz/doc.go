// Package fuzz attacks Strata with programs that are decoded from bytes.
//
//	go test ./fuzz                                  the seeds and some random programs
//	go test ./fuzz -fuzz '^FuzzMap$' -fuzztime 10m  one target, coverage-guided
//
// Each target reads its input as a program, runs it on the library and on a
// model that is slow and obvious, and compares after every step:
//
//	bytes ──Input──▶ operations ──┬──▶ hamt, weakkey, ctx      compare,
//	                              └──▶ Go maps and slices      check invariants
//
//	FuzzMap        persistent maps and builders, under honest and hostile hashers
//	FuzzAlgebra    set algebra, filters and Diff, and their laws
//	FuzzMerge      three-way merges and patches
//	FuzzJSON       hostile JSON for maps and sets; FuzzPatchJSON for patches
//	FuzzLayouts    this build of hamt against one without unsafe, in a process of its own
//	FuzzKeys       keys with Release, recycled indexes and collections
//	FuzzVariables  collectable variables of ctx, their tokens and deltas
//	FuzzContext    States, layers, tokens and snapshots against lists of Go maps
//	FuzzGenerators generators and push iterators against the backtrace
//	FuzzScopes     cancel scopes on a fake clock
//	FuzzWire       chains of processes with clean, altered and hostile carriers
//
// The modules in runtimes have targets of their own, FuzzScripts, which generate
// scripts for their languages.
//
// TestReadersOfVersions and TestForks share versions between goroutines, for
// -race; the module linearizability checks histories of the key registry.
// configurations is a script that runs the suites under -race, small heaps,
// other platforms and the like, and ends with a table.
//
// Beside the targets stand commands:
//
//	go run ./fuzz/faults -for 10m     panics, Goexit, re-entrant calls, collections and
//	                                  the like, at every call of a user's code
//	go run ./fuzz/endurance all       what stays constant over millions of steps
//	go run ./fuzz/mutation -package P which changes of the code no test notices
//
// The subpackages hashertest and runtimetest are for users: they attack a
// Hasher, or the adapter of a language runtime.
//
// A failing input goes to testdata/fuzz, where `go test` finds it ever after.
// ledger.md says how long each target has run.
package fuzz
