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
	if *long {
		programs = 1_000_000
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
