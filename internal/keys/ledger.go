package keys

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"weak"
)

// maxHold is how many entries are visited under one hold of a lock (I8).
const maxHold = 1000

// ledger is where a record finds the entries of its key that outlived their
// nursery block: one weak pointer per cell number. It is made by the first such
// entry, so a key that never had one pays nothing.
type ledger struct {
	mu    sync.Mutex
	used0 uint64 // bits of the first cells in use
	first [firstCells]weak.Pointer[entry]
	pages []*ledgerPage
	open  int // no page below it has a free cell
}

type ledgerPage struct {
	used    uint64
	entries [pageCells]weak.Pointer[entry]
}

// ledgerOf returns the ledger of r, made if need be.
func (r *Record) ledgerOf() *ledger {
	if l := r.ledger.Load(); l != nil {
		return l
	}
	r.ledger.CompareAndSwap(nil, new(ledger))
	return r.ledger.Load()
}

// add enters an entry and returns its cell number, the lowest that is free.
func (l *ledger) add(p weak.Pointer[entry]) uint32 {
	stats.entries.Add(1)
	if i := bits.TrailingZeros64(^l.used0); i < firstCells {
		l.used0 |= 1 << i
		l.first[i] = p
		return uint32(i) + 1
	}
	for l.open < len(l.pages) && l.pages[l.open].used == ^uint64(0) {
		l.open++
	}
	if l.open == len(l.pages) {
		l.pages = append(l.pages, new(ledgerPage))
	}
	page := l.pages[l.open]
	i := bits.TrailingZeros64(^page.used)
	page.used |= 1 << i
	page.entries[i] = p
	return uint32(firstCells+l.open*pageCells+i) + 1
}

// free gives cell n back. The caller has seen that its entry is dead (I4) or
// that the key is.
func (l *ledger) free(n uint32) {
	stats.entries.Add(-1)
	if n--; n < firstCells {
		l.used0 &^= 1 << n
		l.first[n] = weak.Pointer[entry]{}
		return
	}
	n -= firstCells
	at := int(n / pageCells)
	l.pages[at].used &^= 1 << (n % pageCells)
	l.pages[at].entries[n%pageCells] = weak.Pointer[entry]{}
	l.open = min(l.open, at)
}

// shrink drops empty pages from the tail and returns how many are left.
func (l *ledger) shrink() int {
	n := len(l.pages)
	for n > 0 && l.pages[n-1].used == 0 {
		l.pages[n-1] = nil
		n--
	}
	l.pages = l.pages[:n]
	l.open = min(l.open, n)
	return n
}

// visit calls f for about limit cells in use from position at on, under the
// lock, and returns the next position, or -1 at the end. A position is a page:
// 0 the first cells, i the page i-1.
func (l *ledger) visit(at, limit int, f func(n uint32, p weak.Pointer[entry])) (next, visited int) {
	if at == 0 {
		for used := l.used0; used != 0; used &= used - 1 {
			i := bits.TrailingZeros64(used)
			f(uint32(i)+1, l.first[i])
			visited++
		}
		at = 1
	}
	for ; at <= len(l.pages); at++ {
		if visited > 0 && visited+pageCells > limit {
			return at, visited
		}
		page := l.pages[at-1]
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
	r := table.lookup(e.ID.Index())
	if r == nil || r.id != e.ID {
		release(e)
		e.block.Store(nil)
		return
	}
	l := r.ledgerOf()
	p := weak.Make(e)
	l.mu.Lock()
	// The flag is read under the lock that kill takes after setting it.
	switch {
	case r.dead.Load():
		release(e)
	case atomic.LoadPointer(&e.owner) != nil:
		e.cell.Store(l.add(p))
	}
	l.mu.Unlock()
	e.block.Store(nil)
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
	l := r.ledgerOf()
	l.mu.Lock()
	defer l.mu.Unlock()
	atomic.StorePointer(&e.owner, nil)
	if n := e.cell.Load(); n != 0 {
		c.empty(n)
	}
}

// forget lets go of every box under r, whose flag is set, in pieces.
func (r *Record) forget(c *core) {
	l := r.ledger.Load()
	if l == nil {
		return
	}
	for at := 0; at >= 0; {
		l.mu.Lock()
		at, _ = l.visit(at, maxHold, func(n uint32, p weak.Pointer[entry]) {
			if e := p.Value(); e != nil {
				release(e)
			}
			l.free(n)
		})
		l.mu.Unlock()
	}
	l.mu.Lock()
	l.shrink()
	l.mu.Unlock()
	if c != nil {
		c.clear()
	}
}

// rotate moves the boxes of r, from position at on, to one side, and returns
// the next position, or -1 at the end.
func (r *Record) rotate(c *core, l *ledger, toKey bool, at, limit int) (next, visited int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.dead.Load() {
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
	if next < 0 {
		c.shrink(l.shrink())
	}
	return next, visited
}
