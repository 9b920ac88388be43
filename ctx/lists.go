package ctx

import (
	"math/bits"
	"sync"
	"weak"

	"github.com/strata-go/strata/internal/keys"
)

// lists leads from the ID of a collectable stack variable to the code that knows
// which of its blocks are open. What flattens or compares lists has heads only,
// and nothing leads from those to the variable: its values must not keep it.
//
// The pointer is weak, and turning a weak pointer strong keeps its object for the
// running collection. So that is done seldom, see pruned: who asked at each
// snapshot could keep a variable that nobody holds for ever.
//
// The table is swept when it has doubled; a sweep reads flags only.
var lists struct {
	sync.Mutex
	byID map[keys.ID]*list
	full int // sweep at this length
}

type list struct {
	record *keys.Record
	ops    func() ops // nil once the variable is collected
	pruned uintptr    // address of the list that was pruned last, which this must not hold
}

func registerList[T any](v *stackVariable[T]) {
	w := weak.Make(v)
	l := &list{record: v.key.Record(), ops: func() ops {
		if v := w.Value(); v != nil {
			return v
		}
		return nil
	}}
	lists.Lock()
	defer lists.Unlock()
	if len(lists.byID) >= lists.full {
		for id, old := range lists.byID {
			if !old.record.Alive() {
				delete(lists.byID, id)
			}
		}
		lists.full = max(64, 2*len(lists.byID))
	}
	if lists.byID == nil {
		lists.byID = map[keys.ID]*list{}
	}
	lists.byID[v.c.id] = l
}

// pruned returns the list h of a stack variable, to which more segments are to
// be added, without those in which nothing is open: when it reaches 32, 64, 128 …
// segments by that. So a list is at most twice as long as what is open in it, or
// 32, and flattening n levels takes O(n) steps. That of a collectable variable is
// not pruned twice in turn.
func pruned(id keys.ID, h *keys.Head, more int) *keys.Head {
	n := uint(length(h))
	if all := n + uint(more); all < 32 || bits.Len(n) == bits.Len(all) {
		return h
	}
	if c := coreOf(id); c != nil {
		return c.ops.prune(h)
	}
	lists.Lock()
	l := lists.byID[id]
	due := l != nil && l.pruned != address(h) && l.record.Alive()
	if due {
		l.pruned = address(h)
	}
	lists.Unlock()
	if due {
		if o := l.ops(); o != nil {
			return o.prune(h)
		}
	}
	return h
}

// sameBlocks reports whether two entries of a stack variable list the same open
// blocks: flattening leaves out what was left (see concat), so the entries may
// differ otherwise.
func sameBlocks(a, b *keys.Head) bool {
	if a == nil || b == nil || idOf(a) != idOf(b) {
		return false
	}
	if c := coreOf(idOf(a)); c != nil {
		return c.flags&flagStack != 0 && c.ops.sameOpen(a, b)
	}
	o := listOps(idOf(a))
	return o != nil && o.sameOpen(a, b)
}

// allLeft reports whether the list h of a stack variable has no open block.
func allLeft(id keys.ID, h *keys.Head) bool {
	if c := coreOf(id); c != nil {
		return c.ops.allLeft(h)
	}
	o := listOps(id)
	return o != nil && o.allLeft(h)
}

// listOps is the code of a collectable stack variable, nil once it is dead.
func listOps(id keys.ID) ops {
	lists.Lock()
	l := lists.byID[id]
	lists.Unlock()
	if l == nil || !l.record.Alive() {
		return nil
	}
	return l.ops()
}
