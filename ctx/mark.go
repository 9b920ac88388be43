package ctx

// Mark is a place in a State's stack of levels, to come back to with Unwind.
// The zero Mark unwinds nothing.
type Mark struct {
	st     *State
	depth  int32  // how many frames stay
	at     int32  // which frame proves that the mark still holds, -1 for none
	serial uint32 // the serial of that frame
}

// Mark returns the present place in the stack of levels. It costs nothing and
// holds nothing but the State.
func (st *State) Mark() Mark {
	st.writable("Mark")
	if st.x == nil || len(st.x.frames) == 0 {
		return Mark{st: st, at: -1}
	}
	n := int32(len(st.x.frames))
	return Mark{st, n, n - 1, st.x.frames[n-1].serial}
}

// Unwind pops every level above the mark. It is idempotent: when the place is
// gone already, because an outer mark was unwound, nothing happens, so Unwind
// may run late or twice after a panic, an interrupt or a skipped exit.
//
// It undoes no Set in levels that stay. A Mark of another State panics.
// Cost: a few nanoseconds for each level popped.
func (st *State) Unwind(m Mark) {
	if m.st == nil {
		return
	}
	if m.st != st {
		panic("ctx: Unwind with a Mark of another State: keep each Mark with the State that gave it")
	}
	if x := st.x; x != nil && x.lent == nil && !x.switching && !x.asleep && len(x.frames) == int(m.depth)+1 {
		// The end of the Swap on top, which is most of what Unwind is called for.
		f := &x.frames[m.depth]
		if f.kind == barrier && f.serial == m.serial && m.at == m.depth && f.layer == nil && f.env == nil {
			st.back(f.saved)
			*f = frame{}
			x.frames = x.frames[:m.depth]
			return
		}
	}
	if depth := st.place(m); depth >= 0 {
		st.popTo(depth)
	}
}

// place is how many frames the mark leaves on the stack, -1 when nothing lies
// above the mark or its place is gone. A frame is recognised by its serial: one
// that was taken off and put back may stand at another height, when the body of
// a loop left levels open.
func (st *State) place(m Mark) int {
	x := st.x
	if x == nil || len(x.frames) == 0 {
		return -1
	}
	depth := int(m.depth)
	if at := int(m.at); at >= 0 && (at >= len(x.frames) || x.frames[at].serial != m.serial) {
		if !x.moved {
			return -1
		}
		for at = len(x.frames) - 1; x.frames[at].serial != m.serial; at-- {
			if at == 0 {
				return -1
			}
		}
		depth += at - int(m.at)
	}
	if depth >= len(x.frames) {
		return -1
	}
	return depth
}

// popTo pops the frames from depth up and clears their places, so that nothing
// of a left level stays reachable.
func (st *State) popTo(depth int) {
	x := st.x
	x.enter()
	for i := len(x.frames) - 1; i >= depth; i-- {
		f := &x.frames[i]
		st.off(f)
		if f.layer != nil {
			if i > 0 || !x.asleep { // that of a suspended State may run elsewhere
				f.layer.running = false
			}
		} else if f.env != nil {
			f.env.leave()
		}
		if f.kind == link && x.resumer != nil {
			x.unlend(st)
		}
		*f = frame{}
	}
	x.frames = x.frames[:depth]
	if x.asleep = x.asleep && depth > 0; x.asleep {
		st.back(nil) // see remember
	}
	x.moved = x.moved && depth > 0
	x.switching = false
}

// enter notes that the stack changes. See the constant writing.
func (x *extra) enter() {
	if x.switching {
		panic(twoOwners)
	}
	x.switching = true
}

// on does what a frame that joins the stack means for the cache and for the
// States that read this one.
func (st *State) on(f *frame) {
	switch f.kind {
	case through:
		return
	case overlay:
		if f.lv.f == 0 {
			return
		}
		st.forget(f.lv.f)
	default: // what is cached is below a barrier or a link; put it aside
		x := st.x
		f.saved, st.cache, x.spare = st.cache, x.spare, nil
	}
	if st.x.lent != nil {
		st.readers(everything)
	}
}

