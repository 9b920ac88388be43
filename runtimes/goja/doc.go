// Package goja gives scripts of github.com/dop251/goja the context variables
// of TC39's AsyncContext proposal and of Node's AsyncLocalStorage, and gives Go
// functions called by scripts the same execution.
//
//	vm := goja.New()
//	stratagoja.Install(vm, ctx.NewState(), stratagoja.Options{})
//	_, err := vm.RunString(`
//	    const user = new AsyncContext.Variable({ name: "user", defaultValue: "nobody" })
//	    user.run("ann", async () => { await null; console.log(user.get()) })
//	`)
//
// # What happens at an await
//
//	user.run("ann", f)      f: await p            job of the reaction
//	┌──────────────┐   Grab   ┌──────────┐  Resumed  ┌──────────────┐
//	│ user = "ann" │ ───────▶ │ Snapshot │ ────────▶ │ level over it│
//	│ base         │          └──────────┘           │ base         │
//	└──────────────┘                                 └──────────────┘
//	                                          Exited: the level is off
//
// Every promise reaction keeps the snapshot of its registration; its job runs in
// a level of its own over that snapshot. Timers do the same (WrapTimers). The
// snapshot is one word and costs nothing while nothing changed.
//
// # Promises
//
// Variables made by scripts are collectable: when a script drops one, its values
// leave every snapshot that promises and timers still hold, whatever they refer
// to. A promise that is never settled holds its snapshot and nothing more. A
// fired or cancelled timer holds nothing. No background goroutine runs.
//
// A Runtime belongs to one goroutine at a time, and so does all of this. An
// interrupt and a Go panic skip the engine's Exited hook; run every entry into
// the engine inside Turn, which comes back to the right level on every way out.
package goja
