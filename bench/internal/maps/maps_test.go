package maps

import (
	"strings"
	"testing"

	"github.com/strata-go/strata/bench/internal/harness"
)

// TestPeers checks every peer against a Go map for every kind of key.
func TestPeers(t *testing.T) {
	if err := CheckPeers(); err != nil {
		t.Fatal(err)
	}
}

// editing is a peer with the bug that Check is there for: it changes old
// versions.
type editing struct{ cloneMap[int] }

func (e editing) Set(k, v int) Versioned[int] { e.cloneMap[k] = v; return e }
func (e editing) Delete(k int) Versioned[int] { delete(e.cloneMap, k); return e }

func TestCheckFindsBrokenPeer(t *testing.T) {
	err := Check(Peer[int]{Name: "broken", Empty: func() Versioned[int] { return editing{cloneMap[int]{}} }}, []int{1, 2, 3, 4}, 500)
	if err == nil || !strings.Contains(err.Error(), "kept version") {
		t.Fatalf("a peer that edits old versions passes: %v", err)
	}
}

// TestBodies runs every operation of every kind at a small size: all peers
// must compute the same checksum.
func TestBodies(t *testing.T) {
	ops := append(append(append([]string{}, coreOps...), buildOps...), versionOps...)
	for _, n := range []int{8, 300} {
		bodies(t, Int(), n, ops)
		bodies(t, String(), n, ops)
		bodies(t, Struct(), n, ops)
		bodies(t, Any(), n, ops)
		bodies(t, UUIDs(), n, ops)
		bodies(t, IPs(), n, ops)
	}
	bodies(t, Headers(), 1000, ops)
}

func bodies[K comparable](t *testing.T, kind Kind[K], n int, ops []string) {
	t.Helper()
	for g := range groups(kind, n, ops, nil) {
		prepare := g.Prepare
		names := 0
		g.Prepare = func() []harness.Contestant { cs := prepare(); names = len(cs); return cs }
		if _, err := harness.Run(g, harness.Options{}); err != nil {
			t.Error(err)
		}
		if names == 0 {
			t.Errorf("%s: nobody offers it", g.Name)
		}
	}
}

func TestRealData(t *testing.T) {
	words, ids, headers := NewWork(Words(), realSize), NewWork(Identifiers(), realSize), NewWork(Headers(), 1000)
	if words.N != realSize || ids.N != realSize || headers.N != headerSize() {
		t.Errorf("%d words and %d identifiers in the Go distribution", words.N, ids.N)
	}
	if headers.N < 40 || headers.N > 100 {
		t.Errorf("%d header names", headers.N)
	}
	seen := map[string]bool{}
	for _, k := range append(append([]string{}, headers.Keys...), headers.Absent...) {
		if seen[k] {
			t.Errorf("%q twice", k)
		}
		seen[k] = true
	}
}

func TestWork(t *testing.T) {
	w := NewWork(Int(), 100)
	if len(w.Keys) != 100 || len(w.Absent) != 100 || len(w.GoMap()) != 100 {
		t.Fatal("sizes")
	}
	for _, k := range w.Absent {
		if _, ok := w.GoMap()[k]; ok {
			t.Fatalf("%d is present", k)
		}
	}
	for _, pct := range percents {
		common := 0
		for _, k := range w.Overlapping(pct) {
			if _, ok := w.GoMap()[k]; ok {
				common++
			}
		}
		if common != pct {
			t.Errorf("overlap %d of 100, want %d", common, pct)
		}
	}
	ours, theirs := w.mergeSides(50)
	both := 0
	for _, a := range ours {
		for _, b := range theirs {
			if a == b {
				both++
			}
		}
	}
	if len(ours) != 10 || len(theirs) != 10 || both != 5 {
		t.Errorf("merge sides %d, %d, %d common", len(ours), len(theirs), both)
	}
	if again := NewWork(Int(), 100); again.Keys[7] != w.Keys[7] {
		t.Error("the same workload has other keys")
	}
}
