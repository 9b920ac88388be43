package keys

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// recordCell is a cell of the table that holds r.
func recordCell(r *Record) *atomic.Pointer[Record] {
	p := new(atomic.Pointer[Record])
	p.Store(r)
	return p
}

// still stops collections, and so rotations that this test does not ask for.
func still(t *testing.T) {
	old := debug.SetGCPercent(-1)
	t.Cleanup(func() { debug.SetGCPercent(old) })
}

// TestRounds: keys own, entries own, then a mixed round in which keys that were
// used go to the entries' side and, every second time, all idle ones to the
// keys'.
func TestRounds(t *testing.T) {
	r := &Record{id: makeID(7, 1)}
	owns := func(round uint64) bool {
		g := rotation{round: round}
		return g.keyOwns(recordCell(r))
	}
	for round := range uint64(60) {
		switch round % 6 {
		case 0, 3:
			require.True(t, owns(round), round)
		case 1, 4:
			require.False(t, owns(round), round)
		case 2:
			require.True(t, owns(round), "idle in round %d", round)
		}
		if round%3 == 2 {
			r.use()
			require.False(t, owns(round), "used before round %d", round)
			require.Zero(t, r.state.Load()&used, "a use counts for one mixed round")
		}
	}
}

// TestIdleKeysDraw: of any two idle keys, each is at some round on the keys' side
// while the other is on the entries', whatever their IDs have in common.
func TestIdleKeysDraw(t *testing.T) {
	ids := []ID{makeID(0, 1), makeID(1, 1), makeID(2, 1), makeID(512, 1), makeID(0, 2), makeID(1, 2), makeID(7, 1<<31), makeID(1<<31, 7)}
	side := func(id ID, round uint64) bool {
		g := rotation{round: round}
		return g.keyOwns(recordCell(&Record{id: id}))
	}
	for _, a := range ids {
		for _, b := range ids {
			if a == b {
				continue
			}
			apart := 0
			for round := uint64(5); round < 6*40; round += 6 {
				if side(a, round) && !side(b, round) {
					apart++
				}
			}
			require.Positive(t, apart, "%v and %v", a, b)
		}
	}
}

// TestMix: the finalizer of MurmurHash3, whose answers are known.
func TestMix(t *testing.T) {
	for x, want := range map[uint64]uint64{
		0: 0, 1: 0xb456bcfc34c2cb2c, 2: 0x3abf2a20650683e7, 1<<40 | 3: 0x97e1ff4dd8ab61ae, 1 << 63: 0x8f780810af31a493,
	} {
		require.Equal(t, want, mix(x), "%#x", x)
	}
}

// TestUseIsNoted: what was written or read since the last mixed round is used.
func TestUseIsNoted(t *testing.T) {
	still(t)
	k := New[*payload](Options{Name: "k"})
	noted := func() bool { return k.record.state.And(^uint32(used))&used != 0 }
	require.False(t, noted())
	h, _ := k.Wrap(nil, new(payload))
	require.True(t, noted())
	require.False(t, noted())
	for range 2 {
		k.Unwrap(h)
		require.NotZero(t, k.record.state.Load()&used)
	}
	require.True(t, noted())
	runtime.KeepAlive(k)
}

// TestRotationsCount: each ends one round, and its cost is that of its pieces.
func TestRotationsCount(t *testing.T) {
	still(t)
	k := New[*payload](Options{Name: "k"})
	heads := make([]*Head, 20000)
	for i := range heads {
		heads[i], _ = k.Wrap(nil, new(payload))
	}
	Rotate()
	rotor.mu.Lock()
	defer rotor.mu.Unlock()
	before, done := rotor.round, ReadStats().Rotations
	for rotor.step(1000) { // one round in three has nothing to move
		before, done = before+1, done+1
	}
	first := rotor.spent
	require.Positive(t, first)
	sum := first
	for !rotor.step(1000) {
		require.GreaterOrEqual(t, rotor.spent, sum)
		sum = rotor.spent
	}
	require.GreaterOrEqual(t, ReadStats().LastRotation, sum)
	require.Equal(t, before+1, rotor.round)
	require.Equal(t, done+1, ReadStats().Rotations)
	runtime.KeepAlive(heads)
}

