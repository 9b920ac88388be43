package ctx

import (
	"fmt"
	"iter"
	"reflect"

	"github.com/strata-go/strata/internal/keys"
)

// VarInfo describes a variable to whoever holds only a State or a Snapshot: its
// label and type, never its value.
type VarInfo struct {
	Name      string
	Type      reflect.Type // of the value, or of a stack's element
	Namespace string       // "" for none
	Stack     bool         // a stack variable
	Static    bool         // lives as long as the program
	Masked    bool         // hidden by a mask (Levels only)
	id        keys.ID
}

// Is reports whether the description is of the variable v.
func (i VarInfo) Is(v Variable) bool { return v.core().id == i.id }

func infoOf(rec *keys.Record) VarInfo {
	i := VarInfo{
		Name: rec.Name(), Type: rec.Type(),
		Stack: rec.Flags()&flagStack != 0, Static: rec.Static(), id: rec.ID(),
	}
	if ns := rec.Namespace(); ns != nil {
		i.Namespace = ns.Name()
	}
	return i
}

// live reports whether the variable that h is about is alive.
func live(h *keys.Head) bool { return keys.RecordOfID(idOf(h)) != nil }

// entries goes over the set variables of s: no masks, no dead ones, no lists in
// which nothing is open.
func (s Snapshot) entries() iter.Seq2[*keys.Head, *keys.Record] {
	return func(yield func(*keys.Head, *keys.Record) bool) {
		for _, h := range s.trie().All() {
			if isMask(h) {
				continue
			}
			rec := keys.RecordOfID(idOf(h))
			if rec == nil || rec.Flags()&flagStack != 0 && allLeft(rec.ID(), h) {
				continue
			}
			if !yield(h, rec) {
				return
			}
		}
	}
}

// Has reports whether v is set in s: for a stack variable, whether its list has
// an element that is not popped. A default does not count.
func (s Snapshot) Has(v Variable) bool {
	c := v.core()
	h := s.find(c.id)
	if h == nil || isMask(h) || !live(h) {
		return false
	}
	return !c.ops.allLeft(h)
}

// Len returns the number of variables set in s: those that Has reports. Cost:
// O(variables).
func (s Snapshot) Len() int {
	n := 0
	for range s.entries() {
		n++
	}
	return n
}

// Equal reports whether s and t hold equal values for the same variables.
// Values are equal when they are the same write, or == for static variables
// whose values can be compared; it never panics.
func (s Snapshot) Equal(t Snapshot) bool {
	if s == t {
		return true
	}
	n := 0
	for h, rec := range s.entries() {
		o := t.find(rec.ID())
		if o == nil || isMask(o) {
			return false
		}
		if !same(o, h) && !sameBlocks(o, h) {
			c := coreOf(rec.ID())
			if c == nil || !c.ops.equal(h, o) {
				return false
			}
		}
		n++
	}
	return n == t.Len()
}

// Vars goes over the variables set in s, in no particular order: what a
// snapshot keeps alive. Values are for those who hold the variable (Var.In).
func (s Snapshot) Vars() iter.Seq[VarInfo] {
	return func(yield func(VarInfo) bool) {
		for _, rec := range s.entries() {
			if !yield(infoOf(rec)) {
				return
			}
		}
	}
}

// String returns how many variables are set, and no name or value.
func (s Snapshot) String() string { return fmt.Sprintf("ctx.Snapshot(%d)", s.Len()) }

// LevelInfo describes one level of an execution.
type LevelInfo struct {
	// Kind is "base", "overlay", "captured", "run" or "env".
	Kind string
	// Hides is true when nothing below the level is read.
	Hides bool
	// Vars are the variables that this level sets or masks.
	Vars []VarInfo
}

// Levels goes over the levels that reads search, the top one first, with names
// and types of what is set where, as they are when the loop starts. Values are
// for those who hold the variable. Cost: O(entries of the levels).
func (st *State) Levels() iter.Seq[LevelInfo] {
	return func(yield func(LevelInfo) bool) {
		for _, li := range st.levels() { // the loop's body may push and pop
			if !yield(li) {
				return
			}
		}
	}
}

func (st *State) levels() (list []LevelInfo) {
	for s := st; s != nil; {
		next := (*State)(nil)
		if x := s.x; x != nil {
			for i := len(x.frames) - 1; i >= 0; i-- {
				f := &x.frames[i]
				if f.lv != nil || f.kind == barrier {
					if list = append(list, f.info()); f.kind == barrier {
						return list
					}
				}
				if f.kind == link {
					next = x.resumer
					break
				}
			}
		}
		if next == nil {
			list = append(list, LevelInfo{Kind: "base", Vars: varsOf(s.base.m.All())})
		}
		s = next
	}
	return list
}

func (f *frame) info() LevelInfo {
	li := LevelInfo{Kind: "overlay", Hides: f.kind == barrier}
	switch {
	case f.env != nil:
		li.Kind = "env"
	case f.kind == barrier && f.layer != nil:
		li.Kind = "captured"
	case f.kind == barrier:
		li.Kind = "run"
	}
	if f.lv != nil {
		li.Vars = varsOf(f.lv.m.All())
	} else {
		li.Vars = varsOf(f.root.trie().All())
	}
	return li
}

func varsOf(entries iter.Seq2[uint32, *keys.Head]) []VarInfo {
	var out []VarInfo
	for _, h := range entries {
		if rec := keys.RecordOfID(idOf(h)); rec != nil {
			i := infoOf(rec)
			i.Masked = isMask(h)
			out = append(out, i)
		}
	}
	return out
}
