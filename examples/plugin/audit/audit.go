// Package audit is a library that notes who does what. It knows nothing of the program or of other libraries.
//
// Its variables are unexported and in a namespace of its own: nobody else can read them, write them or list their values.
package audit

import (
	"fmt"
	"slices"

	"github.com/strata-go/strata/ctx"
)

var (
	ns = ctx.NewNamespace("audit")

	// Package shop has a variable of the same name. They are two.
	user    = ctx.Static("user", ctx.In[string](ns))
	session = ctx.Static("session", ctx.In[string](ns), ctx.Redact)
	steps   = ctx.StaticStack("steps", ctx.In[string](ns), ctx.Lasting)
)

// As runs f in the name of who. Key proves it, and is never printed.
func As(st *ctx.State, who, key string, f func()) {
	st.With(user.To(who), session.To(key)).Run(f)
}

// Step runs f as a named step of what goes on.
func Step(st *ctx.State, name string, f func()) {
	defer steps.Push(st, name).Pop(st)
	f()
}

// Line tells who is doing what.
func Line(st *ctx.State) string {
	return fmt.Sprintf("%s %v", user.Or(st, "nobody"), slices.Collect(steps.All(st)))
}

// Proof is for the one function that needs the key itself: whoever holds the variable reads it.
func Proof(s ctx.Snapshot) (key string, ok bool) { return session.In(s) }

// Dump lists what the library has set in s. Only the holder of ns can write this function.
func Dump(s ctx.Snapshot) []string {
	var list []string
	for v, value := range ns.All(s) {
		if value == nil {
			value = "(not for print)"
		}
		list = append(list, fmt.Sprintf("%s=%v", v.Name, value))
	}
	slices.Sort(list)
	return list
}

// Keep returns s with audit's variables and no others: for a job that is to be audited and not more.
func Keep(s ctx.Snapshot) ctx.Snapshot { return s.Only(ns) }

// Drop returns s without audit's variables.
func Drop(s ctx.Snapshot) ctx.Snapshot { return s.Without(ns) }