// off is the counterpart of on, for a frame that leaves.
func (st *State) off(f *frame) {
	switch f.kind {
	case through:
		return
	case overlay:
		if f.lv.f == 0 {
			return
		}
		st.forget(f.lv.f)
	default:
		st.back(f.saved)
		f.saved = nil
	}
	if st.x.lent != nil {
		st.readers(everything)
	}
}

// next makes room for a frame on top and returns it, empty but for its serial.
// Places above the top are empty: popTo clears them.
func (st *State) next() (*frame, Mark) {
	x := st.extra()
	x.enter()
	at := len(x.frames)
	if at < cap(x.frames) {
		x.frames = x.frames[:at+1]
	} else {
		x.frames = append(x.frames, frame{})
	}
	x.serial++
	f := &x.frames[at]
	f.serial = x.serial
	return f, Mark{st, int32(at), int32(at), x.serial}
}

// joined finishes a frame on top that next returned.
func (st *State) joined(f *frame, m Mark) {
	if f.jump = m.at - 1; m.at > 1 {
		jumps(st.x.frames, int(m.at))
	}
	st.on(f)
	st.x.switching = false
}

// Push lays l over whatever runs on st now, as a generator's resume does, and
// returns the Mark whose Unwind takes it off again. What l's mode says happens:
// an overlay answers first and lets the rest through, a captured layer hides
// what lies below, a transparent one is not there at all.
//
// A Layer is on one stack at a time: pushing a running one panics.
func (st *State) Push(l *Layer) Mark {
	st.writable("Push")
	l.start("Push")
	f, m := st.next()
	f.layer = l
	switch l.mode {
	case None:
		f.kind = through
	case Captured:
		f.kind, f.lv = barrier, &l.lv
	default:
		f.kind, f.lv = overlay, &l.lv
	}
	st.joined(f, m)
	return m
}

// Swap replaces the execution by a private level over s, until Unwind. Writes
// land in the private level and go with it: s never changes.
// It allocates nothing; the first write copies.
func (st *State) Swap(s Snapshot) Mark {
	st.writable("Swap")
	x := st.extra()
	if x.switching {
		panic(twoOwners)
	}
	at := len(x.frames)
	if at < cap(x.frames) {
		x.frames = x.frames[:at+1]
	} else {
		x.frames = append(x.frames, frame{})
	}
	x.serial++
	f := &x.frames[at]
	f.kind, f.root, f.serial, f.jump = barrier, s, x.serial, int32(at)-1
	if at > 1 {
		jumps(x.frames, at)
	}
	f.saved, st.cache = st.cache, x.spare // as in on
	if x.spare != nil {
		x.spare = nil
	}
	if x.lent != nil {
		st.readers(everything)
	}
	return Mark{st, int32(at), int32(at), x.serial}
}

// Resume makes a generator's own State read as if the generator ran on top of
// from's execution: lookups see l, then from's levels as they are now. Call it
// at each resume, with whoever resumes, and Unwind at each yield; a suspended
// generator holds nothing of its resumer.
//
//	gs := ctx.NewState()            // one for the generator's life
//	m := gs.Resume(from, l)         // next, send, throw and close alike
//	defer gs.Unwind(m)
//
// A captured l hides from; a transparent or nil l makes the generator write
// where from writes. While the generator runs, from is lent to it: the resumer
// waits. Resuming a State or a Layer that runs already panics, and so does a
// from that is gs itself or reads on in it. Suspend is the quick counterpart for
// a generator that goes on later.
func (gs *State) Resume(from *State, l *Layer) Mark {
	if gs == nil || gs.x == nil || !gs.x.asleep || from == nil || l == nil {
		return gs.resume(from, l)
	}
	// The way back of Suspend; this is what generators do at each step.
	x := gs.x
	f := &x.frames[0]
	if l != f.layer {
		panic(otherLayer)
	}
	if from == gs || x.lent != nil && from.readsOn(gs) {
		panic(runsAlready)
	}
	l.start("Resume")
	if gs.cache != nil || x.spare != nil || x.lent != nil {
		gs.wakeCache()
	}
	if l.mode != x.mode { // see SetMode
		f.join(l)
		x.mode = l.mode
	}
	if f.kind == link {
		x.lend(gs, from)
	}
	x.asleep = false
	return Mark{gs, 0, 0, f.serial}
}

