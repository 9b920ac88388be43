package fuzz

import (
	"hash/maphash"
	"math/bits"
	"testing"

	"github.com/strata-go/strata/fuzz/hashertest"
	"github.com/strata-go/strata/hamt"
)

// record is the struct key of the map target. gofuzz fills all but ID, which
// makes the keys distinct and is all that the hostile hashers look at.
type record struct {
	ID   uint16
	Name string
	Pair [2]uint8
	Flag bool
	X    float32
}

// hostile is a Hasher for records with one of several ways to be unkind.
type hostile struct {
	hamt.Comparable[record]
	kind  int
	paths [16]byte // for hasher 8: the digits that the input chose
}

// The hashers, by kind.
var hashers = []struct {
	name string
	hash func(h *hostile, id uint64) uint64
}{
	{"honest", func(_ *hostile, id uint64) uint64 { return mix(id) }},
	{"4 bits", func(_ *hostile, id uint64) uint64 { return mix(id) & 15 }},
	{"constant 0", func(*hostile, uint64) uint64 { return 0 }},
	{"constant -1", func(*hostile, uint64) uint64 { return ^uint64(0) }},
	{"identity", func(_ *hostile, id uint64) uint64 { return id }},
	{"reversed", func(_ *hostile, id uint64) uint64 { return bits.Reverse64(id) }},
	// equal in all digits but the last ones, and in pairs in those as well
	{"deep", func(_ *hostile, id uint64) uint64 { return 0x0123456789abcdef&(1<<58-1) | id>>1<<58 }},
	// one bit of the key in every digit of 5 bits: long thin paths
	{"thin", func(_ *hostile, id uint64) (h uint64) {
		for i := range 12 {
			h |= (id >> i & 1) << (5 * i)
		}
		return h
	}},
	// digits chosen by the input
	{"paths", func(h *hostile, id uint64) (path uint64) {
		for i := range 8 {
			path |= uint64(h.paths[(id>>i)&15]) << (8 * i)
		}
		return path
	}},
}

func (h *hostile) Hash64(_ uint64, k record) uint64 { return hashers[h.kind].hash(h, uint64(k.ID)) }

func (h *hostile) Hash(m *maphash.Hash, k record) { maphash.WriteComparable(m, h.Hash64(0, k)) }

// plain hides Hash64, so that the map calls Hash.
type plain struct{ h *hostile }

func (p plain) Hash(m *maphash.Hash, k record) { p.h.Hash(m, k) }
func (p plain) Equal(x, y record) bool         { return x == y }

// mix is a bijection that looks random (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// The hostile hashers are unkind, not wrong, and the report says so.
func TestHostileHashers(t *testing.T) {
	keys := func(yield func(record) bool) {
		for i := range uint16(500) {
			if !yield(record{ID: i}) {
				return
			}
		}
	}
	kind := map[string]bool{"honest": true, "identity": true, "reversed": false}
	for i, h := range hashers {
		hostile := &hostile{kind: i, paths: [16]byte{1, 2, 3}}
		if err := hashertest.Check(hostile, keys); err != nil {
			t.Errorf("%s: %v", h.name, err)
		}
		if err := hashertest.Drive(hostile, keys, 1); err != nil {
			t.Errorf("%s: %v", h.name, err)
		}
		if r := hashertest.Measure(hostile, keys); r.Flooded() == kind[h.name] {
			t.Errorf("%s: %v", h.name, r)
		}
	}
}
