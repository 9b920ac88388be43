package hashertest

import (
	"fmt"
	"hash/maphash"
	"iter"
	"slices"

	"github.com/strata-go/strata/hamt"
)

// hash64 is the method that a Hasher may have besides Hash.
type hash64[K any] interface {
	Hash64(seed uint64, key K) uint64
}

// hashOf returns the hash that a map takes, for a seed.
func hashOf[K any](h hamt.Hasher[K], s maphash.Seed) func(K) uint64 {
	if h, ok := h.(hash64[K]); ok {
		number := maphash.Comparable(s, 0)
		return func(k K) uint64 { return h.Hash64(number, k) }
	}
	return func(k K) uint64 {
		var m maphash.Hash
		m.SetSeed(s)
		h.Hash(&m, k)
		return m.Sum64()
	}
}

// hashOnly is Hash without Hash64: both have to hold the contract.
type hashOnly[K any] struct{ h hamt.Hasher[K] }

func (o hashOnly[K]) Hash(m *maphash.Hash, k K) { o.h.Hash(m, k) }
func (o hashOnly[K]) Equal(x, y K) bool         { return o.h.Equal(x, y) }

// Check returns an error that names the first rule of the contract which does
// not hold for the keys, and the keys for which it does not. Pairs are compared
// where the hashes are equal, and each key with a few others.
func Check[K comparable](h hamt.Hasher[K], keys iter.Seq[K]) error {
	list := collect(keys)
	for range 2 { // two seeds
		s := maphash.MakeSeed()
		for _, form := range []hamt.Hasher[K]{h, hashOnly[K]{h}} {
			if err := check(form, hashOf(form, s), list); err != nil {
				return err
			}
		}
	}
	return nil
}

func check[K comparable](h hamt.Hasher[K], hash func(K) uint64, list []K) error {
	elsewhere := make(chan []uint64)
	go func() {
		all := make([]uint64, len(list))
		for i, k := range list {
			all[i] = hash(k)
		}
		elsewhere <- all
	}()
	byHash := make(map[uint64][]K)
	again := <-elsewhere
	for i, k := range list {
		sum := hash(k)
		if sum != again[i] {
			return fmt.Errorf("hashertest: the hash of %v is %#x, then %#x: it may depend on the key and the seed only", k, again[i], sum)
		}
		if !h.Equal(k, k) {
			return fmt.Errorf("hashertest: Equal(%v, %v) of one key is false", k, k)
		}
		near := append(slices.Clip(byHash[sum]), list[(i+1)%len(list)], list[(i*7+3)%len(list)])
		for _, o := range near[max(0, len(near)-20):] {
			x, y := h.Equal(k, o), h.Equal(o, k)
			switch {
			case x != y:
				return fmt.Errorf("hashertest: Equal(%v, %v) is %v and the other way round %v", k, o, x, y)
			case x && hash(o) != sum:
				return fmt.Errorf("hashertest: %v and %v are equal, their hashes %#x and %#x are not", k, o, sum, hash(o))
			case !x && k == o:
				return fmt.Errorf("hashertest: Equal(%v, %v) is false, but they are ==: a Hasher makes keys equal, not different", k, o)
			}
			if !x {
				continue
			}
			for _, third := range near {
				if h.Equal(o, third) != h.Equal(k, third) {
					return fmt.Errorf("hashertest: %v equals %v, but only one of them equals %v", k, o, third)
				}
			}
		}
		byHash[sum] = append(byHash[sum], k)
	}
	return nil
}

// collect leaves out what is not equal to itself.
func collect[K comparable](keys iter.Seq[K]) (list []K) {
	for k := range keys {
		if k == k { // false for NaN
			list = append(list, k)
		}
	}
	return list
}
