package keys

import (
	"math/bits"
	"sync/atomic"
	"weak"
)

// maxHold is how many entries are visited under one hold of a lock (I8).
const maxHold = 1000

// ledger is where a record finds the entries of its key that outlived their
// nursery block: one weak pointer per cell number. The first few are part of
// the record, so that a rotation meets one object less per key. Record.mu is its
// lock.
type ledger struct {
	first [firstCells]weak.Pointer[entry]
	rest  *ledgerRest
}

type ledgerRest struct {
	pages []*ledgerPage
	open  int // no page below it has a free cell
}

type ledgerPage struct {
	used    uint64
	entries [pageCells]weak.Pointer[entry]
}

var noEntry weak.Pointer[entry]

// add enters an entry and returns its cell number, the lowest that is free.
func (l *ledger) add(p weak.Pointer[entry]) uint32 {
	stats.entries.Add(1)
	for i := range l.first {
		if l.first[i] == noEntry {
			l.first[i] = p
			return uint32(i) + 1
		}
	}
	if l.rest == nil {
		l.rest = new(ledgerRest)
	}
	r := l.rest
	for r.open < len(r.pages) && r.pages[r.open].used == ^uint64(0) {
		r.open++
	}
	if r.open == len(r.pages) {
		r.pages = append(r.pages, new(ledgerPage))
	}
	page := r.pages[r.open]
	i := bits.TrailingZeros64(^page.used)
	page.used |= 1 << i
	page.entries[i] = p
	return uint32(firstCells+r.open*pageCells+i) + 1
}

// free gives cell n back. The caller has seen that its entry is dead (I4) or
// that the key is.
func (l *ledger) free(n uint32) {
	stats.entries.Add(-1)
	if n--; n < firstCells {
		l.first[n] = noEntry
		return
	}
	n -= firstCells
	at, r := int(n/pageCells), l.rest
	r.pages[at].used &^= 1 << (n % pageCells)
	r.pages[at].entries[n%pageCells] = noEntry
	r.open = min(r.open, at)
}

// shrink drops empty pages from the tail and returns how many are left.
func (l *ledger) shrink() int {
	r := l.rest
	if r == nil {
		return 0
	}
	n := len(r.pages)
	for n > 0 && r.pages[n-1].used == 0 {
		r.pages[n-1] = nil
		n--
	}
	r.pages = r.pages[:n]
	r.open = min(r.open, n)
	if n == 0 {
		l.rest = nil
	}
	return n
}

// visit calls f for about limit cells in use from position at on, under the
// lock, and returns the next position, or -1 at the end. A position is a page:
// 0 the first cells, i the page i-1.
func (l *ledger) visit(at, limit int, f func(n uint32, p weak.Pointer[entry])) (next, visited int) {
	if at == 0 {
		for i, p := range l.first {
			if p != noEntry {
				f(uint32(i)+1, p)
				visited++
			}
		}
		at = 1
	}
	if l.rest == nil {
		return -1, visited
	}
	for ; at <= len(l.rest.pages); at++ {
		if visited > 0 && visited+pageCells > limit {
			return at, visited
		}
		page := l.rest.pages[at-1]
		for used := page.used; used != 0; used &= used - 1 {
			i := bits.TrailingZeros64(used)
			f(uint32(firstCells+(at-1)*pageCells+i)+1, page.entries[i])
			visited++
		}
	}
	return -1, visited
}

// promote takes over an entry from a nursery block: from now on it has a weak
// pointer of its own and a cell. The entry still owns its box.
func promote(e *entry) {
	// The owner word first: a writer that uses the entry again writes the ID
	// before it.
	if atomic.LoadPointer(&e.owner) == nil {
		return
	}
	r := table.lookup(e.ID.Index())
	if r == nil || r.id != e.ID {
		release(e)
		return
	}
	p := weak.Make(e)
	l := &r.ledger
	r.mu().Lock()
	defer r.mu().Unlock()
	// The flag is read under the lock that kill takes after setting it.
	switch {
	case !r.Alive():
		release(e)
	case atomic.LoadPointer(&e.owner) != nil: // drop may have been faster
		e.cell.Store(l.add(p))
		r.stayed = false
	}
}

// release lets go of the box of e on the entry side.
func release(e *entry) {
	if !design.keepDead {
		atomic.StorePointer(&e.owner, nil)
	}
}

// drop lets go of the box of e at once, wherever it is. The cell number stays
// with e until e is dead.
func (r *Record) drop(e *entry, c *core) {
	r.mu().Lock()
	defer r.mu().Unlock()
	atomic.StorePointer(&e.owner, nil)
	if n := e.cell.Load(); n != 0 {
		c.empty(n)
	}
}

// forget lets go of every box under r, whose flag is set, in pieces.
func (r *Record) forget(c *core) {
	l := &r.ledger
	for at := 0; at >= 0; {
		r.mu().Lock()
		at, _ = l.visit(at, maxHold, func(n uint32, p weak.Pointer[entry]) {
			if e := p.Value(); e != nil {
				release(e)
			}
			l.free(n)
		})
		r.mu().Unlock()
	}
	r.mu().Lock()
	l.shrink()
	r.mu().Unlock()
	if c != nil {
		c.clear()
	}
}

// turn notes the side of a round and reports whether boxes may have to move.
// One round in three asks for the side where the boxes are already and is left
// out; what died meanwhile is found one collection later. Under mu.
func (r *Record) turn(toKey bool) bool {
	if r.stayed && r.toKey == toKey && !design.fixed {
		return false
	}
	r.stayed, r.toKey = true, toKey
	return true
}

// rotate moves the boxes of r, from position at on, to one side, and returns
// the next position, or -1 at the end.
func (r *Record) rotate(c *core, toKey bool, at, limit int) (next, visited int) {
	l := &r.ledger
	r.mu().Lock()
	defer r.mu().Unlock()
	if at == 0 && !r.turn(toKey) || !r.Alive() {
		return -1, 0
	}
	next, visited = l.visit(at, limit, func(n uint32, p weak.Pointer[entry]) {
		e := p.Value()
		switch {
		case e == nil:
			c.empty(n)
			l.free(n)
		case toKey:
			c.grow(n)
			c.toKey(e, n)
		default:
			c.toEntry(e, n)
		}
	})
	if next < 0 && l.rest != nil {
		c.shrink(l.shrink())
	}
	return next, visited
}
