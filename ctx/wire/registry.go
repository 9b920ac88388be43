package wire

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/strata-go/strata/ctx"
)

// A Registry is a set of variables under wire names. The zero Registry is empty,
// ready to use; it must not be copied after its first use. Most programs use the
// one behind Register, Encode and Decode; another one is for a peer that is to
// get other variables.
//
// A Registry keeps its variables alive: register static ones.
type Registry struct {
	mu     sync.RWMutex
	sorted []*entry // by name; replaced, never edited
}

var standard Registry

// entry is a registered variable.
type entry struct {
	name     string
	priority int
	// encode returns the value's wire form and whether it is set in s.
	encode func(s ctx.Snapshot) (value string, ok bool, err error)
	// decode returns the value as a binding.
	decode func(value string) (ctx.Binding, error)
}

// An Option changes how a variable is registered.
type Option func(*options)

type options struct{ secret bool }

// AllowSecret lets a redacted variable be registered: its value leaves the
// process then.
func AllowSecret(o *options) { o.secret = true }

// Register makes v cross process boundaries under the given name. The name is
// what both sides agree on: letters, digits and !#$%&'*+-.^_`|~. Of variables
// that do not fit into a carrier, those with the higher priority stay.
//
// It panics when the name is not allowed or taken, and for a redacted variable
// without AllowSecret.
func Register[T any](v ctx.Var[T], name string, c Codec[T], priority int, opts ...Option) {
	RegisterIn(&standard, v, name, c, priority, opts...)
}

// RegisterIn is Register for a Registry of one's own.
func RegisterIn[T any](r *Registry, v ctx.Var[T], name string, c Codec[T], priority int, opts ...Option) {
	var o options
	for _, f := range opts {
		f(&o)
	}
	switch {
	case !isName(name):
		panic(fmt.Sprintf("wire: variable %q cannot be registered as %q: a wire name is 1 to %d letters, digits and signs without separators", v.Name(), name, maxName))
	case v.Redacted() && !o.secret:
		panic(fmt.Sprintf("wire: variable %q is redacted: its value would leave the process; register it with AllowSecret if that is meant", v.Name()))
	case c.Encode == nil || c.Decode == nil:
		panic(fmt.Sprintf("wire: variable %q needs a codec with Encode and Decode", v.Name()))
	}
	r.add(&entry{
		name:     name,
		priority: priority,
		encode: func(s ctx.Snapshot) (string, bool, error) {
			x, ok := v.In(s)
			if !ok {
				return "", false, nil
			}
			value, err := c.Encode(x)
			return escape(value), true, err
		},
		decode: func(value string) (b ctx.Binding, err error) {
			// A codec or guard that was not made for hostile input may panic.
			defer func() {
				if x := recover(); x != nil {
					err = fmt.Errorf("panic: %T", x)
					if e, ok := x.(error); ok {
						err = e
					}
				}
			}()
			x, err := c.Decode(value)
			if err != nil {
				return b, err
			}
			return v.To(x), nil
		},
	})
}

func (r *Registry) add(e *entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, taken := find(r.sorted, e.name)
	if taken {
		panic(fmt.Sprintf("wire: the name %q is registered already: each variable needs its own", e.name))
	}
	r.sorted = slices.Insert(slices.Clone(r.sorted), i, e)
}

// entries returns the registered variables, sorted by name.
func (r *Registry) entries() []*entry {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.sorted
}

func find(sorted []*entry, name string) (int, bool) {
	return slices.BinarySearchFunc(sorted, name, func(e *entry, name string) int { return strings.Compare(e.name, name) })
}
