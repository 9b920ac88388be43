package keys

import (
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
	"weak"
)

// # Rotation
//
// A rotation runs after a collection. It finds dead keys by their weak pointer,
// takes the entries out of the nursery, and moves boxes to the side that the
// round asks for. Three rounds follow each other:
//
//	0  keys own      drops values of dead keys, whatever the values refer to
//	1  entries own   drops values in dead contexts, whatever the values refer to
//	2  mixed         keys used since the last mixed round: entries own; idle
//	                 keys: keys own; every second time idle keys fall on a side
//	                 by a bit of a hash of key and round
//
// The mixed round is for knots that need one key on each side: a value of k1
// in a live context holds context c2, a value of the live key k2 in c2 holds k1.
// The bit is drawn per key, never per box: a knot of several boxes needs all
// boxes of a key on one side at once.
//
// What starts a rotation: a sentinel, an object that nobody holds, made when
// the last rotation ended. Its cleanup runs after the first collection that
// began after that, so between two rotations lies a collection that saw neither
// (I9). Cleanups of a process share goroutines that a foreign cleanup can block
// or end. So writers that need a new block, and every 64th new key, look at the
// number of collections, and do a piece of an overdue rotation themselves.

// rotor runs rotations, one at a time, in pieces.
var rotor = rotation{cycles: []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}}

type rotation struct {
	mu sync.Mutex // held by who works; nothing of a user runs under it

	active bool // a rotation has begun and not ended
	round  uint64
	blocks []weak.Pointer[block] // still to drain
	index  uint32                // next index of the table to visit
	at     int                   // position in the ledger of that index
	id     ID                    // the key there, if at > 0
	toKey  bool                  // where its boxes go
	spent  time.Duration

	sentinel atomic.Uint64 // number of the armed sentinel; 0: none is armed
	last     uint64        // number of the last sentinel; under mu
	ended    atomic.Uint64 // collections done when the last rotation ended

	cyclesMu sync.Mutex
	cycles   []metrics.Sample
}

// overdue is after how many collections since the last rotation a writer
// helps. The first may have begun before the rotation ended, the second frees
// the sentinel, the third is the time its cleanup has.
const overdue = 3

// inlinePiece is how many keys and entries a writer visits when it helps.
const inlinePiece = 256

// collections returns how many collections the process has completed.
func (g *rotation) collections() uint64 {
	g.cyclesMu.Lock()
	defer g.cyclesMu.Unlock()
	metrics.Read(g.cycles)
	return g.cycles[0].Value.Uint64()
}

// isOverdue reports whether a writer should help. Reading the metric takes 57 ns
// and a lock of the runtime, so nobody waits for who is reading it.
func (g *rotation) isOverdue() bool {
	if !g.cyclesMu.TryLock() {
		return false
	}
	defer g.cyclesMu.Unlock()
	metrics.Read(g.cycles)
	return g.cycles[0].Value.Uint64() >= g.ended.Load()+overdue
}

// arm makes a sentinel if collectable keys live and none is armed.
func (g *rotation) arm() {
	if table.collectable.Load() == 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.sentinel.Load() == 0 {
		g.rearm()
	}
}

// rearm makes a sentinel if collectable keys live; an older one that has not
// fired counts no more.
func (g *rotation) rearm() {
	g.sentinel.Store(0)
	if table.collectable.Load() == 0 {
		return
	}
	g.last++
	g.sentinel.Store(g.last)
	runtime.AddCleanup(new(sentinel), fired, g.last)
}

type sentinel struct{ _ [6]*byte } // I11

// fired runs after the collection that freed sentinel number n.
func fired(n uint64) {
	if !rotor.sentinel.CompareAndSwap(n, 0) {
		return // a writer was faster, and a later sentinel is armed
	}
	// The cleanups of the process wait for this one, so a large rotation ends on
	// a goroutine of its own. It is started here and never by a writer: it would
	// inherit the writer's profiler labels and test bubble.
	if !rotor.run(64) {
		go rotor.run(math.MaxInt)
	}
}

// run does up to n pieces and reports whether the rotation ended.
func (g *rotation) run(n int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range n {
		if g.step(maxHold) {
			return true
		}
		runtime.Gosched()
	}
	return false
}

// help does a piece of a rotation that is overdue.
func (g *rotation) help() {
	if !g.isOverdue() || !g.mu.TryLock() {
		return
	}
	defer g.mu.Unlock()
	g.step(inlinePiece)
}

