package main

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"strconv"

	"github.com/strata-go/strata/hamt"
)

// record is a key of no ordered kind, which encodes itself.
type record struct {
	ID  uint16
	Pad [3]byte
}

// MarshalText is user code.
func (r record) MarshalText() ([]byte, error) {
	cur.user(atText)
	return strconv.AppendInt(nil, int64(r.ID), 10), nil
}

// UnmarshalText is user code.
func (r *record) UnmarshalText(text []byte) error {
	cur.user(atText)
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 || n >= universe {
		return fmt.Errorf("no record: %q", text)
	}
	*r = record{ID: uint16(n)}
	return nil
}

// wide is a value so large that leaves hold few entries.
type wide [20]int

// hasher is a user's Hasher, honest or not, whose every call is a place.
type hasher[K comparable] struct {
	m    *machine
	num  func(K) uint64
	hash func(uint64) uint64
}

func (h *hasher[K]) Hash64(_ uint64, k K) uint64 {
	h.m.user(atHash)
	return h.hash(h.num(k))
}

func (h *hasher[K]) Hash(*maphash.Hash, K) { panic("Hash64 is preferred") }

func (h *hasher[K]) Equal(x, y K) bool {
	h.m.user(atEqual)
	return x == y
}

// slow hides Hash64, so that the map calls Hash.
type slow[K comparable] struct{ h *hasher[K] }

func (s *slow[K]) Hash(mh *maphash.Hash, k K) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], s.h.Hash64(0, k))
	_, _ = mh.Write(b[:])
}

func (s *slow[K]) Equal(x, y K) bool { return s.h.Equal(x, y) }

// quick promises to compare by ==.
type quick[K comparable] struct {
	hamt.Comparable[K]
	h *hasher[K]
}

func (q *quick[K]) Hash64(seed uint64, k K) uint64 { return q.h.Hash64(seed, k) }
func (q *quick[K]) Hash(mh *maphash.Hash, k K)     { q.h.Hash(mh, k) }

// hashes are kind and unkind ones.
var hashes = []func(uint64) uint64{
	mix,
	func(x uint64) uint64 { return mix(x) & 15 },
	func(uint64) uint64 { return 0x123456789abcdef0 },
	func(x uint64) uint64 { return x },
	func(x uint64) uint64 { return x<<58 | 0x2aaaaaaaaaaaaaa },
	func(x uint64) uint64 { return mix(x % 7) },
}

// mix is a bijection that looks random (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// emptyMap returns an empty map under the hasher that the configuration says.
func emptyMap[K, V comparable](m *machine, num func(K) uint64, config byte) hamt.Map[K, V] {
	h := &hasher[K]{m, num, hashes[int(config/4)%len(hashes)]}
	switch config % 4 {
	case 0:
		return hamt.NewWith[K, V](&slow[K]{h})
	case 1:
		return hamt.NewWith[K, V](&quick[K]{h: h})
	default:
		return hamt.NewWith[K, V](h)
	}
}

// newMaps makes the maps of the types that the configuration says.
func newMaps(m *machine, config [4]byte) maproom {
	h := config[1]
	switch config[2] % 4 {
	case 0:
		return start(m, h, func(i int) int { return i }, func(k int) uint64 { return uint64(k) }, func(i int) int { return i })
	case 1:
		return start(m, h, func(i int) record { return record{ID: uint16(i)} }, func(k record) uint64 { return uint64(k.ID) }, func(i int) int { return i })
	case 2:
		return start(m, h, strconv.Itoa, func(k string) uint64 { n, _ := strconv.Atoi(k); return uint64(n) }, func(i int) wide { return wide{i, 19: i} })
	default:
		return start(m, h, func(i int) record { return record{ID: uint16(i)} }, func(k record) uint64 { return uint64(k.ID) }, func(i int) wide { return wide{i, 19: i} })
	}
}
