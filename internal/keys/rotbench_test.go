package keys

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"
)

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRotationRounds times each kind of round over keys with one entry each.
func BenchmarkRotationRounds(b *testing.B) {
	const n = 200_000
	made := make([]*Key[string], n)
	heads := make([]*Head, n)
	var w Writer
	for i := range made {
		made[i] = New[string](Options{Name: "k"})
		heads[i], _ = made[i].Wrap(&w, fmt.Sprint(i))
	}
	for range 3 {
		Rotate()
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for _, gc := range []bool{false, true} {
		b.Run(fmt.Sprintf("gc=%v", gc), func(b *testing.B) {
			var best [3]float64
			for i := range best {
				best[i] = 1e9
			}
			for b.Loop() {
				if gc {
					rotor.sentinel.Store(0)
					runtime.GC()
				}
				r := rotor.round % 3
				t := cpu()
				Rotate()
				best[r] = min(best[r], float64(cpu()-t)/n)
			}
			sum := 0.
			for r := range best {
				sum += best[r] / 3
				b.ReportMetric(best[r], fmt.Sprintf("ns/entry-round%d", r))
			}
			b.ReportMetric(sum, "ns/entry-mean")
		})
	}
	runtime.KeepAlive(made)
	runtime.KeepAlive(heads)
}