// resume is Resume in all other cases.
func (gs *State) resume(from *State, l *Layer) Mark {
	gs.writable("Resume")
	if from == nil {
		return gs.Resume(new(State), l)
	}
	x := gs.extra()
	if x.asleep { // with a nil layer
		return gs.wake(x, from, l)
	}
	if x.resumer != nil || len(x.frames) > 0 && x.frames[0].resumed || from.readsOn(gs) {
		panic(runsAlready)
	}
	if l != nil {
		l.start("Resume")
	}
	f, m := gs.next()
	f.join(l)
	if l != nil {
		x.mode = l.mode
	}
	if f.kind == link {
		x.lend(gs, from)
	}
	gs.joined(f, m)
	return m
}

const runsAlready = "ctx: Resume of a State that runs already: a generator cannot be resumed by itself or by two at once; check before resuming it"

// readsOn reports whether reads of st reach gs, which was lent to another State
// if they do.
func (st *State) readsOn(gs *State) bool {
	if gs.x.lent == nil {
		return st == gs
	}
	for ; st != nil && st != gs; st = st.x.resumer {
		if st.x == nil {
			return false
		}
	}
	return st == gs
}

// Run runs f in a private level over s and comes back also when f panics or
// calls runtime.Goexit. Snapshots are immutable, so Run nests at will.
func (st *State) Run(s Snapshot, f func()) {
	m := st.Swap(s)
	defer st.Unwind(m)
	f()
}

// Levels are levels taken off a State by Detach, to be put back by Attach.
// The zero Levels is none.
type Levels struct {
	st     *State
	frames []frame // emptied when they are put back
	at     int     // the height that they had
	moved  bool    // as in extra
}

// Detach takes the levels above the mark off the stack, to put them back with
// Attach: what a push iterator does around its yield, when the iterator itself
// runs inside several levels. The level that a suspended State lies on stays
// there: taking it off panics. Cost: one slice.
func (st *State) Detach(m Mark) Levels {
	st.writable("Detach")
	if m.st != nil && m.st != st {
		panic("ctx: Detach with a Mark of another State: keep each Mark with the State that gave it")
	}
	depth := st.place(m)
	if m.st == nil || depth < 0 {
		return Levels{st: st}
	}
	x := st.x
	if depth == 0 && x.asleep {
		panic("ctx: Detach of the level that a suspended State lies on: Resume the State first, or Unwind it for good")
	}
	off := x.frames[depth:]
	for i := len(off) - 1; i >= 0; i-- {
		st.off(&off[i])
	}
	ls := Levels{st, append([]frame(nil), off...), depth, x.moved}
	clear(off)
	if x.frames = x.frames[:depth]; x.asleep {
		st.back(nil) // see remember
	}
	return ls
}

// Attach puts levels taken off by Detach back on top and returns the Mark that
// pops them. They return to the State they came from, once: putting them on
// another State, or a second time, panics.
func (st *State) Attach(ls Levels) Mark {
	st.writable("Attach")
	if ls.st != nil && ls.st != st {
		panic("ctx: Attach of the Levels of another State: put them back where Detach took them")
	}
	m := st.Mark()
	if len(ls.frames) == 0 {
		return m
	}
	if ls.frames[0].serial == 0 {
		panic("ctx: Attach of Levels that were put back already: each Detach is undone once")
	}
	x := st.extra()
	x.moved = x.moved || ls.moved || len(x.frames) != ls.at
	for i, off := range ls.frames {
		ls.frames[i] = frame{}
		f, at := st.next()
		at.serial = off.serial // the same level: marks taken inside stay good
		if off.memo {          // what lies below may have changed
			off.root, off.memo = Snapshot{}, false
		}
		*f = off
		st.joined(f, at)
		if i == 0 {
			m = at
		}
	}
	return m
}
