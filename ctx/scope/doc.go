// Package scope bounds work in time: blocks with deadlines that can be
// cancelled as a whole, and groups of tasks that end before their block does.
// They are trio's cancel scopes, made for Go on context variables.
//
//	err := scope.FailAfter(st, 2*time.Second, func(sc *scope.Scope) error {
//		req, err := http.NewRequestWithContext(scope.Context(st), "GET", url, nil)
//		…
//		for _, row := range rows {
//			if err := scope.Check(st); err != nil {
//				return err // stopped by sc, or by a scope around it
//			}
//			compute(row)
//		}
//		return nil
//	}) // a *TooSlowError after two seconds
//
// # The picture
//
// The open scopes of an execution are a stack variable: each task has its list,
// and each generator has its own part of one, on top of that of whoever resumes
// it.
//
//	with 20s:  resume g, which opens 10s     with 5s:  resume g again
//
//	  g     ┌ 10s ┐                            g     ┌ 10s ┐   the same block
//	        ├─────┤   ◀ effective: 10s               ├─────┤   ◀ effective: 5s
//	caller  │ 20s │                          caller  │ 5s  │
//	        └──┬──┘                                  └──┬──┘
//	           └────────── one heap of deadlines, one timer ──┘
//
// Everything is read from the list: EffectiveDeadline, Cancelled and Check fold
// it, starting anew at a shield, and Context makes a context.Context of it. So
// a scope opened in a generator bounds the generator and never its caller; one
// opened by the caller bounds a generator made before; nothing has to be
// switched when the generator yields.
//
// # Called, caught, late
//
// A scope is called when it was cancelled and caught when it stopped the error
// that came of it. Work that succeeds after its deadline has succeeded. With
// has the table.
//
// # Promises
//
//   - A left scope is inert: no State, Snapshot, task or callback finds it, its
//     deadline leaves the heap at once, its contexts end.
//   - Deadlines: opening, moving and leaving are O(log n) for n live ones and
//     there are no stale entries. A deadline beyond the year 2262 is none.
//   - An abandoned block, in a generator that nobody resumes, is cancelled at
//     its deadline and holds none of the generator's values until then.
//   - No goroutine runs for scopes: not for a deadline, not for a scope made
//     from a context, not for children made by package context.
//   - Cancel marks one scope and walks the contexts over it without recursion.
//     It waits for nobody.
//   - A block closed out of order panics with a *MisuseError that names where
//     it and the innermost open scope were opened. Each scope keeps one program
//     counter for that.
//   - Scope, Clock, Group and contexts are safe on any goroutine. A State and a
//     Block belong to one goroutine at a time.
//
// Cancelled takes nanoseconds while nothing changes. Opening and leaving a
// block takes about a microsecond; a deadline held by a scope takes less than
// 200 bytes, everything counted.
//
// Under testing/synctest make a clock inside the bubble: see NewClock.
package scope
