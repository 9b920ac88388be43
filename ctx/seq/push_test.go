package seq_test

import (
	"fmt"
	"iter"
	"runtime"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

// The two ways to make the same push iterator: a foreign one that works on the
// caller's State, isolated, and a body with a State of its own.
var pushed = map[string]func(st *ctx.State, body func(st *ctx.State, yield func(int) bool)) iter.Seq[int]{
	"Isolate": func(st *ctx.State, body func(st *ctx.State, yield func(int) bool)) iter.Seq[int] {
		return seq.Isolate(st, func(yield func(int) bool) { body(st, yield) })
	},
	"Isolate2": func(st *ctx.State, body func(st *ctx.State, yield func(int) bool)) iter.Seq[int] {
		it := seq.Isolate2(st, func(yield func(int, int) bool) {
			body(st, func(x int) bool { return yield(x, -x) })
		})
		return func(yield func(int) bool) {
			for x, y := range it {
				if y != -x {
					panic("pair broken")
				}
				if !yield(x) {
					return
				}
			}
		}
	},
	"Range": func(st *ctx.State, body func(st *ctx.State, yield func(int) bool)) iter.Seq[int] {
		return seq.Range(st, body)
	},
}

// D18: own, (body d), own, (body body1), body2, body2.
func TestD18_PushIterators(t *testing.T) {
	for name, push := range pushed {
		t.Run(name, func(t *testing.T) {
			st := ctx.NewState()
			v := newVar("v", ctx.Default("d"))
			var log []string
			it := push(st, func(st *ctx.State, yield func(int) bool) {
				v.Set(st, "own")
				log = append(log, v.Get(st))
				yield(1)
				log = append(log, v.Get(st))
				v.Unset(st)
				yield(2)
				log = append(log, v.Get(st))
			})
			for x := range it {
				log = append(log, "(body "+v.Get(st)+")")
				v.Set(st, fmt.Sprint("body", x))
			}
			log = append(log, v.Get(st))
			equal(t, log, []string{"own", "(body d)", "own", "(body body1)", "body2", "body2"})
			clean(t, st)
		})
	}
}

// D18: however the loop's body is left, the iterator's deferred code runs under
// its own levels, and the caller has its own afterwards. The iterator yields
// inside a Run inside its level: several levels come off and go back.
func TestD18_LeavingTheLoop(t *testing.T) {
	v := ctx.Static("v", ctx.Default("d"))
	w := ctx.Static("w", ctx.Default("-")) // the caller's
	body := func(log *[]string) func(st *ctx.State, yield func(int) bool) {
		return func(st *ctx.State, yield func(int) bool) {
			add := func(what string) { *log = append(*log, what+" "+v.Get(st)) }
			v.Set(st, "own")
			defer func() { add("end " + w.Get(st)) }()
			more := true
			st.Run(ctx.Snapshot{}.With(v.To("run")), func() {
				defer add("leave")
				for i := 0; i < 2 && more; i++ {
					more = yield(i)
					add("after")
				}
			})
			add("out")
		}
	}
	leave := map[string]struct {
		loop func(st *ctx.State, it iter.Seq[int], add func(string))
		want []string
	}{
		"to the end": {func(st *ctx.State, it iter.Seq[int], add func(string)) {
			for range it {
				add("loop")
			}
		}, []string{"loop c", "after run", "loop c", "after run", "leave run", "out own", "end w own"}},
		"break": {func(st *ctx.State, it iter.Seq[int], add func(string)) {
			for range it {
				add("loop")
				break
			}
		}, []string{"loop c", "after run", "leave run", "out own", "end w own"}},
		"return": {func(st *ctx.State, it iter.Seq[int], add func(string)) {
			for range it {
				add("loop")
				return
			}
		}, []string{"loop c", "after run", "leave run", "out own", "end w own"}},
		"panic": {func(st *ctx.State, it iter.Seq[int], add func(string)) {
			defer func() { _ = recover() }()
			for range it {
				add("loop")
				panic("boom")
			}
		}, []string{"loop c", "leave run", "end w own"}},
		"Goexit": {func(st *ctx.State, it iter.Seq[int], add func(string)) {
			elsewhere(func() {
				for range it {
					add("loop")
					runtime.Goexit()
				}
			})
		}, []string{"loop c", "leave run", "end w own"}},
		"levels left open": {func(st *ctx.State, it iter.Seq[int], add func(string)) {
			defer st.Unwind(st.Mark())
			for range it {
				st.Push(new(ctx.Layer))
				v.Set(st, "open")
				add("loop")
				break
			}
		}, []string{"loop open", "after run", "leave run", "out own", "end w own"}},
		"nested": {func(st *ctx.State, it iter.Seq[int], add func(string)) {
		outer:
			for range it {
				for range seq.Isolate(st, func(yield func(int) bool) { v.Set(st, "inner"); yield(0); add("inner") }) {
					add("loop")
					break outer
				}
			}
		}, []string{"loop c", "inner inner", "after run", "leave run", "out own", "end w own"}},
	}
	for name, push := range pushed {
		for how, c := range leave {
			t.Run(name+"/"+how, func(t *testing.T) {
				st := ctx.NewState()
				v.Set(st, "c")
				w.Set(st, "w")
				var log []string
				c.loop(st, push(st, body(&log)), func(what string) { log = append(log, what+" "+v.Get(st)) })
				equal(t, log, c.want)
				equal(t, v.Get(st), "c")
				clean(t, st)
			})
		}
	}
}

// A push iterator that only pushes and pops around its call shows the loop's
// body its own values: what Isolate is for. This is the plant of rule D18.
func TestD18_PlantPushAndPopAround(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	wrong := func(yield func(int) bool) {
		defer st.Unwind(st.Push(new(ctx.Layer)))
		v.Set(st, "own")
		yield(1)
	}
	for range wrong {
		equal(t, v.Get(st), "own")
	}
	for range seq.Isolate(st, wrong) {
		equal(t, v.Get(st), "d")
	}
}

// D13-Go: an iterator that is not isolated is a block; inside a generator it
// writes that generator's level; a raw iter.Pull on the same State is let be.
func TestD13Go_PushIteratorAsBlock(t *testing.T) {
	st := ctx.NewState()
	v := newVar("precision", ctx.Default("d"))
	precision := func(st *ctx.State, x string) iter.Seq[int] {
		return func(yield func(int) bool) {
			defer v.Scope(st, x).End()
			yield(0)
		}
	}
	for range precision(st, "3") {
		equal(t, v.Get(st), "3")
	}
	equal(t, v.Get(st), "d")
	for range seq.Isolate(st, precision(st, "3")) {
		equal(t, v.Get(st), "d")
	}
	for range seq.Isolate(st, precision(st, "3"), seq.Transparent) {
		equal(t, v.Get(st), "3")
	}
	g := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		for range precision(st, "11") {
			yield(v.Get(st))
		}
		yield(v.Get(st))
	})
	next := must1[string](t)
	r := []string{next(g.Next(st)), v.Get(st)}
	v.Set(st, "c")
	r = append(r, next(g.Next(st)), v.Get(st))
	equal(t, r, []string{"11", "d", "c", "c"})
	g.Close(st)

	raw, stop := iter.Pull(precision(st, "5"))
	raw()
	equal(t, v.Get(st), "5")
	stop()
	equal(t, v.Get(st), "c")
}

