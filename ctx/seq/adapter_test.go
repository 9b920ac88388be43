package seq_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

// An adapter has a level of its own: what its function sets stays there, is seen
// by the function and the source at later resumes, and by nobody else.
func TestD19_AdaptersHaveALevel(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default(0))
	src := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		for yield(v.Get(st)) {
		}
	})
	m := seq.Map(src, func(st *ctx.State, x int) int {
		v.Set(st, x+1)
		return x
	})
	var r []int
	for x := range m.All(st) {
		if r = append(r, x, v.Get(st)); x == 2 {
			break
		}
	}
	equal(t, r, []int{0, 0, 1, 0, 2, 0})
	clean(t, st)
}

// When a function panics or calls Goexit, the sources are closed under the
// adapter's level, and the adapter has ended.
func TestAdapter_PanicClosesTheSources(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	for name, end := range map[string]func(){"panic": func() { panic("boom") }, "goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			var closed string
			src := func() *seq.Generator[int] {
				return seq.Generate(func(st *ctx.State, yield func(int) bool) {
					for yield(1) {
					}
					closed += v.Get(st)
				})
			}
			z := seq.Map(seq.Zip(src(), src()), func(st *ctx.State, x seq.Pair[int, int]) int {
				v.Set(st, "own")
				end()
				return 0
			})
			elsewhere(func() {
				defer func() { _ = recover() }()
				z.Next(st)
			})
			equal(t, closed, "ownown")
			_, ok := z.Next(st)
			equal(t, ok, false)
			z.Close(st)
			clean(t, st)
		})
	}
}

// D11 for adapters.
func TestD11_RunningAdapter(t *testing.T) {
	var m *seq.Adapter[int]
	m = seq.Map(seq.Generate(count), func(st *ctx.State, x int) int {
		isRunning(t, func() { m.Next(st) })
		isRunning(t, func() { m.Close(st) })
		return x
	})
	equal(t, must1[int](t)(m.Next(nil)), 0)
	m.Close(nil)
}

// Zip ends with the shorter source and closes the other.
func TestZip(t *testing.T) {
	n := func(k int) *seq.Generator[int] {
		return seq.Generate(func(_ *ctx.State, yield func(int) bool) {
			for i := range k {
				if !yield(i) {
					return
				}
			}
		})
	}
	for _, c := range [][3]int{{2, 3, 2}, {3, 2, 2}, {0, 1, 0}, {2, 2, 2}} {
		a, b, pairs := n(c[0]), n(c[1]), 0
		for p := range seq.Zip(a, b).All(nil) {
			equal(t, p.First, p.Second)
			pairs++
		}
		equal(t, pairs, c[2])
		_, ok1 := a.Next(nil)
		_, ok2 := b.Next(nil)
		equal(t, [2]bool{ok1, ok2}, [2]bool{})
	}
}

// The life of a generator that receives, step by step.
func TestIO_Life(t *testing.T) {
	boom := errors.New("boom")
	started := false
	mk := func() *seq.IO[int, int] {
		started = false
		return seq.GenerateIO(func(_ *ctx.State, yield func(int) (int, error)) error {
			started = true
			x, err := yield(1)
			if err != nil {
				_, again := yield(99)
				isError(t, again, seq.ErrClosed)
				return err
			}
			_, err = yield(x)
			return err
		})
	}
	g := mk()
	_, err := g.Throw(nil, boom) // before the start: ends it
	isError(t, err, boom)
	equal(t, started, false)
	_, err = g.Next(nil)
	isError(t, err, seq.ErrDone)

	g = mk()
	equal(t, g.Close(nil), nil)
	equal(t, started, false)

	g = mk()
	_, _ = g.Next(nil)
	equal(t, g.Close(nil), nil) // yields again in vain
	equal(t, g.Close(nil), nil)

	g = mk()
	_, _ = g.Next(nil)
	x, err := g.Send(nil, 7)
	equal(t, x, 7)
	equal(t, err, nil)
	_, err = g.Send(nil, 8)
	isError(t, err, seq.ErrDone)
	_, err = g.Throw(nil, boom)
	isError(t, err, seq.ErrDone)
	panics(t, func() { _, _ = mk().Throw(nil, nil) })

	var got []int
	for x, err := range mk().All(nil) {
		equal(t, err, nil)
		got = append(got, x)
		break
	}
	equal(t, got, []int{1})
}
