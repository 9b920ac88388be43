package reach

import (
	"errors"
	"testing"
	"unsafe"
	"weak"
)

type node struct {
	next   *node
	hidden unsafe.Pointer
	_      [5]int
}

var (
	keep     []*node
	keepMaps []map[int]*node
	keepWide any
)

func TestPath(t *testing.T) {
	target := &node{}
	linked := &node{next: &node{next: target}}
	hidden := &node{hidden: unsafe.Pointer(target)}
	apart := &node{next: &node{}}
	wide := &struct{ a, b *node }{a: target, b: apart}
	interior := &struct{ p *int }{&(&struct{ a, b [9]int }{}).b[3]}
	keepWide = wide
	w := new(weak.Pointer[node])
	*w = weak.Make(target)
	keep = append(keep, target, linked, hidden, apart)
	keepMaps = append(keepMaps, map[int]*node{1: target}, map[int]*node{1: apart})

	h, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		root  any
		steps int
		found bool
	}{
		{"itself", target, 0, true},
		{"two pointers", linked, 2, true},
		{"unsafe pointer", hidden, 1, true},
		{"apart", apart, 0, false},
		{"a field", &wide.a, 1, true},
		{"another field of the object", &wide.b, 0, false},
		{"weak", w, 0, false},
		{"a map's value", keepMaps[0], -1, true},
		{"another map", keepMaps[1], 0, false},
	} {
		steps, found, err := h.Path(c.root, target)
		if err != nil || c.steps >= 0 && steps != c.steps || found != c.found {
			t.Errorf("%s: got %d, %v, %v, want %d, %v", c.name, steps, found, err, c.steps, c.found)
		}
	}
	if _, found, err := h.Path(interior, interior.p); !found || err != nil {
		t.Errorf("a pointer into the middle of an object: %v, %v", found, err)
	}
	for _, bad := range []any{nil, 3, &keep, (*node)(nil)} {
		if _, _, err := h.Path(bad, target); !errors.Is(err, ErrNoObject) {
			t.Errorf("root %T: %v", bad, err)
		}
	}
}

func TestFreshObjects(t *testing.T) {
	// Objects made since the last collection are in the dump as well.
	for range 100 {
		a := &node{next: &node{}}
		keep = append(keep, a)
	}
	h, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range keep[len(keep)-100:] {
		if steps, found, err := h.Path(a, a.next); steps != 1 || !found || err != nil {
			t.Fatal(steps, found, err)
		}
	}
}
