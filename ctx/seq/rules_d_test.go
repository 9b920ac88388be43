package seq_test

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

// Rules D on real generators, first half. The results are those of the design's oracle.

// D1: push at resume, pop at yield, for next, send, throw and close alike.
func TestD1_PushAtResumePopAtYield(t *testing.T) {
	st := ctx.NewState()
	v1, v2 := newVar[string]("v1"), newVar[string]("v2")
	g := seq.Generate(func(st *ctx.State, yield func([2]string) bool) {
		v1.Set(st, "gen")
		yield([2]string{v1.Get(st), v2.Get(st)})
		yield([2]string{v1.Get(st), v2.Get(st)})
	})
	next := must1[[2]string](t)
	v1.Set(st, "main")
	v2.Set(st, "main")
	equal(t, next(g.Next(st)), [2]string{"gen", "main"})
	equal(t, v1.Get(st), "main")
	v1.Set(st, "main modified")
	v2.Set(st, "main modified")
	equal(t, next(g.Next(st)), [2]string{"gen", "main modified"})
	equal(t, v1.Get(st), "main modified")
	_, ok := g.Next(st)
	equal(t, ok, false)
	clean(t, st)
}

// D1: next 1/0, send 2/0, throw 3/0, close runs the deferred code with 4.
func TestD1_SendThrowClose(t *testing.T) {
	st := ctx.NewState()
	v := newVar[int]("v")
	v.Set(st, 0)
	var log []int
	boom := errors.New("boom")
	g := seq.GenerateIO(func(st *ctx.State, yield func(int) (int, error)) error {
		defer func() { v.Set(st, 4); log = append(log, v.Get(st)) }()
		v.Set(st, 1)
		x, _ := yield(v.Get(st))
		v.Set(st, x)
		_, err := yield(v.Get(st))
		if err != boom {
			return err
		}
		v.Set(st, 3)
		_, err = yield(v.Get(st))
		return err
	})
	var r []int
	add := func(x int, err error) {
		equal(t, err, nil)
		r = append(r, x, v.Get(st))
	}
	add(g.Next(st))
	add(g.Send(st, 2))
	add(g.Throw(st, boom))
	equal(t, g.Close(st), nil)
	equal(t, r, []int{1, 0, 2, 0, 3, 0})
	equal(t, log, []int{4})
	equal(t, v.Get(st), 0)
}

// D2, D7: lookups go to the current resumer, creation captures nothing: d, call, d.
func TestD2_D7_LookupsGoToTheResumer(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	var g *seq.Generator[string]
	v.With(st, "creation", func() {
		g = seq.Generate(func(st *ctx.State, yield func(string) bool) {
			for yield(v.Get(st)) {
			}
		})
	})
	next := must1[string](t)
	r := []string{next(g.Next(st))}
	v.With(st, "call", func() { r = append(r, next(g.Next(st))) })
	r = append(r, next(g.Next(st)))
	equal(t, r, []string{"d", "call", "d"})
	g.Close(st)
}

// D3: writes reach the resumer neither at a yield nor at the end.
func TestD3_WritesStayInside(t *testing.T) {
	st := ctx.NewState()
	v, w := newVar("v", ctx.Default("d")), newVar[int]("w")
	w.Set(st, 1)
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		v.Set(st, "own")
		w.Mask(st)
		yield(1)
		v.Set(st, "last")
	})
	for range g.All(st) {
		equal(t, v.Get(st), "d")
		equal(t, w.Get(st), 1)
	}
	equal(t, v.Get(st), "d")
	equal(t, st.Snapshot().Len(), 1)
}

// D4: what the generator set is there at each resume, from every resumer; nil
// resumes in an empty execution.
func TestD4_TheLevelPersists(t *testing.T) {
	a, b := ctx.NewState(), ctx.NewState()
	v := newVar("v", ctx.Default(0))
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		for i := 1; ; i++ {
			v.Set(st, v.Get(st)+i)
			if !yield(v.Get(st)) {
				return
			}
		}
	})
	v.Set(a, 100)
	next := must1[int](t)
	equal(t, []int{next(g.Next(a)), next(g.Next(b)), next(g.Next(a)), next(g.Next(nil))}, []int{101, 103, 106, 110})
	equal(t, []int{v.Get(a), v.Get(b)}, []int{100, 0})
	g.Close(nil)
}

// D5: PEP 550's nested generators.
func TestD5_NestedGenerators(t *testing.T) {
	st := ctx.NewState()
	a, b := newVar("a", ctx.Default("-")), newVar("b", ctx.Default("-"))
	var log [][2]string
	add := func(st *ctx.State) { log = append(log, [2]string{a.Get(st), b.Get(st)}) }
	nested := func(st *ctx.State, yield func(int) bool) {
		add(st)
		a.Set(st, "a-nested")
		yield(0)
		add(st)
		yield(0)
	}
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		a.Set(st, "a-gen")
		b.Set(st, "b-gen")
		n := seq.Generate(nested)
		defer n.Close(st)
		n.Next(st)
		add(st)
		a.Set(st, "a-mod")
		b.Set(st, "b-mod")
		n.Next(st)
		add(st)
		yield(0)
	})
	for range g.All(st) {
	}
	equal(t, a.Get(st), "-")
	equal(t, log, [][2]string{{"a-gen", "b-gen"}, {"a-gen", "b-gen"}, {"a-nested", "b-mod"}, {"a-mod", "b-mod"}})
}

