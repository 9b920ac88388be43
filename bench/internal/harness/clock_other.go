//go:build !linux

package harness

import "time"

// cpuTime falls back to the clock on the wall: timings on a shared machine are
// worth less here.
func cpuTime() time.Duration { return time.Since(began) }
