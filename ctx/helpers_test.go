package ctx_test

import (
	"errors"
	"iter"
	"reflect"
	"runtime"
	"runtime/metrics"
	"slices"
	"testing"
	"weak"

	"github.com/strata-go/strata/ctx"
)

// kind says how the variables of a test are made. The rules hold for both
// kinds, so most tests run once with each.
type kind bool

const (
	static      kind = false
	collectable kind = true
)

func kinds(t *testing.T, f func(t *testing.T, k kind)) {
	t.Run("static", func(t *testing.T) { f(t, static) })
	t.Run("collectable", func(t *testing.T) { f(t, collectable) })
}

func newVar[T any](k kind, name string, opts ...ctx.Option[T]) ctx.Var[T] {
	if k == collectable {
		return ctx.New(name, opts...)
	}
	return ctx.Static(name, opts...)
}

func newStack[T any](k kind, name string, opts ...ctx.Option[T]) ctx.StackVar[T] {
	if k == collectable {
		return ctx.NewStack(name, opts...)
	}
	return ctx.StaticStack(name, opts...)
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

// panics runs f and returns what it panics with; f returning is a failure.
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

// goexit runs f on a goroutine of its own, where it may call runtime.Goexit,
// and waits for it.
func goexit(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
		runtime.Goexit()
	}()
	<-done
}

func stack[T any](v ctx.StackVar[T], st *ctx.State) []T { return slices.Collect(v.All(st)) }

var errClosed = errors.New("generator closed")

// gen is a generator as a runtime would build it on the public API: a body on
// a coroutine, a State for the body and a Layer that each resume lays over
// whoever resumes.
type gen[T any] struct {
	layer ctx.Layer
	st    *ctx.State
	next  func() (T, bool)
	stop  func()
	emit  func(T) bool
	sent  any   // what the last resume sent
	err   error // what the last resume threw
}

// generate makes a generator in mode overlay; its body starts at the first
// resume.
func generate[T any](body func(g *gen[T], st *ctx.State)) *gen[T] {
	g := &gen[T]{st: ctx.NewState()}
	g.next, g.stop = iter.Pull(func(yield func(T) bool) {
		g.emit = yield
		body(g, g.st)
	})
	return g
}

// generator makes one in the given mode; Captured captures creator's execution.
func generator[T any](mode ctx.Mode, creator *ctx.State, body func(g *gen[T], st *ctx.State)) *gen[T] {
	g := generate(body)
	if mode == ctx.Captured {
		if err := g.layer.Capture(creator.Snapshot()); err != nil {
			panic(err)
		}
	} else if err := g.layer.SetMode(mode); err != nil {
		panic(err)
	}
	return g
}

// yield suspends the body. It returns errClosed when the generator is closed,
// or what Throw throws.
func (g *gen[T]) yield(x T) error {
	if !g.emit(x) {
		return errClosed
	}
	err := g.err
	g.err = nil
	return err
}

func (g *gen[T]) Next(from *ctx.State) (T, bool) {
	m := g.st.Resume(from, &g.layer)
	defer g.st.Unwind(m)
	return g.next()
}

func (g *gen[T]) next1(from *ctx.State) T {
	x, ok := g.Next(from)
	if !ok {
		panic("the generator has ended")
	}
	return x
}

func (g *gen[T]) Send(from *ctx.State, x any) T {
	g.sent = x
	return g.next1(from)
}

func (g *gen[T]) Throw(from *ctx.State, err error) T {
	g.err = err
	return g.next1(from)
}

func (g *gen[T]) Close(from *ctx.State) {
	m := g.st.Resume(from, &g.layer)
	defer g.st.Unwind(m)
	g.stop()
}

// each resumes the generator to its end.
func (g *gen[T]) each(from *ctx.State, f func(T)) {
	for {
		x, ok := g.Next(from)
		if !ok {
			return
		}
		f(x)
	}
}

func (g *gen[T]) all(from *ctx.State) (out []T) {
	g.each(from, func(x T) { out = append(out, x) })
	return out
}

// collected waits until the object behind p is collected; it is a failure if it
// is not after a bounded number of collections.
func collected[T any](t *testing.T, p weak.Pointer[T]) {
	t.Helper()
	if !dies(p, 20) {
		t.Fatal("LEAK: still reachable")
	}
}

// dies reports whether the object behind p is collected within n collections.
func dies[T any](p weak.Pointer[T], n int) bool {
	cleanups := []metrics.Sample{{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/cleanups/executed:cleanups"}}
	for range n {
		runtime.GC()
		for range 1 << 20 { // until the cleanups that it queued have run
			metrics.Read(cleanups)
			if cleanups[0].Value.Uint64() == cleanups[1].Value.Uint64() {
				break
			}
			runtime.Gosched()
		}
		if p.Value() == nil {
			return true
		}
	}
	return false
}
