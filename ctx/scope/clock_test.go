package scope

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/strata-go/strata/ctx"
)

// verify checks the heap: order, and that each scope knows its place.
func (c *Clock) verify(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, e := range c.heap {
		if int(e.sc.pos) != i+1 {
			t.Fatalf("place %d holds a scope that thinks it is at %d", i+1, e.sc.pos)
		}
		if e.sc.deadline.Load() != e.when {
			t.Fatalf("place %d: deadline %d, entry %d", i+1, e.sc.deadline.Load(), e.when)
		}
		if p := (i+3)/4 - 1; i > 0 && c.heap[p].when > e.when {
			t.Fatalf("place %d is earlier than its parent %d", i+1, p+1)
		}
	}
	for _, e := range c.heap[len(c.heap):cap(c.heap)] {
		if e.sc != nil {
			t.Fatal("a place beyond the end holds a scope")
		}
	}
	if len(c.heap) == 0 && c.armed != never {
		t.Fatal("the timer is set without a live deadline")
	}
	if len(c.heap) > 0 && c.armed > c.heap[0].when {
		t.Fatal("the timer is set too late")
	}
}

// Scopes on a fake clock against a model: a plain list of deadlines.
func TestClockModel(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			clock := NewClock()
			defer clock.Close()
			type task struct {
				b    Block
				st   *ctx.State
				when time.Time // zero: none
				done bool      // cancelled, for whatever reason
			}
			var open []*task
			for range 600 {
				switch op := r.IntN(10); {
				case op < 4:
					st := ctx.NewState()
					clock.Use(st)
					tk := &task{st: st, b: Open(st)}
					if r.IntN(5) > 0 {
						tk.when = time.Now().Add(time.Duration(r.IntN(50)+1) * time.Second)
						tk.b.SetDeadline(tk.when)
					}
					open = append(open, tk)
				case op < 6 && len(open) > 0:
					i := r.IntN(len(open))
					if err := open[i].b.Close(open[i].st, nil); err != nil {
						t.Fatal(err)
					}
					open = slices.Delete(open, i, i+1)
				case op < 8 && len(open) > 0:
					tk := open[r.IntN(len(open))]
					when := time.Now().Add(time.Duration(r.IntN(60)-5) * time.Second)
					if r.IntN(6) == 0 {
						when = time.Time{}
					}
					if moved := tk.b.SetDeadline(when); moved == tk.done {
						t.Fatalf("SetDeadline: %v for a scope that is cancelled: %v", moved, tk.done)
					}
					if !tk.done {
						tk.when = when
					}
				case op == 8 && len(open) > 0:
					tk := open[r.IntN(len(open))]
					if tk.b.Cancel(nil) == tk.done {
						t.Fatal("Cancel")
					}
					tk.done = true
				default:
					time.Sleep(time.Duration(r.IntN(8)) * time.Second)
				}
				synctest.Wait()
				live := 0
				for _, tk := range open {
					tk.done = tk.done || !tk.when.IsZero() && !tk.when.After(time.Now())
					if !tk.done && !tk.when.IsZero() {
						live++
					}
					if tk.b.Called() != tk.done || Cancelled(tk.st) != tk.done {
						t.Fatalf("scope %v: cancelled should be %v", tk.b.Scope, tk.done)
					}
				}
				if clock.Live() != live {
					t.Fatalf("%d live deadlines, want %d", clock.Live(), live)
				}
				clock.verify(t)
			}
		})
	}
}

// Deadlines that are left do not stay behind, and their room is given back.
func TestClockGivesRoomBack(t *testing.T) {
	clock := NewClock()
	defer clock.Close()
	st := ctx.NewState()
	clock.Use(st)
	var open []Block
	for range 50_000 {
		open = append(open, Open(st, Timeout(time.Hour)))
	}
	for _, b := range slices.Backward(open) {
		if err := b.Close(st, nil); err != nil {
			t.Fatal(err)
		}
	}
	clock.verify(t)
	if clock.Live() != 0 || cap(clock.heap) > 1024 {
		t.Fatalf("%d live, room for %d", clock.Live(), cap(clock.heap))
	}
}

// 10^6 live deadlines, everything counted: the scope, its place in the heap,
// its place in the execution, and the block in the hands of whoever closes it.
func TestMillionDeadlines(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 100_000
	}
	st := ctx.NewState()
	before := heap()
	open := make([]Block, 0, n)
	for i := range n {
		open = append(open, Open(st, Timeout(time.Hour+time.Duration(i*7919%1000)*time.Second)))
	}
	each := float64(heap()-before) / float64(n)
	t.Logf("%d live deadlines: %.0f B each", n, each)
	if each > 200 && !raceEnabled {
		t.Errorf("%.0f B for each live deadline, want 200 at most", each)
	}
	if Live() != n {
		t.Fatalf("%d live", Live())
	}
	for _, b := range slices.Backward(open) {
		if err := b.Close(st, nil); err != nil {
			t.Fatal(err)
		}
	}
	if Live() != 0 {
		t.Fatalf("%d live after the blocks were left", Live())
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestTimesSaturate(t *testing.T) {
	c := process
	for _, x := range []struct {
		t    int64
		d    time.Duration
		want int64
	}{
		{0, 5, 5},
		{math.MaxInt64 - 1, 1, never},
		{math.MaxInt64 - 1, 2, never},
		{math.MinInt64 + 1, -5, math.MinInt64},
		{-5, math.MaxInt64, math.MaxInt64 - 5},
	} {
		if got := after(x.t, x.d); got != x.want {
			t.Errorf("after(%d, %d) = %d, want %d", x.t, x.d, got, x.want)
		}
	}
	if got := c.at(time.Unix(math.MaxInt64, 0)); got != never {
		t.Errorf("at(far) = %d", got)
	}
	now := time.Now()
	if got, _ := c.time(c.at(now)); !got.Equal(now) {
		t.Errorf("%v becomes %v", now, got)
	}
}

// Check looks at the clock: here no timer will ever report the deadline.
func TestCheckLooksAtTheClock(t *testing.T) {
	st := ctx.NewState()
	b := Open(st)
	b.Scope.deadline.Store(process.now() - 1)
	scopes.Changed()
	if Cancelled(st) || Check(st) == nil || !b.TimedOut() || !Cancelled(st) {
		t.Fatal("Check does not look at the clock")
	}
	if err := b.Close(st, context.DeadlineExceeded); err != nil || !b.Caught() {
		t.Fatal(err)
	}
}
