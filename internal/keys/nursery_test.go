package keys

import (
	"math"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"
)

// toSide rotates until the next round puts boxes on the wanted side, and then
// that round too.
func toSide(h *Head, key bool) {
	for range 12 {
		Rotate()
		if (atomic.LoadPointer(&entryOf(h).owner) == nil) == key {
			return
		}
	}
	panic("the box does not move")
}

// wrapped sets a fresh payload and forgets it.
func wrapped(t *testing.T, w *Writer, k *Key[*payload]) (*Head, weak.Pointer[payload]) {
	t.Helper()
	var h *Head
	var p weak.Pointer[payload]
	done := make(chan struct{})
	go func() {
		defer close(done)
		x := new(payload)
		p = weak.Make(x)
		h, _ = k.Wrap(w, x)
	}()
	<-done
	require.NotNil(t, h)
	return h, p
}

// TestDiscardWhereverTheBoxIs: in the nursery, with the entry, with the key.
func TestDiscardWhereverTheBoxIs(t *testing.T) {
	for _, where := range []string{"nursery", "closed block", "half taken over", "entry", "key", "another writer"} {
		t.Run(where, func(t *testing.T) {
			var w, other Writer
			k := New[*payload](Options{Name: "k"})
			h, p := wrapped(t, &w, k)
			by := &w
			switch where {
			case "closed block":
				w.block.closed.Store(true)
			case "half taken over": // the block link is the last thing that goes
				w.block.closed.Store(true)
				// As drain does: who empties the slot promotes, and nobody else.
				if e := w.block.slots[entryOf(h).slot].Swap(nil); e != nil {
					promote(e)
				}
				k.record.rotate(k.core, true, 0, maxHold)
			case "entry":
				toSide(h, true)
				toSide(h, false)
			case "key":
				toSide(h, true)
			case "another writer":
				by = &other
			}
			_, ok := k.Unwrap(h)
			require.True(t, ok)
			k.Discard(by, h)
			_, ok = k.Unwrap(h)
			require.False(t, ok)
			// At once: whatever collections come next free it.
			runtime.GC()
			runtime.GC()
			require.Nil(t, p.Value())
			for range 4 {
				Rotate()
				_, ok = k.Unwrap(h)
				require.False(t, ok)
			}
			runtime.KeepAlive(k)
			runtime.KeepAlive(&w)
		})
	}
}

// TestReleaseLetsGoWhereverTheBoxIs: though key, head and writer are held.
func TestReleaseLetsGoWhereverTheBoxIs(t *testing.T) {
	for _, where := range []string{"nursery", "entry", "key"} {
		t.Run(where, func(t *testing.T) {
			var w Writer
			k := New[*payload](Options{Name: "k"})
			h, p := wrapped(t, &w, k)
			switch where {
			case "entry":
				toSide(h, true)
				toSide(h, false)
			case "key":
				toSide(h, true)
			}
			k.Release()
			// The index serves another key before the rotation meets the entry.
			next := New[*payload](Options{Name: "next"})
			var lower []*Key[*payload]
			for next.Index() != k.Index() {
				lower = append(lower, next)
				next = New[*payload](Options{Name: "next"})
			}
			within(t, 3, func() bool { return p.Value() == nil })
			_, ok := next.Unwrap(h)
			require.False(t, ok)
			runtime.KeepAlive(k)
			runtime.KeepAlive(next)
			runtime.KeepAlive(lower)
			runtime.KeepAlive(&w)
		})
	}
}

// TestReaderUnderConstantMoves: the side changes all the time, a reader finds
// the box each time.
func TestReaderUnderConstantMoves(t *testing.T) {
	var w Writer
	k := New[*payload](Options{Name: "k"})
	x := new(payload)
	h, _ := k.Wrap(&w, x)
	Rotate()
	e, n := entryOf(h), entryOf(h).cell.Load()
	require.NotZero(t, n)
	var done atomic.Bool
	var moves atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for !done.Load() {
				l := k.record.mu()
				l.Lock()
				for range 100 {
					k.core.grow(n)
					k.core.toKey(e, n)
					k.core.toEntry(e, n)
				}
				l.Unlock()
				moves.Add(100)
			}
		})
	}
	for moves.Load() < 1_000_000 {
		got, ok := k.Unwrap(h)
		if !ok || got != x {
			done.Store(true)
			t.Fatal("a reader missed the box")
		}
	}
	done.Store(true)
	wg.Wait()
}

// TestReaderWaitsForAStalledMove: a mover that has taken the box and not yet
// put it down holds the lock, and the reader decides under the lock.
func TestReaderWaitsForAStalledMove(t *testing.T) {
	var w Writer
	k := New[*payload](Options{Name: "k"})
	x := new(payload)
	h, _ := k.Wrap(&w, x)
	Rotate()
	e, l := entryOf(h), k.record.mu()
	l.Lock()
	k.core.toEntry(e, e.cell.Load())
	box := atomic.SwapPointer(&e.owner, nil)
	found := make(chan bool)
	go func() {
		got, ok := k.Unwrap(h)
		found <- ok && got == x
	}()
	for range 1000 {
		runtime.Gosched()
	}
	atomic.StorePointer(&e.owner, box)
	l.Unlock()
	require.True(t, <-found)
}