// Pull: the iterator's level is on inside next and stop only, also when the
// State's stack has another height then, and when it yields inside Run.
func TestPull(t *testing.T) {
	st := ctx.NewState()
	v := newVar("v", ctx.Default("d"))
	var log []string
	it := func(yield func(string) bool) {
		defer func() { log = append(log, "end "+v.Get(st)) }()
		v.Set(st, "own")
		yield(v.Get(st))
		st.Run(ctx.Snapshot{}.With(v.To("run")), func() {
			yield(v.Get(st))
			yield(v.Get(st))
		})
		yield(v.Get(st))
		v.Unset(st)
		yield(v.Get(st))
	}
	next, stop := seq.Pull(st, it)
	var r []string
	for i := range 5 {
		m := st.Mark()
		for range i % 3 {
			st.Push(new(ctx.Layer))
		}
		v.Set(st, fmt.Sprint("caller", i))
		x, ok := next()
		equal(t, ok, true)
		r = append(r, x, v.Get(st))
		st.Unwind(m)
	}
	equal(t, r, []string{"own", "caller0", "run", "caller1", "run", "caller2", "own", "caller3", "caller4", "caller4"})
	stop()
	stop()
	_, ok := next()
	equal(t, ok, false)
	equal(t, log, []string{"end caller3"})

	next2, stop2 := seq.Pull2(st, func(yield func(int, string) bool) {
		v.Set(st, "pair")
		yield(1, v.Get(st))
	})
	a, b, ok := next2()
	equal(t, fmt.Sprint(a, " ", b, " ", ok, " ", v.Get(st)), "1 pair true caller3")
	stop2()
	_, _, ok = next2()
	equal(t, ok, false)

	var self func() (int, bool)
	self, stop = seq.Pull(st, func(yield func(int) bool) {
		isRunning(t, func() { self() })
		isRunning(t, func() { stop() })
	})
	_, ok = self()
	equal(t, ok, false)
	clean(t, st)
}
