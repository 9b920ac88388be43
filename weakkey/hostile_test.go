package weakkey_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/weakkey"
)

// again runs tests of this binary in a process of their own.
func again(t *testing.T, tests string, env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^("+tests+")$", "-test.short", "-test.v", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS", "no test ran: %s", out)
}

// TestForeignCleanups: cleanups and finalizers of other packages that block or
// end their goroutine delay release and do not stop it.
func TestForeignCleanups(t *testing.T) {
	for _, how := range []string{"goexit", "block"} {
		for _, procs := range []int{1, 4} {
			t.Run(fmt.Sprintf("%s/GOMAXPROCS=%d", how, procs), func(t *testing.T) {
				again(t, "TestHostileProcess", "WEAKKEY_HOSTILE="+how, fmt.Sprint("GOMAXPROCS=", procs))
			})
		}
	}
}

func TestHostileProcess(t *testing.T) {
	how := os.Getenv("WEAKKEY_HOSTILE")
	if how == "" {
		t.Skip("runs in a process of its own; see TestForeignCleanups")
	}
	poison := func(int) {
		if how == "goexit" {
			runtime.Goexit()
		}
		select {}
	}
	for range 64 {
		type foreign struct{ p *int }
		elsewhere(func() {
			runtime.AddCleanup(&foreign{new(int)}, poison, 0)
			runtime.SetFinalizer(&foreign{new(int)}, func(*foreign) { poison(0) })
		})
		runtime.GC()
	}
	for i := range scenarios {
		s := &scenarios[i]
		if strings.HasPrefix(s.name, "S12") {
			continue
		}
		w := new(world)
		elsewhere(func() { s.build(w) })
		w.dropped = nil
		busy := newKey()
		released := false
		for range 100 {
			runtime.GC()
			elsewhere(func() { // the program goes on, and so does release
				var m weakkey.Map
				for range 64 {
					m, _ = weakkey.Set(m, busy, &value{})
				}
			})
			left := 0
			for _, p := range w.gone {
				if p.Value() != nil {
					left++
				}
			}
			if released = left == 0; released {
				break
			}
		}
		require.True(t, released, s.name)
		runtime.KeepAlive(w)
	}
}

// TestRuntimeSettings runs the core of the tests under the runtime's own checks
// and with a collection at every opportunity.
func TestRuntimeSettings(t *testing.T) {
	if testing.Short() {
		t.Skip("each setting runs the short tests")
	}
	const core = "TestMatrix|TestAlive|TestTorture|TestReleaseTorture|TestLastUse"
	settings := []string{
		"GOGC=1",
		"GODEBUG=checkfinalizers=1",
		"GODEBUG=clobberfree=1",
		"GODEBUG=gccheckmark=1",
		"GOMAXPROCS=1",
		"GOMAXPROCS=16",
	}
	if raceEnabled && !*long {
		settings = settings[:1] // the detector makes each ten times as slow
	}
	for _, set := range settings {
		t.Run(set, func(t *testing.T) { again(t, core, set) })
	}
}
