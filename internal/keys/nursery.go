package keys

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"weak"
)

// block is where entries begin. Most entries are overwritten or reset before
// the next collection, so they are not worth a weak pointer each: eight share
// the one of their block. The block holds its entries strongly, and an entry
// holds its block, so the block lives until the next rotation as long as one of
// its entries or its writer does. The rotation closes the block, takes the
// entries out and gives each survivor a weak pointer of its own.
//
// slots and closed are shared; used and spare belong to the writer.
type block struct {
	slots  [blockSlots]atomic.Pointer[entry]
	closed atomic.Bool
	used   uint8
	spare  *entry // an entry that nobody has seen, ready to be used again
}

const blockSlots = 8

// nursery is the list of open blocks.
var nursery struct {
	mu     sync.Mutex
	blocks []weak.Pointer[block]
}

// Writer is where one goroutine at a time makes entries: it holds the nursery
// block they go to. The zero Writer is ready. It must not be copied once used.
type Writer struct{ block *block }

// entry returns an entry to fill, for the key of id.
func (w *Writer) entry(id ID) *entry {
	if b := w.block; b != nil && b.spare != nil {
		e := b.spare
		b.spare = nil
		e.ID = id
		return e
	}
	return &entry{Head: Head{id}}
}

// enter puts e, which has its box, where the next rotation finds it.
func (w *Writer) enter(e *entry) {
	for {
		b := w.block
		if b == nil || b.used == 1<<blockSlots-1 || b.closed.Load() {
			b = newBlock()
			w.block = b
		}
		i := bits.TrailingZeros8(^b.used)
		b.used |= 1 << i
		e.slot = uint32(i)
		e.block.Store(b)
		b.slots[i].Store(e)
		// A rotation closes a block before it takes the entries out. Not closed
		// here: it will find e. Closed and e still there: it may have passed by.
		if !b.closed.Load() || !b.slots[i].CompareAndSwap(e, nil) {
			return
		}
	}
}

// take undoes enter if no rotation has met e yet. Then e is the caller's alone.
func (w *Writer) take(e *entry) bool {
	b := e.block.Load()
	if b == nil || !b.slots[e.slot].CompareAndSwap(e, nil) {
		return false
	}
	atomic.StorePointer(&e.owner, nil)
	if b == w.block {
		b.used &^= 1 << e.slot
		b.spare = e
	}
	e.block.Store(nil)
	return true
}

func newBlock() *block {
	rotor.help()
	b := new(block)
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
			promoted++
		}
	}
	return promoted
}
