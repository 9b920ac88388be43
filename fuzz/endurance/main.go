package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

// A row is one thing to endure: run does it n times over and returns its
// figure.
type row struct {
	name   string
	n      int // of the full run
	small  int // of the test
	run    func(n int) (figure string, err error)
	single bool // not part of all
}

var rows = []row{
	{"churn", 25_000_000, 200_000, churn, false},
	{"respawn", 1_000_000, 20_000, respawn, false},
	{"levels", 1_000_000, 50_000, levels, false},
	{"scopes", 1_000_000, 20_000, scopes, false},
	{"nested", 100_000, 2000, nested, false},
	{"abandon", 100_000, 2000, abandon, false},
	{"release", 100, 3, release, false},
	{"deadlines", 1_000_000, 20_000, deadlines, false},
	{"model", 100_000_000, 50_000, model, true},
}

var (
	count    = flag.Int("n", 0, "how often (0: as in the documentation)")
	duration = flag.Duration("for", 0, "model: how long at most (0: until n operations are done)")
	first    = flag.Uint64("from", 0, "model: the first program")
	procs    = flag.Int("procs", 1, "model: on how many goroutines")
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: endurance churn|respawn|levels|scopes|nested|abandon|release|deadlines|model|all [-n N]")
		os.Exit(2)
	}
	name := os.Args[1]
	if err := flag.CommandLine.Parse(os.Args[2:]); err != nil {
		os.Exit(2)
	}
	code, found := 0, false
	for _, r := range rows {
		if r.name != name && (name != "all" || r.single) {
			continue
		}
		found = true
		n := r.n
		if *count > 0 {
			n = *count
		}
		start := time.Now()
		figure, err := r.run(n)
		fmt.Printf("%s: %s (%.0f s)\n", r.name, figure, time.Since(start).Seconds())
		if err != nil {
			fmt.Printf("%s: OUT OF BOUNDS: %v\n", r.name, err)
			code = 1
		}
	}
	if !found {
		fmt.Fprintf(os.Stderr, "endurance: no row %q\n", name)
		code = 2
	}
	os.Exit(code)
}

// heap is the bytes of live objects after collections.
func heap() int64 {
	for range 3 { // cleanups of one collection set free what the next one takes
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// flat runs step n times and compares the least that the heap was, looked at
// ten times, in the first half with the least in the second. The least, because
// what died last may be there for a few collections more.
func flat(n int, step func(i int)) (figure string, err error) {
	tenth := max(n/10, 1)
	var looks []int64
	for i := range n {
		if step(i); (i+1)%tenth == 0 {
			looks = append(looks, heap())
		}
	}
	half := len(looks) / 2
	from, to := slices.Min(looks[:half]), slices.Min(looks[half:])
	figure = fmt.Sprintf("%d, heap at least %.2f MB in the first half, %.2f MB in the second", n, float64(from)/1e6, float64(to)/1e6)
	if to > from+from/10+200_000 {
		err = errors.New("the heap grows")
	}
	return figure, err
}
