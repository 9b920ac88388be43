package linearizability

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/strata-go/strata/hamt"
	"github.com/strata-go/strata/weakkey"
)

// A call is one operation on a key, and what it returned.
type call struct {
	op    string
	key   int
	value int
}

type reply struct {
	value int
	ok    bool
}

// register is the state of one key.
type register struct {
	value    int // 0: none
	released bool
}

// values is a register for each key. A released key has no value, and no Set
// brings one back.
var values = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[int][]porcupine.Operation{}
		for _, o := range history {
			k := o.Input.(call).key
			byKey[k] = append(byKey[k], o)
		}
		var parts [][]porcupine.Operation
		for _, part := range byKey {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return register{} },
	Step: func(state, input, output any) (bool, any) {
		r, in, out := state.(register), input.(call), output.(reply)
		switch in.op {
		case "set":
			if out.ok {
				return !r.released, register{in.value, r.released}
			}
			return r.released, r
		case "get":
			want := reply{}
			if !r.released && r.value != 0 {
				want = reply{r.value, true}
			}
			return out == want, r
		case "delete":
			r.value = 0
			return true, r
		case "released":
			return out.ok == r.released, r
		default: // release
			r.released = true
			return true, r
		}
	},
	DescribeOperation: describe,
}

func describe(input, output any) string { return fmt.Sprintf("%v: %v", input, output) }

// A lock is a key as the clients see it.
type lock interface {
	set(m weakkey.Map, x int) (weakkey.Map, error)
	get(m weakkey.Map) (int, bool)
	remove(m weakkey.Map) weakkey.Map
	release()
	released() bool
}

// boxed is a key whose values are held by the key or by its entries; small, by
// the maps; static lives as long as the process.
type (
	boxed  struct{ k weakkey.Key[*[3]int] }
	small  struct{ k weakkey.Key[int] }
	static struct{ k weakkey.Key[string] }
)

func (l boxed) set(m weakkey.Map, x int) (weakkey.Map, error) {
	return weakkey.Set(m, l.k, &[3]int{x, x, x})
}

func (l boxed) get(m weakkey.Map) (int, bool) {
	x, ok := weakkey.Get(m, l.k)
	if !ok {
		return 0, false
	}
	return x[2], true
}
func (l boxed) remove(m weakkey.Map) weakkey.Map { return weakkey.Delete(m, l.k) }
func (l boxed) release()                         { l.k.Release() }
func (l boxed) released() bool                   { return l.k.Released() }

func (l small) set(m weakkey.Map, x int) (weakkey.Map, error) { return weakkey.Set(m, l.k, x) }
func (l small) get(m weakkey.Map) (int, bool)                 { return weakkey.Get(m, l.k) }
func (l small) remove(m weakkey.Map) weakkey.Map              { return weakkey.Delete(m, l.k) }
func (l small) release()                                      { l.k.Release() }
func (l small) released() bool                                { return l.k.Released() }

func (l static) set(m weakkey.Map, x int) (weakkey.Map, error) {
	return weakkey.Set(m, l.k, fmt.Sprint(x))
}

func (l static) get(m weakkey.Map) (x int, ok bool) {
	s, ok := weakkey.Get(m, l.k)
	_, _ = fmt.Sscan(s, &x)
	return x, ok
}
func (l static) remove(m weakkey.Map) weakkey.Map { return weakkey.Delete(m, l.k) }
func (l static) release()                         {}
func (l static) released() bool                   { return false }

var forever = weakkey.Static[string]("linearizability")

// shared is a map that clients replace, one at a time: a persistent map in a
// cell, as programs have it.
type shared struct{ cell hamt.Cell[int, weakkey.Map] }

func (s *shared) load() weakkey.Map {
	m, _ := s.cell.Load().Get(0)
	return m
}

// edit replaces the map by what f makes of it, or not if f fails. f is called
// again when another client was faster.
func (s *shared) edit(f func(weakkey.Map) (weakkey.Map, error)) (err error) {
	s.cell.Update(func(c hamt.Map[int, weakkey.Map]) hamt.Map[int, weakkey.Map] {
		m, _ := c.Get(0)
		var next weakkey.Map
		if next, err = f(m); err != nil {
			return c
		}
		return c.Set(0, next)
	})
	return err
}

// do runs a call.
func do(s *shared, l lock, c call) (r reply) {
	switch c.op {
	case "set":
		err := s.edit(func(m weakkey.Map) (weakkey.Map, error) { return l.set(m, c.value) })
		if err != nil && !errors.Is(err, weakkey.ErrReleased) {
			panic(err)
		}
		r.ok = err == nil
	case "get":
		r.value, r.ok = l.get(s.load())
	case "delete":
		_ = s.edit(func(m weakkey.Map) (weakkey.Map, error) { return l.remove(m), nil })
	case "released":
		r.ok = l.released()
	case "release":
		l.release()
	}
	return r
}

// TestValues: Set, Get, Delete, Release and Released of keys in a shared map are
// each one instant.
func TestValues(t *testing.T) {
	stop := stress()
	defer stop()
	ops := []string{"set", "set", "set", "get", "get", "get", "get", "delete", "released", "release"}
	seen := map[string]int{}
	for n := range *histories {
		var s shared
		locks := []lock{boxed{weakkey.New[*[3]int]("boxed")}, small{weakkey.New[int]("small")}, static{forever}}
		history := record(5, 14, func(client, step int, rng *rand.Rand) (any, func() any) {
			c := call{op: ops[rng.IntN(len(ops))], key: rng.IntN(len(locks)), value: 1 + client*1000 + step}
			if c.op == "release" && (c.key == 2 || rng.IntN(3) > 0) {
				c.op = "get"
			}
			return c, func() any { return do(&s, locks[c.key], c) }
		})
		for _, o := range history {
			seen[fmt.Sprint(o.Input.(call).op, o.Output.(reply).ok)]++
		}
		check(t, values, history, n)
	}
	t.Log(*histories, "histories:", seen)
	if *histories >= 100 && (seen["setfalse"] == 0 || seen["getfalse"] == 0 || seen["gettrue"] == 0 || seen["releasedtrue"] == 0) {
		t.Error("the histories miss a case")
	}
}
