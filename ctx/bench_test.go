package ctx_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Microbenchmarks for profiling. The bars of the project are ratios inside one
// run and stand in bench/; BenchmarkFloor and BenchmarkContextValue are here to
// read the others against.

type holder struct{ x int }

//go:noinline
func (h *holder) field() int { return h.x }

var sink int

func BenchmarkFloor(b *testing.B) {
	h := &holder{1}
	for b.Loop() {
		sink += h.field()
	}
}

func BenchmarkContextValue(b *testing.B) {
	for _, depth := range []int{1, 10} {
		b.Run(fmt.Sprintf("depth=%d", depth), func(b *testing.B) {
			type key int
			c := context.Background()
			for i := range depth {
				c = context.WithValue(c, key(i), i)
			}
			for b.Loop() {
				sink += c.Value(key(0)).(int)
			}
		})
	}
	b.Run("with", func(b *testing.B) {
		type key int
		for b.Loop() {
			keep = context.WithValue(context.Background(), key(0), 1000)
		}
	})
}

var keep any

func ints(n int) []ctx.Var[int] {
	vs := make([]ctx.Var[int], n)
	for i := range vs {
		vs[i] = ctx.Static[int](fmt.Sprintf("bench-%d", i), ctx.Default(7))
	}
	return vs
}

var benchVars = ints(1000)

func BenchmarkGet(b *testing.B) {
	st := ctx.NewState()
	for _, v := range benchVars[:8] {
		v.Put(st, 1)
	}
	v := benchVars[0]
	b.Run("one", func(b *testing.B) {
		for b.Loop() {
			sink += v.Get(st)
		}
	})
	b.Run("eight", func(b *testing.B) {
		i := 0
		for b.Loop() {
			sink += benchVars[i&7].Get(st)
			i++
		}
	})
	b.Run("default", func(b *testing.B) {
		v := benchVars[999]
		for b.Loop() {
			sink += v.Get(st)
		}
	})
	b.Run("lookup", func(b *testing.B) {
		for b.Loop() {
			x, _ := v.Lookup(st)
			sink += x
		}
	})
	b.Run("collectable", func(b *testing.B) {
		v := ctx.New[int]("c")
		v.Put(st, 3)
		for b.Loop() {
			sink += v.Get(st)
		}
	})
	b.Run("deep", func(b *testing.B) {
		for range 1_000_000 {
			st.Push(new(ctx.Layer))
		}
		for b.Loop() {
			sink += v.Get(st)
		}
	})
}

func BenchmarkGetFirst(b *testing.B) {
	st := ctx.NewState()
	for _, v := range benchVars[:8] {
		v.Put(st, 1)
	}
	s := st.Snapshot()
	for b.Loop() {
		m := st.Swap(s)
		sink += benchVars[3].Get(st)
		st.Unwind(m)
	}
}

func BenchmarkSwitch(b *testing.B) {
	for _, open := range []int{0, 10, 10_000} {
		st := ctx.NewState()
		scopes := ctx.StaticStack[int]("scopes")
		for i := range open {
			scopes.Push(st, i)
		}
		s := st.Snapshot()
		b.Run(fmt.Sprintf("op=snapshot/open=%d", open), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s = st.Snapshot()
			}
		})
		b.Run(fmt.Sprintf("op=swap/open=%d", open), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				st.Unwind(st.Swap(s))
			}
		})
		b.Run(fmt.Sprintf("op=push/open=%d", open), func(b *testing.B) {
			b.ReportAllocs()
			l := new(ctx.Layer)
			m := st.Push(l)
			benchVars[0].Put(st, 1)
			st.Unwind(m)
			for b.Loop() {
				st.Unwind(st.Push(l))
			}
		})
		b.Run(fmt.Sprintf("op=resume/open=%d", open), func(b *testing.B) {
			b.ReportAllocs()
			l, gs := new(ctx.Layer), ctx.NewState()
			for b.Loop() {
				gs.Unwind(gs.Resume(st, l))
			}
		})
	}
}

func BenchmarkSet(b *testing.B) {
	b.Run("reset", func(b *testing.B) {
		b.ReportAllocs()
		st := ctx.NewState()
		for _, v := range benchVars[:8] {
			v.Put(st, 1)
		}
		v := benchVars[2]
		for b.Loop() {
			_ = v.Reset(st, v.Set(st, 1000))
		}
	})
	b.Run("reset-collectable", func(b *testing.B) {
		b.ReportAllocs()
		st := ctx.NewState()
		for _, v := range benchVars[:7] {
			v.Put(st, 1)
		}
		v := ctx.New[string]("c")
		for b.Loop() {
			_ = v.Reset(st, v.Set(st, "x"))
		}
	})
	b.Run("reset-collectable-snapshot", func(b *testing.B) {
		b.ReportAllocs()
		st := ctx.NewState()
		for _, v := range benchVars[:7] {
			v.Put(st, 1)
		}
		v := ctx.New[string]("c")
		for b.Loop() {
			tok := v.Set(st, "x")
			st.Snapshot()
			_ = v.Reset(st, tok)
		}
	})
	b.Run("reset-static-snapshot", func(b *testing.B) {
		b.ReportAllocs()
		st := ctx.NewState()
		for _, v := range benchVars[:8] {
			v.Put(st, 1)
		}
		v := benchVars[2]
		for b.Loop() {
			tok := v.Set(st, 1000)
			st.Snapshot()
			_ = v.Reset(st, tok)
		}
	})
	for _, n := range []int{8, 1000} {
		b.Run(fmt.Sprintf("after-snapshot/vars=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			st := ctx.NewState()
			for _, v := range benchVars[:n] {
				v.Put(st, 1)
			}
			for b.Loop() {
				st.Snapshot()
				benchVars[2].Put(st, 1000)
			}
		})
	}
}

func BenchmarkFork(b *testing.B) {
	b.ReportAllocs()
	st := ctx.NewState()
	benchVars[0].Put(st, 1)
	for b.Loop() {
		keep = st.Fork()
	}
}

func BenchmarkBridge(b *testing.B) {
	c := context.Background()
	for i := range 10 {
		c = benchVars[i].WithContext(c, i)
	}
	b.Run("own=10", func(b *testing.B) {
		for b.Loop() {
			x, _ := benchVars[0].From(c)
			sink += x
		}
	})
	type key int
	for i := range 10 {
		c = context.WithValue(c, key(i), i)
	}
	b.Run("foreign=10", func(b *testing.B) {
		for b.Loop() {
			x, _ := benchVars[0].From(c)
			sink += x
		}
	})
}
