package ctx_test

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/metrics"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/keys"
)

// TestStaticProgram: Get, Set, Reset, Snapshot, Swap and Layers of static
// variables start no goroutine and no cleanup. It runs in a process of its own,
// in which no collectable variable was ever made.
func TestStaticProgram(t *testing.T) {
	if os.Getenv("CTX_STATIC") == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStaticProgram$", "-test.v")
		cmd.Env = append(os.Environ(), "CTX_STATIC=1")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "--- PASS")
		return
	}
	cleanups := []metrics.Sample{{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/finalizers/queued:finalizers"}}
	read := func() [2]uint64 {
		metrics.Read(cleanups)
		return [2]uint64{cleanups[0].Value.Uint64(), cleanups[1].Value.Uint64()}
	}
	runtime.GC()
	goroutines, queued := runtime.NumGoroutine(), read()
	v, s := ctx.Static[*int]("v"), ctx.StaticStack[*int]("s")
	var kept []any
	for i := range 100 {
		st := ctx.NewState()
		tok := v.Set(st, new(i))
		p := s.Push(st, new(i))
		require.Equal(t, i, *v.Get(st))
		snap := st.Snapshot()
		m := st.Swap(snap)
		st.Unwind(m)
		m = st.Push(new(ctx.Layer))
		v.Put(st, new(i))
		st.Unwind(m)
		p.Pop(st)
		require.NoError(t, v.Reset(st, tok))
		kept = append(kept, st, snap, snap.NewState(), st.Fork())
	}
	for range 5 {
		runtime.GC()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), goroutines)
	require.Equal(t, queued, read())
	require.True(t, keys.Quiet())
	require.Zero(t, keys.ReadStats().Rotations)
	runtime.KeepAlive(kept)
}
