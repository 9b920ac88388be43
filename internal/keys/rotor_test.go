package keys

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

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
	l, side := k.record.mu(), !k.record.place().toKey
	for at, total := 0, 0; at >= 0; {
		var n int
		at, n = k.record.rotate(k.core, side, at, maxHold)
		require.LessOrEqual(t, n, maxHold)
		// The lock is that of a page of keys: others may hold it for a moment.
		require.Eventually(t, func() bool {
			free := l.TryLock()
			if free {
				l.Unlock()
			}
			return free
		}, 10*time.Second, time.Millisecond, "the lock is held between pieces")
		if total += n; at < 0 {
			require.Equal(t, len(heads), total)
		}
	}
	runtime.KeepAlive(heads)
}

// TestRotationSkipsPagesWithoutCollectableKeys: wherever in the table they lie,
// the rotation ends, and it visits the keys behind them.
func TestRotationSkipsPagesWithoutCollectableKeys(t *testing.T) {
	defer SetLimits(8, 1<<16)()
	for range 3*pageSize + 7 {
		Static[int](Options{Name: "static"})
	}
	k := New[*payload](Options{Name: "k"})
	h, _ := k.Wrap(nil, new(payload))
	require.Greater(t, k.Index(), uint32(3*pageSize))
	for _, key := range []bool{true, false} {
		rounds := 0
		for ; (atomic.LoadPointer(&entryOf(h).owner) == nil) != key; rounds++ {
			require.Less(t, rounds, 12, "the box does not move")
			rotor.mu.Lock()
			ended := false
			for range 100 {
				if ended = rotor.step(maxHold); ended {
					break
				}
			}
			rotor.mu.Unlock()
			require.True(t, ended, "the rotation does not end")
		}
	}
	runtime.KeepAlive(k)
}
