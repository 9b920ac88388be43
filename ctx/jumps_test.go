package ctx

import (
	"testing"

	"github.com/strata-go/strata/internal/keys"
)

// TestJumps: the distances are those of the picture at jumps, however a level
// came to lie on the stack, and a lookup that finds nothing takes few steps.
func TestJumps(t *testing.T) {
	v := New[int]("v")
	for name, push := range map[string]func(*State){
		"push": func(st *State) { st.Push(new(Layer)) },
		"none": func(st *State) { st.Push(&Layer{mode: None}) },
		"swap": func(st *State) { st.Swap(Snapshot{}) },
		"both": func(st *State) {
			if len(st.x.frames)%2 == 0 {
				st.Push(new(Layer))
			} else {
				st.Swap(Snapshot{})
			}
		},
	} {
		st := NewState()
		st.extra()
		for range 1000 {
			push(st)
		}
		want := []int32{-1, 0, -1, 2, 3, 2, -1}
		for i, w := range want {
			if got := st.x.frames[i].jump; got != w {
				t.Errorf("%s: frame %d jumps to %d, want %d", name, i, got, w)
			}
		}
		if name != "push" && name != "none" {
			continue
		}
		// No level holds v.
		steps := 0
		for i := len(st.x.frames) - 1; i >= 0; i = st.x.frames[i].below(i, filterOf(v.v.c.id.Index())) {
			if steps++; steps > 40 {
				t.Fatalf("%s: more than 40 steps down 1000 levels", name)
			}
		}
	}
}

// TestBelongs: the index of a dead variable is given out again, its entries are
// not.
func TestBelongs(t *testing.T) {
	old := New[*int]("old")
	st := NewState()
	old.Set(st, new(int))
	h := st.base.get(old.v.c.id.Index())
	if !belongs(h, old.v.c.id) {
		t.Error("an entry does not belong to its variable")
	}
	old.Release()
	v := New[*int]("v")
	for v.v.c.id.Index() != old.v.c.id.Index() {
		v = New[*int]("v")
	}
	if belongs(h, v.v.c.id) {
		t.Error("an entry of a dead variable belongs to the next one of its index")
	}
	if later(h, v.v.c.id) || later(nil, v.v.c.id) {
		t.Error("an older entry is later")
	}
	v.Mask(st)
	mask := st.base.get(v.v.c.id.Index())
	if !belongs(mask, v.v.c.id) || belongs(mask, old.v.c.id) || !later(mask, old.v.c.id) {
		t.Error("a mask belongs to the variable that it masks")
	}
}

// TestReusable: a box serves again only if it can keep nothing alive and is
// small.
func TestReusable(t *testing.T) {
	for i, c := range []struct{ got, want bool }{
		{reusable[int](), true}, {reusable[[64]byte](), true}, {reusable[[65]byte](), false},
		{reusable[*int](), false}, {reusable[string](), false}, {reusable[[100]*int](), false},
	} {
		if c.got != c.want {
			t.Errorf("case %d: %v", i, c.got)
		}
	}
}

// TestReadsWhileBoxesMove: what the cache knows is read wherever the box is.
func TestReadsWhileBoxesMove(t *testing.T) {
	v := New[*int]("v")
	st := NewState()
	x := new(int)
	v.Set(st, x)
	for range 12 {
		for range 2 {
			if v.Get(st) != x {
				t.Fatal("another value")
			}
		}
		keys.Rotate()
	}
}
