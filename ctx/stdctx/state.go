package stdctx

import (
	"context"

	"github.com/strata-go/strata/ctx"
)

// State returns a new State that starts with the variables c carries: for code
// that has only a context.Context. Call it once where a task begins, and pass
// the State along from there; what is set in it is not seen in c. The way back
// is st.Snapshot().Context(c).
//
// Everything with the Value method of a context.Context will do. A nil c gives
// an empty State. Cost: one object, and one search of c's values.
func State(c interface{ Value(key any) any }) *ctx.State {
	return ctx.FromContext(c).NewState()
}

// Detach returns a Context for work that outlives a request: it has no deadline
// and is never cancelled, and it carries c's variables as a new task inherits
// them (the policies of the variables apply). Of c's other values it keeps those
// of the given keys; the rest of c, the request with all it holds, is released.
//
// context.WithoutCancel keeps everything instead.
func Detach(c context.Context, keys ...any) context.Context {
	out := context.Background()
	for _, k := range keys {
		if x := c.Value(k); x != nil {
			out = context.WithValue(out, k, x)
		}
	}
	return State(c).Fork().Snapshot().Context(out)
}
