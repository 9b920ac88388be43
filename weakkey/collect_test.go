package weakkey_test

import (
	"flag"
	"runtime"
	"runtime/metrics"
	"testing"
)

// long runs the forms that take minutes: go test ./weakkey -long -timeout 2h.
var long = flag.Bool("long", false, "run the long forms")

// times returns short, or more of it with -long.
func times(short, inLongForm int) int {
	switch {
	case *long:
		return inLongForm
	case testing.Short():
		return max(short/10, 1)
	case raceEnabled:
		return max(short/2, 1)
	}
	return short
}

// collect runs one collection and waits until what it set off is done: the
// cleanups, and so the rotation that one of them runs.
func collect() {
	runtime.GC()
	drainCleanups()
}

// drainCleanups waits, within a bound, until every queued cleanup has run.
func drainCleanups() {
	s := []metrics.Sample{{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/cleanups/executed:cleanups"}}
	for range 1 << 22 {
		metrics.Read(s)
		if s[0].Value.Uint64() == s[1].Value.Uint64() {
			return
		}
		runtime.Gosched()
	}
}

// elsewhere runs f on a goroutine of its own, so that no dead stack slot of the
// caller keeps what f made.
func elsewhere(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}
