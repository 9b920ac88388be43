package weakkey_test

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/weakkey"
)

// TestAlive: what is held stays, in every round and in every shape of cycle.
func TestAlive(t *testing.T) {
	shapes := map[string]func(k key, c *place) *value{
		"plain":            func(key, *place) *value { return &value{} },
		"value to key":     func(k key, _ *place) *value { return &value{refs: []any{k}} },
		"value to context": func(_ key, c *place) *value { return &value{refs: []any{c}} },
		"value to both":    func(k key, c *place) *value { return &value{refs: []any{k, c}} },
		"value to itself":  func(key, *place) *value { v := &value{}; v.refs = []any{v}; return v },
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			const n = 150 // more than the first cells and a page
			var (
				ks     [3]key
				places []*place
				want   [][3]*value
			)
			for i := range ks {
				ks[i] = newKey()
			}
			for i := range n {
				c := new(place)
				if i%2 == 1 {
					c.m = places[i-1].m
				}
				var vs [3]*value
				for j, k := range ks {
					vs[j] = shape(k, c)
					c.set(k, vs[j])
				}
				places, want = append(places, c), append(want, vs)
			}
			for round := range times(20, 200) {
				collect()
				for i, c := range places {
					require.Equal(t, 3, c.m.Len())
					for j, k := range ks {
						v, ok := weakkey.Get(c.m, k)
						require.True(t, ok, "collection %d, context %d, key %d", round, i, j)
						require.Same(t, want[i][j], v)
					}
				}
			}
		})
	}
}

// TestAliveThroughAFinalizer: a finalizer of a user's object revives a key that
// the object holds. The key was never dead, so its values are there.
func TestAliveThroughAFinalizer(t *testing.T) {
	type owner struct {
		k key
		v *value
	}
	c := new(place)
	revived := make(chan *owner, 1)
	elsewhere(func() {
		o := &owner{newKey(), &value{}}
		c.set(o.k, o.v)
		runtime.SetFinalizer(o, func(o *owner) { revived <- o })
	})
	var o *owner
	for o == nil {
		collect()
		select {
		case o = <-revived:
		default:
		}
	}
	for range 8 {
		v, ok := weakkey.Get(c.m, o.k)
		require.True(t, ok)
		require.Same(t, o.v, v)
		collect()
	}
}

// TestInABubble: rotations are no part of a test bubble, and keys may be used
// inside and outside.
func TestInABubble(t *testing.T) {
	outside := newKey()
	synctest.Test(t, func(t *testing.T) {
		var c place
		for range 100 {
			k := newKey()
			c.set(k, &value{refs: []any{k}})
			c.set(outside, &value{})
			if _, ok := weakkey.Get(c.m, k); !ok {
				t.Error("the value is gone")
			}
			k.Release()
		}
		collect()
		go func() { newKey(); c.set(outside, nil) }()
		synctest.Wait()
	})
}

// TestLastUse: Get as the last use of a key finds the value, whatever runs
// meanwhile.
func TestLastUse(t *testing.T) {
	stop := stress()
	defer stop()
	for i := range times(20_000, 2_000_000) {
		var c place
		k := weakkey.New[*value](fmt.Sprint(i))
		c.set(k, &value{})
		if i%8 == 0 {
			runtime.Gosched()
		}
		if _, ok := weakkey.Get(c.m, k); !ok {
			t.Fatalf("turn %d: the value went before the key", i)
		}
	}
}