// D6: delegation leaks into neither the delegating generator nor the caller.
func TestD6_DelegationDoesNotLeak(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("-"))
	var log []string
	inner := func(st *ctx.State, yield func(int) bool) {
		v.Set(st, "inner")
		yield(1)
		log = append(log, v.Get(st))
		yield(2)
	}
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		v.Set(st, "outer")
		seq.From(st, seq.Generate(inner), yield)
		log = append(log, v.Get(st))
	})
	var r []any
	for x := range g.All(st) {
		r = append(r, x, v.Get(st))
	}
	equal(t, r, []any{1, "-", 2, "-"})
	equal(t, log, []string{"inner", "outer"})

	// Closing the outer one closes the inner one first, then goes on.
	log = nil
	g = seq.Generate(func(st *ctx.State, yield func(int) bool) {
		v.Set(st, "outer")
		src := seq.Generate(inner)
		equal(t, seq.From(st, src, yield), false)
		_, ok := src.Next(st)
		equal(t, ok, false)
		log = append(log, v.Get(st))
	})
	g.Next(st)
	g.Close(st)
	equal(t, log, []string{"inner", "outer"})
}

// D6 for generators that receive: what is sent and thrown goes through.
func TestD6_DelegationOfSendThrowClose(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("-"))
	boom := errors.New("boom")
	var log []string
	inner := func(st *ctx.State, yield func(string) (string, error)) error {
		defer func() { log = append(log, "inner ends under "+v.Get(st)) }()
		v.Set(st, "inner")
		for {
			x, err := yield(v.Get(st))
			switch {
			case err == boom:
				v.Set(st, "caught")
			case err != nil:
				return err
			default:
				v.Set(st, x)
			}
		}
	}
	outer := func(st *ctx.State, yield func(string) (string, error)) error {
		v.Set(st, "outer")
		err := seq.FromIO(st, seq.GenerateIO(inner), yield)
		log = append(log, "outer "+v.Get(st))
		return err
	}
	g := seq.GenerateIO(outer)
	var r []string
	add := func(x string, err error) {
		equal(t, err, nil)
		r = append(r, x)
	}
	add(g.Next(st))
	add(g.Send(st, "sent"))
	add(g.Throw(st, boom))
	equal(t, g.Close(st), nil)
	equal(t, r, []string{"inner", "sent", "caught"})
	equal(t, log, []string{"inner ends under caught", "outer outer"})

	// An error that the inner body does not handle comes out of the outer one.
	log = nil
	other := errors.New("other")
	g = seq.GenerateIO(outer)
	add(g.Next(st))
	_, err := g.Throw(st, other)
	isError(t, err, other)
	_, err = g.Next(st)
	isError(t, err, seq.ErrDone)
	equal(t, log, []string{"inner ends under inner", "outer outer"})
	equal(t, v.Get(st), "-")
}

// D8: a panic or Goexit that leaves the generator pops its level and ends it.
func TestD8_PanicPopsTheLevel(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default(0))
	for name, end := range map[string]func(){"panic": func() { panic("boom") }, "goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			var deferred int
			g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
				defer func() { deferred = v.Get(st) }()
				v.Set(st, 1)
				st.Run(ctx.Snapshot{}.With(v.To(7)), end)
			})
			returned := false
			elsewhere(func() {
				defer func() {
					if r := recover(); name == "panic" {
						equal(t, r, any("boom"))
					} else {
						equal(t, r, nil)
					}
				}()
				g.Next(st)
				returned = true
			})
			equal(t, returned, false)
			equal(t, deferred, 1)
			equal(t, v.Get(st), 0)
			clean(t, st)
			_, ok := g.Next(st)
			equal(t, ok, false)
			g.Close(st)
		})
	}
}

// D9: closing runs the rest of the body under its level, from any task.
func TestD9_ClosedUnderItsLevel(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	var log []string
	body := func(st *ctx.State, yield func(int) bool) {
		defer func() { log = append(log, v.Get(st)) }()
		v.With(st, "own", func() {
			defer func() { log = append(log, v.Get(st)) }()
			for yield(0) {
			}
			equal(t, yield(1), false) // and so do further yields
		})
	}
	for x := range seq.Generate(body).All(st) {
		equal(t, x, 0)
		break
	}
	equal(t, log, []string{"own", "d"})
	g := seq.Generate(body)
	g.Next(st)
	log = nil
	elsewhere(func() {
		other := ctx.NewState()
		v.Set(other, "closer")
		g.Close(other)
		g.Close(other)
	})
	equal(t, log, []string{"own", "closer"})
	g = seq.Generate(body) // one that never started has nothing to clean up
	log = nil
	g.Close(st)
	_, ok := g.Next(st)
	equal(t, ok, false)
	equal(t, len(log), 0)
}

