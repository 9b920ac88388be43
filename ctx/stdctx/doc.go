// Package stdctx connects context variables with what Go services are made of:
// context.Context, net/http, log/slog and groups of goroutines.
//
//	mux.Handle("/", stdctx.Handler(func(st *ctx.State, w http.ResponseWriter, r *http.Request) {
//		greet(st, w) // reads User from st
//	}))
//	slog.SetDefault(slog.New(stdctx.NewLogHandler(h, stdctx.Attr("user", User))))
//	http.ListenAndServe(addr, stdctx.Middleware(setUser)(mux))
//
// # Picture
//
// A context.Context carries an immutable Snapshot; a State runs one task and is
// never put into a Context. Each entry of a task makes a State from what the
// Context carries, and each call of code that knows Contexts only hands the
// present snapshot on:
//
//	request ──Middleware──▶ Context{snapshot} ──State(c)──▶ State of the task
//	                              ▲                             │
//	  WithCancel, WithTimeout,    │                             │ st.Snapshot().Context(c)
//	  WithValue, AfterFunc, … ────┴─────────────────────────────┘
//
// # Promises
//
// Variables survive every function of package context that derives a Context.
// Deadlines and cancellation are the parent's, so a child that the standard
// library derives attaches to its parent without a goroutine. A Context that
// carries variables is safe for any number of goroutines; a State is for one.
//
// Logging and Profile add the variables that were named, and none that are
// redacted.
// Detach leaves the request behind and keeps the variables.
//
// The package is tested with the black-box tests of the installed Go's context
// and iter packages, run on contexts that carry variables and on seq.Pull.
package stdctx
