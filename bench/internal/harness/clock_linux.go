package harness

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is the processor time that the process has used. Bodies run on one
// processor and never wait, so on an idle machine it advances like the clock
// on the wall; on a shared one it leaves out the time in which others ran.
func cpuTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t) != nil {
		return time.Since(began)
	}
	return time.Duration(t.Nano())
}
