package ctx

// Mode says how a Layer joins the execution that resumes it.
type Mode uint8

const (
	// Overlay is the default: the generator sees its own writes, and for
	// everything else the current execution of whoever resumes it.
	Overlay Mode = iota
	// None makes the generator transparent: it reads and writes the resumer's
	// levels, as a coroutine that is awaited or a context manager does.
	None
	// Captured makes the layer a full context of its own that hides the
	// resumer's, as in TC39's AsyncContext and PEP 550's first draft.
	Captured
)

// String returns the mode's name.
func (m Mode) String() string {
	switch m {
	case Overlay:
		return "overlay"
	case None:
		return "none"
	case Captured:
		return "captured"
	}
	return "ctx.Mode(?)"
}

// Layer is the level that one generator owns. State.Push or State.Resume lays
// it over the execution that resumes the generator, and Unwind takes it off at
// each yield; in between it keeps what the generator set.
//
// The zero Layer is an empty overlay, ready to use. A Layer must not be copied
// after its first use. It belongs to whoever runs the generator: one State at a
// time, on one goroutine at a time. A suspended Layer holds its own values and
// nothing of the executions it was laid over. A nil Layer stands for none: it
// reads as empty, never runs and has mode None; changing it panics.
type Layer struct {
	_       noCopy
	lv      level
	mode    Mode
	running bool
}

// CapturedLayer returns a Layer in mode Captured that starts with the values
// of s: a generator that keeps the context of its creation.
func CapturedLayer(s Snapshot) *Layer {
	l := &Layer{mode: Captured}
	l.lv = levelOf(s)
	return l
}

// Mode returns the layer's mode.
func (l *Layer) Mode() Mode {
	if l == nil {
		return None
	}
	return l.mode
}

// Running reports whether the layer lies on a State now.
func (l *Layer) Running() bool { return l != nil && l.running }

// SetMode changes how the layer joins the executions that resume it from the
// next resume on. What the generator set stays. It returns ErrRunning while
// the layer lies on a State and ErrMode when m is none of the three modes;
// then nothing changes.
func (l *Layer) SetMode(m Mode) error {
	l.some("SetMode")
	switch {
	case m > Captured:
		return ErrMode
	case l.running:
		return ErrRunning
	}
	l.mode = m
	return nil
}

// Capture replaces the layer's values by those of s and its mode by Captured.
// It returns ErrRunning, and changes nothing, while the layer lies on a State.
func (l *Layer) Capture(s Snapshot) error {
	l.some("Capture")
	if l.running {
		return ErrRunning
	}
	l.lv = levelOf(s)
	l.mode = Captured
	return nil
}

// Snapshot returns what the layer itself holds: the generator's own values,
// without those of any execution it is laid over.
func (l *Layer) Snapshot() Snapshot {
	if l == nil {
		return Snapshot{}
	}
	return snapshotOf(l.lv.freeze())
}

func (l *Layer) start(what string) {
	l.some(what)
	if l.running {
		panic("ctx: " + what + " of a Layer that lies on a State already: a generator runs in one place at a time; check Layer.Running before resuming, and Unwind at each yield")
	}
	l.running = true
}

func (l *Layer) some(what string) {
	if l == nil {
		panic("ctx: " + what + " of a nil *Layer: use new(ctx.Layer), one for each generator")
	}
}
