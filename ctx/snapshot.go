package ctx

import (
	"slices"

	"github.com/strata-go/strata/internal/keys"
)

// Snapshot is one moment of an execution as an immutable value: what every
// variable read as, flattened into one map. The zero Snapshot is empty.
//
// Copying a Snapshot copies one word; == compares identity of versions, not
// content (see Equal). It is safe for any number of goroutines and fits an
// interface value without allocating. It keeps the visible value of each
// ordinary variable and the whole stack of each stack variable alive, nothing
// else; values of collectable variables go when the variable goes.
type Snapshot struct {
	root root // see head.go
}

func (s Snapshot) get(index uint32) *keys.Head {
	if s.root == nil {
		return nil
	}
	h, _ := s.trie().Get(index)
	return h
}

// find returns the entry of id, nil for none; it may be a mask.
func (s Snapshot) find(id keys.ID) *keys.Head {
	if s.root == nil {
		return nil
	}
	if h, _ := s.trie().Get(id.Index()); h != nil && belongs(h, id) {
		return h
	}
	return nil
}

// Snapshot returns the execution as it is now, as one immutable value. While a
// State's Suppress is in force it returns the zero Snapshot.
//
// In a task it costs O(1) and allocates nothing. Below overlays it flattens
// them, O(entries of the overlays), once for each change. When nothing changed
// since the last call, the result is the identical Snapshot.
func (st *State) Snapshot() Snapshot {
	if st != nil && (st.x == nil || len(st.x.frames) == 0 && !st.x.suppressed) { // one level
		return snapshotOf(st.base.freeze())
	}
	if st == nil || st.Suppressed() {
		return Snapshot{}
	}
	return st.flatten()
}

// NewState returns a State whose execution starts as s.
func (s Snapshot) NewState() *State {
	st := new(State)
	st.base = levelOf(s)
	return st
}

// flatten merges the levels that reads of st reach into one map.
//
// Overlays hide values below them, so a flattened map holds the visible value
// of each ordinary variable only; segments of a stack variable are joined. The
// result stands as a memo in the top frame of each State on the way until a
// write, a push or a pop makes it stale.
func (st *State) flatten() Snapshot {
	var chain []*State // States whose frames end in a link, newest first
	s := st
	var root Snapshot
	for {
		if s.x != nil && len(s.x.frames) > 0 {
			if f := &s.x.frames[len(s.x.frames)-1]; f.memo {
				root = f.root
				break
			}
		}
		if _, next := s.floor(); next != nil {
			chain = append(chain, s)
			s = next
			continue
		}
		root = s.flattenFrom(Snapshot{})
		break
	}
	for _, s := range slices.Backward(chain) {
		root = s.flattenFrom(root)
	}
	return root
}

// floor is the highest frame that ends a search in this State: a barrier, a
// link (then with the State it leads to), or -1 for the bottom level.
func (st *State) floor() (int, *State) {
	if st.x != nil {
		for i := len(st.x.frames) - 1; i >= 0; i-- {
			switch f := &st.x.frames[i]; f.kind {
			case barrier:
				return i, nil
			case link:
				if st.x.resumer == nil { // suspended
					return -1, nil
				}
				return i, st.x.resumer
			}
		}
	}
	return -1, nil
}

// flattenFrom flattens the frames of one State; below is the execution under
// its link frame, if that is where it stands.
func (st *State) flattenFrom(below Snapshot) Snapshot {
	i, next := st.floor()
	root := below
	switch {
	case next != nil:
	case i < 0:
		root = snapshotOf(st.base.freeze())
	case st.x.frames[i].lv != nil:
		root = snapshotOf(st.x.frames[i].lv.freeze())
	default:
		root = st.x.frames[i].root
	}
	if st.x == nil {
		return root
	}
	overlays := st.x.frames[i+1:]
	if next != nil {
		overlays = st.x.frames[i:]
	}
	merged := false
	for j := range overlays {
		if lv := overlays[j].lv; lv != nil && lv.m.Len() > 0 {
			root, merged = layOver(root, lv.freeze()), true
		}
	}
	if (merged || next != nil) && !st.x.asleep { // Resume changes it without a look
		if top := &st.x.frames[len(st.x.frames)-1]; top.kind != barrier {
			top.root, top.memo = root, true
		}
	}
	return root
}

// layOver returns below with the entries of one level over it.
func layOver(below Snapshot, over keys.Trie) Snapshot {
	b := below.trie().Builder()
	for index, h := range over.All() {
		id := idOf(h)
		rec := keys.RecordOfID(id)
		if rec == nil {
			continue // the variable is dead
		}
		if rec.Flags()&flagStack == 0 {
			b.Set(index, h) // masks too: a task's own O(1) snapshot has them as well
			continue
		}
		d, _ := b.Get(index)
		if d != nil && !belongs(d, id) {
			d = nil
		}
		b.Set(index, concat(id, d, h))
	}
	return snapshotOf(b.Map())
}

// concat joins the segments of a stack variable: what one level holds (above)
// after what lies below it, which may be nothing.
//
//	above   a segment           → join(below, above)
//	        a mask              → the mask
//	        join(join(s, a), b) → join(join(join(below, s), a), b), where a mask
//	                              in the place of s cuts below off
func concat(id keys.ID, below, above *keys.Head) *keys.Head {
	var segments []*keys.Head // of above, newest first
	h := above
	for {
		j := asJoin(h)
		if j == nil {
			break
		}
		segments = append(segments, j.above)
		h = j.below
	}
	if below != nil && !isMask(h) {
		below = pruned(id, below, len(segments)+1)
	}
	if below != nil && !isMask(h) {
		h = newJoin(below, h)
	}
	for _, s := range slices.Backward(segments) {
		h = newJoin(h, s)
	}
	return h
}
