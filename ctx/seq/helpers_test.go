package seq_test

import (
	"errors"
	"reflect"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

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

func isRunning(t *testing.T, f func()) {
	t.Helper()
	err, _ := panics(t, f).(error)
	isError(t, err, seq.ErrRunning)
}

// elsewhere runs f on a goroutine of its own, where it may end by Goexit.
func elsewhere(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

// must1 is the value of a Next that has one.
func must1[T any](t *testing.T) func(x T, ok bool) T {
	return func(x T, ok bool) T {
		t.Helper()
		if !ok {
			t.Fatal("the generator has ended")
		}
		return x
	}
}

func newVar[T any](name string, opts ...ctx.Option[T]) ctx.Var[T] {
	return ctx.New(name, opts...)
}

// divide is the arithmetic of PEP 550's examples: x/y with n significant digits.
func divide(x, y float64, n int) string {
	return strconv.FormatFloat(x/y, 'g', n, 64)
}

// clean reports whether st has nothing but its bottom level.
func clean(t *testing.T, st *ctx.State) {
	t.Helper()
	n := 0
	for range st.Levels() {
		n++
	}
	equal(t, n, 1)
}

// waitFor loops until cond holds, with at most n collections. After each it
// polls for as long as goroutines come and go, since cleanups start some.
func waitFor(n int, cond func() bool) bool {
	for range n {
		if cond() {
			return true
		}
		runtime.GC()
		last := 0
		for idle := 0; idle < 100 && !cond(); idle++ {
			if now := runtime.NumGoroutine(); now != last {
				idle, last = 0, now
			}
			time.Sleep(time.Millisecond)
		}
	}
	return cond()
}
