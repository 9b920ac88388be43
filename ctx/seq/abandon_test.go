package seq_test

import (
	"runtime"
	"sync/atomic"
	"testing"
	"weak"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

// D9: 10^5 generators dropped without Close are gone within 5 collections: no
// goroutine stays, and their deferred functions ran under their own levels, on
// goroutines of their own.
func TestD9_AbandonedGenerators(t *testing.T) {
	n := 100_000
	if testing.Short() || raced {
		n = 5000
	}
	v := newVar("v", ctx.Default(-1))
	var ended, wrong atomic.Int64
	before := runtime.NumGoroutine()
	st := ctx.NewState()
	v.Set(st, -2)
	for i := range n {
		g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
			defer func() {
				if v.Get(st) != i {
					wrong.Add(1)
				}
				ended.Add(1)
			}()
			v.Set(st, i)
			for yield(i) {
			}
		})
		g.Next(st)
	}
	if !waitFor(5, func() bool { return ended.Load() == int64(n) && runtime.NumGoroutine() <= before+1 }) {
		t.Fatalf("%d of %d generators ended within 5 collections, %d goroutines more than before", ended.Load(), n, runtime.NumGoroutine()-before)
	}
	equal(t, wrong.Load(), 0)
	equal(t, v.Get(st), -2)
}

// The same for generators that receive, and for sources of adapters. Deferred
// functions that block keep up nobody else.
func TestD9_AbandonedIOAndAdapters(t *testing.T) {
	v := newVar("v", ctx.Default("d"))
	ended := make(chan string, 100)
	block := make(chan struct{})
	before := runtime.NumGoroutine()
	func() {
		st := ctx.NewState()
		for range 10 {
			g := seq.GenerateIO(func(st *ctx.State, yield func(int) (int, error)) error {
				v.Set(st, "io")
				_, err := yield(0)
				if err != seq.ErrClosed {
					t.Errorf("got %v, want ErrClosed", err)
				}
				<-block
				ended <- v.Get(st)
				return err
			})
			if _, err := g.Next(st); err != nil {
				t.Fatal(err)
			}
			src := seq.Generate(func(st *ctx.State, yield func(int) bool) {
				v.Set(st, "source")
				yield(0)
				ended <- v.Get(st)
			})
			seq.Map(src, func(_ *ctx.State, x int) int { return x }).Next(st)
			seq.Generate(func(*ctx.State, func(int) bool) { t.Error("a generator that never started ran") })
		}
	}()
	if !waitFor(5, func() bool { return len(ended) == 10 }) { // the sources
		t.Fatalf("%d of 10 ended", len(ended))
	}
	close(block)
	if !waitFor(5, func() bool { return len(ended) == 20 && runtime.NumGoroutine() <= before+1 }) {
		t.Fatalf("%d of 20 ended", len(ended))
	}
	got := map[string]int{}
	for range 20 {
		got[<-ended]++
	}
	equal(t, got, map[string]int{"io": 10, "source": 10})
}

// A suspended generator keeps nothing of its resumer alive; an ended one keeps
// nothing of its body and of what it has yielded.
func TestD9_WhatAGeneratorKeeps(t *testing.T) {
	type big struct{ _ [1 << 10]byte }
	v := newVar("v", ctx.Default[*big](nil))
	var resumer weak.Pointer[ctx.State]
	var value, yielded, captured weak.Pointer[big]
	g := func() *seq.Generator[*big] {
		c := new(big)
		captured = weak.Make(c)
		return seq.Generate(func(st *ctx.State, yield func(*big) bool) {
			if v.Get(st) == nil {
				t.Error("the resumer's value is not seen")
			}
			b := new(big)
			yielded = weak.Make(b)
			yield(b)
			runtime.KeepAlive(c)
		})
	}()
	func() {
		st := ctx.NewState()
		resumer = weak.Make(st)
		x := new(big)
		value = weak.Make(x)
		v.Set(st, x)
		st.Push(new(ctx.Layer))
		g.Next(st)
	}()
	if !waitFor(8, func() bool { return resumer.Value() == nil && value.Value() == nil }) {
		t.Fatalf("kept: resumer %v, value %v", resumer.Value() != nil, value.Value() != nil)
	}
	if captured.Value() == nil {
		t.Fatal("the body's own variable is gone: the harness sees nothing")
	}
	g.Close(nil)
	if !waitFor(5, func() bool { return captured.Value() == nil && yielded.Value() == nil }) {
		t.Fatal("an ended generator keeps what its body captured or yielded")
	}
	runtime.KeepAlive(g)
}

// The values that an ended generator or adapter set are not kept by its handle.
func TestD9_EndedKeepsNoValue(t *testing.T) {
	type big struct{ _ [1 << 10]byte }
	v := ctx.Static("v", ctx.Default[*big](nil))
	var values []weak.Pointer[big]
	set := func(st *ctx.State) {
		x := new(big)
		values = append(values, weak.Make(x))
		v.Set(st, x)
	}
	st := ctx.NewState()
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) { set(st); yield(1) }, seq.Captured(st.Snapshot()))
	io := seq.GenerateIO(func(st *ctx.State, yield func(int) (int, error)) error {
		set(st)
		_, err := yield(1)
		return err
	})
	m := seq.Map(seq.Generate(func(st *ctx.State, yield func(int) bool) { set(st); yield(1) }), func(st *ctx.State, x int) int { set(st); return x })
	for range 2 {
		g.Next(st)
		_, _ = io.Next(st)
		m.Next(st)
	}
	equal(t, len(values), 4)
	equal(t, g.Mode(), ctx.Captured)
	left := func() (n int) {
		for _, p := range values {
			if p.Value() != nil {
				n++
			}
		}
		return n
	}
	if !waitFor(5, func() bool { return left() == 0 }) {
		t.Errorf("%d values are kept", left())
	}
	runtime.KeepAlive([]any{g, io, m})
}

// A body that refers to its own handle leaks, as documented, until it is closed.
func TestD9_BodyWithItsOwnHandle(t *testing.T) {
	var ended atomic.Bool
	var handle weak.Pointer[seq.Generator[int]]
	func() {
		var g *seq.Generator[int]
		g = seq.Generate(func(st *ctx.State, yield func(int) bool) {
			defer ended.Store(true)
			for yield(0) {
			}
			runtime.KeepAlive(g)
		})
		handle = weak.Make(g)
		g.Next(nil)
	}()
	for range 3 {
		runtime.GC()
	}
	equal(t, ended.Load(), false)
	handle.Value().Close(nil)
	equal(t, ended.Load(), true)
}
