package keys

import (
	"math/bits"
	"sync/atomic"
	"weak"
)

// maxHold is how many entries are visited under one hold of a lock (I8).
const maxHold = 1000

// ledger is where a record finds the entries of its key that outlived their
// nursery block: one weak pointer per cell number. That of cell 1 is in the
// key's place, those of the other first cells are in the record, the rest is in
// pages. Record.mu is the lock of all.
type ledger struct {
	first [firstCells - 1]weak.Pointer[entry]
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
func (l *ledger) add(pl *place, p weak.Pointer[entry]) uint32 {
	stats.entries.Add(1)
	pl.stayed = false
	if pl.first == noEntry {
		pl.first = p
		return 1
	}
	pl.more = true
	for i := range l.first {
		if l.first[i] == noEntry {
			l.first[i] = p
			return uint32(i) + 2
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
func (l *ledger) free(pl *place, n uint32) {
	stats.entries.Add(-1)
	switch {
	case n == 1:
		pl.first = noEntry
		return
	case n <= firstCells:
		l.first[n-2] = noEntry
		return
	}
	n -= firstCells + 1
	at, r := int(n/pageCells), l.rest
	r.pages[at].used &^= 1 << (n % pageCells)
	r.pages[at].entries[n%pageCells] = noEntry
	r.open = min(r.open, at)
}

// shrink drops empty pages from the tail and returns how many are left.
func (l *ledger) shrink(pl *place) int {
	r := l.rest
	if r == nil {
		pl.more = l.first != [len(l.first)]weak.Pointer[entry]{}
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
func (l *ledger) visit(pl *place, at, limit int, f func(n uint32, p weak.Pointer[entry])) (next, visited int) {
	if at == 0 {
		if pl.first != noEntry {
			f(1, pl.first)
			visited++
		}
		for i, p := range l.first {
			if p != noEntry {
				f(uint32(i)+2, p)
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
	r.mu().Lock()
	defer r.mu().Unlock()
	pl := r.place()
	// The flag is read under the lock that kill takes after setting it.
	switch {
	case pl == nil || !r.Alive():
		release(e)
	case atomic.LoadPointer(&e.owner) != nil: // drop may have been faster
		e.cell.Store(r.ledger.add(pl, p))
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

// forget lets go of every box under r, whose flag is set, in pieces, and of the
// core: for a rotation there is nothing at its place any more.
func (r *Record) forget(c *core) {
	l := &r.ledger
	for at := 0; at >= 0; {
		r.mu().Lock()
		pl := r.place()
		if pl == nil {
			r.mu().Unlock()
			break
		}
		at, _ = l.visit(pl, at, maxHold, func(n uint32, p weak.Pointer[entry]) {
			if e := p.Value(); e != nil {
				release(e)
			}
			l.free(pl, n)
		})
		if at < 0 {
			l.rest = nil
			*pl = place{}
		}
		r.mu().Unlock()
	}
	if c != nil {
		c.clear()
	}
}

// turn notes the side of a round and reports whether boxes may have to move.
// One round in three asks for the side where the boxes are already and is left
// out; what died meanwhile is found one collection later. Under mu.
func (pl *place) turn(toKey bool) bool {
	if pl.stayed && pl.toKey == toKey && !design.fixed {
		return false
	}
	pl.stayed, pl.toKey = true, toKey
	return true
}

// rotate moves the boxes of r, from position at on, to one side, and returns
// the next position, or -1 at the end.
func (r *Record) rotate(c *core, toKey bool, at, limit int) (next, visited int) {
	r.mu().Lock()
	defer r.mu().Unlock()
	pl := r.place()
	if pl == nil || !r.Alive() || at == 0 && !pl.turn(toKey) {
		return -1, 0
	}
	return r.ledger.rotate(pl, c, toKey, at, limit)
}

// rotate is Record.rotate under its lock, when boxes may have to move.
func (l *ledger) rotate(pl *place, c *core, toKey bool, at, limit int) (next, visited int) {
	next, visited = l.visit(pl, at, limit, func(n uint32, p weak.Pointer[entry]) {
		if !c.move(n, p, toKey) {
			l.free(pl, n)
		}
	})
	if next < 0 && pl.more {
		c.shrink(l.shrink(pl))
	}
	return next, visited
}

// move moves the box of cell n, whose entry p is, to one side. It reports false
// when the entry is dead. Under Record.mu.
func (c *core) move(n uint32, p weak.Pointer[entry], toKey bool) bool {
	e := p.Value()
	switch {
	case e == nil:
		c.empty(n)
		return false
	case toKey:
		c.grow(n)
		c.toKey(e, n)
	default:
		c.toEntry(e, n)
	}
	return true
}
