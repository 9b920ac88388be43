package keys

import (
	"sync/atomic"
	"unsafe"
)

// # Who holds the box
//
// A value of a collectable key sits in a box of its own. At every instant one
// of two objects holds the box, and which one changes between collections:
//
//	entries own                          keys own
//
//	trie ─▶ entry ──owner──▶ box         trie ─▶ entry ──owner──▶ nil
//	Key  ─▶ core  ──cell───▶ nil         Key  ─▶ core  ──cell───▶ box ─▶ anything
//
// Both alive: the box is found on one side or on the other. Only the key alive:
// in a round where entries own, nothing alive reaches the box, and it dies.
// Only the entry alive: in a round where keys own, it dies, whatever the value
// refers to, its own key included. That is an ephemeron made of two strong
// pointers of which one is nil.
//
// # Invariants
//
// I1 A box is strongly referenced by its entry's owner word or by its key's
// cell, by stacks, and by nothing else. Why: one more path, and some garbage is
// never found.
// I2 While key and entry both live, one of them holds the box: a move stores
// the new owner before it clears the old, and a reader looks at the entry, then
// at the cell, then again. Why: a reader takes no lock, and a collection may come
// between any two steps.
// I3 Records, places, the table, sentinels and closures have no strong path to a
// core, a box, an entry or a trie. Why: they live as long as the process.
// I4 A cell number is given out again only after the weak pointer to its entry
// is nil. Why: a reader that holds the entry must not read another entry's cell.
// I5 IDs are never reused. Why: old tries keep heads of dead keys, and the ID is
// all that tells them from those of the index's next key. See registry.
// I6 Get and Set end with KeepAlive of key and head. Why: the collector may see
// the last use of a key in the middle of a read, and the box would go with it.
// I7 Liveness is a flag; weak.Pointer.Value is called by rotation, promotion and
// death only. Why: Value makes its target strong for the running collection; who
// polls it keeps keys alive for ever (ctx asks for a stack variable's code when a
// list has doubled, and when two lists are compared). While somebody holds a Key, only Release can
// end it, and Release clears the Key's own IDs first, so a read looks at those.
// I8 No lock is held for more than maxHold entries. Why: a reader that met four
// moves, and a Reset of an entry that grew old, wait for it.
// I9 Between two rotations lies a collection that saw neither. Why: a rotation
// makes strong what it visits, and a side that no collection sees frees nothing.
// I10 Nodes of a trie never change. In an entry only the owner word and the
// cell number (under the key's lock) and the block link change; the stamp is
// the writer's. Why: who copies a path reads the words of a node without a lock.
// I11 Objects with a weak pointer or a cleanup hold a pointer and have at least
// 48 B. Why: smaller ones share a span's list of specials with too many others,
// and pointer-free ones share a block with strangers, which keeps them alive.
// I12 No sentinel is armed and no goroutine runs while no collectable key lives.
// Why: a program with static keys only pays for nothing.
// I13 The table and the cells shrink by whole pages from the tail. Why: a peak of
// keys is given back, and no index and no cell number that is in use moves.

// entry is what a trie holds for a collectable key whose values are not inline.
type entry struct {
	Head
	owner unsafe.Pointer // *T while the entry owns the box; atomic once the block has the entry
	block *block         // nursery block, nil once a rotation took the entry over; likewise
	cell  atomic.Uint32  // cell number in the core; 0 until promoted, then fixed
	slot  uint32         // slot in block; written before the block has the entry
	stamp uint64         // see Key.Stamp; the writer's alone
	_     uintptr        // I11
}

// nursery returns the block of e, or nil once a rotation took e over.
func (e *entry) nursery() *block {
	return (*block)(atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(&e.block))))
}

// leave says that a rotation took e over.
func (e *entry) leave() {
	atomic.StorePointer((*unsafe.Pointer)(unsafe.Pointer(&e.block)), nil)
}

