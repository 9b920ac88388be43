package ctx

import (
	"github.com/strata-go/strata/internal/keys"
)

// A Delta is what changed from one snapshot to another: to bring changes back
// from a task, a callback or a bridge. The zero Delta changes nothing.
type Delta struct {
	changes []change
}

type change struct {
	id keys.ID
	h  *keys.Head // nil: removed
}

// Len returns the number of variables that the delta changes.
func (d Delta) Len() int { return len(d.changes) }

// Diff returns the changes that turn s into t.
func (s Snapshot) Diff(t Snapshot) Delta {
	var d Delta
	if s == t {
		return d
	}
	from, to := s.trie(), t.trie()
	for index, h := range to.All() {
		if !live(h) {
			continue
		}
		if old, _ := from.Get(index); old != h {
			d.changes = append(d.changes, change{idOf(h), h})
		}
	}
	for index, h := range from.All() {
		if _, ok := to.Get(index); !ok && live(h) {
			d.changes = append(d.changes, change{idOf(h), nil})
		}
	}
	return d
}

// Apply returns s with the delta's changes.
func (s Snapshot) Apply(d Delta) Snapshot {
	if len(d.changes) == 0 {
		return s
	}
	b := s.trie().Builder()
	for _, c := range d.changes {
		if c.h == nil {
			b.Delete(c.id.Index())
		} else {
			b.Set(c.id.Index(), c.h)
		}
	}
	return snapshotOf(b.Map())
}

// Apply writes the delta's changes to the top level of this execution: values
// are set, removed ones unset. It calls no OnChange.
func (st *State) Apply(d Delta) {
	st.writable("Apply")
	for _, c := range d.changes {
		st.write(c.id, c.h)
	}
}
