package hamt

import "sync/atomic"

// Cell holds a map that many goroutines read and some replace, as a
// configuration does. The zero Cell holds the empty map. A Cell must not be
// copied. Load is one atomic read; readers never wait, and what they loaded
// stays as it is.
type Cell[K comparable, V any] struct {
	_    noCopy
	root atomic.Pointer[node[K, V]]
}

// Load returns the map in the cell.
func (c *Cell[K, V]) Load() Map[K, V] { return Map[K, V]{root: c.root.Load()} }

// Store puts m in the cell.
func (c *Cell[K, V]) Store(m Map[K, V]) { c.root.Store(m.root) }

// CompareAndSwap puts m in the cell if it holds old, the same version (equal
// content does not suffice), and reports whether it did.
func (c *Cell[K, V]) CompareAndSwap(old, m Map[K, V]) bool {
	for {
		now := c.Load()
		if !now.Same(old) { // which two empty maps are that have two roots
			return false
		}
		if c.root.CompareAndSwap(now.root, m.root) {
			return true
		}
	}
}

// Update replaces the map in the cell by what f makes of it, and returns that.
// When another goroutine replaces the map meanwhile, f is called again with the
// new one, so it should do nothing but compute; an f that itself changes the
// cell each time never gets to an end. If f panics the cell stays as it is.
func (c *Cell[K, V]) Update(f func(m Map[K, V]) Map[K, V]) Map[K, V] {
	for {
		old := c.Load()
		m := f(old)
		if c.CompareAndSwap(old, m) {
			return m
		}
	}
}
