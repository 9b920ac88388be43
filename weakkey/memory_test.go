package weakkey_test

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/internal/keys"
	"github.com/strata-go/strata/weakkey"
)

// heapInUse collects until no more goes, and returns the bytes that are left.
func heapInUse() int64 {
	least := int64(1) << 62
	var m runtime.MemStats
	for still := 0; still < 3; {
		collect()
		runtime.ReadMemStats(&m)
		if n := int64(m.HeapAlloc); n < least-4096 {
			least, still = n, 0
		} else {
			still++
		}
	}
	return least
}

// TestMemoryGoesBack: rounds of keys with 1 KB values, nine in ten of which
// refer to their key, each in a live snapshot of its own. What is left of a
// dead key is its entry and a node per snapshot.
func TestMemoryGoesBack(t *testing.T) {
	type kilobyte struct {
		refs []any
		_    [1000]byte
	}
	n := times(20_000, 20_000)
	snapshots := make([]weakkey.Map, n)
	base, _ := weakkey.Set(weakkey.Map{}, weakkey.Static[int]("base"), 1)
	before := heapInUse()
	strong := weakkey.Static[*kilobyte]("strong")
	for i := range snapshots {
		snapshots[i], _ = weakkey.Set(base, strong, nil)
	}
	nodes := heapInUse() - before
	for round := range 4 {
		elsewhere(func() {
			for i := range snapshots {
				k := weakkey.New[*kilobyte]("k")
				v := new(kilobyte)
				if i%10 != 0 {
					v.refs = []any{k}
				}
				snapshots[i], _ = weakkey.Set(base, k, v)
			}
		})
		left := heapInUse() - before
		t.Logf("round %d: %d B per live snapshot (%d with a static key)", round, left/int64(n), nodes/int64(n))
		require.LessOrEqual(t, left, nodes+int64(96*n))
	}
	runtime.KeepAlive(snapshots)
}

// TestManyKeysThroughOneBase: keys come, are set in one base that lives, and
// go. The base does not collect their entries.
func TestManyKeysThroughOneBase(t *testing.T) {
	var base weakkey.Map
	before := heapInUse()
	n := times(100_000, 1_000_000)
	for i := range n {
		k := newKey()
		base, _ = weakkey.Set(base, k, &value{refs: []any{k}})
		if i%1000 == 0 {
			collect()
		}
	}
	used := heapInUse() - before
	t.Logf("%d entries and %d B are left of %d keys", base.Entries(), used, n)
	require.LessOrEqual(t, base.Entries(), 10_000)
	require.LessOrEqual(t, used, int64(2<<20))
	// Writes sweep what is dead.
	k := newKey()
	for range 3 * base.Entries() {
		base, _ = weakkey.Set(base, k, nil)
	}
	require.Equal(t, 1, base.Entries())
	runtime.KeepAlive(base)
}

// churn overwrites one key from four goroutines and returns the sets done, the
// peak of the heap, and the largest number of cleanups that waited.
func churn(d time.Duration, set func(m weakkey.Map, v *value) weakkey.Map) (sets, peak, backlog int64) {
	runtime.GC()
	end := time.Now().Add(d)
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var m weakkey.Map
			for time.Now().Before(end) {
				for range 1000 {
					m = set(m, &value{})
				}
				n.Add(1000)
			}
		})
	}
	s := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/cleanups/executed:cleanups"},
	}
	for time.Now().Before(end) {
		metrics.Read(s)
		peak = max(peak, int64(s[0].Value.Uint64()))
		backlog = max(backlog, int64(s[1].Value.Uint64())-int64(s[2].Value.Uint64()))
		runtime.Gosched()
	}
	wg.Wait()
	return n.Load(), peak, backlog
}

func TestChurnLeavesNoBacklog(t *testing.T) {
	d := time.Duration(times(1000, 30_000)) * time.Millisecond
	setIn := func(k key) func(weakkey.Map, *value) weakkey.Map {
		return func(m weakkey.Map, v *value) weakkey.Map {
			m, _ = weakkey.Set(m, k, v)
			return m
		}
	}
	// A machine busy with other work may keep the collector waiting, on either
	// side: a backlog would show each time.
	for try := 1; ; try++ {
		strongSets, strongPeak, _ := churn(d, setIn(weakkey.Static[*value]("k")))
		sets, peak, backlog := churn(d, setIn(newKey()))
		t.Logf("sets %d (strong %d), peak heap %d B (strong %d), cleanups waiting at most %d", sets, strongSets, peak, strongPeak, backlog)
		if backlog < 100 && peak < 3*strongPeak+4<<20 {
			return
		}
		if try == 5 {
			t.Fatal("the heap grows, or cleanups wait, five times in a row")
		}
	}
}

// TestQuietWhenAllKeysAreDead: without collectable keys no sentinel is armed and
// no goroutine is left.
func TestQuietWhenAllKeysAreDead(t *testing.T) {
	before := runtime.NumGoroutine()
	var c place
	elsewhere(func() {
		for range 1000 {
			k := newKey()
			c.set(k, &value{refs: []any{k}})
		}
	})
	require.False(t, keys.Quiet())
	for range 30 {
		collect()
		if weakkey.ReadStats().CollectableKeys == 0 && keys.Quiet() {
			break
		}
	}
	require.Zero(t, weakkey.ReadStats().CollectableKeys)
	require.True(t, keys.Quiet())
	s := []metrics.Sample{{Name: "/gc/cleanups/queued:cleanups"}}
	metrics.Read(s)
	queued := s[0].Value.Uint64()
	static := weakkey.Static[*value]("static")
	m, _ := weakkey.Set(c.m, static, &value{})
	for range 3 {
		collect()
	}
	metrics.Read(s)
	require.Equal(t, queued, s[0].Value.Uint64(), "a static key set off a cleanup")
	require.True(t, keys.Quiet())
	for i := 0; i < 30 && runtime.NumGoroutine() > before; i++ { // one that runs a cleanup counts for that time
		collect()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
	require.Equal(t, 1, m.Len())
}
