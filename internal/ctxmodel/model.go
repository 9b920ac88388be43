package ctxmodel

import (
	"maps"
	"slices"
)

// Kind is what a variable is and what its options say.
type Kind uint8

// The properties of variables, to be combined.
const (
	Stack   Kind = 1 << iota // a stack variable
	Lasting                  // its elements stay in snapshots when popped
	Never                    // not inherited
	Copied                   // inherited as value + 1000
	Watched                  // has an OnChange
	Guarded                  // refuses multiples of 7
)

// Elem is one pushed element of a stack variable.
type Elem struct {
	Value  int
	closed bool
}

// Entry is what one level holds for one variable: a value, a list of elements,
// or a mask; for stack variables a mask with elements over it too. Entries are
// never edited.
type Entry struct {
	Mask  bool
	Value int
	Elems []*Elem
}

// Level is one map from variables to entries. Its identity is its address.
type Level struct{ m map[int]*Entry }

// NewLevel returns a level with the contents of a snapshot.
func NewLevel(s Snap) *Level { return &Level{maps.Clone(s)} }

func (l *Level) put(v int, e *Entry) {
	if l.m == nil {
		l.m = map[int]*Entry{}
	}
	if e == nil {
		delete(l.m, v)
	} else {
		l.m[v] = e
	}
}

// Snap is a flattened execution. It is never edited.
type Snap map[int]*Entry

// FrameKind says how a frame joins the execution of the frame it came from.
type FrameKind uint8

// A frame over the one it came from: Call adds nothing, Over lays a level over
// it, Alone sees its own level only, Body is the body of a loop over a push
// iterator: it sees what the frame saw that runs the loop.
const (
	Call FrameKind = iota
	Over
	Alone
	Body
)

// Frame is one line of the simulated backtrace.
type Frame struct {
	Kind  FrameKind
	Up    *Frame // who called or resumed; of a Body the frame that runs the loop
	Level *Level // of Over and Alone
}

// Levels is the execution that the frame sees, outermost level first.
func (f *Frame) Levels() []*Level {
	switch {
	case f == nil:
		return nil
	case f.Kind == Alone:
		return []*Level{f.Level}
	case f.Kind == Over:
		return append(f.Up.Levels(), f.Level)
	}
	return f.Up.Levels()
}

// Top is the level that writes go to.
func (f *Frame) Top() *Level {
	all := f.Levels()
	return all[len(all)-1]
}

// Model is the oracle for a set of variables.
type Model struct {
	Kinds    []Kind
	released map[int]bool
}

// New returns an oracle.
func New(kinds []Kind) *Model { return &Model{Kinds: kinds, released: map[int]bool{}} }

// Release ends a variable everywhere.
func (m *Model) Release(v int) { m.released[v] = true }

// Released reports whether v was released.
func (m *Model) Released(v int) bool { return m.released[v] }

func (m *Model) is(v int, k Kind) bool { return m.Kinds[v]&k != 0 }

// Lookup reads an ordinary variable.
func (m *Model) Lookup(f *Frame, v int) (int, bool) {
	if m.released[v] {
		return 0, false
	}
	for _, l := range slices.Backward(f.Levels()) {
		if e := l.m[v]; e != nil {
			return e.Value, !e.Mask
		}
	}
	return 0, false
}

// All reads a stack variable, outermost element first.
func (m *Model) All(f *Frame, v int) []int {
	var e *Entry
	for _, l := range f.Levels() {
		if x := l.m[v]; x != nil {
			e = m.over(v, e, x)
		}
	}
	return m.list(e, v)
}

// In reads an ordinary variable in a snapshot.
func (m *Model) In(s Snap, v int) (int, bool) {
	if e := s[v]; e != nil && !e.Mask && !m.released[v] {
		return e.Value, true
	}
	return 0, false
}

// AllIn reads a stack variable in a snapshot.
func (m *Model) AllIn(s Snap, v int) []int { return m.list(s[v], v) }

func (m *Model) list(e *Entry, v int) (out []int) {
	if e == nil || m.released[v] {
		return nil
	}
	for _, x := range e.Elems {
		if !x.closed {
			out = append(out, x.Value)
		}
	}
	return out
}

// Len counts the variables set in a snapshot: of stack variables those with an
// open block.
func (m *Model) Len(s Snap) (n int) {
	for v, e := range s {
		set := !e.Mask
		if m.is(v, Stack) {
			set = len(m.AllIn(s, v)) > 0
		}
		if !m.released[v] && set {
			n++
		}
	}
	return n
}

// Flatten is the snapshot that the frame would take.
func Flatten(m *Model, f *Frame) Snap {
	s := Snap{}
	for _, l := range f.Levels() {
		for v, e := range l.m {
			s[v] = m.over(v, s[v], e)
		}
	}
	return s
}

// over is entry e of a level over what lies below.
func (m *Model) over(v int, below, e *Entry) *Entry {
	if !m.is(v, Stack) || e.Mask || below == nil {
		return e
	}
	return &Entry{Mask: below.Mask, Elems: slices.Concat(below.Elems, e.Elems)}
}

// Inherited is what a task or callback gets of a snapshot.
func (m *Model) Inherited(s Snap) Snap {
	out := Snap{}
	for v, e := range s {
		switch {
		case m.released[v] || m.is(v, Never):
		case m.is(v, Copied) && !e.Mask:
			out[v] = &Entry{Value: e.Value + 1000}
		default:
			out[v] = e
		}
	}
	return out
}

