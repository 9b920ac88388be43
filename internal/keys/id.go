package keys

import (
	"errors"
	"fmt"
)

// ID names one key for as long as the process runs: its index in the low
// 32 bits, its generation in the high 32. The zero ID names no key. No ID is
// ever given out twice; an index is, with another generation.
type ID uint64

// Index returns the dense index: a small integer, the lowest one that was free
// when the key was made.
func (id ID) Index() uint32 { return uint32(id) }

// Generation returns how many keys the index has served, this one included.
func (id ID) Generation() uint32 { return uint32(id >> 32) }

// String formats the ID as index.generation.
func (id ID) String() string { return fmt.Sprintf("%d.%d", id.Index(), id.Generation()) }

func makeID(index, generation uint32) ID { return ID(generation)<<32 | ID(index) }

var (
	// ErrReleased is what a write through a dead or released key wraps.
	ErrReleased = errors.New("key is released")
	// ErrExhausted is what making a key wraps when every index is in use or
	// retired.
	ErrExhausted = errors.New("key indexes are exhausted")
)
