package scope_test

import (
	"errors"
	"iter"
	"reflect"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
)

// bubble runs f on fake time with a State whose scopes follow it.
func bubble(t *testing.T, f func(t *testing.T, st *ctx.State, clock *scope.Clock)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		clock := scope.NewClock()
		defer clock.Close()
		st := ctx.NewState()
		clock.Use(st)
		f(t, st, clock)
	})
}

func equal[T any](t *testing.T, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func isError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func panics(t *testing.T, f func()) (value any) {
	t.Helper()
	defer func() {
		t.Helper()
		if value = recover(); value == nil {
			t.Fatal("no panic")
		}
	}()
	f()
	return nil
}

// collected waits until alive reports false, or many collections have passed.
func collected(t *testing.T, alive func() bool) {
	t.Helper()
	for range 100 {
		if !alive() {
			return
		}
		runtime.GC()
	}
	t.Fatal("still reachable after 100 collections")
}

const second = time.Second

// timeouts are the open scopes of an execution, outermost first, as the number
// of seconds between their deadline and the time they were opened at, which
// must be start.
func timeouts(st *ctx.State, start time.Time) []int {
	list := []int{}
	for sc := range scope.All(st) {
		d, _ := sc.Deadline()
		list = append(list, int(d.Sub(start)/second))
	}
	return list
}

// generator is the smallest one that can be built on package ctx: a Layer and
// a State of its own, re-based on whoever resumes it. Package ctx/seq has the
// real ones.
type generator struct {
	layer ctx.Layer
	st    *ctx.State
	next  func() (int, bool)
	stop  func()
}

func generate(body func(st *ctx.State, yield func(int) bool)) *generator {
	g := &generator{st: ctx.NewState()}
	g.next, g.stop = iter.Pull(func(yield func(int) bool) { body(g.st, yield) })
	return g
}

func (g *generator) Next(from *ctx.State) (int, bool) {
	defer g.st.Unwind(g.st.Resume(from, &g.layer))
	return g.next()
}

func (g *generator) Close(from *ctx.State) {
	defer g.st.Unwind(g.st.Resume(from, &g.layer))
	g.stop()
}
