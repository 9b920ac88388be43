// Package ctx gives programs context variables: variables whose value depends
// on the execution that reads them, and that behave like a stack.
//
//	var User = ctx.Static[string]("user")
//
//	func handle(st *ctx.State) {
//		defer User.Scope(st, "ann").End()
//		greet(st) // User.Get(st) is "ann" here, and in everything greet calls
//	}
//
// # The invariant
//
// Stop at any moment, take the backtrace, and write down every block that each
// line of it looks to be inside. A read gives what entering those blocks in
// order would give, through generators, tasks and callbacks. (Nathaniel Smith's
// e-mail of 12 August 2017 on PEP 550 asks for it in these words.)
//
// # The model
//
//	         State                           State of a task
//	┌───────────────────────┐               ┌──────────────┐
//	│ Layer  {Prec: 4}      │ generator     │ base {…}     │
//	├───────────────────────┤               └──────▲───────┘
//	│ base   {Prec: 2,      │                      │ NewState, Fork
//	│         User: "ann"}  │ ── Snapshot ──▶ {Prec: 4, User: "ann"}
//	└───────────────────────┘
//	  reads search downwards     one immutable flat map,
//	  writes go to the top       a copy is one word
//
// A State carries one execution: a stack of levels, each a persistent map from
// variables to values with an identity of its own. There is no hidden
// goroutine-local state: whoever runs code passes the State along, as runtimes
// do with their thread or task object.
//
//   - A task has a State of its own: Fork, Go, Snapshot.NewState. Switching
//     tasks means using another State; nothing is pushed or popped.
//   - A generator has a level of its own, a Layer, which each resume lays over
//     the resumer's execution (Push, Resume) and each yield takes off (Unwind).
//   - A callback runs in the Snapshot of its registration: Func, FuncOnce,
//     Handle, or Run and Swap.
//   - An Env is a context that is entered and keeps what is written.
//
// Three removals differ: Set(nil) stores nil, Unset removes what the top level
// holds, Mask hides what lies below as well.
//
// # Promises
//
// Reads allocate nothing. Taking a Snapshot of a task is O(1). Switching (Push,
// Swap, Unwind, Resume) calls no user code and costs the same whatever is set.
// No goroutine runs on behalf of static variables. A snapshot keeps no shadowed
// value of an ordinary variable alive, a used token, a left block and a fired
// Handle keep nothing.
//
// Variables and Snapshots may be used by any number of goroutines; a State,
// Layer and Token belong to one goroutine at a time. Misuse panics with what
// was done and what to do instead; errors of Reset are values for errors.Is. A
// panic in a guard, an OnChange, a fold or a callback leaves the State as it was.
package ctx
