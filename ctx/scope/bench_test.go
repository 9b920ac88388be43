package scope_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
)

func heapNow() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkLiveDeadlines reports the bytes that each of a million live
// deadlines takes, everything counted that has to be kept, and the time to
// open and close one. The bar: 200 B, package context takes 298.
func BenchmarkLiveDeadlines(b *testing.B) {
	const n = 1_000_000
	at := func(i int) time.Duration { return time.Hour + time.Duration(i*7919%1000)*time.Second }
	b.Run("impl=strata", func(b *testing.B) {
		for b.Loop() {
			st := ctx.NewState()
			before := heapNow()
			open := make([]scope.Block, 0, n)
			for i := range n {
				open = append(open, scope.Open(st, scope.Timeout(at(i))))
			}
			b.ReportMetric(float64(heapNow()-before)/n, "B/deadline")
			for _, block := range slices.Backward(open) {
				_ = block.Close(st, nil)
			}
		}
	})
	b.Run("impl=context", func(b *testing.B) {
		for b.Loop() {
			before := heapNow()
			open := make([]context.CancelFunc, 0, n)
			for i := range n {
				_, cancel := context.WithTimeout(context.Background(), at(i))
				open = append(open, cancel)
			}
			b.ReportMetric(float64(heapNow()-before)/n, "B/deadline")
			for _, cancel := range slices.Backward(open) {
				cancel()
			}
		}
	})
}

// BenchmarkFailAfter opens and leaves a block with a deadline, while others are
// live.
func BenchmarkFailAfter(b *testing.B) {
	for _, live := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("live=%d/impl=strata", live), func(b *testing.B) {
			others := ctx.NewState()
			var open []scope.Block
			for range live {
				open = append(open, scope.Open(others, scope.Timeout(time.Hour)))
			}
			st := ctx.NewState()
			b.ReportAllocs()
			for b.Loop() {
				_ = scope.FailAfter(st, time.Minute, func(*scope.Scope) error { return nil })
			}
			for _, block := range slices.Backward(open) {
				_ = block.Close(others, nil)
			}
		})
		b.Run(fmt.Sprintf("live=%d/impl=context", live), func(b *testing.B) {
			var cancels []context.CancelFunc
			for range live {
				_, cancel := context.WithTimeout(context.Background(), time.Hour)
				cancels = append(cancels, cancel)
			}
			b.ReportAllocs()
			for b.Loop() {
				_, cancel := context.WithTimeout(context.Background(), time.Minute)
				cancel()
			}
			for _, cancel := range cancels {
				cancel()
			}
		})
	}
}

// BenchmarkCheckpoint is what a loop pays to be stoppable, at depth 10.
func BenchmarkCheckpoint(b *testing.B) {
	st := ctx.NewState()
	c := context.Background()
	for range 10 {
		block := scope.Open(st, scope.Timeout(time.Hour))
		defer func() { _ = block.Close(st, nil) }()
		var cancel context.CancelFunc
		c, cancel = context.WithTimeout(c, time.Hour)
		defer cancel()
	}
	b.Run("op=cancelled/impl=strata", func(b *testing.B) {
		for b.Loop() {
			if scope.Cancelled(st) {
				b.Fatal()
			}
		}
	})
	b.Run("op=cancelled/impl=context", func(b *testing.B) {
		for b.Loop() {
			if c.Err() != nil {
				b.Fatal()
			}
		}
	})
	b.Run("op=check/impl=strata", func(b *testing.B) {
		for b.Loop() {
			if scope.Check(st) != nil {
				b.Fatal()
			}
		}
	})
	b.Run("op=deadline/impl=strata", func(b *testing.B) {
		for b.Loop() {
			_, _ = scope.EffectiveDeadline(st)
		}
	})
	b.Run("op=context/impl=strata", func(b *testing.B) {
		for b.Loop() {
			_ = scope.Context(st)
		}
	})
}