// TestHelp: a new key of every 64th index does a piece of a rotation that is
// overdue, other keys and a rotation that is not due do nothing.
func TestHelp(t *testing.T) {
	runtime.GC()
	for range overdue {
		runtime.GC()
	}
	drainCleanups()
	still(t)
	var keep []*Key[int]
	moved := func(behind uint64, index uint32) bool {
		rotor.mu.Lock()
		for !rotor.step(maxHold) {
		}
		rotor.ended.Store(rotor.collections() - behind)
		before := ReadStats().Rotations
		rotor.mu.Unlock()
		keep = append(keep, New[int](Options{Name: "k"}))
		require.Equal(t, index, keep[len(keep)-1].Index())
		rotor.mu.Lock()
		defer rotor.mu.Unlock()
		return rotor.active || ReadStats().Rotations > before
	}
	defer SetLimits(8, 1<<16)()
	for i := range uint32(200) {
		require.Equal(t, i%64 == 0, moved(overdue, i), "index %d", i)
	}
	for i := range uint32(200) {
		require.False(t, moved(overdue-1, 200+i))
	}
	for _, k := range keep {
		k.Release()
	}
}

// TestFirstKeyArms: a sentinel is armed from the first collectable key on.
func TestFirstKeyArms(t *testing.T) {
	still(t)
	others := table.collectable.Swap(0)
	disarm := func() {
		rotor.mu.Lock()
		defer rotor.mu.Unlock()
		for rotor.active && !rotor.step(maxHold) {
		}
		rotor.sentinel.Store(0)
	}
	disarm()
	require.True(t, Quiet())
	k := New[int](Options{Name: "k"})
	require.False(t, Quiet())
	disarm()
	next := New[int](Options{Name: "next"})
	require.True(t, Quiet(), "only the first key arms")
	table.collectable.Add(others)
	rotor.arm()
	require.False(t, Quiet())
	k.Release()
	next.Release()
}

// TestSmallPieces: a piece of one drains one block, and then visits one key.
func TestSmallPieces(t *testing.T) {
	still(t)
	defer SetLimits(8, 1<<16)()
	var keep []*Key[int]
	for range 700 {
		keep = append(keep, New[int](Options{Name: "inline"}))
	}
	k := New[*payload](Options{Name: "k"})
	Rotate()
	rotor.mu.Lock()
	defer rotor.mu.Unlock()
	var heads []*Head
	writers := make([]Writer, 5)
	for i := range writers {
		for range 3 {
			h, _ := k.Wrap(&writers[i], new(payload))
			heads = append(heads, h)
		}
	}
	for left := 4; left >= 0; left-- {
		require.False(t, rotor.step(1))
		require.Len(t, rotor.blocks, left)
		require.Zero(t, rotor.index)
	}
	require.False(t, rotor.step(1))
	require.EqualValues(t, 1, rotor.index)
	require.False(t, rotor.step(5))
	require.EqualValues(t, 6, rotor.index)
	require.False(t, rotor.step(600)) // the second page costs one
	require.EqualValues(t, 605, rotor.index)
	for !rotor.step(maxHold) {
	}
	// With room for two blocks of three entries and their two, two are drained.
	for i := range writers {
		for range 3 {
			h, _ := k.Wrap(&writers[i], new(payload))
			heads = append(heads, h)
		}
	}
	require.False(t, rotor.step(8))
	require.Len(t, rotor.blocks, 3)
	for !rotor.step(maxHold) {
	}
	runtime.KeepAlive(heads)
	runtime.KeepAlive(writers)
	for _, k := range keep {
		k.Release()
	}
}

// TestBlocksFillUp: the first block of a writer takes eight entries, the next
// ones thirty-two, and one whose entries are discarded lasts for ever.
func TestBlocksFillUp(t *testing.T) {
	still(t)
	k := New[*payload](Options{Name: "k"})
	Rotate()
	rotor.mu.Lock()
	defer rotor.mu.Unlock()
	var w Writer
	var heads []*Head
	start := len(nursery.blocks)
	for i := range smallSlots + 2*largeSlots + 1 {
		h, _ := k.Wrap(&w, new(payload))
		heads = append(heads, h)
		want := 1
		if i >= smallSlots {
			want = 2 + (i-smallSlots)/largeSlots
		}
		require.Len(t, nursery.blocks, start+want, "after %d entries", i+1)
	}
	require.Equal(t, smallSlots, drain(nursery.blocks[start]))
	require.Equal(t, largeSlots, drain(nursery.blocks[start+1]))
	require.Equal(t, 0, drain(nursery.blocks[start+1]))

	var again Writer
	start = len(nursery.blocks)
	for range 10 * largeSlots {
		a, _ := k.Wrap(&again, new(payload))
		b, _ := k.Wrap(&again, new(payload))
		k.Discard(&again, a)
		k.Discard(&again, b)
	}
	require.Len(t, nursery.blocks, start+1)
	runtime.KeepAlive(heads)
}

