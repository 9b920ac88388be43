// Command gcx prints what one map of n entries adds to a collection: the best
// of 15 collections on one processor, with four maps alive, less the same with
// the keys alone.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/strata-go/strata/hamt"
)

const copies, n = 4, 1_000_000

func cpu() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1000
}

func mark() float64 {
	debug.SetGCPercent(-1)
	runtime.GC()
	runtime.GOMAXPROCS(1)
	best := 1e18
	for range 15 {
		t := cpu()
		runtime.GC()
		best = min(best, cpu()-t)
	}
	runtime.GOMAXPROCS(4)
	debug.SetGCPercent(100)
	return best / copies
}

func run[K comparable](name string, gen func(*rand.Rand) K, only string) {
	r := rand.New(rand.NewPCG(1, 2))
	keys := make([]K, n)
	for i := range keys {
		keys[i] = gen(r)
	}
	r.Shuffle(n, func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	none := mark()
	for _, c := range []struct {
		what string
		make func() any
	}{
		{"array", func() any {
			m := make([]struct {
				v int
				k K
			}, n)
			for i, k := range keys {
				m[i].k = k
			}
			return m
		}},
		{"builtin", func() any {
			m := map[K]int{}
			for i, k := range keys {
				m[k] = i
			}
			return m
		}},
		{"builder", func() any {
			var b hamt.Builder[K, int]
			for i, k := range keys {
				b.Set(k, i)
			}
			return b.Map()
		}},
		{"collect", func() any {
			return hamt.Collect(func(yield func(K, int) bool) {
				for i, k := range keys {
					if !yield(k, i) {
						return
					}
				}
			})
		}},
	} {
		if only != "" && only != c.what {
			continue
		}
		var all [copies]any
		for i := range all {
			all[i] = c.make()
		}
		fmt.Printf("%s %s %.0f; ", name, c.what, mark()-none)
		runtime.KeepAlive(all)
	}
	fmt.Println()
	runtime.KeepAlive(keys)
}

func main() {
	only := flag.String("only", "", "")
	flag.Parse()
	run("int", func(r *rand.Rand) int { return r.Int() }, *only)
	run("string", func(r *rand.Rand) string {
		b := make([]byte, 8+r.IntN(17))
		for i := range b {
			b[i] = "abcdefghijklmnopqrstuvwxyz012345"[r.IntN(32)]
		}
		return string(b)
	}, *only)
}
