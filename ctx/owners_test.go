package ctx

import "testing"

// A State that a second goroutine uses at the same time is told by flags that
// are up during a write or a switch. The flags are raised by hand here: a real
// second goroutine would meet them by chance, and the race detector first.
func TestTwoOwners(t *testing.T) {
	v, s := Static[int]("v"), StaticStack[int]("s")
	told := func(name string, f func()) {
		t.Helper()
		defer func() {
			t.Helper()
			if got := recover(); got != any(twoOwners) {
				t.Errorf("%s: %v", name, got)
			}
		}()
		f()
	}
	st, gs := NewState(), NewState()
	m := gs.Resume(st, new(Layer))
	st.base.unseen()
	st.base.stamp |= writing
	told("Set", func() { v.Set(st, 1) })
	told("Put", func() { v.Put(st, 1) })
	told("Push of an element", func() { s.Push(st, 1) })
	st.base.stamp &^= writing
	inner := st.Push(new(Layer))
	for _, x := range []*State{st, gs} {
		x.x.switching = true
	}
	told("Push", func() { st.Push(new(Layer)) })
	told("Swap", func() { st.Swap(Snapshot{}) })
	told("Unwind", func() { st.Unwind(inner) })
	told("Suspend", func() { gs.Suspend() })
	for _, x := range []*State{st, gs} {
		x.x.switching = false
	}
	st.Unwind(inner)
	gs.Unwind(m)
	v.Set(st, 1)
	if v.Get(st) != 1 {
		t.Error("the State is not as before")
	}
}
