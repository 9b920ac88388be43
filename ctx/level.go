package ctx

import (
	"sync/atomic"

	"github.com/strata-go/strata/internal/keys"
)

// A level is one map from variables to entries, with an identity of its own:
// its address. Tokens refer to it by that address, so a token made in a
// generator's level is good whoever resumes the generator, and no good in any
// other level.
//
// The map is edited in place while no snapshot has seen it; taking a snapshot
// freezes it, and the next write copies one path.
type level struct {
	m keys.TrieBuilder
	f filter // of the variables in m
	// stamp is unique to this level and to the time since it was last frozen;
	// 0, or once, until somebody asks (see unseen and again).
	stamp uint64
}

// once is the stamp of a level that was written once since it was frozen.
const once = 1

var stamps atomic.Uint64 // less once

// writing is set in a stamp during a write, so that a second goroutine in the
// same level is told as the builtin map tells it: by chance, and at no cost
// worth measuring. The race detector finds the rest.
const writing = 1 << 63

const twoOwners = "ctx: a State is used by two goroutines at once: give each task its own with State.Fork or State.Go, and pass a State on only with a happens-before edge"

// freeze returns the level's map for others to keep.
func (lv *level) freeze() keys.Trie {
	lv.stamp = 0
	return lv.m.Map()
}

// unseen returns a stamp that the level has as long as nobody keeps a version
// of its map: what was written under the same stamp is in no snapshot.
func (lv *level) unseen() uint64 {
	if lv.stamp <= once {
		lv.stamp = once + stamps.Add(1)
	}
	return lv.stamp
}

// again is unseen for a write that can do without, with 0. The first write since
// the level was frozen does: where each write follows a snapshot, the shared
// counter would be a tenth of its cost.
func (lv *level) again() uint64 {
	if lv.stamp == 0 {
		lv.stamp = once
		return 0
	}
	return lv.unseen()
}

// levelOf returns a level that starts with the contents of s.
func levelOf(s Snapshot) level {
	if s.root == nil {
		return level{}
	}
	return level{m: s.trie().Builder(), f: everything}
}

func (lv *level) get(index uint32) *keys.Head {
	h, _ := lv.m.Get(index)
	return h
}

// put stores h (nil removes) and returns what the level itself held before.
func (lv *level) put(id keys.ID, h *keys.Head) (old *keys.Head) {
	if lv.stamp&writing != 0 {
		panic(twoOwners)
	}
	lv.stamp |= writing
	index := id.Index()
	if h != nil {
		old, _ = lv.m.Swap(index, h)
		lv.f |= filterOf(index)
		if old != nil && old.ID != id && later(old, id) {
			lv.m.Set(index, old)
		}
	} else if old, _ = lv.m.Get(index); old != nil && !later(old, id) {
		lv.m.Delete(index)
	}
	lv.stamp &^= writing
	return old
}

// sweep counts a write of a collectable variable to lv and now and then takes the
// entries of dead variables out of it: a level that is written to holds no more
// of them than it has entries.
func (st *State) sweep(lv *level) {
	if x := st.extra(); x.sweeper.Due(lv.m.Len()) {
		keys.SweepBuilder(&lv.m, live)
	}
}

// frameKind says what a frame does to a lookup that reaches it.
type frameKind uint8

const (
	overlay frameKind = iota // a level over whatever lies below
	barrier                  // a level that hides everything below
	link                     // a level, if any, over another State's execution
	through                  // nothing: a transparent generator runs here
)

// frame is one place in the stack of levels above a State's bottom level.
//
//	           top of the stack
//	┌──────────────────────────────┐
//	│ overlay  generator's Layer   │  read, then on below
//	│ through  transparent Layer   │  skipped, also by writes
//	│ barrier  Run, Swap, Env, …   │  read, then stop
//	│ link     generator's Layer   │  read, then on in the resumer's State
//	└──────────────────────────────┘
//	│ base     in the State itself │
type frame struct {
	lv    *level // nil for transparent generators, and for a private level nobody wrote yet
	layer *Layer // the Layer to mark idle when the frame goes
	env   *Env   // the Env to leave, and to publish to
	saved *cache // the cache put aside (kinds barrier and link)
	root  Snapshot
	// between is what the levels of the frames between jump and this one may
	// hold, both ends excluded; see jumps.
	between filter
	jump    int32
	serial  uint32
	kind    frameKind
	resumed bool // Resume put it here
	memo    bool // root is the flattened execution up to and including this frame
}

// holds says which variables a lookup that passes this frame must stop for:
// all of them where it may end or leave this State.
func (f *frame) holds() filter {
	switch f.kind {
	case overlay:
		return f.lv.f
	case through:
		return 0
	}
	return everything
}

// jumps lets a lookup pass many levels in one step. Every frame knows a lower
// one, jump, and a filter of what the levels strictly between them may hold:
//
//	frame   0   1   2   3   4   5   6
//	jump   -1   0  -1   2   3   2  -1
//
// The distances are those of a skew-binary list (Myers, "An applicative
// random-access stack", 1983), so a variable that no level holds is not found
// in O(log n) steps. A frame that is covered does not change: writes go to the
// top. Only transparent frames may lie above a level that is written; covered
// mends those.
func jumps(frames []frame, i int) {
	f := &frames[i]
	p := i - 1
	f.jump, f.between = int32(p), 0
	if p < 0 || frames[p].jump < 0 {
		return
	}
	fp := &frames[p]
	q := int(fp.jump)
	fq := &frames[q]
	if p-q == q-int(fq.jump) {
		f.jump = fq.jump
		f.between = fp.holds() | fp.between | fq.holds() | fq.between
	}
}

