package ctx

import (
	"runtime"
	"testing"
	"unsafe"
	"weak"

	"github.com/strata-go/strata/internal/keys"
)

// Rules H: life time. Each case runs twice in one harness: as written, and with
// something that pins the value, which the harness must report as a LEAK.

// big is a value that refers to a variable: its own, in some tests.
type big struct {
	self Var[*big]
	_    [1024]byte
}

// harness runs program with pin false and true. A program makes a value, lets
// go of it, and returns a weak pointer to it and what stays alive. The value
// must be gone within n collections without the pin, and there with it.
func harness(t *testing.T, n int, program func(pin bool) (value weak.Pointer[big], alive []any)) {
	t.Helper()
	value, alive := program(false)
	if !dead(value, n) {
		t.Errorf("LEAK: the value is alive after %d collections", n)
	}
	runtime.KeepAlive(alive)
	value, alive = program(true)
	if dead(value, n) {
		t.Error("the pinned value died: the harness cannot see a leak")
	}
	runtime.KeepAlive(alive)
}

// collections is within how many collections a value of a collectable variable
// goes that a snapshot has seen.
const collections = 7

// H1: a variable that only contexts mention is collectable.
func TestH1_VariableIsCollectable(t *testing.T) {
	program := func(pin bool) (weak.Pointer[variable[*big]], []any) {
		v := New[*big]("v")
		st := NewState()
		v.Set(st, new(big))
		alive := []any{st, st.Snapshot(), st.Fork()}
		if pin {
			alive = append(alive, v)
		}
		return weak.Make(v.v), alive
	}
	v, alive := program(false)
	if !dead(v, collections) {
		t.Error("LEAK: the variable is alive")
	}
	s := alive[1].(Snapshot)
	for n := 0; s.Len() > 0 && n < collections; n++ {
		collect()
	}
	if s.Len() != 0 {
		t.Errorf("the snapshot still counts %d variables", s.Len())
	}
	runtime.KeepAlive(alive)
	v, alive = program(true)
	if dead(v, collections) {
		t.Error("the held variable died")
	}
	runtime.KeepAlive(alive)
}

// H2: when it is, its values in all contexts become collectable.
func TestH2_ValuesGoWithTheirVariable(t *testing.T) {
	harness(t, collections, func(pin bool) (weak.Pointer[big], []any) {
		v, x := New[*big]("v"), new(big)
		st := NewState()
		v.Set(st, x)
		e := NewEnv(st.Snapshot())
		l := CapturedLayer(st.Snapshot())
		gs := NewState()
		m := gs.Resume(st, new(Layer))
		v.Set(gs, x)
		alive := []any{st, st.Snapshot(), st.Fork(), gs, gs.Snapshot(), e, l, Snapshot{}.With(v.To(x)),
			Snapshot{}.Diff(st.Snapshot()), v.Set(gs, x).c, st.Snapshot().Func(func(*State) {}), m}
		if pin {
			alive = append(alive, v)
		}
		return weak.Make(x), alive
	})
}

// H3: a value is collectable when no live context has it, and stays while a key
// and a context are alive.
func TestH3_ValuesGoWithTheirContexts(t *testing.T) {
	v := New[*big]("v")
	harness(t, collections, func(pin bool) (weak.Pointer[big], []any) {
		st, x := NewState(), new(big)
		v.Set(st, x)
		s := st.Snapshot()
		if pin {
			return weak.Make(x), []any{s}
		}
		return weak.Make(x), nil
	})
	// It stays through many collections, also when only read now and then.
	st := NewState()
	v.Set(st, &big{self: v})
	s := st.Snapshot()
	for range 20 {
		collect()
	}
	if x, ok := v.In(s); !ok || x.self != v || v.Get(st) != x {
		t.Error("the value is gone while variable and context are alive")
	}
}