// TestCells: a core has the pages that its cells need, no more, and keeps them
// when it grows.
func TestCells(t *testing.T) {
	pages := func(c *core) int {
		if p := c.more.Load(); p != nil {
			return len(*p)
		}
		return 0
	}
	c := new(core)
	for n := uint32(1); n <= firstCells+3*pageCells+1; n++ {
		c.grow(n)
		require.Equal(t, (max(int(n)-firstCells, 0)+pageCells-1)/pageCells, pages(c), "cell %d", n)
		require.NotNil(t, c.cellAt(n))
		require.Same(t, c.cellAt(n), c.cellAt(n))
	}
	kept := c.cellAt(firstCells + 1)
	c.grow(1)
	c.grow(firstCells + 1)
	require.Equal(t, 4, pages(c))
	require.Nil(t, c.cellAt(firstCells+4*pageCells+1))
	far := new(core)
	far.grow(firstCells + 3*pageCells)
	require.Equal(t, 3, pages(far))
	c.shrink(4)
	require.Equal(t, 4, pages(c))
	c.shrink(1)
	require.Equal(t, 1, pages(c))
	require.Same(t, kept, c.cellAt(firstCells+1))
}

// TestStamp: an entry is discarded by the period that it was stamped with, once.
func TestStamp(t *testing.T) {
	still(t)
	k, other := New[*payload](Options{Name: "k"}), New[*payload](Options{Name: "other"})
	var w Writer
	h, _ := k.Wrap(&w, new(payload))
	has := func() bool { _, ok := k.Unwrap(h); return ok }
	k.DiscardIf(&w, h, 0)
	k.DiscardIf(&w, h, 5)
	require.True(t, has(), "no stamp")
	k.Stamp(h, 5)
	other.Stamp(h, 6)
	k.Stamp(nil, 5)
	k.DiscardIf(&w, nil, 5)
	k.DiscardIf(&w, h, 0)
	k.DiscardIf(&w, h, 4)
	other.DiscardIf(&w, h, 5)
	require.True(t, has(), "another stamp")
	require.NotNil(t, Owned(h))
	k.DiscardIf(&w, h, 5)
	require.False(t, has())
	require.Nil(t, Owned(h))
	next, _ := k.Wrap(&w, new(payload))
	require.Same(t, h, next, "the slot is free again")
	k.DiscardIf(&w, h, 5)
	require.True(t, has(), "the stamp was used up")

	s := Static[*payload](Options{Name: "s"})
	sh, _ := s.Wrap(&w, new(payload))
	s.Stamp(sh, 5)
	s.DiscardIf(&w, sh, 5)
	_, ok := s.Unwrap(sh)
	require.True(t, ok, "values of static keys stay")
	runtime.KeepAlive(other)
}

func TestInline(t *testing.T) {
	require.True(t, New[int](Options{}).Inline())
	require.False(t, New[*int](Options{}).Inline())
	require.False(t, Static[int](Options{}).Inline())
	require.False(t, Static[*int](Options{}).Inline())
}

// TestIndexesEndInsideAPage: the limit need not be a multiple of a page.
func TestIndexesEndInsideAPage(t *testing.T) {
	defer SetLimits(1<<32-1, pageSize+88)()
	for i := range uint32(pageSize + 88) {
		require.Equal(t, i, Static[int](Options{}).Index())
	}
	require.Panics(t, func() { Static[int](Options{}) })
}

// TestSweeperCounts: due at the write that makes as many as the trie has
// entries, at eight for a small one.
func TestSweeperCounts(t *testing.T) {
	for n, want := range map[int]int{0: 8, 7: 8, 8: 8, 9: 9, 100: 100} {
		var s Sweeper
		New[int](Options{}).Release()
		writes := 1
		for !s.Due(n) {
			writes++
		}
		require.Equal(t, want, writes, "%d entries", n)
	}
}
