package keys

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"weak"
)

const (
	pageShift = 9
	pageSize  = 1 << pageShift
)

// page holds the records of pageSize consecutive indexes.
type page struct {
	records [pageSize]atomic.Pointer[Record]
	places  *[pageSize]place      // nil until the page has a collectable key; under ledgerMu
	gens    [pageSize]uint32      // generation last given out; under table.mu
	free    [pageSize / 64]uint64 // one bit per index that may be given out; under table.mu
	nfree   int                   // bits set in free; under table.mu
	mortal  atomic.Int32          // records of collectable keys; changed under table.mu
}

// place is what a rotation looks at of a key, and all it looks at if the key has
// one entry: places lie side by side, records do not.
type place struct {
	core   weak.Pointer[core]  // zero: no collectable key is here
	first  weak.Pointer[entry] // the entry of cell 1
	more   bool                // the record's ledger has others
	toKey  bool                // side of the last rotation
	stayed bool                // no box has come since, so all are on that side
}

var noCore weak.Pointer[core]

// registry is the table of all live keys of the process: index to record.
// Lookups are lock-free; take and put work under mu.
//
//	pages  [0]──────────────┐ [1]────────────┐ …   whole tail pages come and go
//	       records 0…511      512…1023
//	       gens    0…511      …
//	       free    bitmap     …
//
// The lowest free index is given out first, so live keys stay dense and the
// tail empties. A page that goes leaves the highest generation it gave out in
// floors, and a page that comes back starts above it: no ID is given out twice.
type registry struct {
	mu     sync.Mutex
	pages  atomic.Pointer[[]*page]
	floors []uint32 // per page number, also of pages that are gone
	hint   int      // no page below hint has a free index

	static, collectable atomic.Int64 // live keys

	maxGeneration uint32
	maxIndexes    uint64
}

var table = registry{maxGeneration: 1<<32 - 1, maxIndexes: 1<<32 - pageSize} // the last page is never reached: marks are there

// lookup returns the record that stands at index now, or nil.
func (t *registry) lookup(index uint32) *Record {
	if p := t.page(index); p != nil {
		return p.records[index%pageSize].Load()
	}
	return nil
}

// page returns the page of index, or nil behind the last one.
func (t *registry) page(index uint32) *page {
	pages := t.pages.Load()
	if pages == nil || index>>pageShift >= uint32(len(*pages)) {
		return nil
	}
	return (*pages)[index>>pageShift]
}

// place returns the place of a collectable key, or nil when the key has lost it.
// Under r.mu.
func (r *Record) place() *place {
	i := r.id.Index()
	if p := table.page(i); p != nil && p.records[i%pageSize].Load() == r {
		return &p.places[i%pageSize]
	}
	return nil
}

// take gives r the lowest free index and enters it, and the core if the key is
// collectable; it reports false when no index is left.
func (t *registry) take(r *Record, c weak.Pointer[core]) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	var pages []*page
	if p := t.pages.Load(); p != nil {
		pages = *p
	}
	for t.hint < len(pages) && pages[t.hint].nfree == 0 {
		t.hint++
	}
	if t.hint == len(pages) {
		p := t.newPage(len(pages))
		if p == nil {
			return false
		}
		pages = append(pages, p)
		t.pages.Store(&pages)
	}
	p := pages[t.hint]
	for w, word := range p.free {
		if word == 0 {
			continue
		}
		bit := bits.TrailingZeros64(word)
		slot := w<<6 + bit
		p.free[w] &^= 1 << bit
		p.nfree--
		p.gens[slot]++
		r.id = makeID(uint32(t.hint<<pageShift+slot), p.gens[slot])
		p.records[slot].Store(r)
		if c != noCore {
			p.settle(r, c)
		}
		return true
	}
	panic("keys: a page counts free indexes that it does not have; this is a bug in keys")
}

// settle gives r, which has its slot, its place. Under table.mu.
func (p *page) settle(r *Record, c weak.Pointer[core]) {
	r.mu().Lock()
	defer r.mu().Unlock()
	if p.places == nil {
		p.places = new([pageSize]place)
	}
	p.places[r.id.Index()%pageSize] = place{core: c}
	p.mortal.Add(1)
}

// newPage makes page number n, or nil when the index space ends below it.
func (t *registry) newPage(n int) *page {
	first := uint64(n) << pageShift
	if first >= t.maxIndexes {
		return nil
	}
	if n == len(t.floors) {
		t.floors = append(t.floors, 0)
	}
	p := new(page)
	for slot := range min(pageSize, t.maxIndexes-first) {
		p.gens[slot] = t.floors[n]
		p.free[slot>>6] |= 1 << (slot & 63)
		p.nfree++
	}
	return p
}

// put takes r out of the table and gives its index back, or retires the index
// when its generation is saturated. It reports whether r was still in.
func (t *registry) put(r *Record) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	var pages []*page
	if p := t.pages.Load(); p != nil {
		pages = *p
	}
	n, slot := int(r.id.Index()>>pageShift), r.id.Index()%pageSize
	if n >= len(pages) || !pages[n].records[slot].CompareAndSwap(r, nil) {
		return false
	}
	p := pages[n]
	p.mortal.Add(-1)                     // static keys stay
	if p.gens[slot] >= t.maxGeneration { // never given out again
		return true
	}
	p.free[slot>>6] |= 1 << (slot & 63)
	p.nfree++
	t.hint = min(t.hint, n)
	t.shrink(pages)
	return true
}

// shrink drops tail pages that hold no live and no retired index. One empty
// page stays, so that a single key that comes and goes does not make and drop
// a page each time.
func (t *registry) shrink(pages []*page) {
	n := len(pages)
	for n > 1 && pages[n-1].nfree == pageSize && pages[n-2].nfree == pageSize {
		n--
		for _, g := range pages[n].gens {
			t.floors[n] = max(t.floors[n], g)
		}
	}
	if n < len(pages) {
		shorter := append(make([]*page, 0, n), pages[:n]...)
		t.pages.Store(&shorter)
	}
}
