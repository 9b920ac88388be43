package ctx

import (
	"reflect"

	"github.com/strata-go/strata/internal/keys"
)

// Flags of a variable's record, for code that has no typed handle.
const (
	flagStack  uint16 = 1 << iota // a stack variable
	flagNever                     // not inherited by tasks and callbacks
	flagCopy                      // inherited through a function
	flagRedact                    // the value is never formatted
	flagLasts                     // stack elements outlive their block in snapshots
	flagReuse                     // a box of a Set may serve again, see variable.set
)

// An Option says something about a variable when it is made. Options are typed
// by the variable, so that a default of another type does not compile.
type Option[T any] func(*Config[T])

// Config collects what the options of one variable say.
type Config[T any] struct {
	flags      uint16
	ns         *Namespace
	def        T
	hasDefault bool
	defFunc    func() T
	copyFunc   func(T) T
	guard      func(T) error
	onChange   func(*State, Change[T])
}

// Default gives the variable a value for executions in which nobody set it.
// The default is in no snapshot.
func Default[T any](x T) Option[T] {
	return func(c *Config[T]) { c.def, c.hasDefault = x, true }
}

// DefaultFunc is Default with a function, called at each read that finds
// nothing. Its result is not stored: two reads give two results.
func DefaultFunc[T any](f func() T) Option[T] {
	return func(c *Config[T]) { c.defFunc = f }
}

// Always lets tasks and callbacks inherit the value. It is what happens
// without a policy; naming it documents that it was meant.
func Always[T any](*Config[T]) {}

// Never keeps the value out of tasks and callbacks: Fork, Go, Func and Handle
// leave it behind. Snapshots still hold it.
func Never[T any](c *Config[T]) { c.flags |= flagNever }

// Copy passes the value through f when a task or a callback inherits it: Fork,
// Go, Func and Handle call f once each. For static, ordinary variables only.
func Copy[T any](f func(T) T) Option[T] {
	return func(c *Config[T]) { c.copyFunc, c.flags = f, c.flags|flagCopy }
}

// Guard refuses values: a write for which f returns an error changes nothing,
// Set panics with a *GuardError and TrySet returns it.
func Guard[T any](f func(T) error) Option[T] {
	return func(c *Config[T]) { c.guard = f }
}

// OnChange calls f after Set, Put, Update, Unset, Mask, Reset, With and End
// changed the variable in an execution, on the goroutine that did. Switching
// (Push, Swap, Unwind, Fork, Apply) never calls it. f may set the variable
// again, which calls f again. When f panics, the write is undone and the panic
// goes on. For ordinary variables only.
func OnChange[T any](f func(*State, Change[T])) Option[T] {
	return func(c *Config[T]) { c.onChange = f }
}

// Redact keeps the value out of everything that formats values: String, log
// lines, walkers.
func Redact[T any](c *Config[T]) { c.flags |= flagRedact }

// In puts the variable into a namespace, nil for none. Go cannot infer the type here: write
// ctx.In[string](ns).
func In[T any](ns *Namespace) Option[T] {
	return func(c *Config[T]) { c.ns = ns }
}

// Lasting lets the elements of a stack variable outlive their block in
// snapshots that were taken inside it, as values of ordinary variables do.
// Without it a popped element is gone everywhere at once (see StackVar).
func Lasting[T any](c *Config[T]) { c.flags |= flagLasts }

// Change is what OnChange is told: what the variable read as before and what
// it reads as now. HadOld and HasNew are false where nothing was, or is, set.
type Change[T any] struct {
	Old, New       T
	HadOld, HasNew bool
}

func (c *Config[T]) apply(opts []Option[T]) {
	for _, o := range opts {
		if o != nil {
			o(c)
		}
	}
}

func (c *Config[T]) keyOptions(name string, t reflect.Type) keys.Options {
	o := keys.Options{Name: name, Type: t, Flags: c.flags}
	if c.ns != nil {
		o.Namespace = c.ns.key()
	}
	return o
}
