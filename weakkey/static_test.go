package weakkey_test

import (
	"os"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/internal/keys"
	"github.com/strata-go/strata/weakkey"
)

// TestStaticProgram: a process with static keys only starts nothing: no
// goroutine, no cleanup, no rotation.
func TestStaticProgram(t *testing.T) {
	again(t, "TestStaticProcess", "WEAKKEY_STATIC=1")
}

func TestStaticProcess(t *testing.T) {
	if os.Getenv("WEAKKEY_STATIC") == "" {
		t.Skip("runs in a process of its own; see TestStaticProgram")
	}
	cleanups := []metrics.Sample{{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/finalizers/queued:finalizers"}}
	read := func() [2]uint64 {
		metrics.Read(cleanups)
		return [2]uint64{cleanups[0].Value.Uint64(), cleanups[1].Value.Uint64()}
	}
	runtime.GC()
	goroutines, queued := runtime.NumGoroutine(), read()
	var kept []weakkey.Map
	for range 1000 {
		k := weakkey.Static[*value]("k")
		var m weakkey.Map
		m, err := weakkey.Set(m, k, &value{})
		require.NoError(t, err)
		_, ok := weakkey.Get(m, k)
		require.True(t, ok)
		kept = append(kept, m, weakkey.Delete(m, k))
	}
	for range 5 {
		runtime.GC()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), goroutines)
	require.Equal(t, queued, read())
	require.True(t, keys.Quiet())
	require.Zero(t, weakkey.ReadStats().Rotations)
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for g := range strings.SplitSeq(string(stacks), "\n\n") {
		if !strings.Contains(g, "TestStaticProcess") {
			require.NotContains(t, g, "strata/internal/keys")
		}
	}
	runtime.KeepAlive(kept)
}
