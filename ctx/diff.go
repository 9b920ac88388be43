package ctx

import (
	"github.com/strata-go/strata/internal/keys"
)

// A Delta is what changed from one snapshot to another: to bring changes back
// from a task, a callback or a bridge. The zero Delta changes nothing. A Delta is
// immutable and safe for any number of goroutines; it keeps the values that it
// brings alive, as a Snapshot does.
type Delta struct {
	changes []change
}

type change struct {
	id keys.ID
	h  *keys.Head // nil: removed
}

// Len returns the number of variables that the delta changes.
func (d Delta) Len() int { return len(d.changes) }

// Diff returns the changes that turn s into t. Cost: O(changes), where one was
// made from the other, and the open blocks of stack variables that changed.
func (s Snapshot) Diff(t Snapshot) Delta {
	var d Delta
	if s == t {
		return d
	}
	from := s.trie()
	for c := range from.DiffFunc(t.trie(), func(a, b *keys.Head) bool { return a == b }) {
		old, h := c.Old, c.New // nil for none
		if h != nil && live(h) && !same(old, h) && !sameBlocks(old, h) {
			d.changes = append(d.changes, change{idOf(h), h})
		}
		// What t holds at the index may be left of a dead variable that had it before.
		if old != nil && live(old) && (h == nil || !belongs(h, idOf(old))) {
			d.changes = append(d.changes, change{idOf(old), nil})
		}
	}
	return d
}

// same reports whether two entries of a variable are the same write, the same
// writes (a stack variable's list is joined anew by each flattening), or masks.
func same(a, b *keys.Head) bool {
	for a != b {
		if a == nil || b == nil {
			return false
		}
		if isMask(a) && isMask(b) {
			return idOf(a) == idOf(b) // one may be left of a variable that had the index before
		}
		x, y := asJoin(a), asJoin(b)
		if x == nil || y == nil || x.above != y.above {
			return false
		}
		a, b = x.below, y.below
	}
	return true
}

// Apply returns s with the delta's changes. Cost: O(changes).
func (s Snapshot) Apply(d Delta) Snapshot {
	if len(d.changes) == 0 {
		return s
	}
	b := s.trie().Builder()
	for _, c := range d.changes {
		old, _ := b.Get(c.id.Index())
		switch {
		case later(old, c.id):
		case c.h == nil:
			b.Delete(c.id.Index())
		default:
			b.Set(c.id.Index(), c.h)
		}
	}
	return snapshotOf(b.Map())
}

// Apply writes the delta's changes to the top level of this execution: values
// are set, removed ones unset. The list of a stack variable is set as a whole,
// it hides the elements of the levels below. Apply calls no OnChange and no
// guard. Cost: O(changes).
func (st *State) Apply(d Delta) {
	st.writable("Apply")
	for _, c := range d.changes {
		h := c.h
		if h != nil && !isMask(h) {
			if rec := keys.RecordOfID(c.id); rec != nil && rec.Flags()&flagStack != 0 {
				h = concat(c.id, newMask(c.id), h)
			}
		}
		st.write(c.id, h)
	}
}