// TestRotationMissesNoEntry: writers make and discard entries while rotations
// take their blocks. Afterwards every entry that was kept has a cell and its
// box, and no discarded one has a box.
func TestRotationMissesNoEntry(t *testing.T) {
	type made struct {
		h    *Head
		x    *payload
		kept bool
	}
	k := New[*payload](Options{Name: "k"})
	const writers, turns = 3, 20_000
	var all [writers][]made
	var done atomic.Bool
	var rotor, wg sync.WaitGroup
	rotor.Go(func() {
		for !done.Load() {
			Rotate()
		}
	})
	// Blocks are also taken the moment they are made, to meet their writers.
	rotor.Go(func() {
		for !done.Load() {
			for _, b := range takeBlocks() {
				drain(b)
			}
		}
	})
	for i := range writers {
		wg.Go(func() {
			var w Writer
			var used []made
			seen := map[*Head]bool{}
			for turn := range turns {
				x := new(payload)
				h, err := k.Wrap(&w, x)
				if err != nil {
					panic(err)
				}
				if seen[h] {
					panic("an entry that was kept is handed out again")
				}
				switch turn % 4 {
				case 0:
					seen[h] = true
					used = append(used, made{h, x, true})
				default:
					if got, ok := k.Unwrap(h); !ok || got != x {
						panic("the value just set is not there")
					}
					k.Discard(&w, h)
					if _, ok := k.Unwrap(h); ok {
						panic("a discarded value is there")
					}
				}
			}
			all[i] = used
		})
	}
	wg.Wait()
	done.Store(true)
	rotor.Wait()
	Rotate()
	for _, used := range all {
		for _, m := range used {
			require.NotZero(t, entryOf(m.h).cell.Load(), "the rotation missed an entry")
			got, ok := k.Unwrap(m.h)
			require.True(t, ok)
			require.Same(t, m.x, got)
		}
	}
}

// TestCellsShrinkFromTheTail: pages of cells come and go with the entries.
func TestCellsShrinkFromTheTail(t *testing.T) {
	k := New[*payload](Options{Name: "k"})
	var w Writer
	heads := make([]*Head, firstCells+5*pageCells)
	for i := range heads {
		heads[i], _ = k.Wrap(&w, new(payload))
	}
	toSide(heads[0], true)
	pages := func() (inLedger, inCore int) { // a collection may bring a rotation at any time
		k.record.mu().Lock()
		defer k.record.mu().Unlock()
		return len(k.record.ledger.rest.pages), len(*k.core.more.Load())
	}
	inLedger, inCore := pages()
	require.Equal(t, 5, inLedger)
	require.Equal(t, 5, inCore)
	keep := map[uint32]bool{1: true, 3: true, firstCells + 70: true}
	cell := map[*Head]uint32{}
	for i, h := range heads {
		if n := entryOf(h).cell.Load(); keep[n] {
			cell[h] = n
		}
		heads[i] = nil
	}
	w = Writer{}
	within(t, 4, func() bool { // of this key: other tests leave entries of theirs behind
		k.record.mu().Lock()
		defer k.record.mu().Unlock()
		_, entries := k.record.ledger.visit(k.record.place(), 0, math.MaxInt, func(uint32, weak.Pointer[entry]) {})
		return entries <= len(cell)
	})
	Rotate()
	inLedger, inCore = pages()
	require.Equal(t, 2, inLedger)
	require.Equal(t, 2, inCore)
	for h, n := range cell {
		require.Equal(t, n, entryOf(h).cell.Load(), "a cell number changed")
		_, ok := k.Unwrap(h)
		require.True(t, ok)
	}
	// Free numbers are used again, lowest first.
	h, _ := k.Wrap(&w, new(payload))
	Rotate()
	require.EqualValues(t, 2, entryOf(h).cell.Load())
	more := make([]*Head, 10)
	for i := range more {
		more[i], _ = k.Wrap(&w, new(payload))
	}
	Rotate()
	for _, h := range more {
		require.LessOrEqual(t, entryOf(h).cell.Load(), uint32(firstCells+10))
	}
	runtime.KeepAlive(h)
}

// TestNewEntriesFollowTheirKey: a rotation that leaves out a key because its
// boxes are where they should be does not leave out what came since.
func TestNewEntriesFollowTheirKey(t *testing.T) {
	k := New[*payload](Options{Name: "k"})
	var heads []*Head
	for round := range 120 {
		if round%7 == 0 { // in between the key is idle
			h, _ := k.Wrap(nil, new(payload))
			heads = append(heads, h)
		}
		Rotate()
		for i, h := range heads {
			onEntry := atomic.LoadPointer(&entryOf(h).owner) != nil
			require.Equal(t, k.record.place().toKey, !onEntry, "round %d, entry %d", round, i)
		}
	}
}

// TestSizes pins what the figures of the docs rest on.
func TestSizes(t *testing.T) {
	if bits.UintSize == 32 {
		t.Skip("the docs' figures are those of 64-bit platforms")
	}
	require.EqualValues(t, 8, sizeof[Writer]())
	require.EqualValues(t, 48, sizeof[entry]())
	require.EqualValues(t, 48, sizeof[core]())
	require.EqualValues(t, 32, sizeof[Key[string]]())
	require.EqualValues(t, 80, sizeof[Record]())
	require.EqualValues(t, 24, sizeof[place](), "what a rotation looks at")
}
