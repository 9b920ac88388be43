package ctx

// Suspend takes a generator's State off its resumer and leaves its own levels
// where they are, the generator's layer and whatever lies above it, for the
// next Resume with the same layer:
//
//	m := gs.Resume(from, l)  …  gs.Suspend()     // a yield
//	gs.Resume(other, l)      …  gs.Suspend()     // the next one
//	gs.Resume(other, l)      …  gs.Unwind(m)     // the end; m of any Resume
//
// A generator that yields inside Run, and one that never does, need nothing
// else; and the pair costs half of what Resume and Unwind cost. While it is
// suspended the State holds nothing of its resumer, and its layer may change
// its mode. Suspending what was not resumed does nothing. For States whose
// first level is the generator's.
func (gs *State) Suspend() {
	if gs == nil || gs.x == nil {
		return
	}
	x := gs.x
	if len(x.frames) == 0 || x.asleep {
		return
	}
	f := &x.frames[0]
	if !f.resumed {
		return
	}
	if x.switching {
		panic(twoOwners)
	}
	if x.resumer != nil { // not f.kind: a link may lie above f, or be detached
		x.unlend(gs)
	}
	if f.layer != nil {
		f.layer.running = false
	}
	x.asleep = true
	// What is cached, flattened or put aside may be the resumer's.
	if gs.cache != nil {
		gs.back(nil)
	}
	if f.memo || len(x.frames) > 1 {
		x.dropMemos()
	}
	if x.lent != nil { // it yielded from inside a generator of its own
		gs.readers(everything)
	}
}

// dropMemos empties what the frames keep of the execution below them.
func (x *extra) dropMemos() {
	for i := range x.frames {
		f := &x.frames[i]
		if c := f.saved; c != nil && c != cold {
			c.clear()
		}
		if f.memo {
			f.root, f.memo = Snapshot{}, false
		}
	}
}

const otherLayer = "ctx: Resume of a suspended State with another Layer: its levels lie on the layer of its first Resume; Unwind it first"

// wake is Resume of a State that Suspend took off, without a layer.
func (gs *State) wake(x *extra, from *State, l *Layer) Mark {
	f := &x.frames[0]
	if l != f.layer {
		panic(otherLayer)
	}
	if from.readsOn(gs) {
		panic(runsAlready)
	}
	gs.wakeCache()
	x.lend(gs, from)
	x.asleep = false
	return Mark{gs, 0, 0, f.serial}
}

// wakeCache starts with an empty cache: somebody may have read the State
// meanwhile.
func (gs *State) wakeCache() {
	if gs.cache != nil {
		gs.back(nil)
	}
	x := gs.x
	if x.spare != nil {
		gs.cache, x.spare = x.spare, nil
	}
	if x.lent != nil {
		gs.readers(everything)
	}
}

// join makes f the frame of l in a State of l's own.
func (f *frame) join(l *Layer) {
	f.layer, f.resumed = l, true
	switch {
	case l == nil || l.mode == None:
		f.kind, f.lv = link, nil
	case l.mode == Captured:
		f.kind, f.lv = barrier, &l.lv
	default:
		f.kind, f.lv = link, &l.lv
	}
}

// lend makes from the State that gs reads on in.
func (x *extra) lend(gs, from *State) {
	fx := from.extra()
	if fx.lent != nil {
		x.lentBefore = fx.lent
	}
	x.resumer, fx.lent = from, gs
}

// unlend is the counterpart of lend.
func (x *extra) unlend(gs *State) {
	if fx := x.resumer.x; fx.lent == gs {
		fx.lent = x.lentBefore
	} else {
		for p := &fx.lent; *p != nil; p = &(*p).x.lentBefore {
			if *p == gs {
				*p = x.lentBefore
				break
			}
		}
	}
	x.resumer = nil
	if x.lentBefore != nil {
		x.lentBefore = nil
	}
}
