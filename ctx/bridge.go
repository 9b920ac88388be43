package ctx

import (
	"context"
)

// carrierKey is the key under which a context.Context carries a Snapshot.
type carrierKey struct{}

// carrier is a context.Context that carries a Snapshot. Deadlines, cancellation
// and foreign values are the parent's, so the standard library's children of a
// carrier attach to the parent's cancellation without a goroutine.
type carrier struct {
	context.Context
	snap Snapshot
}

func (c *carrier) Value(key any) any {
	if key == (carrierKey{}) {
		return c.snap
	}
	return c.Context.Value(key)
}

// String does not print values.
func (c *carrier) String() string { return "ctx.Context(" + c.snap.String() + ")" }

// FromContext returns the snapshot that c carries, the zero Snapshot when it
// carries none. Everything with the Value method of a context.Context will do:
// workflow engines and web frameworks have contexts of their own.
//
// Cost: a type assertion when c was made by Context or WithContext, one search
// of c's values otherwise.
func FromContext(c interface{ Value(key any) any }) Snapshot {
	if own, ok := c.(*carrier); ok {
		return own.snap
	}
	if c == nil {
		return Snapshot{}
	}
	s, _ := c.Value(carrierKey{}).(Snapshot)
	return s
}

// Context returns a context that carries s, with the deadline, cancellation
// and values of parent. Carriers replace each other: of nested ones the
// innermost counts.
func (s Snapshot) Context(parent context.Context) context.Context {
	if parent == nil {
		panic("ctx: Context with a nil parent: pass context.Background()")
	}
	if own, ok := parent.(*carrier); ok {
		parent = own.Context
	}
	return &carrier{parent, s}
}

// WithContext returns a context like c in which the variable is x. The
// variable's guard judges x; a refusal panics with a *GuardError.
func (v Var[T]) WithContext(c context.Context, x T) context.Context {
	return FromContext(c).With(v.To(x)).Context(c)
}

// From returns the variable's value in a context, and whether it is set there.
// Defaults do not matter.
func (v Var[T]) From(c interface{ Value(key any) any }) (T, bool) {
	return v.In(FromContext(c))
}