// Refuses reports whether the guard of v refuses x.
func (m *Model) Refuses(v, x int) bool { return m.is(v, Guarded) && x%7 == 0 }

// Token undoes one write.
type Token struct {
	Var   int
	Value int // what Set wrote
	level *Level
	old   *Entry
	elem  *Elem // of a Push
	used  bool
}

// Old is what the token says it would bring back.
func (t *Token) Old() (int, bool) {
	if t.used || t.old == nil || t.old.Mask {
		return 0, false
	}
	return t.old.Value, true
}

// Used reports whether the token was used.
func (t *Token) Used() bool { return t.used }

// write puts an entry into the top level and returns the token that undoes it.
func (m *Model) write(f *Frame, v int, e *Entry) *Token {
	l := f.Top()
	t := &Token{Var: v, level: l, old: l.m[v]}
	l.put(v, e)
	return t
}

// Set writes an ordinary variable.
func (m *Model) Set(f *Frame, v, x int) *Token {
	t := m.write(f, v, &Entry{Value: x})
	t.Value = x
	return t
}

// Mask hides a variable.
func (m *Model) Mask(f *Frame, v int) *Token { return m.write(f, v, &Entry{Mask: true}) }

// Unset removes what the top level holds.
func (m *Model) Unset(f *Frame, v int) bool {
	l := f.Top()
	had := l.m[v] != nil
	l.put(v, nil)
	return had
}

// Push pushes an element; with replace it takes the place of the newest one of
// the level.
func (m *Model) Push(f *Frame, v, x int, replace bool) *Token {
	now := f.Top().m[v]
	e := &Entry{}
	if now != nil {
		e.Mask, e.Elems = now.Mask, slices.Clone(now.Elems)
	}
	if n := len(e.Elems); replace && n > 0 {
		e.Elems = e.Elems[:n-1]
	}
	x1 := &Elem{Value: x}
	e.Elems = append(e.Elems, x1)
	t := m.write(f, v, e)
	t.elem, t.Value = x1, x
	return t
}

// Result names what an operation ends with.
type Result string

// The results of operations that can fail.
const (
	OK       Result = ""
	Used     Result = "used"
	OtherVar Result = "var"
	OtherLvl Result = "level"
	Order    Result = "order"
	Refused  Result = "guard"
	Gone     Result = "released"
)

// Reset uses a token for variable v.
func (m *Model) Reset(f *Frame, v int, t *Token) Result {
	switch {
	case t.used:
		return Used
	case t.Var != v:
		return OtherVar
	case t.level != f.Top():
		return OtherLvl
	}
	if t.elem != nil {
		e := t.level.m[v]
		if (e == nil || len(e.Elems) == 0 || e.Elems[len(e.Elems)-1] != t.elem) && !m.released[v] {
			return Order
		}
		t.elem.closed = t.elem.closed || !m.is(v, Lasting)
	}
	t.level.put(v, t.old)
	t.used = true
	return OK
}

// Save returns a function that brings back what the top level of f holds for v,
// and the token t, if any: for a write that its watcher takes back.
func (m *Model) Save(f *Frame, v int, t *Token) (restore func()) {
	l := f.Top()
	e := l.m[v]
	return func() {
		l.put(v, e)
		if t != nil {
			t.used = false
		}
	}
}

// Change is one variable of a delta; Entry nil means removed.
type Change struct {
	Var   int
	Entry *Entry
}

// Diff is what turns s into t.
func (m *Model) Diff(s, t Snap) (d []Change) {
	for v, e := range t {
		if !m.released[v] && !m.same(v, s[v], e) {
			d = append(d, Change{v, e})
		}
	}
	for v := range s {
		if t[v] == nil && !m.released[v] {
			d = append(d, Change{v, nil})
		}
	}
	return d
}

// same reports whether two entries are the same writes; masks are all alike. Of
// a stack variable only the elements that are not popped count.
func (m *Model) same(v int, a, b *Entry) bool {
	if a == nil || b == nil || a == b {
		return a == b
	}
	if m.is(v, Stack) {
		closed := func(x *Elem) bool { return x.closed }
		return a.Mask == b.Mask && slices.Equal(slices.DeleteFunc(slices.Clone(a.Elems), closed), slices.DeleteFunc(slices.Clone(b.Elems), closed))
	}
	return a.Mask == b.Mask && (a.Mask || len(a.Elems) > 0) && slices.Equal(a.Elems, b.Elems)
}

// Apply is the snapshot after the changes.
func (m *Model) Apply(s Snap, d []Change) Snap {
	out := maps.Clone(s)
	if out == nil {
		out = Snap{}
	}
	for _, c := range d {
		if c.Entry == nil {
			delete(out, c.Var)
		} else {
			out[c.Var] = c.Entry
		}
	}
	return out
}

// ApplyTo writes the changes to the top level.
func (m *Model) ApplyTo(f *Frame, d []Change) {
	for _, c := range d {
		e := c.Entry
		if e != nil && len(e.Elems) > 0 {
			e = &Entry{Mask: true, Elems: e.Elems}
		}
		f.Top().put(c.Var, e)
	}
}

// Replace gives a level the contents of a snapshot; the level stays the same.
func (l *Level) Replace(s Snap) { l.m = maps.Clone(s) }

// Snap is what the level itself holds.
func (l *Level) Snap() Snap { return maps.Clone(l.m) }

// Bind is the snapshot with v set to x.
func (m *Model) Bind(s Snap, v, x int) Snap {
	return m.Apply(s, []Change{{v, &Entry{Value: x}}})
}
