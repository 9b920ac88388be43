package keys

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"
)

// block is where entries begin. Most entries are overwritten or reset before
// the next collection, so they are not worth a weak pointer each: those of one
// block share one. The block holds its entries strongly, and an entry
// holds its block, so the block lives until the next rotation as long as one of
// its entries or its writer does. The rotation closes the block, takes the
// entries out and gives each survivor a weak pointer of its own.
//
// A slot whose entry was discarded keeps it, with a nil owner word, for the
// next Wrap. Writer and rotation agree without a lock: the writer stores the
// owner word and then looks whether the block is closed; the rotation closes it
// and then looks at the owner word. If the writer finds it open, the rotation
// will see what it stored. If it finds it closed, it leaves the entry alone.
type block struct {
	slots  []atomic.Pointer[entry] // in the same object
	closed atomic.Bool
	used   uint32 // slots with a value; the writer's alone
}

// The first block of a writer is small: most executions make few entries. A
// writer that fills it gets large ones, in which a weak pointer and a place in
// the list of blocks cost an entry about 10 ns.
type (
	smallBlock struct {
		block
		array [smallSlots]atomic.Pointer[entry]
	}
	largeBlock struct {
		block
		array [largeSlots]atomic.Pointer[entry]
	}
)

const (
	smallSlots = 8
	largeSlots = 32 // the bits of used
)

// nursery is the list of open blocks.
var nursery struct {
	mu     sync.Mutex
	blocks []weak.Pointer[block]
}

// Writer is where one goroutine at a time makes entries: it holds the nursery
// block they go to. The zero Writer is ready. It must not be copied once used.
type Writer struct{ block *block }

// spare lends Writers to writes that belong to no execution.
var spare = sync.Pool{New: func() any { return new(Writer) }}

// put returns an entry for the key of id that owns the box, where the next
// rotation finds it.
func (w *Writer) put(id ID, box unsafe.Pointer) *entry {
	if w == nil {
		w = spare.Get().(*Writer)
		defer spare.Put(w)
	}
	for {
		b := w.block
		if b == nil || b.closed.Load() {
			b = newBlock(smallSlots)
			w.block = b
		}
		i := bits.TrailingZeros32(^b.used)
		if i >= len(b.slots) {
			b, i = newBlock(largeSlots), 0
			w.block = b
		}
		b.used |= 1 << i
		e := b.slots[i].Load()
		if e == nil {
			e = &entry{Head: Head{id}, owner: box, block: b, slot: uint32(i)}
			b.slots[i].Store(e)
		} else {
			e.ID = id
			atomic.StorePointer(&e.owner, box)
		}
		if !b.closed.Load() {
			return e
		}
		// The rotation may or may not have taken the entry over.
		atomic.StorePointer(&e.owner, nil)
	}
}

// take lets go of the box of e and reports true if no rotation can have met e.
// The slot is free again if it is in the block in use.
func (w *Writer) take(e *entry) bool {
	b := e.nursery()
	if b == nil {
		return false
	}
	atomic.StorePointer(&e.owner, nil)
	if b.closed.Load() {
		return false
	}
	if w != nil && b == w.block {
		b.used &^= 1 << e.slot
	}
	return true
}

func newBlock(slots int) *block {
	rotor.help()
	var b *block
	if slots == smallSlots {
		s := new(smallBlock)
		b, s.slots = &s.block, s.array[:]
	} else {
		l := new(largeBlock)
		b, l.slots = &l.block, l.array[:]
	}
	p := weak.Make(b)
	nursery.mu.Lock()
	nursery.blocks = append(nursery.blocks, p)
	nursery.mu.Unlock()
	return b
}

// takeBlocks returns the open blocks and starts a new list.
func takeBlocks() []weak.Pointer[block] {
	nursery.mu.Lock()
	defer nursery.mu.Unlock()
	blocks := nursery.blocks
	nursery.blocks = nil
	return blocks
}

// drain promotes what is left in the block of p.
func drain(p weak.Pointer[block]) (promoted int) {
	b := p.Value()
	if b == nil {
		return 0
	}
	b.closed.Store(true)
	for i := range b.slots {
		if e := b.slots[i].Swap(nil); e != nil {
			promote(e)
			e.leave()
			promoted++
		}
	}
	return promoted
}
