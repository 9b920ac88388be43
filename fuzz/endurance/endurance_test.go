package main

import "testing"

// TestRows runs every row in miniature.
func TestRows(t *testing.T) {
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			n := r.small
			if testing.Short() {
				n = max(n/5, 2)
			}
			figure, err := r.run(n)
			if err != nil {
				t.Errorf("%s: %v", figure, err)
			}
			t.Log(figure)
		})
	}
}

// A heap that grows is seen.
func TestFlatFails(t *testing.T) {
	var kept [][]byte
	if figure, err := flat(1000, func(int) { kept = append(kept, make([]byte, 1000)) }); err == nil {
		t.Error(figure, len(kept))
	}
}

// A way that retains its values is seen.
func TestReleaseFails(t *testing.T) {
	ways["kept"] = func(fresh func() *value) any { return fresh() }
	defer delete(ways, "kept")
	if figure, err := release(2); err == nil {
		t.Error(figure)
	}
}