// covered adds a variable to the filters of the transparent frames above i.
func covered(frames []frame, i int, f filter) {
	for i++; i < len(frames); i++ {
		frames[i].between |= f
	}
}

// below is the next frame down that may hold a variable in the filter.
func (f *frame) below(i int, want filter) int {
	if f.between&want == 0 {
		return int(f.jump)
	}
	return i - 1
}

// local is what the frame's own level says about a variable.
func (f *frame) local(index uint32) *keys.Head {
	if f.lv != nil {
		return f.lv.get(index)
	}
	if f.kind == barrier {
		return f.root.get(index)
	}
	return nil
}

// find returns the entry of id that a read sees, nil for none. The result may
// be a mask.
//
// The search is a loop also across States, so that a chain of a million
// generators costs no stack.
func (st *State) find(id keys.ID) *keys.Head {
	index := id.Index()
	want := filterOf(index)
	for st != nil {
		next := (*State)(nil)
		if x := st.x; x != nil {
			for i := len(x.frames) - 1; i >= 0; {
				f := &x.frames[i]
				var h *keys.Head // as in local
				if f.lv != nil {
					h, _ = f.lv.m.Get(index)
				} else if f.root.root != nil && f.kind == barrier {
					h, _ = f.root.trie().Get(index)
				}
				if h != nil && belongs(h, id) {
					return h
				}
				if f.kind == barrier {
					return nil
				}
				if f.kind == link {
					next = x.resumer
					break
				}
				i = f.below(i, want)
			}
		}
		if next == nil {
			if h := st.base.get(index); h != nil && belongs(h, id) {
				return h
			}
		}
		st = next
	}
	return nil
}

// target is where a write goes: a level, and the State and frame it is in.
type target struct {
	lv *level
	st *State
	i  int // index of the frame, -1 for the bottom level
}

// top finds the level that writes go to. A private level nobody wrote yet gets
// its map here.
func (st *State) top() target {
	t := st.topFrame()
	if t.lv == nil {
		f := &t.st.x.frames[t.i]
		lv := levelOf(f.root)
		f.lv, f.root = &lv, Snapshot{}
		t.lv = f.lv
	}
	return t
}

// topFrame is top without the making: the level is nil for a private level that
// nobody wrote yet.
func (st *State) topFrame() target {
	for {
		x := st.x
		if x == nil || len(x.frames) == 0 {
			return target{&st.base, st, -1}
		}
		i := len(x.frames) - 1
		for i >= 0 && x.frames[i].kind == through {
			i--
		}
		if i < 0 {
			return target{&st.base, st, -1}
		}
		if f := &x.frames[i]; f.kind != link || f.lv != nil {
			return target{f.lv, st, i}
		}
		if st = x.resumer; st == nil {
			panic("ctx: write to a suspended State whose layer is transparent: there is no execution to write to; Resume it first")
		}
	}
}

// write stores h for id in the top level (nil removes) and returns what that
// level held before: never the entry of a dead variable that had the index.
func (st *State) write(id keys.ID, h *keys.Head) (target, *keys.Head) {
	t := target{&st.base, st, -1}
	if st.x != nil && len(st.x.frames) > 0 {
		t = st.top()
	}
	if f := filterOf(id.Index()); t.lv.f&f == 0 && t.st.x != nil {
		covered(t.st.x.frames, t.i, f)
	}
	old := t.lv.put(id, h)
	t.wrote(id, h)
	if old != nil && !belongs(old, id) {
		old = nil
	}
	return t, old
}

// wrote brings up to date what depends on the level: the slot of the variable
// here, and in generators that read this State; flattened snapshots that
// contain the level; the published root of an Env.
func (t target) wrote(id keys.ID, h *keys.Head) {
	st := t.st
	if st.own() {
		if h == nil || h.ID != id {
			h = nobody
		}
		st.cache[id.Index()%slots] = h
	}
	if st.x == nil {
		return
	}
	if t.i >= 0 {
		f := &st.x.frames[t.i]
		if f.memo {
			f.root, f.memo = Snapshot{}, false
		}
		if f.env != nil {
			f.env.publish()
		}
	}
	st.above(t.i + 1)
	if st.x.lent != nil {
		st.readers(filterOf(id.Index()))
	}
}

// above drops the flattened snapshots in the frames from i up.
func (st *State) above(i int) {
	for ; i < len(st.x.frames); i++ {
		if f := &st.x.frames[i]; f.memo {
			f.root, f.memo = Snapshot{}, false
		}
	}
}

// readers tells the States that read this one's levels that variables in the
// filter changed. They are a chain of lists: lent is the newest generator that
// runs on st, lentBefore the one that st was lent to before.
func (st *State) readers(changed filter) {
	for s := st.x.lent; s != nil; s = s.x.lent {
		s.stale(changed)
		// Code of a generator may resume another one from st itself: then st is
		// lent to both.
		for b := s.x.lentBefore; b != nil; b = b.x.lentBefore {
			b.stale(changed)
			b.readers(changed)
		}
	}
}

// stale drops what st knows of variables in the filter and of snapshots: also
// what it has put aside, for the resumer's own State may be written while the
// generator is inside a Run.
func (st *State) stale(changed filter) {
	st.forget(changed)
	for i := range st.x.frames {
		st.x.frames[i].saved.forget(changed)
	}
	st.above(0)
}