// H4: a value that refers to its own variable does not keep it alive. Ten
// thousand such variables leave a base of constant size.
func TestH4_Ephemerons(t *testing.T) {
	harness(t, collections, func(pin bool) (weak.Pointer[big], []any) {
		v := New[*big]("v")
		x := &big{self: v}
		s := Snapshot{}.With(v.To(x))
		st := s.NewState()
		v.Set(st, x)
		if pin {
			return weak.Make(x), []any{s, st, v}
		}
		return weak.Make(x), []any{s, st}
	})

	live := func() uint64 {
		for range collections {
			collect()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for _, pin := range []bool{false, true} {
		before := live()
		base, hold := Snapshot{}, []Var[*big](nil)
		for range 10_000 {
			v := New[*big]("v")
			base = base.With(v.To(&big{self: v}))
			if pin {
				hold = append(hold, v)
			}
		}
		grown := int64(live()) - int64(before)
		leak := grown > 6<<20 || base.Len() > 100 // the values together are 10 MB
		if leak != pin {
			t.Errorf("pinned %v: the heap grew by %d bytes, the base has %d variables", pin, grown, base.Len())
		}
		runtime.KeepAlive(base)
		runtime.KeepAlive(hold)
	}
}

// freed is a case of H5 and H7: release ends what holds x, and then nothing may
// lead from roots to it, at once.
type freed struct {
	name string
	// run writes x, ends that, and returns what stays alive. With pin it leaves
	// out the end, or takes a snapshot before.
	run func(v Var[*big], x *big, pin bool) (alive []any)
}

func checkFreed(t *testing.T, cases []freed) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, pin := range []bool{false, true} {
				v := Static[*big]("v")
				r := newRefs(t)
				knows(r, v)
				x := new(big)
				alive := c.run(v, x, pin)
				path := r.path(unsafe.Pointer(x), alive...)
				if pin && path == "" {
					t.Error("the walk does not see the pinned value")
				}
				if !pin && path != "" {
					t.Errorf("LEAK: %s", path)
				}
				p := weak.Make(x)
				x = nil
				if gone := dead(p, 1); gone == pin {
					t.Errorf("pinned %v, collected %v", pin, gone)
				}
				runtime.KeepAlive(alive)
			}
			// Of a collectable variable: at once too, as no snapshot saw the value,
			// else within a few collections.
			for _, pin := range []bool{false, true} {
				v := New[*big]("v")
				x := new(big)
				alive := c.run(v, x, pin)
				p := weak.Make(x)
				x = nil
				if gone := dead(p, collections); gone == pin {
					t.Errorf("collectable: pinned %v, collected %v", pin, gone)
				}
				runtime.KeepAlive(alive)
				runtime.KeepAlive(v)
			}
		})
	}
}

// read fills the caches: a variable is read often where it stands.
func read(v Var[*big], st *State) {
	for range 4 {
		_, _ = v.Lookup(st)
		_ = v.Or(st, nil)
	}
}

