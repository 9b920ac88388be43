package weakkey

import (
	"reflect"

	"github.com/strata-go/strata/internal/keys"
)

// Info describes a key to the holder of its namespace. It leads neither to the
// key nor to a value, and keeps neither alive.
type Info struct{ r *keys.Record }

// Name returns the label.
func (i Info) Name() string { return i.r.Name() }

// Type returns the type of the values.
func (i Info) Type() reflect.Type { return i.r.Type() }

// ID returns the ID.
func (i Info) ID() ID { return i.r.ID() }

// Static reports whether the key lives as long as the program.
func (i Info) Static() bool { return i.r.Static() }

// Alive reports whether the key was neither released nor found dead.
func (i Info) Alive() bool { return i.r.Alive() }

// String returns the label.
func (i Info) String() string { return i.r.Name() }

// Stats are figures about the keys of the process, for tests and operators.
type Stats = keys.Stats

// ReadStats reads the figures: a few atomic loads, and not one consistent
// moment when keys are at work meanwhile.
func ReadStats() Stats { return keys.ReadStats() }
