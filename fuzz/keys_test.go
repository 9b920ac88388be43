package fuzz

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"testing"
	"time"
	"weak"

	gofuzz "github.com/google/gofuzz"

	"github.com/strata-go/strata/weakkey"
)

// FuzzKeys runs the life of keys: made, set in maps, released, dropped, their
// indexes given to later keys, with collections in between. The model knows for
// each map which key has which value, and for each key whether it was released.
//
// At the end of some programs everything but the maps is dropped, and the values
// must go within a bounded number of collections, also those that refer back to
// their keys.
func FuzzKeys(f *testing.F) {
	f.Add([]byte{4, 'n', 'a', 'm', 'e', 0, 0, 1, 1, 0, 1, 2, 0, 2, 3, 1, 5, 0, 1, 2, 3, 4, 5})
	f.Add([]byte{0, 0, 0, 0, 1, 0, 2, 2, 0, 0, 2, 1, 1, 2, 2, 2, 5, 0, 0, 1, 2, 3, 0, 6, 1, 7, 3, 2, 0, 0, 8, 0, 4, 0, 0})
	f.Add([]byte{1, 9, 0, 2, 2, 0, 0, 5, 0, 0, 2, 2, 0, 0, 5, 0, 0, 2, 2, 0, 0, 3, 0, 0, 8})
	f.Fuzz(fuzzKeys)
}

func TestRandomKeys(t *testing.T) { random(t, 150, fuzzKeys) }

// big is a value that the collector must release: it may refer to its own key.
type big struct {
	of   weakkey.Key[*big]
	n    int
	rest [8]uint64
}

// small is a value without pointers, which keys store inline.
type small struct {
	N    int64
	Pair [2]uint16
	X    float32
}

// A lock is a key of one of three kinds as the target sees it.
type lock interface {
	set(m weakkey.Map, n int) (weakkey.Map, error)
	get(m weakkey.Map) (n int, ok bool)
	remove(m weakkey.Map) weakkey.Map
	release()
	released() bool
	id() weakkey.ID
}

type bigLock struct {
	k    weakkey.Key[*big]
	back bool // values refer to the key
	seen *[]weak.Pointer[big]
}

func (l *bigLock) set(m weakkey.Map, n int) (weakkey.Map, error) {
	v := &big{n: n}
	if l.back {
		v.of = l.k
	}
	*l.seen = append(*l.seen, weak.Make(v))
	return weakkey.Set(m, l.k, v)
}

func (l *bigLock) get(m weakkey.Map) (int, bool) {
	v, ok := weakkey.Get(m, l.k)
	if !ok {
		return 0, false
	}
	return v.n, true
}
func (l *bigLock) remove(m weakkey.Map) weakkey.Map { return weakkey.Delete(m, l.k) }
func (l *bigLock) release()                         { l.k.Release() }
func (l *bigLock) released() bool                   { return l.k.Released() }
func (l *bigLock) id() weakkey.ID                   { return l.k.ID() }

type smallLock struct {
	k     weakkey.Key[small]
	proto small
}

func (l *smallLock) set(m weakkey.Map, n int) (weakkey.Map, error) {
	v := l.proto
	v.N = int64(n)
	return weakkey.Set(m, l.k, v)
}

func (l *smallLock) get(m weakkey.Map) (int, bool) {
	v, ok := weakkey.Get(m, l.k)
	if ok && v.Pair != l.proto.Pair {
		return -1, ok
	}
	return int(v.N), ok
}
func (l *smallLock) remove(m weakkey.Map) weakkey.Map { return weakkey.Delete(m, l.k) }
func (l *smallLock) release()                         { l.k.Release() }
func (l *smallLock) released() bool                   { return l.k.Released() }
func (l *smallLock) id() weakkey.ID                   { return l.k.ID() }

// Static keys live as long as the process, so the targets share a few.
var statics = [3]weakkey.Key[string]{
	weakkey.Static[string]("fuzz.a"), weakkey.Static[string]("fuzz.b"), weakkey.Static[string]("fuzz.c"),
}

type staticLock struct{ k weakkey.Key[string] }

func (l staticLock) set(m weakkey.Map, n int) (weakkey.Map, error) {
	return weakkey.Set(m, l.k, fmt.Sprint(n))
}

func (l staticLock) get(m weakkey.Map) (n int, ok bool) {
	s, ok := weakkey.Get(m, l.k)
	if ok {
		_, _ = fmt.Sscan(s, &n)
	}
	return n, ok
}
func (l staticLock) remove(m weakkey.Map) weakkey.Map { return weakkey.Delete(m, l.k) }
func (l staticLock) release()                         {}
func (l staticLock) released() bool                   { return false }
func (l staticLock) id() weakkey.ID                   { return l.k.ID() }

// shelf is a map with what it must hold, by the number of the key.
type shelf struct {
	m     weakkey.Map
	model map[int]int
}

type keysRun struct {
	t       *testing.T
	in      *Input
	fill    *gofuzz.Fuzzer
	ns      *weakkey.Namespace
	names   []string
	locks   map[int]lock // the keys that are held, by number
	number  int
	gone    map[int]bool // released, or dropped for good
	dropped map[int]bool // not held any more, not released: its entries may go at any moment
	ids     map[weakkey.ID]int
	shelves [4]shelf
	seen    []weak.Pointer[big]
	n       int
}

