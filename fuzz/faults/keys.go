package main

import (
	"runtime"
	"weak"

	"github.com/strata-go/strata/weakkey"
)

var keyOps = []op{
	{"key.new", keysRoom, 3, func(m *machine, s Step) { m.keys.make(s) }},
	{"key.set", keysRoom, 8, func(m *machine, s Step) { m.keys.set(s) }},
	{"key.delete", keysRoom, 2, func(m *machine, s Step) { m.keys.delete(s) }},
	{"key.release", keysRoom, 1, func(m *machine, s Step) { m.keys.release(s) }},
	{"key.drop", keysRoom, 1, func(m *machine, s Step) { m.keys.drop(s) }},
	{"key.list", keysRoom, 2, func(m *machine, s Step) { m.keys.list(s) }},
	{"key.collect", keysRoom, 1, func(m *machine, s Step) { m.keys.collect() }},
}

// load is a value that the collector must release; it may refer to its key.
type load struct {
	of weakkey.Key[*load]
	n  int
	_  [9]uint64
}

type lock struct {
	k        weakkey.Key[*load]
	number   int
	released bool
}

// weakversion is a weak map with what it must hold, by number of the key.
type weakversion struct {
	m     weakkey.Map
	model map[int]int
}

// keyroom is the keys and weak maps of a program.
type keyroom struct {
	m      *machine
	ns     *weakkey.Namespace
	locks  []*lock
	vers   [4]weakversion
	number int
	value  int
	seen   []weak.Pointer[load]
	ended  bool
}

func (r *keyroom) start(m *machine) {
	r.m, r.ns = m, weakkey.NewNamespace("faults")
	for i := range r.vers {
		r.vers[i].model = map[int]int{}
	}
}

func (r *keyroom) make(Step) {
	if len(r.locks) < 12 {
		r.number++
		r.locks = append(r.locks, &lock{k: weakkey.New[*load]("fault", weakkey.In(r.ns)), number: r.number})
	}
}

// set writes a value. Every few values have a cleanup of their own, which runs
// beside the library's: it collects, edits maps, or waits a little.
func (r *keyroom) set(s Step) {
	l, ok := pick(r.locks, s.A)
	if !ok {
		r.make(s)
		return
	}
	r.value++
	x := &load{n: r.value}
	if s.C&1 != 0 {
		x.of = l.k
	}
	if len(r.seen) < 64 {
		r.seen = append(r.seen, weak.Make(x))
	}
	if s.C&6 == 0 {
		runtime.AddCleanup(x, cleanup, s.C>>3)
	}
	v := r.vers[s.B&3]
	next, err := weakkey.Set(v.m, l.k, x)
	if (err != nil) != l.released {
		r.m.failf("Set of key %d: %v, released %v", l.number, err, l.released)
	}
	if err == nil {
		r.vers[s.B>>2&3] = weakversion{next, with(v.model, l.number, r.value)}
	}
}

// cleanup is a user's cleanup. It neither panics nor ends its goroutine: the
// first ends the process, the second the runtime's cleanups for good. (The
// torture tests of weakkey do it in a process of their own.)
func cleanup(what byte) {
	switch what % 4 {
	case 0:
		k := weakkey.New[*load]("of a cleanup")
		m, _ := weakkey.Set(weakkey.Map{}, k, new(load))
		k.Release()
		weakkey.Delete(m, k)
	case 1:
		for range 10 {
			runtime.Gosched()
		}
	case 2:
		if what == 2 {
			go runtime.GC()
		}
	}
}

func (r *keyroom) delete(s Step) {
	if l, ok := pick(r.locks, s.A); ok {
		v := r.vers[s.B&3]
		model := v.model
		if !l.released {
			model = without(model, l.number)
		}
		r.vers[s.B>>2&3] = weakversion{weakkey.Delete(v.m, l.k), model}
	}
}

func (r *keyroom) release(s Step) {
	if l, ok := pick(r.locks, s.A); ok {
		l.k.Release()
		l.released = true
	}
}

func (r *keyroom) drop(s Step) {
	if n := len(r.locks); n > 0 {
		i := int(s.A) % n
		r.locks[i] = r.locks[n-1]
		r.locks[n-1] = nil
		r.locks = r.locks[:n-1]
	}
}

// list goes over the namespace; the loop's body is user code.
func (r *keyroom) list(s Step) {
	v := r.vers[s.A&3]
	live := map[weakkey.ID]*lock{}
	for _, l := range r.locks {
		if !l.released {
			live[l.k.ID()] = l
		}
	}
	seq := r.ns.Keys()
	if s.B&1 != 0 {
		seq = r.ns.KeysIn(v.m)
	}
	for info := range seq {
		delete(live, info.ID())
		r.m.user(atKeyLoop) // may release some
	}
	for _, l := range live {
		if s.B&1 == 0 && !l.released {
			r.m.failf("the namespace does not list key %d", l.number)
		}
	}
}

func (r *keyroom) collect() { r.m.gc() }

func (r *keyroom) check(bool) {
	for _, l := range r.locks {
		for i, v := range r.vers {
			x, ok := weakkey.Get(v.m, l.k)
			want, has := v.model[l.number]
			if has = has && !l.released; ok != has || ok && x.n != want {
				r.m.failf("key %d in weak map %d: %v, want %d, %v", l.number, i, ok, want, has)
			}
		}
		if l.k.Released() != l.released {
			r.m.failf("key %d: Released is not %v", l.number, l.released)
		}
	}
}

func (r *keyroom) end() { r.ended = true }

// forgotten waits until the values are gone: for some programs the keys die and
// the maps stay, for others the other way round.
func (r *keyroom) forgotten() {
	if !r.ended || len(r.seen) == 0 || r.m.prog.Config[3]%32 != 0 || r.m.failure != "" {
		return
	}
	var hold any = &r.vers
	if r.m.prog.Config[3]&32 != 0 {
		hold = r.locks
		r.vers = [4]weakversion{}
	} else {
		r.locks = nil
	}
	const bound = 16
	for range bound {
		left := 0
		for _, p := range r.seen {
			if p.Value() != nil {
				left++
			}
		}
		if left == 0 {
			runtime.KeepAlive(hold)
			return
		}
		runtime.GC()
		runtime.Gosched()
	}
	r.m.failf("values of weak maps live after %d collections", bound)
	runtime.KeepAlive(hold)
}