// H5: overwritten and reset values are free at once, the copy in the cache and
// in the history of a left Env too.
func TestH5_OverwrittenIsFreeAtOnce(t *testing.T) {
	checkFreed(t, []freed{
		{"reset", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			tok := v.Set(st, x)
			read(v, st)
			if !pin {
				_ = v.Reset(st, tok)
			}
			return []any{st, &tok}
		}},
		{"overwritten without token", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			v.Put(st, x)
			read(v, st)
			alive := []any{st}
			if pin {
				s := st.Snapshot()
				alive = append(alive, &s)
			}
			v.Put(st, nil)
			return alive
		}},
		{"token dropped", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			v.Set(st, x)
			read(v, st)
			tok := v.Set(st, nil) // its token would bring x back
			if pin {
				return []any{st, &tok}
			}
			return []any{st}
		}},
		{"unset", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			v.Put(st, x)
			read(v, st)
			if !pin {
				v.Unset(st)
			}
			return []any{st}
		}},
		{"masked", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			v.Put(st, x)
			read(v, st)
			tok := v.Mask(st)
			if pin {
				return []any{st, &tok}
			}
			return []any{st}
		}},
		{"popped layer", func(v Var[*big], x *big, pin bool) []any {
			st, l := NewState(), new(Layer)
			m := st.Push(l)
			v.Set(st, x)
			read(v, st)
			st.Unwind(m)
			read(v, st)
			if pin {
				return []any{st, l}
			}
			return []any{st, &m}
		}},
		{"unwound swap", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			s := Snapshot{}.With(v.To(x))
			m := st.Swap(s)
			read(v, st)
			v.Set(st, x)
			read(v, st)
			if !pin {
				st.Unwind(m)
			}
			return []any{st}
		}},
		{"suspended generator holds nothing of its resumer", func(v Var[*big], x *big, pin bool) []any {
			st, gs, l := NewState(), NewState(), new(Layer)
			v.Set(st, x)
			m := gs.Resume(st, l)
			read(v, gs)
			_ = gs.Snapshot()
			gs.Unwind(m)
			if pin {
				return []any{gs, l, st}
			}
			return []any{gs, l, &m}
		}},
		{"detached levels", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			m := st.Push(new(Layer))
			v.Set(st, x)
			read(v, st)
			ls := st.Detach(m)
			read(v, st)
			if pin {
				return []any{st, &ls}
			}
			return []any{st}
		}},
		{"left Env", func(v Var[*big], x *big, pin bool) []any {
			st, e := NewState(), new(Env)
			_ = e.Run(st, func() { v.Set(st, x); read(v, st) })
			if !pin {
				_ = e.Run(st, func() { v.Set(st, nil) })
			}
			return []any{st, e}
		}},
		{"block", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			b := v.Scope(st, x)
			read(v, st)
			if !pin {
				b.End()
			}
			return []any{st, &b}
		}},
		{"several", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			alive := []any{st}
			st.With(v.To(x)).Run(func() {
				read(v, st)
				if pin {
					s := st.Snapshot()
					alive = append(alive, &s)
				}
			})
			return alive
		}},
		{"watched, with a panic", func(v Var[*big], x *big, pin bool) []any {
			w := Static("w", OnChange(func(*State, Change[*big]) { panic("boom") }))
			st := NewState()
			func() {
				defer func() { _ = recover() }()
				w.Set(st, x)
			}()
			if pin {
				v.Put(st, x)
			}
			return []any{st}
		}},
	})
}

// H6: a goroutine's end frees its context.
func TestH6_EndOfAGoroutine(t *testing.T) {
	for _, mk := range []Var[*big]{Static[*big]("v"), New[*big]("v")} {
		harness(t, collections, func(pin bool) (weak.Pointer[big], []any) {
			parent := NewState()
			out := make(chan weak.Pointer[big], 1)
			keep := make(chan *State, 1)
			done := make(chan struct{})
			parent.Go(func(st *State) {
				defer close(done)
				x := new(big)
				mk.Set(st, x)
				out <- weak.Make(x)
				if pin {
					keep <- st
				}
			})
			<-done
			return <-out, []any{parent, keep}
		})
	}
}

// H7: leaving a block frees its value at once when no snapshot was taken.
func TestH7_LeavingABlockFrees(t *testing.T) {
	checkFreed(t, []freed{
		{"With", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			alive := []any{st}
			v.With(st, x, func() {
				read(v, st)
				if pin {
					s := st.Snapshot()
					alive = append(alive, &s)
				}
			})
			return alive
		}},
		{"Scope with a panic", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			alive := []any{st}
			func() {
				defer func() { _ = recover() }()
				defer v.Scope(st, x).End()
				if pin {
					alive = append(alive, st.Fork())
				}
				panic("boom")
			}()
			return alive
		}},
		{"Run", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			alive := []any{st}
			st.Run(Snapshot{}.With(v.To(x)), func() {
				read(v, st)
				if pin {
					alive = append(alive, st.Fork())
				}
			})
			return alive
		}},
	})
	// Stack variables: the element is unreferenced even where a snapshot has it.
	for _, pin := range []bool{false, true} {
		s := StaticStack[*big]("s")
		if pin {
			s = StaticStack("s", Lasting[*big])
		}
		r := newRefs(t)
		knowsStack(r, s)
		st, gs, x := NewState(), NewState(), new(big)
		p := s.Push(st, x)
		fold := NewFold(s, 0, func(n int, _ *big) int { return n + 1 })
		_ = fold.Get(st)
		m := gs.Resume(st, new(Layer))
		s.Push(gs, nil)
		_ = fold.Get(gs)
		snap, inner := st.Snapshot(), gs.Snapshot()
		gs.Unwind(m)
		roots := []any{st, gs, &snap, &inner, &p}
		if path := r.path(unsafe.Pointer(x), roots...); path == "" {
			t.Fatal("the walk does not see the open element")
		}
		p.Pop(st)
		if path := r.path(unsafe.Pointer(x), roots...); (path != "") != pin {
			t.Errorf("lasting %v: path %q", pin, path)
		}
		w := weak.Make(x)
		x = nil
		if gone := dead(w, 1); gone == pin {
			t.Errorf("lasting %v, collected %v", pin, gone)
		}
		runtime.KeepAlive(roots)
	}
	// G12: what a snapshot keeps of a left element.
	if n := unsafe.Sizeof(element[*big]{}) + unsafe.Sizeof(keys.Box[segment[*big]]{}) + unsafe.Sizeof(join{}); n > 64 {
		t.Errorf("a left element costs a snapshot %d bytes", n)
	}
}