func fuzzKeys(t *testing.T, data []byte) {
	in := NewInput(data)
	r := &keysRun{
		t: t, in: in, ns: weakkey.NewNamespace("fuzz"),
		fill:  gofuzz.NewFromGoFuzz(in.Bytes(in.N(64))),
		locks: make(map[int]lock), gone: make(map[int]bool), dropped: make(map[int]bool), ids: make(map[weakkey.ID]int),
	}
	for i := range r.shelves {
		r.shelves[i].model = make(map[int]int)
	}
	for i, k := range statics {
		r.hold(i, staticLock{k})
	}
	collections := 0
	for in.Step() && !t.Failed() {
		op := in.N(9)
		if op == 8 {
			if collections++; collections > 3 { // a collection costs as much as a thousand steps
				continue
			}
		}
		elsewhere(func() { r.step(op) })
		r.check(&r.shelves[in.Byte()&3])
	}
	for i := range r.shelves {
		r.check(&r.shelves[i])
	}
	if len(data)%4 == 0 { // collections take most of the time
		r.end()
	}
}

// elsewhere runs f on a goroutine of its own: no dead word of this stack keeps
// what f held.
func elsewhere(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

func (r *keysRun) hold(number int, l lock) {
	if other, ok := r.ids[l.id()]; ok && other != number {
		r.t.Errorf("key %d has the ID %v of key %d", number, l.id(), other)
	}
	r.ids[l.id()] = number
	r.locks[number] = l
	r.number = max(r.number, number+1)
}

// pick draws a held key.
func (r *keysRun) pick() (int, lock) {
	for i := r.in.N(64) % r.number; ; i = (i + 1) % r.number {
		if l, ok := r.locks[i]; ok {
			return i, l
		}
	}
}

func (r *keysRun) step(op int) {
	where := r.in.Byte()
	s := &r.shelves[where&3]
	switch op {
	case 0, 1: // a new key
		if len(r.locks) > 40 {
			return
		}
		var l lock
		if where&4 != 0 {
			s := &smallLock{k: weakkey.New[small]("small", weakkey.In(r.ns))}
			r.fill.Fuzz(&s.proto)
			l = s
		} else {
			l = &bigLock{k: weakkey.New[*big]("big"), back: where&8 != 0, seen: &r.seen}
		}
		r.hold(r.number, l)
	case 2, 3: // set
		i, l := r.pick()
		r.n++
		m, err := l.set(s.m, r.n)
		switch {
		case r.gone[i] != (err != nil):
			r.t.Errorf("Set of key %d: %v, released %v", i, err, r.gone[i])
		case err != nil:
			if !errors.Is(err, weakkey.ErrReleased) {
				r.t.Errorf("Set of a released key: %v", err)
			}
			r.check(&shelf{m, s.model}) // by the model: dropped keys may go between two looks at Len
		default:
			s.m, s.model = m, maps.Clone(s.model)
			s.model[i] = r.n
		}
	case 4: // delete, often through a released key
		i, l := r.pick()
		for n := range r.number {
			if where&16 != 0 && r.locks[n] != nil && r.gone[n] {
				i, l = n, r.locks[n]
			}
		}
		s.m, s.model = l.remove(s.m), maps.Clone(s.model)
		delete(s.model, i)
	case 5: // release
		i, l := r.pick()
		if i < len(statics) {
			return
		}
		l.release()
		r.gone[i] = true
		if where&4 != 0 { // and forget it: its index may go to the next key
			delete(r.locks, i)
		}
	case 6: // drop
		i, _ := r.pick()
		if i >= len(statics) {
			delete(r.locks, i)
			r.dropped[i] = !r.gone[i]
		}
	case 7: // a snapshot
		r.shelves[where>>2&3] = *s
	case 8:
		runtime.GC()
	}
}

// check compares a shelf with its model.
func (r *keysRun) check(s *shelf) {
	for i, l := range r.locks {
		want, had := s.model[i]
		had = had && !r.gone[i]
		if !had {
			want = 0
		}
		if got, ok := l.get(s.m); got != want || ok != had {
			r.t.Errorf("key %d (%T): got %d, %v, want %d, %v", i, l, got, ok, want, had)
		}
		if l.released() != (r.gone[i]) {
			r.t.Errorf("key %d: released %v, want %v", i, l.released(), r.gone[i])
		}
	}
	least, most := 0, 0
	for i := range s.model {
		switch {
		case r.gone[i]:
		case r.dropped[i]:
			most++
		default:
			least, most = least+1, most+1
		}
	}
	if n := s.m.Len(); n < least || n > most {
		r.t.Errorf("Len %d, want %d to %d", n, least, most)
	}
	for info := range r.ns.KeysIn(s.m) {
		number, ok := r.ids[info.ID()]
		if _, had := s.model[number]; !ok || !had || r.gone[number] {
			r.t.Errorf("the namespace lists %v in a map that does not hold it", info)
		}
	}
}

// end drops the keys and keeps the maps.
func (r *keysRun) end() {
	clear(r.locks)
	if len(r.seen) == 0 || r.t.Failed() {
		return
	}
	r.seen = r.seen[:min(len(r.seen), 64)]
	if left := survivors(r.seen); left > 0 {
		r.t.Errorf("%d values of dropped keys live on", left)
	}
	runtime.KeepAlive(r.shelves)
}

// survivors collects until all values are gone, and returns the number of those
// that are not. Keys are released by a goroutine, which has to get its turn on a
// busy machine: beyond some collections it is waited for, a second in all.
func survivors[T any](values []weak.Pointer[T]) int {
	left := 0
	for i := range 16 + 100 {
		left = 0
		for _, p := range values {
			if p.Value() != nil {
				left++
			}
		}
		if left == 0 {
			return 0
		}
		if i >= 16 {
			time.Sleep(10 * time.Millisecond)
		}
		runtime.GC()
	}
	return left
}
