package ctx_test

import (
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/strata-go/strata/ctx"
)

// A task that goes on as a new task from inside a block, and leaves the block,
// does not grow: the blocks that were left do not pile up under the new ones.
func TestRespawnInsideBlocks(t *testing.T) {
	t.Run("static", func(t *testing.T) { respawnInsideBlocks(t, ctx.StaticStack[int]("v")) })
	t.Run("collectable", func(t *testing.T) { respawnInsideBlocks(t, ctx.NewStack[int]("v")) })
}

func respawnInsideBlocks(t *testing.T, v ctx.StackVar[int]) {
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for name, next := range map[string]func(st *ctx.State, i int) *ctx.State{
		"snapshot inside": func(st *ctx.State, i int) *ctx.State {
			p := v.Push(st, i)
			defer p.Pop(st)
			return st.Snapshot().NewState()
		},
		"the next task's block is opened first": func() func(st *ctx.State, i int) *ctx.State {
			var last ctx.Pushed[int]
			var in *ctx.State
			return func(st *ctx.State, i int) *ctx.State {
				p := v.Push(st, i)
				if in != nil {
					last.Pop(in)
				}
				last, in = p, st
				return st.Fork()
			}
		}(),
		"inside a generator": func(st *ctx.State, i int) *ctx.State {
			m := st.Push(new(ctx.Layer))
			defer st.Unwind(m)
			p := v.Push(st, i)
			defer p.Pop(st)
			return st.Snapshot().NewState()
		},
		"inside a generator, and a block": func(st *ctx.State, i int) *ctx.State {
			p := v.Push(st, i)
			defer p.Pop(st)
			m := st.Push(new(ctx.Layer))
			defer st.Unwind(m)
			q := v.Push(st, i)
			defer q.Pop(st)
			return st.Snapshot().NewState()
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := ctx.NewState()
			outer := v.Push(st, -1) // is open all the time
			start := st
			st = st.Fork()
			var before uint64
			const n = 20_000
			for i := range n {
				if i == n/10 {
					before = heap()
				}
				st = next(st, i)
			}
			grown := int64(heap() - before)
			for i := 0; i < 10 && grown > n*8; i++ { // collectable values go in their own time
				grown = int64(heap() - before)
			}
			if grown > n*8 {
				t.Errorf("%d bytes for each task", grown/n)
			}
			first := 0
			for x := range v.All(st) {
				first = x
				break
			}
			if l := v.Len(st); l > 2 || first != -1 {
				t.Errorf("%d elements, the first one is %d", l, first)
			}
			outer.Pop(start)
		})
	}
}

// What flattening leaves out is no change.
func TestDiffOfLeftBlocks(t *testing.T) {
	t.Run("static", func(t *testing.T) { diffOfLeftBlocks(t, ctx.StaticStack[int]("v")) })
	t.Run("collectable", func(t *testing.T) { diffOfLeftBlocks(t, ctx.NewStack[int]("v")) })
}

func diffOfLeftBlocks(t *testing.T, v ctx.StackVar[int]) {
	st := ctx.NewState()
	v.Push(st, 1)
	m := st.Push(new(ctx.Layer))
	p := v.Push(st, 2)
	in := st.Snapshot().NewState() // 1 and 2
	p.Pop(st)
	st.Unwind(m)
	in.Push(new(ctx.Layer))
	v.Push(in, 3)
	a := in.Snapshot() // 1, what is left of 2, 3
	other := ctx.NewState()
	equal(t, a.Diff(a.Apply(ctx.Snapshot{}.Diff(other.Snapshot()))).Len(), 0)
	q := v.Push(in, 4)
	b := in.Snapshot()
	q.Pop(in)
	equal(t, a.Diff(b).Len(), 0)
	equal(t, b.Diff(in.Snapshot()).Len(), 0)
	v.Push(in, 5)
	equal(t, a.Diff(in.Snapshot()).Len(), 1)
}

// A collectable stack variable with a long list goes when nobody holds it,
// though tasks go on from snapshots with that list and collections come at any
// time.
func TestPruningKeepsNoVariable(t *testing.T) {
	st := ctx.NewState()
	respawn := func(v ctx.StackVar[*[64]int], x *[64]int) {
		m := st.Push(new(ctx.Layer))
		defer st.Unwind(m)
		if v != (ctx.StackVar[*[64]int]{}) {
			v.Push(st, x)
		}
		next := st.Snapshot().NewState()
		st = next
	}
	var gone []weak.Pointer[[64]int]
	func() {
		v := ctx.NewStack[*[64]int]("v")
		for range 200 { // none is left
			x := new([64]int)
			gone = append(gone, weak.Make(x))
			respawn(v, x)
		}
		if n := v.Len(st); n != 200 {
			t.Fatalf("%d elements are open, want 200", n)
		}
	}()
	for i := 0; ; i++ {
		left := 0
		for _, p := range gone {
			if p.Value() != nil {
				left++
			}
		}
		if left == 0 {
			break
		}
		if i == 50 {
			t.Fatalf("%d of %d values are held", left, len(gone))
		}
		runtime.GC()
		for range 100 {
			respawn(ctx.StackVar[*[64]int]{}, nil)
		}
	}
	runtime.KeepAlive(st)
}

// What the library knows of collectable stack variables goes with them.
func TestManyStackVariables(t *testing.T) {
	heap := func() uint64 {
		for range 4 {
			runtime.GC()
			time.Sleep(time.Millisecond) // cleanups of one collection set free what the next one takes
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var before uint64
	for i := range 10 {
		for range 5000 {
			ctx.NewStack[int]("v")
		}
		if now := heap(); i == 0 {
			before = now
		} else if i == 9 && now > before+1<<20 {
			t.Errorf("the heap grew from %d to %d bytes", before, now)
		}
	}
}
