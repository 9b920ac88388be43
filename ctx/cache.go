package ctx

import (
	"math/bits"

	"github.com/strata-go/strata/internal/keys"
)

// The cache of a State is shallow binding: a slot holds the entry that a read
// of its variable finds now, or a head that belongs to no variable.
//
//	State.cache ─▶ [0] ─▶ entry of variable 16    slot = index mod 16
//	               [1] ─▶ nobody                   never nil
//	               [2] ─▶ absent of variable 34    absence is cached too
//	               …
//
// A slot carries no stamp to compare: whatever changes what a read finds also
// changes the slot. The invariant, checked by TestCacheInvariant after random
// steps: a slot whose entry belongs to variable v holds what find(v) returns,
// or v's absent head when find returns nothing.
//
//	write             sets the slot of its variable
//	overlay on, off   clears the slots of the level's own variables, so that
//	                  nothing of a level that is off stays reachable
//	barrier or link   puts the cache aside and starts with an empty one;
//	                  its end brings the old one back
//	a change below a  clears the same slots in the States that read this one
//	generator's State
//
// So the cache pins nothing that the execution does not hold anyway. For a
// collectable variable a slot holds the entry, never the value.
const slots = 16

type cache [slots]*keys.Head

// nobody is the head in an empty slot: its id is no variable's.
var nobody = &keys.Head{ID: keys.FirstMark}

// cold is the shared empty cache of a State that was read once. The second
// read allocates: many tasks read nothing or once.
var cold = func() *cache {
	c := new(cache)
	c.clear()
	return c
}()

// empty is what every cache begins as. Copying it whole takes half the time of
// setting the slots one by one.
var empty = func() (c cache) {
	for i := range c {
		c[i] = nobody
	}
	return c
}()

func (c *cache) clear() { *c = empty }

// remember notes what a read of the variable with this index found. A suspended
// State notes nothing: its next Resume changes what reads find, also under what
// was pushed meanwhile.
func (st *State) remember(index uint32, h *keys.Head) {
	if st.x != nil && st.x.asleep {
		return
	}
	switch st.cache {
	case nil:
		st.cache = cold
		return
	case cold:
		st.cache = st.freshCache()
	}
	st.cache[index%slots] = h
}

// freshCache takes the spare cache, or makes one.
func (st *State) freshCache() *cache {
	if x := st.x; x != nil && x.spare != nil {
		c := x.spare
		x.spare = nil
		return c
	}
	c := new(cache)
	c.clear()
	return c
}

// own reports whether the State has a cache of its own, to be written to.
func (st *State) own() bool { return st.cache != nil && st.cache != cold }

// forget clears the slots of the variables in the filter.
func (st *State) forget(f filter) {
	st.cache.forget(f)
}

func (c *cache) forget(f filter) {
	if c == nil || c == cold {
		return
	}
	for m := f.slots(); m != 0; m &= m - 1 {
		c[bits.TrailingZeros16(m)] = nobody
	}
}

// back brings a cache back that was put aside, and keeps the one used in
// between as the spare, emptied.
func (st *State) back(saved *cache) {
	if st.own() {
		st.cache.clear()
		st.x.spare = st.cache
	}
	st.cache = saved
}

// A filter says which variables may be in a level, as a Bloom filter with one
// hash: bit index mod 64. Bits are set and never cleared.
type filter uint64

const everything = ^filter(0)

func filterOf(index uint32) filter { return 1 << (index % 64) }

// slots folds the filter to the slots of a cache.
func (f filter) slots() uint16 {
	f |= f >> 32
	f |= f >> 16
	return uint16(f)
}
