package main

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
	"github.com/strata-go/strata/ctx/seq"
)

// small makes recursion over what a row deepens end the process: a stack may
// have a mebibyte.
func small() (restore func()) {
	before := debug.SetMaxStack(1 << 20)
	return func() { debug.SetMaxStack(before) }
}

// levels lays levels and opens blocks.
func levels(n int) (string, error) {
	defer small()()
	st := ctx.NewState()
	name.Put(st, "bottom")
	m := st.Mark()
	for i := range n {
		st.Push(new(ctx.Layer))
		if i%1000 == 0 {
			number.Put(st, i)
		}
	}
	pushed := make([]ctx.Pushed[int], n)
	for i := range pushed {
		pushed[i] = blocks.Push(st, i)
	}
	s := st.Snapshot()
	child := st.Fork()
	if name.Get(st) != "bottom" || name.Get(child) != "bottom" || blocks.Len(child) != n || s.Len() != 3 {
		return "", errors.New("reads are wrong")
	}
	count := 0
	for range st.Levels() {
		count++
	}
	for i := range pushed {
		pushed[n-1-i].Pop(st)
	}
	st.Unwind(m)
	if count != n+1 || blocks.Len(st) != 0 || blocks.Len(child) != 0 {
		return "", fmt.Errorf("%d levels, %d blocks", count, blocks.Len(st))
	}
	return fmt.Sprintf("%d levels and %d open blocks read, flattened, forked and left on a stack of 1 MiB", n, n), nil
}

// scopes opens cancel scopes inside one another, takes their contexts, cancels
// the outermost one and leaves them.
func scopes(n int) (string, error) {
	defer small()()
	st := ctx.NewState()
	clock := scope.NewClock()
	defer clock.Close()
	clock.Use(st)
	open := make([]scope.Block, n)
	for i := range open {
		if i%2 == 0 {
			open[i] = scope.Open(st, scope.Timeout(1<<50))
		} else {
			open[i] = scope.Open(st)
		}
		if i%1000 == 0 {
			_ = open[i].OwnContext()
		}
	}
	c := scope.Context(st)
	live := clock.Live()
	open[0].Cancel(nil)
	<-c.Done()
	if !scope.Cancelled(st) {
		return "", errors.New("the innermost code is not cancelled")
	}
	for i := range open {
		_ = open[n-1-i].Close(st, nil)
	}
	if live != (n+1)/2 || clock.Live() != 0 || scope.Current(st) != nil {
		return "", fmt.Errorf("%d live deadlines, %d at the end", live, clock.Live())
	}
	return fmt.Sprintf("%d cancel scopes open, cancelled from outside and left on a stack of 1 MiB", n), nil
}

// nested resumes generators each of which is resumed by the body of the next.
func nested(n int) (string, error) {
	defer small()()
	before := runtime.NumGoroutine()
	closed := 0
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		defer func() { closed++ }()
		for yield(len(name.Get(st))) {
		}
	})
	for i := range n {
		inner := g
		g = seq.Generate(func(st *ctx.State, yield func(int) bool) {
			defer func() { closed++ }()
			number.Put(st, i)
			seq.From(st, inner, yield)
		})
	}
	st := ctx.NewState()
	for _, x := range []string{"a", "bb"} {
		name.Put(st, x)
		if got, _ := g.Next(st); got != len(x) {
			return "", fmt.Errorf("the innermost body reads %d", got)
		}
	}
	live := runtime.NumGoroutine() - before
	g.Close(st)
	for i := 0; runtime.NumGoroutine() > before && i < 1e6; i++ {
		runtime.Gosched()
	}
	left := runtime.NumGoroutine() - before
	figure := fmt.Sprintf("%d generators live inside one another (%d coroutines), read through and closed on stacks of 1 MiB", n+1, live)
	if closed != n+1 || left > 0 {
		return figure, fmt.Errorf("%d bodies ended, %d goroutines are left", closed, left)
	}
	return figure, nil
}

// abandon drops generators inside their bodies.
func abandon(n int) (string, error) {
	before := runtime.NumGoroutine()
	var ended, wrong atomic.Int64
	st := ctx.NewState()
	number.Put(st, -1)
	for i := range n {
		seq.Generate(func(st *ctx.State, yield func(int) bool) {
			defer func() {
				if number.Or(st, 0) != i {
					wrong.Add(1)
				}
				ended.Add(1)
			}()
			number.Put(st, i)
			for yield(i) {
			}
		}).Next(st)
	}
	live := runtime.NumGoroutine() - before
	collections := 0
	for ; collections < 20 && (ended.Load() < int64(n) || runtime.NumGoroutine() > before+1); collections++ {
		runtime.GC()
		for i := 0; i < 20000 && (ended.Load() < int64(n) || runtime.NumGoroutine() > before+1); i++ {
			runtime.Gosched()
		}
	}
	left := runtime.NumGoroutine() - before
	figure := fmt.Sprintf("%d dropped with %d coroutines: %d bodies ended under their own level, %d goroutines left after %d collections",
		n, live, ended.Load()-wrong.Load(), max(left, 0), collections)
	if ended.Load() != int64(n) || wrong.Load() != 0 || left > 1 || collections > 5 {
		return figure, fmt.Errorf("%d ended, %d of them in another context", ended.Load(), wrong.Load())
	}
	return figure, nil
}
