// Package seq provides generators and iterators that keep context variables
// apart: what a generator sets is its own, and everything else it reads from
// whoever resumes it at that moment.
//
//	g := seq.Generate(func(st *ctx.State, yield func(string) bool) {
//		Precision.Set(st, 4) // the generator's own, at every resume
//		for yield(divide(st)) {
//		}
//	})
//	defer g.Close(st)
//	x, ok := g.Next(st) // reads User from st, and Precision 4
//
// # Picture
//
// A generator owns a State. Each resume re-bases it on the resumer, each yield
// takes it off again:
//
//	          Next(a)                  suspended               Next(b)
//	┌────────────────────────┐                        ┌────────────────────────┐
//	│ generator {Prec: 4}    │   generator {Prec: 4}  │ generator {Prec: 4}    │
//	├────────────────────────┤                        ├────────────────────────┤
//	│ a         {User: "ann"}│                        │ b         {User: "bob"}│
//	└────────────────────────┘                        └────────────────────────┘
//
// The body must use the State it is given, never one of a resumer that it
// remembers: that one may be gone, or on another goroutine, at the next resume.
//
//   - Generate and GenerateIO run a body on a coroutine: Next, Send, Throw,
//     Close, and All for range loops. Three modes: see Transparent, Captured
//     and Generator.SetMode.
//   - Range runs the same kind of body as a push iterator, without a coroutine.
//   - Isolate, Isolate2, Pull and Pull2 give an iter.Seq that somebody else
//     wrote, and that sets variables of the caller's State, a level of its own.
//     A push iterator that is not isolated acts as a block: what it sets, the
//     loop's body sees.
//   - Map, Filter, Zip and From build generators out of generators; the
//     resumer's context reaches the innermost one.
//
// # Promises
//
// The loop's body, and the code between two calls of Next, never sees what the
// iterator set, also after break, return, panic and Goexit; the iterator's
// deferred functions run under its own levels. A yield inside State.Run takes
// the Run's level off as well, and puts it back.
//
// Next costs about an iter.Pull next plus a Resume and Unwind, and does not
// allocate. Making a generator allocates, its first Next makes the coroutine.
//
// A suspended generator keeps its own variables alive and the value it yielded
// last, and nothing of its resumers.
//
// A generator may be resumed from any goroutine, by one at a time. A second
// resume while it runs, from its own body or from another goroutine, is told
// so: ErrRunning, returned by methods that return an error, else as the panic.
//
// A panic or runtime.Goexit of the body goes on in the caller of Next, as with
// iter.Pull, and ends the generator.
//
// # Generators that are dropped
//
// A generator that becomes unreachable before its end is closed after a garbage
// collection: its deferred functions run under its own levels, over an empty
// execution, on a goroutine of their own. A panic there is like any goroutine's.
// No goroutine stays behind. The exceptions:
//
//   - A body that refers to its own *Generator keeps it reachable: it leaks
//     unless it is closed.
//   - The runtime binds a coroutine to the thread of a goroutine that is locked
//     to it (runtime.LockOSThread, also package initialisation). A generator
//     first resumed there must be resumed and closed there.
//   - Pull cannot do it, since its iterator works on the caller's State: call
//     stop, as with iter.Pull.
package seq
