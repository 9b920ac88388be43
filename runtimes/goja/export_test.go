package goja

import "github.com/strata-go/strata/ctx"

// HooksForTest returns the hooks that an engine would be given.
func HooksForTest(st *ctx.State) ContextHooks { return (&adapter{st: st}).hooksFor() }
