// Package maps holds the map half of the comparison: the peers, one file each,
// the keys, and the workloads.
//
//	Kind   what the keys are          int, string, struct, any, real data
//	Work   n keys of a kind, a second n that are absent, probes in random order
//	Peer   one implementation         checked against a Go map, then loaded
//	Suite  operations × kinds × sizes as groups for the harness
//
// Every timed loop is written out in its peer's file on that peer's concrete
// types: a call through an interface would cost as much as a small map's lookup.
package maps

import (
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/strata-go/strata/bench/internal/harness"
)

// Versioned is the common form all peers take for the correctness check; it is
// never timed. Set and Delete return a new version and leave the old one valid.
type Versioned[K comparable] interface {
	Get(K) (int, bool)
	Set(K, int) Versioned[K]
	Delete(K) Versioned[K]
	Len() int
	All() iter.Seq2[K, int]
}

// Peer is one implementation for one key type.
type Peer[K comparable] struct {
	Name  string
	Empty func() Versioned[K] // nil: not a persistent map (the builtin one)
	// Build makes a map of keys[i] → i in the peer's fastest way.
	Build func(keys []K) any
	// Load builds the map of the workload and returns its operations.
	Load func(w *Work[K]) Instance
}

// Instance returns the timed body of an operation; nil: the peer does not
// offer it, or only at a cost no one would pay.
type Instance func(op string) harness.Body

// Check compares a peer with a Go map over random operations that keep every
// 64th version, and re-reads all kept versions at the end.
func Check[K comparable](p Peer[K], keys []K, ops int) error {
	if p.Empty == nil {
		return nil
	}
	type version struct {
		got  Versioned[K]
		want map[K]int
	}
	rng := rand.New(rand.NewPCG(1, uint64(len(keys))))
	v, model := p.Empty(), map[K]int{}
	var kept []version
	for i := range ops {
		k := keys[rng.IntN(len(keys))]
		if rng.IntN(3) == 0 {
			v = v.Delete(k)
			delete(model, k)
		} else {
			v = v.Set(k, i)
			model[k] = i
		}
		got, ok := v.Get(k)
		want, wantOK := model[k]
		if got != want || ok != wantOK || v.Len() != len(model) {
			return fmt.Errorf("%s: after %d operations Get(%v) = %d, %v with %d entries; a Go map says %d, %v, %d",
				p.Name, i+1, k, got, ok, v.Len(), want, wantOK, len(model))
		}
		if i%64 == 0 {
			kept = append(kept, version{v, maps.Clone(model)})
		}
	}
	for i, x := range append(kept, version{v, model}) {
		all := map[K]int{}
		for k, n := range x.got.All() {
			if _, twice := all[k]; twice {
				return fmt.Errorf("%s: version %d yields %v twice", p.Name, i, k)
			}
			all[k] = n
		}
		if !maps.Equal(all, x.want) {
			return fmt.Errorf("%s: kept version %d has changed or iterates wrongly", p.Name, i)
		}
		for _, k := range keys[:min(len(keys), 16)] {
			got, ok := x.got.Get(k)
			if want, wantOK := x.want[k]; got != want || ok != wantOK {
				return fmt.Errorf("%s: kept version %d: Get(%v) = %d, %v, want %d, %v", p.Name, i, k, got, ok, want, wantOK)
			}
		}
	}
	return nil
}

// ring yields keys round and round; successive bodies go on where the last
// one stopped, so that a large map is not probed in the same cached corner.
type ring[K any] struct {
	keys []K
	at   int
}

func (r *ring[K]) next() K {
	k := r.keys[r.at]
	if r.at++; r.at == len(r.keys) {
		r.at = 0
	}
	return k
}

// Work is one workload: n keys and what goes with them.
type Work[K comparable] struct {
	Kind   Kind[K]
	N      int
	Keys   []K // present, in random order; Keys[i] has the value i
	Absent []K // as many others
	Probe  []K // Keys in another order, as separate copies: a string compare is a real one
	Miss   []K // Absent likewise

	goMap map[K]int
}

// NewWork draws the keys. The same seed gives the same keys.
func NewWork[K comparable](kind Kind[K], n int) *Work[K] {
	rng := rand.New(rand.NewPCG(20170812, uint64(n)))
	all := kind.Gen(2*n, rng)
	n = min(n, len(all)/2) // real data has an end
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	w := &Work[K]{Kind: kind, N: n, Keys: all[:n:n], Absent: all[n : 2*n : 2*n]}
	shuffled := func(keys []K) []K {
		c := slices.Clone(keys)
		rng.Shuffle(len(c), func(i, j int) { c[i], c[j] = c[j], c[i] })
		if kind.Clone != nil {
			for i := range c {
				c[i] = kind.Clone(c[i])
			}
		}
		return c
	}
	w.Probe, w.Miss = shuffled(w.Keys), shuffled(w.Absent)
	return w
}

// GoMap returns the builtin map of the workload; shared, do not change it.
func (w *Work[K]) GoMap() map[K]int {
	if w.goMap == nil {
		w.goMap = make(map[K]int, w.N)
		for i, k := range w.Keys {
			w.goMap[k] = i
		}
	}
	return w.goMap
}

// present and absent start rings of probes; both sides of a comparison see
// the same keys in the same order.
func (w *Work[K]) present() *ring[K] { return &ring[K]{keys: w.Probe} }
func (w *Work[K]) absent() *ring[K]  { return &ring[K]{keys: w.Miss} }

// Overlapping returns n keys of which pct percent are among w.Keys.
func (w *Work[K]) Overlapping(pct int) []K {
	common := w.N * pct / 100
	return append(slices.Clone(w.Probe[:common]), w.Miss[:w.N-common]...)
}
