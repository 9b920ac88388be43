// Package lua gives scripts of github.com/yuin/gopher-lua context variables
// that coroutines keep apart.
//
//	L := lua.NewState()
//	defer L.Close()
//	stratalua.Open(L, ctx.NewState())
//	err := L.DoString(`
//	    local context = require "context"
//	    local user = context.var("user", "nobody")
//	    user:set("ann")
//	    print(user:get())
//	`)
//
// # What happens at a resume
//
//	main ──resume──▶ coroutine      reads: coroutine's own level,
//	  x = 1            y = 2                then main's, as it is now
//	     ◀──yield───                 writes: coroutine's own level only
//
// Every coroutine owns a ctx.State and a ctx.Layer. Open wraps
// coroutine.resume and coroutine.wrap, and Resume does the same for Go code, so
// that the level is on while the coroutine runs and off while it is suspended,
// also after errors. A coroutine resumed by L.Resume, which the package cannot
// see, runs transparently on its resumer's level.
//
// context.mode(co, "captured") turns a coroutine into a task that keeps the
// context of that moment; "none" makes it transparent.
//
// # Promises
//
// A coroutine that is dropped costs nothing: its level, State and values are
// collected with it. Variables made by scripts are collectable; a value may
// refer to its own variable. Pushes equal pops after every script (Stats). No
// background goroutine runs on behalf of scripts; cleanups of dropped
// coroutines run when the collector finds them.
//
// # Limits
//
// Lua cannot yield across a Go call, so the blocks given to with and run must
// not yield; set and reset have no such limit. An LState belongs to one
// goroutine at a time, and so does everything here.
package lua
