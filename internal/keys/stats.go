package keys

import (
	"sync/atomic"
	"time"
)

var stats struct {
	entries   atomic.Int64
	releases  atomic.Int64
	rotations atomic.Uint64
	cost      atomic.Int64
}

// Stats are figures about the keys of the process.
type Stats struct {
	// StaticKeys and CollectableKeys count the keys that live. A collectable
	// key that nobody holds counts until a rotation finds it dead.
	StaticKeys, CollectableKeys int
	// Entries counts the values of collectable keys that the last rotation
	// knew of: those that outlived a collection and are not stored inline.
	Entries int
	// PendingReleases counts the keys that died or were released since the last
	// rotation began: some of their values may be referenced until the next.
	PendingReleases int
	// Rotations counts completed rotations.
	Rotations uint64
	// LastRotation is the time that the last one took, all pieces together.
	LastRotation time.Duration
}

// ReadStats reads the figures: a few atomic loads, not one consistent moment.
func ReadStats() Stats {
	return Stats{
		StaticKeys:      int(table.static.Load()),
		CollectableKeys: int(table.collectable.Load()),
		Entries:         int(stats.entries.Load()),
		PendingReleases: int(stats.releases.Load()),
		Rotations:       stats.rotations.Load(),
		LastRotation:    time.Duration(stats.cost.Load()),
	}
}
