package ctx

import (
	"github.com/strata-go/strata/internal/keys"
)

// Fork returns the State of a new task, which starts with a snapshot of this
// execution: neither side sees what the other writes later. Inherit policies
// apply. Inside a generator the child gets the flattened execution, resumer and
// overlay together. While Suppress is in force the child starts empty.
//
// Cost: one object; entries are shared. A nil State forks an empty one.
func (st *State) Fork() *State {
	return st.Snapshot().inherited().NewState()
}

// Go runs f with a Fork of st on a new goroutine.
func (st *State) Go(f func(*State)) {
	child := st.Fork()
	go f(child)
}

// Suppress stops inheritance until restore is called: Snapshot gives the zero
// Snapshot, Fork and Go start empty. Reads and writes are unaffected. It is for
// registering long-lived callbacks and starting workers that must not keep the
// present values alive.
//
// Suppressing twice and restoring twice panic.
func (st *State) Suppress() (restore func()) {
	st.writable("Suppress")
	x := st.extra()
	if x.suppressed {
		panic("ctx: Suppress while inheritance is suppressed already: restore the first one, or check Suppressed")
	}
	x.suppressed = true
	done := false
	return func() {
		if done {
			panic("ctx: restore of a Suppress that was restored already: call it once, with defer")
		}
		done = true
		x.suppressed = false
	}
}

// Suppressed reports whether a Suppress is in force, here or in an execution
// that this one runs on as a generator.
func (st *State) Suppressed() bool {
	for ; st != nil && st.x != nil; st = st.x.resumer {
		if st.x.suppressed {
			return true
		}
	}
	return false
}

// inherited is s after the inherit policies: what tasks and callbacks get.
// Cost: O(variables that have a policy), nothing when there is none.
func (s Snapshot) inherited() Snapshot {
	statics.RLock()
	policies, collectable := statics.policies, statics.collectable
	statics.RUnlock()
	if s.root == nil || len(policies) == 0 && !collectable {
		return s
	}
	changed := false
	b := s.trie().Builder()
	put := func(index uint32, h *keys.Head) {
		changed = true
		if h == nil {
			b.Delete(index)
		} else {
			b.Set(index, h)
		}
	}
	for _, c := range policies {
		h := s.find(c.id)
		switch {
		case h == nil:
		case c.flags&flagNever != 0:
			put(c.id.Index(), nil)
		case !isMask(h):
			put(c.id.Index(), c.ops.copied(h))
		}
	}
	if collectable {
		for index, h := range s.trie().All() {
			if rec := keys.RecordOfID(idOf(h)); rec != nil && !rec.Static() && rec.Flags()&flagNever != 0 {
				put(index, nil)
			}
		}
	}
	if !changed {
		return s
	}
	return snapshotOf(b.Map())
}
