// Endurance runs what only shows after a long time or at a great number: one
// command for each row of that kind, which prints its figure and fails when it
// is out of bounds.
//
//	go run ./fuzz/endurance churn       25·10⁶ fresh keys set and deleted in one map, heap flat
//	go run ./fuzz/endurance respawn     a task that starts anew from its snapshot 10⁶ times, heap flat
//	go run ./fuzz/endurance levels      10⁶ levels and 10⁶ blocks on stacks of 1 MiB
//	go run ./fuzz/endurance scopes      10⁶ open cancel scopes, the same
//	go run ./fuzz/endurance nested      10⁵ live generators inside one another, the same
//	go run ./fuzz/endurance abandon     10⁵ generators dropped in their bodies
//	go run ./fuzz/endurance release     what each way of removing a value retains: nothing
//	go run ./fuzz/endurance deadlines   10⁶ live deadlines: bytes each, stale entries
//	go run ./fuzz/endurance model       10⁸ operations checked against models
//	go run ./fuzz/endurance all         everything but model
//
// -n changes the number. Model goes on for -for, from the program -from, on
// -procs goroutines, and prints from where to go on.
//
// # The picture
//
//	heap ▲
//	     │                    ── flat: the least of the second half is
//	     │ ╱╲╱╲╱╲╱╲╱╲╱╲╱╲╱╲      not above the least of the first
//	     └───────────────────────────────────▶ operations
//
// Bytes and counts are compared with bounds, times are not. The package's test
// runs every command in miniature; results.md has the figures of full runs.
package main
