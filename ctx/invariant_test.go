package ctx_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/strata-go/strata/internal/ctxmodel"
	"github.com/strata-go/strata/internal/ctxmodel/drive"
)

var (
	long   = flag.Bool("ctx.long", false, "run 10^6 random programs instead of 10^4")
	seed   = flag.Uint64("ctx.seed", 1, "the seed of the first random program")
	replay = flag.String("ctx.replay", "", "run this encoded program only")
)

// G10, the invariant as a property: random programs of generators that resume
// each other, open and close blocks, fork, register and fire callbacks, panic,
// close, reset foreign tokens, switch modes and take snapshots. After every
// step every read must be what the oracle makes of the backtrace.
//
// Bugs planted once, with the number of programs it took to see them:
//
//	the cache misses a push                                        1
//	the cache misses a pop                                         1
//	Set's token takes the visible value, so that Reset promotes
//	  the caller's value into the generator's level                1
//	Detach leaves a push iterator's overlay on during its yield    2
//	a snapshot shares a level that is edited in place              2
//	a cached value is believed by the address of the top level     2
//	Resume keeps a generator's first resumer                       1
//	Reset restores the whole map of the time of the Set            2
//	a write of a lent State misses what a generator put aside
//	  under a Run (found, not planted)                          1030
//
// A cache tag that points to the entry reads right and pins a value: TestH5 and
// TestH7 see it, each in most of its cases.
func TestG10_Invariant(t *testing.T) {
	if *replay != "" {
		p, err := ctxmodel.Parse(*replay)
		ok(t, err)
		if f := drive.Run(p, nil); f != "" {
			t.Fatal(f)
		}
		return
	}
	programs := 10_000
	switch {
	case *long:
		programs = 1_000_000
	case raced: // the race detector is for the loop's own sake: it runs on one goroutine at a time
		programs = 2_000
	}
	var (
		mu     sync.Mutex
		total  drive.Stats
		next   atomic.Uint64
		failed atomic.Bool
		wg     sync.WaitGroup
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			var stats drive.Stats
			for !failed.Load() {
				n := next.Add(1) - 1
				if n >= uint64(programs) {
					break
				}
				p := ctxmodel.FromSeed(*seed + n)
				if f := drive.Run(p, &stats); f != "" && failed.CompareAndSwap(false, true) {
					small := ctxmodel.Shrink(p, 4000, func(p ctxmodel.Program) bool { return drive.Run(p, nil) != "" })
					t.Errorf("program %d of seed %d: %s\nshrunk: %v\n%s\nreplay with -ctx.replay=%s",
						n+1, *seed, f, small, drive.Run(small, nil), small.Encode())
				}
			}
			mu.Lock()
			defer mu.Unlock()
			total.Add(&stats)
		})
	}
	wg.Wait()
	if failed.Load() {
		return
	}
	slices.Sort(total.Steps)
	median := total.Steps[len(total.Steps)/2]
	if testing.Verbose() {
		var b strings.Builder
		fmt.Fprintf(&b, "%d programs, median %d steps, at least %d generators and %d States each\n", total.Programs, median, total.Generators, total.States)
		for op, n := range total.Ops {
			if n > 0 {
				fmt.Fprintf(&b, "%12s %9d\n", ctxmodel.Op(op), n)
			}
		}
		fmt.Fprint(os.Stdout, b.String())
	}
	if median < 40 || total.Generators < 3 || total.States < 2 {
		t.Errorf("the programs are too small: median %d steps, %d generators, %d States", median, total.Generators, total.States)
	}
	for op, n := range total.Ops {
		if n == 0 && ctxmodel.Op(op) != ctxmodel.Nothing && ctxmodel.Op(op) != ctxmodel.Collect {
			t.Errorf("no program did %s", ctxmodel.Op(op))
		}
	}
}
