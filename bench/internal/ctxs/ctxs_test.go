package ctxs

import (
	"strings"
	"testing"

	"github.com/strata-go/strata/bench/internal/harness"
)

func TestCarriers(t *testing.T) {
	if err := CheckCarriers(); err != nil {
		t.Fatal(err)
	}
}

// leaky forgets to restore: what Check is there for.
type leaky struct{ holder }

func (l *leaky) With(v, x int, f func()) { l.x[v], l.set[v] = x, true; f() }

func TestCheckFindsBrokenCarrier(t *testing.T) {
	err := Check(Carrier{Name: "leaky", New: func() Scoped { return new(leaky) }}, 100)
	if err == nil || !strings.Contains(err.Error(), "leaky: variable") {
		t.Fatalf("a carrier that restores nothing passes: %v", err)
	}
}

// TestBodies: all carriers compute the same in every operation, at depth too.
func TestBodies(t *testing.T) {
	for g := range Suite(true) {
		if _, err := harness.Run(g, harness.Options{}); err != nil {
			t.Error(err)
		}
	}
	for _, g := range []harness.Group{First(), Weak(), New()} {
		rs, err := harness.Run(g, harness.Options{})
		if err != nil || len(rs) == 0 {
			t.Error(g.Name, err)
		}
	}
}

// TestReads sees that the contestants of the reads do read what they say.
func TestReads(t *testing.T) {
	want := map[string]uint64{"F": 8000, "V1": 8000, "V10": 8000, "hit": 8000, "hit-called": 8000, "one": 8000, "absent": 56, "neverset": 56, "eight": 8028}
	for _, c := range Reads(false).Prepare() {
		if got := c.Body(8); got != want[c.Impl] {
			t.Errorf("%s reads %d in 8 turns, want %d", c.Impl, got, want[c.Impl])
		}
	}
	wantBridge := map[string]uint64{"chain-hit": 8000, "own-hit": 8000, "foreign-hit": 8000}
	for _, c := range Bridges().Prepare() {
		if got := c.Body(8); got != wantBridge[c.Impl] {
			t.Errorf("%s reads %d, want %d", c.Impl, got, wantBridge[c.Impl])
		}
	}
}
