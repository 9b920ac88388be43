package stdctx_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
)

// A task starts with the spawner's variables of the moment, in its State and in
// its Context; its writes stay its own; policies apply.
func TestGroup_Variables(t *testing.T) {
	st := ctx.NewState()
	user.Set(st, "ann")
	local.Set(st, "spawner's")
	g := stdctx.NewGroup(context.Background(), 0)
	started := make(chan struct{})
	g.Go(st, func(st *ctx.State, c context.Context) error {
		<-started
		x, _ := user.From(c)
		equal(t, x, "ann")
		equal(t, user.Get(st), "ann")
		_, ok := local.Lookup(st)
		equal(t, ok, false)
		user.Set(st, "task")
		return nil
	})
	user.Set(st, "later")
	close(started)
	equal(t, g.Wait(), nil)
	equal(t, user.Get(st), "later")
}

// The first error cancels the others, with itself as the cause.
func TestGroup_FirstErrorCancels(t *testing.T) {
	boom := errors.New("boom")
	st := ctx.NewState()
	g := stdctx.NewGroup(context.Background(), 0)
	for range 3 {
		g.Go(st, func(_ *ctx.State, c context.Context) error {
			<-c.Done()
			isError(t, context.Cause(c), boom)
			return c.Err()
		})
	}
	g.Go(st, func(*ctx.State, context.Context) error { return boom })
	isError(t, g.Wait(), boom)
}

// At most limit tasks run; TryGo does not wait.
func TestGroup_Limit(t *testing.T) {
	st := ctx.NewState()
	g := stdctx.NewGroup(context.Background(), 2)
	var now, most atomic.Int32
	task := func(*ctx.State, context.Context) error {
		n := now.Add(1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		runtime.Gosched()
		now.Add(-1)
		return nil
	}
	for range 50 {
		g.Go(st, task)
	}
	equal(t, g.Wait(), nil)
	if most.Load() > 2 {
		t.Errorf("%d tasks at a time", most.Load())
	}
	g = stdctx.NewGroup(context.Background(), 1)
	hold := make(chan struct{})
	equal(t, g.TryGo(st, func(*ctx.State, context.Context) error { <-hold; return nil }), true)
	equal(t, g.TryGo(st, task), false)
	close(hold)
	equal(t, g.Wait(), nil)
}

// A panic comes out of Wait with the task's stack; Goexit is an error.
func TestGroup_Panic(t *testing.T) {
	boom := errors.New("boom")
	g := stdctx.NewGroup(context.Background(), 1)
	g.Go(nil, func(*ctx.State, context.Context) error { panic(boom) })
	func() {
		defer func() {
			err, _ := recover().(error)
			isError(t, err, boom)
			if !strings.Contains(err.Error(), "TestGroup_Panic") {
				t.Errorf("no stack of the task in %q", err)
			}
		}()
		_ = g.Wait()
	}()
	g = stdctx.NewGroup(context.Background(), 0)
	g.Go(nil, func(*ctx.State, context.Context) error { runtime.Goexit(); return nil })
	if err := g.Wait(); err == nil || !strings.Contains(err.Error(), "Goexit") {
		t.Errorf("got %v", err)
	}
}

// An inherit policy that panics takes no place of the group.
func TestGroup_PolicyPanics(t *testing.T) {
	v := ctx.Static("v", ctx.Copy(func(int) int { panic("boom") }))
	st := ctx.NewState()
	v.Set(st, 1)
	g := stdctx.NewGroup(t.Context(), 1)
	for _, start := range []func(*ctx.State, func(*ctx.State, context.Context) error){
		g.Go, func(st *ctx.State, f func(*ctx.State, context.Context) error) { g.TryGo(st, f) },
	} {
		func() {
			defer func() { equal(t, recover(), any("boom")) }()
			start(st, func(*ctx.State, context.Context) error { t.Error("the task runs"); return nil })
		}()
		equal(t, g.TryGo(nil, func(*ctx.State, context.Context) error { return nil }), true)
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
	}
}