// inlineSize is the largest pointer-free value that sits in the box of its head
// directly. It refers to nothing, so nothing can leak through it but its own
// bytes; a dead key's value is hidden by the generation.
const inlineSize = 64

// core is the tracked object of a collectable key: what dies when the last
// Key that points to it is gone. The first cells are in it, because most keys
// have few entries that live long; the rest is in pages.
type core struct {
	more  atomic.Pointer[[]*cellPage] // replaced, never edited
	cells [firstCells]unsafe.Pointer  // *T; atomic
	_     [2]uintptr                  // I11
}

const (
	firstCells = 3
	pageCells  = 64
)

type cellPage [pageCells]unsafe.Pointer

// cellAt returns the cell of number n, or nil when there is no such cell (any
// more). Whoever holds the entry of n alive gets the right one (I4, I13).
func (c *core) cellAt(n uint32) *unsafe.Pointer {
	if n--; n < firstCells {
		return &c.cells[n]
	}
	n -= firstCells
	if pages := c.more.Load(); pages != nil && n/pageCells < uint32(len(*pages)) {
		return &(*pages)[n/pageCells][n%pageCells]
	}
	return nil
}

// grow makes room for cell n. Under the ledger's lock.
func (c *core) grow(n uint32) {
	if n <= firstCells {
		return
	}
	var pages []*cellPage
	if p := c.more.Load(); p != nil {
		pages = *p
	}
	if want := int((n-firstCells-1)/pageCells) + 1; want > len(pages) {
		for len(pages) < want {
			pages = append(pages, new(cellPage))
		}
		c.more.Store(&pages)
	}
}

// shrink keeps the first n pages. Under the ledger's lock, when no live entry
// has a cell beyond them.
func (c *core) shrink(n int) {
	if p := c.more.Load(); p != nil && n < len(*p) {
		pages := append([]*cellPage(nil), (*p)[:n]...)
		c.more.Store(&pages)
	}
}

// clear empties every cell: the key was released while somebody holds it.
func (c *core) clear() {
	for i := range c.cells {
		atomic.StorePointer(&c.cells[i], nil)
	}
	c.more.Store(nil)
}

// find returns the box of e on whichever side it is, or nil when e has none:
// it was discarded, or the key is dead. It takes no lock unless four looks at
// both sides each met a move in between.
func (c *core) find(r *Record, e *entry) unsafe.Pointer {
	for range 4 {
		if p := c.look(e); p != nil {
			return p
		}
		if !r.Alive() {
			return nil
		}
	}
	r.mu().Lock()
	defer r.mu().Unlock()
	return c.look(e)
}

func (c *core) look(e *entry) unsafe.Pointer {
	if p := atomic.LoadPointer(&e.owner); p != nil {
		return p
	}
	// Only now, with the owner word nil, does the cell number count.
	if n := e.cell.Load(); n != 0 {
		if cell := c.cellAt(n); cell != nil {
			return atomic.LoadPointer(cell)
		}
	}
	return nil
}

// toKey moves the box of e to cell n of c. Under the ledger's lock.
func (c *core) toKey(e *entry, n uint32) {
	if p := atomic.LoadPointer(&e.owner); p != nil {
		atomic.StorePointer(c.cellAt(n), p)
		atomic.StorePointer(&e.owner, nil)
	}
}

// toEntry moves the box of e from cell n of c back. Under the ledger's lock.
func (c *core) toEntry(e *entry, n uint32) {
	cell := c.cellAt(n)
	if cell == nil {
		return
	}
	if p := atomic.LoadPointer(cell); p != nil {
		atomic.StorePointer(&e.owner, p)
		atomic.StorePointer(cell, nil)
	}
}

// empty lets go of what cell n holds, if there is one.
func (c *core) empty(n uint32) {
	if cell := c.cellAt(n); cell != nil {
		atomic.StorePointer(cell, nil)
	}
}
