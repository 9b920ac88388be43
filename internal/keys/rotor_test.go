package keys

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReleaseInTheMiddleOfARotation: a rotation is done in pieces, and a key
// with many entries may go between two.
func TestReleaseInTheMiddleOfARotation(t *testing.T) {
	// One more key: making the first one takes the rotor's lock, held below.
	other := New[*payload](Options{Name: "other"})
	defer runtime.KeepAlive(other)
	for _, again := range []bool{false, true} {
		k := New[*payload](Options{Name: "k"})
		heads := make([]*Head, 5000)
		for i := range heads {
			heads[i], _ = k.Wrap(nil, new(payload))
		}
		Rotate()
		rotor.mu.Lock()
		for range 100 {
			rotor.step(300)
			if rotor.index == k.Index() && rotor.at > 0 {
				break
			}
		}
		require.Positive(t, rotor.at)
		k.Release()
		if again { // the index has another key now
			var next []*Key[*payload]
			for len(next) == 0 || next[len(next)-1].Index() != k.Index() {
				next = append(next, New[*payload](Options{Name: "next"}))
			}
			defer runtime.KeepAlive(next)
		}
		ended := false
		for range 1000 {
			if ended = rotor.step(300); ended {
				break
			}
		}
		rotor.mu.Unlock()
		require.True(t, ended, "the rotation does not end")
		runtime.KeepAlive(heads)
	}
}

// TestPiecesAreSmall: no piece visits many more entries than it was allowed.
func TestPiecesAreSmall(t *testing.T) {
	k := New[*payload](Options{Name: "k"})
	heads := make([]*Head, 5000)
	for i := range heads {
		heads[i], _ = k.Wrap(nil, new(payload))
	}
	Rotate()
	l, side := k.record.mu(), !k.record.toKey
	for at, total := 0, 0; at >= 0; {
		var n int
		at, n = k.record.rotate(k.core, side, at, maxHold)
		require.LessOrEqual(t, n, maxHold)
		require.True(t, l.TryLock(), "the lock is held between pieces")
		l.Unlock()
		if total += n; at < 0 {
			require.Equal(t, len(heads), total)
		}
	}
	runtime.KeepAlive(heads)
}
