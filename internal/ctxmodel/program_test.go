package ctxmodel

import (
	"slices"
	"testing"
)

func TestProgramCodec(t *testing.T) {
	if len(opNames) != Ops {
		t.Fatalf("%d names for %d operations", len(opNames), Ops)
	}
	n := 0
	for _, w := range weights {
		n += w
	}
	if n > len(table) {
		t.Fatalf("the weights sum up to %d", n)
	}
	p := FromSeed(7)
	if len(p) < 40 || len(p) > 160 || !slices.Equal(p, FromSeed(7)) || slices.Equal(p, FromSeed(8)) {
		t.Error("FromSeed")
	}
	q, err := Parse(p.Encode())
	if err != nil || !slices.Equal(p, q) {
		t.Error("Parse does not read what Encode writes", err)
	}
	if _, err := Parse("xyz"); err == nil {
		t.Error("Parse reads anything")
	}
	if d := Decode(make([]byte, 8)); len(d) != 2 {
		t.Errorf("Decode makes %d steps of 8 bytes", len(d))
	}
	if Op(200).String() != "op(200)" || Set.String() != "set" {
		t.Error("String")
	}
}

func TestShrink(t *testing.T) {
	p := FromSeed(3)
	has := func(p Program) bool {
		i := slices.IndexFunc(p, func(s Step) bool { return s.Op == Set })
		return i >= 0 && slices.ContainsFunc(p[i:], func(s Step) bool { return s.Op == Yield && s.A > 3 })
	}
	q := Shrink(p, 10_000, has)
	if !has(p) || !has(q) || len(q) != 2 || q[1].A > 8 {
		t.Errorf("shrunk to %v", q)
	}
}

// Literal cases of the oracle, against the program it is taken from.
func TestModelUnsetAndMask(t *testing.T) {
	m := New([]Kind{0, Stack})
	base := &Frame{Kind: Alone, Level: NewLevel(nil)}
	m.Set(base, 0, 1)
	g := &Frame{Kind: Over, Up: base, Level: NewLevel(nil)}
	read := func() [2]any { x, ok := m.Lookup(g, 0); return [2]any{x, ok} }
	m.Set(g, 0, 2)
	a := read()
	m.Unset(g, 0)
	b := read()
	m.Mask(g, 0)
	if c := read(); a != [2]any{2, true} || b != [2]any{1, true} || c[1] != false {
		t.Errorf("own, caller, nothing: %v %v %v", a, b, c)
	}
	m.Push(base, 1, 20, false)
	p := m.Push(g, 1, 10, false)
	if !slices.Equal(m.All(g, 1), []int{20, 10}) || !slices.Equal(m.All(base, 1), []int{20}) {
		t.Error("segments", m.All(g, 1))
	}
	s := Flatten(m, g)
	if m.Reset(base, 1, p) != OtherLvl || m.Reset(g, 1, p) != OK || m.Reset(g, 1, p) != Used || len(m.AllIn(s, 1)) != 1 {
		t.Error("a popped element is gone everywhere")
	}
}
