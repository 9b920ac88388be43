package weakkey

import (
	"log/slog"
	"reflect"
	"time"

	"github.com/strata-go/strata/internal/keys"
)

// Info describes a key to the holder of its namespace. It leads neither to the
// key nor to a value, and keeps neither alive. The zero Info describes no key:
// it has no name, the zero ID and a nil type.
type Info struct{ r *keys.Record }

// Name returns the label.
func (i Info) Name() string {
	if i.r == nil {
		return ""
	}
	return i.r.Name()
}

// Type returns the type of the values.
func (i Info) Type() reflect.Type {
	if i.r == nil {
		return nil
	}
	return i.r.Type()
}

// ID returns the ID.
func (i Info) ID() ID {
	if i.r == nil {
		return 0
	}
	return ID(i.r.ID())
}

// Static reports whether the key lives as long as the program.
func (i Info) Static() bool { return i.r != nil && i.r.Static() }

// Alive reports whether the key was neither released nor found dead.
func (i Info) Alive() bool { return i.r != nil && i.r.Alive() }

// String returns the label.
func (i Info) String() string { return i.Name() }

// LogValue returns the label.
func (i Info) LogValue() slog.Value { return slog.StringValue(i.Name()) }

// Stats are figures about the keys of the process, for tests and operators.
type Stats struct {
	// StaticKeys and CollectableKeys count the keys that live. A collectable
	// key that nobody holds counts until a rotation finds it dead.
	StaticKeys, CollectableKeys int
	// Entries counts the values of collectable keys that the last rotation knew
	// of: those that outlived a collection and are not stored inline.
	Entries int
	// PendingReleases counts the keys that died or were released since the last
	// rotation began: some of their values may be referenced until the next.
	PendingReleases int
	// Rotations counts completed rotations. It stands still while no collectable
	// key lives; if it does otherwise, collections do not run, or foreign cleanups
	// block and the program makes neither keys nor values.
	Rotations uint64
	// LastRotation is the time that the last one took, all pieces together.
	LastRotation time.Duration
}

// ReadStats reads the figures: a few atomic loads. While other goroutines use
// keys, the figures need not be of one instant.
func ReadStats() Stats { return Stats(keys.ReadStats()) }