// H8: a snapshot pins no shadowed value of an ordinary variable.
//
//	def inner():                    # a timer created under run(undefined)
//	    with v.scope(None): keep(Snapshot())
//	with v.scope(big): inner()
//	def g(): v.set('own'); keep(Snapshot()); yield
//	with v.scope(big): next(g())
func TestH8_ShadowedValuesAreNotPinned(t *testing.T) {
	checkFreed(t, []freed{
		{"in the same level", func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			var s Snapshot
			v.With(st, x, func() {
				if pin {
					s = st.Snapshot()
					return
				}
				v.With(st, nil, func() { s = st.Snapshot() })
			})
			return []any{&s, st}
		}},
		{"below an overlay", func(v Var[*big], x *big, pin bool) []any {
			st, l := NewState(), new(Layer)
			var s Snapshot
			var f func()
			v.With(st, x, func() {
				m := st.Push(l)
				if !pin {
					v.Set(st, nil)
				}
				s = st.Snapshot()
				f = s.Func(func(*State) {})
				st.Unwind(m)
			})
			return []any{&s, st, l, &f}
		}},
		{"below a generator's State", func(v Var[*big], x *big, pin bool) []any {
			st, gs, l := NewState(), NewState(), new(Layer)
			var s Snapshot
			v.With(st, x, func() {
				m := gs.Resume(st, l)
				if !pin {
					v.Mask(gs)
				}
				s = gs.Snapshot()
				gs.Unwind(m)
			})
			return []any{&s, st, gs, l}
		}},
	})
}

// H9: a finished handle has dropped its snapshot although it stays reachable.
func TestH9_FinishedHandles(t *testing.T) {
	registered := func(name string, end func(s Snapshot, st *State, pin bool) (kept any)) freed {
		return freed{name, func(v Var[*big], x *big, pin bool) []any {
			st := NewState()
			var kept any
			v.With(st, x, func() { kept = end(st.Snapshot(), st, pin) })
			return []any{st, kept}
		}}
	}
	checkFreed(t, []freed{
		registered("fired Handle", func(s Snapshot, st *State, pin bool) any {
			h := s.Handle(func(*State) {})
			if !pin {
				h.Call(st)
			}
			return h
		}),
		registered("released Handle", func(s Snapshot, st *State, pin bool) any {
			h := s.Handle(func(*State) {})
			if !pin {
				h.Release()
			}
			return h
		}),
		registered("Handle that panicked", func(s Snapshot, st *State, pin bool) any {
			h := s.Handle(func(*State) { panic("boom") })
			if !pin {
				func() {
					defer func() { _ = recover() }()
					h.Call(st)
				}()
			}
			return h
		}),
	})
	// Inside its own callback the snapshot is gone from the handle as well.
	v := Static[*big]("v")
	harness(t, 1, func(pin bool) (p weak.Pointer[big], alive []any) {
		st := NewState()
		x := new(big)
		p = weak.Make(x)
		s := Snapshot{}.With(v.To(x))
		var f func()
		if pin {
			f = s.Func(func(*State) {})
		} else {
			f = s.FuncOnce(func(*State) {})
		}
		f()
		return p, []any{f, st}
	})
}
