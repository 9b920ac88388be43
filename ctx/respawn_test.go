package ctx_test

import (
	"runtime"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// A task that goes on as a new task from inside a block, and leaves the block,
// does not grow: the blocks that were left do not pile up under the new ones.
func TestRespawnInsideBlocks(t *testing.T) {
	v := ctx.StaticStack[int]("v")
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
			if grown := int64(heap() - before); grown > n*8 {
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
	v := ctx.StaticStack[int]("v")
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
