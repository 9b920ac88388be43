package keys

import (
	"sync/atomic"
	"unsafe"
)

// few is what a rotation does to keys with few entries, which are most: it takes
// several at once and does the same thing to all before it does the next, for
// nearly all of the time goes into waiting for memory, and loads that do not
// depend on each other wait together. Atomic stores do not: they come last.
//
//	for all records   core  = weak core, or it is dead
//	lock
//	for all records   entry = weak entry, or its cell is free
//	for all entries   move the box
//	unlock
//	for dead cores    kill
type few struct {
	n       int
	records [fewKeys]*Record
	cores   [fewKeys]*core
	moves   [fewKeys * firstCells]move
}

const fewKeys = 16

type move struct {
	c     *core
	e     *entry
	n     uint32
	toKey bool
}

// rotate visits the records, all of one page. It stops before one with so many
// entries that some are not in its first cells, and returns that.
func (f *few) rotate(g *rotation) (many *Record) {
	for i, r := range f.records[:f.n] {
		f.cores[i] = r.core.Value()
	}
	if f.n == 0 {
		return nil
	}
	mu := f.records[0].mu()
	mu.Lock()
	moves := f.moves[:0]
	for i, r := range f.records[:f.n] {
		c := f.cores[i]
		if c == nil || r.state.Load()&(inline|dead) != 0 {
			continue
		}
		if r.ledger.rest != nil {
			many, f.n = r, i
			break
		}
		toKey := g.keyOwns(r)
		if !r.turn(toKey) {
			continue
		}
		for j, p := range &r.ledger.first {
			if p == noEntry {
				continue
			}
			n := uint32(j) + 1
			if e := p.Value(); e != nil {
				moves = append(moves, move{c, e, n, toKey})
				touched(&e.owner)
			} else {
				c.empty(n)
				r.ledger.free(n)
			}
		}
	}
	for i := range moves {
		m := &moves[i]
		if m.toKey {
			m.c.toKey(m.e, m.n)
		} else {
			m.c.toEntry(m.e, m.n)
		}
	}
	mu.Unlock()
	for i, r := range f.records[:f.n] {
		if f.cores[i] == nil {
			r.kill(nil)
		}
	}
	return many
}

// touched starts to bring a word into the cache.
func touched(p *unsafe.Pointer) { atomic.LoadPointer(p) }