// step begins a rotation if none is active and visits about limit keys and
// entries. It reports whether the rotation ended with it.
func (g *rotation) step(limit int) (done bool) {
	began := time.Now()
	if !g.active {
		g.active, g.index, g.at, g.spent = true, 0, 0, 0
		g.blocks = takeBlocks()
		stats.releases.Store(0)
	}
	for limit > 0 && len(g.blocks) > 0 {
		last := len(g.blocks) - 1
		limit -= 1 + drain(g.blocks[last])
		g.blocks = g.blocks[:last]
	}
	for limit > 0 && len(g.blocks) == 0 {
		p := table.page(g.index)
		if p == nil {
			g.end(began)
			return true
		}
		limit -= 1 + g.visit(p, min(limit, maxHold))
	}
	g.spent += time.Since(began)
	return false
}

// visit rotates keys of page p, and returns how many keys and entries it visited.
func (g *rotation) visit(p *page, limit int) (visited int) {
	if g.at == 0 {
		if p.mortal.Load() == 0 { // a program with many static keys pays per page
			g.index = g.index&^(pageSize-1) + pageSize
			return 0
		}
		return g.pass(p, limit)
	}
	next := -1
	// Released in the middle, the index may have become another key's.
	if r := p.records[g.index%pageSize].Load(); r != nil && r.id == g.id {
		r.mu().Lock()
		c := p.places[g.index%pageSize].core.Value()
		r.mu().Unlock()
		if c != nil {
			next, visited = r.rotate(c, g.toKey, g.at, limit)
		}
	}
	g.at = max(next, 0)
	if next < 0 {
		g.index++
	}
	return visited
}

// pass rotates keys one after the other under one hold of their lock, until it
// has visited about limit keys and entries, is in the middle of a key with many,
// or is through with the page. A key with one entry costs the pass its place, its
// core and its entry, and no look at its record in two rounds of three.
func (g *rotation) pass(p *page, limit int) (visited int) {
	var dead [16]*Record
	n := 0
	mu := ledgerMu(g.index)
	mu.Lock()
	for more := true; more && visited < limit && g.at == 0 && n < len(dead); {
		i := g.index % pageSize
		pl := &p.places[i]
		visited++
		if pl.core != noCore {
			if c := pl.core.Value(); c == nil {
				dead[n] = p.records[i].Load()
				n++
			} else if pl.first != noEntry || pl.more {
				visited += g.turn(&p.records[i], pl, c, limit-visited)
			}
		}
		if g.at == 0 {
			g.index++
			more = g.index%pageSize != 0
		}
	}
	mu.Unlock()
	for _, r := range dead[:n] {
		r.kill(nil)
	}
	return visited
}

// turn rotates the key of one place under its lock. It leaves g.at where it
// stopped in a key with many entries.
func (g *rotation) turn(record *atomic.Pointer[Record], pl *place, c *core, limit int) (visited int) {
	toKey := g.keyOwns(record)
	if !pl.turn(toKey) {
		return 0
	}
	if !pl.more {
		if !c.move(1, pl.first, toKey) {
			record.Load().ledger.free(pl, 1)
		}
		return 1
	}
	r := record.Load()
	next, visited := r.ledger.rotate(pl, c, toKey, 0, limit)
	g.at, g.id, g.toKey = max(next, 0), r.id, toKey
	return visited
}

// keyOwns reports on which side the boxes of a key are to be after this round.
func (g *rotation) keyOwns(record *atomic.Pointer[Record]) bool {
	if design.fixed {
		return design.keyOwns
	}
	switch g.round % 3 {
	case 0:
		return true
	case 1:
		return false
	}
	r := record.Load()
	if r.state.Load()&used != 0 {
		r.state.And(^uint32(used))
		return false
	}
	return g.round/3%2 == 0 || mix(uint64(r.id)^g.round<<20)&1 == 0
}

func (g *rotation) end(began time.Time) {
	g.active = false
	g.blocks = nil
	g.round++
	stats.rotations.Add(1)
	stats.cost.Store(int64(g.spent + time.Since(began)))
	g.ended.Store(g.collections())
	g.rearm()
}

// mix is a finalizer of MurmurHash3: the low bits of ids of one index share
// digits over generations.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
