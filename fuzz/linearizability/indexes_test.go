package linearizability

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/strata-go/strata/internal/keys"
	"github.com/strata-go/strata/weakkey"
)

// The registry of the test has few indexes, which retire after some keys.
const (
	indexes     = 6
	generations = 40
)

// registry is the state: the generation that each index gave out last, and
// whether a live key has it.
type registry struct {
	last [indexes]uint32
	live [indexes]bool
}

// made is what New returned: an ID, or nothing because no index was left.
type made struct {
	index, generation uint32
	ok                bool
}

// ids is the registry as one object. New gives an index that no live key has,
// under a generation that it did not have before; it fails only when none is
// left. Release of an ID frees its index once.
var ids = porcupine.Model{
	Init: func() any { return registry{} },
	Step: func(state, input, output any) (bool, any) {
		r := state.(registry)
		if id, ok := input.(weakkey.ID); ok { // released
			if i := id.Index(); r.live[i] && r.last[i] == id.Generation() {
				r.live[i] = false
			}
			return true, r
		}
		m := output.(made)
		if !m.ok {
			for i, live := range r.live {
				if !live && r.last[i] < generations {
					return false, r
				}
			}
			return true, r
		}
		if m.index >= indexes || r.live[m.index] || m.generation <= r.last[m.index] || m.generation > generations {
			return false, r
		}
		r.live[m.index], r.last[m.index] = true, m.generation
		return true, r
	},
	DescribeOperation: describe,
}

func newKey() (k weakkey.Key[int], m made) {
	defer func() {
		if err, ok := recover().(error); ok && !errors.Is(err, weakkey.ErrExhausted) {
			panic(err)
		}
	}()
	k = weakkey.New[int]("k")
	return k, made{k.ID().Index(), k.ID().Generation(), true}
}

// TestIndexes: New and Release are each one instant of the registry, also when
// indexes run out and retire.
func TestIndexes(t *testing.T) {
	stop := stress()
	defer stop()
	exhausted, reused := 0, 0
	for n := range *histories {
		restore := keys.SetLimits(generations, indexes)
		var mu sync.Mutex
		var held []weakkey.Key[int] // by nobody: the next client that releases takes one
		var all []weakkey.Key[int]  // none is dropped: what the collector finds is no operation
		history := record(4, 12, func(_, _ int, rng *rand.Rand) (any, func() any) {
			mu.Lock()
			defer mu.Unlock()
			if i := len(held); i > 0 && rng.IntN(2) == 0 {
				i = rng.IntN(i)
				k := held[i]
				held[i] = held[len(held)-1]
				held = held[:len(held)-1]
				return k.ID(), func() any { k.Release(); return nil }
			}
			return "new", func() any {
				k, m := newKey()
				if m.ok {
					mu.Lock()
					defer mu.Unlock()
					held, all = append(held, k), append(all, k)
				}
				return m
			}
		})
		for _, o := range history {
			if m, ok := o.Output.(made); ok && !m.ok {
				exhausted++
			} else if m.generation > 1 {
				reused++
			}
		}
		check(t, ids, history, n)
		for _, k := range all {
			k.Release()
		}
		restore()
	}
	t.Log(*histories, "histories:", exhausted, "times no index was left,", reused, "keys with an index of another")
	if *histories >= 100 && (exhausted == 0 || reused == 0) {
		t.Error("the histories miss a case")
	}
}

// TestModelsReject: histories that no order explains.
func TestModelsReject(t *testing.T) {
	one := func(client int, call, ret int64, in, out any) porcupine.Operation {
		return porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: ret}
	}
	for name, c := range map[string]struct {
		m       porcupine.Model
		history []porcupine.Operation
	}{
		"a value after Release": {values, []porcupine.Operation{
			one(0, 0, 1, call{op: "set", value: 5}, reply{ok: true}),
			one(0, 2, 3, call{op: "release"}, reply{}),
			one(1, 4, 5, call{op: "get"}, reply{5, true}),
		}},
		"a Set after Release": {values, []porcupine.Operation{
			one(0, 0, 1, call{op: "release"}, reply{}),
			one(1, 2, 3, call{op: "set", value: 5}, reply{ok: true}),
		}},
		"two reads in the wrong order": {values, []porcupine.Operation{
			one(0, 0, 9, call{op: "set", value: 5}, reply{ok: true}),
			one(1, 1, 2, call{op: "get"}, reply{5, true}),
			one(1, 3, 4, call{op: "get"}, reply{}),
		}},
		"an index of two live keys": {ids, []porcupine.Operation{
			one(0, 0, 5, "new", made{1, 1, true}),
			one(1, 1, 6, "new", made{1, 2, true}),
		}},
		"an ID twice": {ids, []porcupine.Operation{
			one(0, 0, 1, "new", made{1, 1, true}),
			one(0, 2, 3, weakkey.ID(1<<32|1), nil),
			one(1, 4, 5, "new", made{1, 1, true}),
		}},
		"exhausted too early": {ids, []porcupine.Operation{
			one(0, 0, 1, "new", made{}),
		}},
	} {
		if porcupine.CheckOperations(c.m, c.history) {
			t.Errorf("%s passes", name)
		}
		if len(c.history) > 1 && !porcupine.CheckOperations(c.m, c.history[:1]) {
			t.Errorf("%s: the first operation alone does not pass", name)
		}
	}
	if id := weakkey.ID(1<<32 | 1); id.Index() != 1 || id.Generation() != 1 {
		t.Error(fmt.Sprint("another layout of IDs: ", id))
	}
}