// D10: resumed from another goroutine's State it sees that one's execution plus
// its own level. A body that keeps its first resumer's State fails here (the
// plant in TestPlant_FirstResumersState shows it).
func TestD10_TwoResumersOnTwoGoroutines(t *testing.T) {
	resumers(t, func(v, o ctx.Var[string]) *seq.Generator[[2]string] {
		return seq.Generate(func(st *ctx.State, yield func([2]string) bool) {
			o.Set(st, "own")
			for yield([2]string{v.Get(st), o.Get(st)}) {
			}
		})
	}, [][2]string{{"main", "own"}, {"d", "own"}, {"main", "own"}, {"other", "own"}})
}

func resumers(t *testing.T, create func(v, o ctx.Var[string]) *seq.Generator[[2]string], want [][2]string) {
	t.Helper()
	st := ctx.NewState()
	v, o := newVar("v", ctx.Default("d")), newVar[string]("o")
	g := create(v, o)
	v.Set(st, "main")
	next := must1[[2]string](t)
	r := [][2]string{next(g.Next(st))}
	elsewhere(func() { r = append(r, next(g.Next(ctx.NewState()))) })
	r = append(r, next(g.Next(st)))
	elsewhere(func() {
		other := ctx.NewState()
		v.Set(other, "other")
		r = append(r, next(g.Next(other)))
	})
	equal(t, r, want)
	g.Close(st)
}

// Planted: a body that keeps the State of its first resumer, instead of using
// the one it is given, reads that one for ever and leaks its writes into it.
// The rule's own test sees the difference.
func TestPlant_FirstResumersState(t *testing.T) {
	first := ctx.NewState()
	v, o := newVar("v", ctx.Default("d")), newVar("o", ctx.Default("-"))
	v.Set(first, "main")
	g := seq.Generate(func(_ *ctx.State, yield func([2]string) bool) {
		o.Set(first, "own")
		for yield([2]string{v.Get(first), o.Get(first)}) {
		}
	})
	next := must1[[2]string](t)
	next(g.Next(first))
	got := next(g.Next(ctx.NewState()))
	if got == [2]string{"d", "own"} {
		t.Fatal("the plant follows the rule: the tests of D10 cannot fail")
	}
	equal(t, o.Get(first), "own") // the leak
	g.Close(first)
}

// D11: a running generator is not resumed, closed or changed, neither by its
// own body nor by another goroutine.
func TestD11_RunningGenerator(t *testing.T) {
	st := ctx.NewState()
	var g *seq.Generator[int]
	g = seq.Generate(func(st *ctx.State, yield func(int) bool) {
		isRunning(t, func() { g.Next(st) })
		isRunning(t, func() { g.Close(st) })
		isError(t, g.SetMode(ctx.None), seq.ErrRunning)
		isError(t, g.Capture(st.Snapshot()), seq.ErrRunning)
		yield(1)
	})
	equal(t, must1[int](t)(g.Next(st)), 1)
	g.Close(st)

	var r *seq.IO[int, int]
	r = seq.GenerateIO(func(st *ctx.State, yield func(int) (int, error)) error {
		_, err := r.Next(st)
		isError(t, err, seq.ErrRunning)
		_, err = r.Send(st, 1)
		isError(t, err, seq.ErrRunning)
		_, err = r.Throw(st, errors.New("x"))
		isError(t, err, seq.ErrRunning)
		isError(t, r.Close(st), seq.ErrRunning)
		isError(t, r.SetMode(ctx.None), seq.ErrRunning)
		_, err = yield(1)
		return err
	})
	_, err := r.Next(st)
	equal(t, err, nil)
	equal(t, r.Close(st), nil)
	clean(t, st)
}

// D11, concurrently: of two goroutines one is told, and the generator goes on.
func TestD11_ConcurrentResume(t *testing.T) {
	inside, goOn := make(chan struct{}), make(chan struct{})
	g := seq.Generate(func(_ *ctx.State, yield func(int) bool) {
		inside <- struct{}{}
		<-goOn
		yield(1)
	})
	var wg sync.WaitGroup
	wg.Go(func() { equal(t, must1[int](t)(g.Next(ctx.NewState())), 1) })
	<-inside
	isRunning(t, func() { g.Next(ctx.NewState()) })
	isRunning(t, func() { g.Close(ctx.NewState()) })
	close(goOn)
	wg.Wait()
	_, ok := g.Next(nil)
	equal(t, ok, false)
}

// D11 under load: every value comes out once, whoever asks; all others are told.
func TestD11_ManyResumers(t *testing.T) {
	const n, values = 8, 2000
	g := seq.Generate(func(_ *ctx.State, yield func(int) bool) {
		for i := range values {
			if !yield(i) {
				return
			}
		}
	})
	var seen [values]atomic.Int32
	try := func(st *ctx.State) (ok bool) {
		defer func() {
			if r := recover(); r != nil {
				ok = r == seq.ErrRunning
			}
		}()
		x, ok := g.Next(st)
		if ok {
			seen[x].Add(1)
		}
		return ok
	}
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for st := ctx.NewState(); try(st); {
			}
		})
	}
	wg.Wait()
	for i := range seen {
		equal(t, seen[i].Load(), 1)
	}
}
