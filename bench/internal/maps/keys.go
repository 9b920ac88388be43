package maps

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"strings"
)

// Kind says what the keys of a workload are.
type Kind[K comparable] struct {
	Name string
	// Gen returns up to n distinct keys.
	Gen func(n int, rng *rand.Rand) []K
	// Clone returns an equal key in memory of its own; nil: a key holds no pointer.
	Clone func(K) K
	// Bytes encodes a key for radix trees; nil: there is no natural encoding.
	Bytes func(K) []byte
	// Peers lists the implementations that can hold such keys.
	Peers func(Kind[K]) []Peer[K]
}

// Point is the struct key: two words, no padding, no pointer.
type Point struct {
	Tenant uint32
	Shard  uint32
	ID     uint64
}

// UUID is a random (version 4) UUID as the popular packages hold it.
type UUID [16]byte

// Int keys are random over the non-negative ints.
func Int() Kind[int] {
	return Kind[int]{
		Name: "int", Peers: orderedPeers[int],
		Gen:   distinct(func(r *rand.Rand) int { return r.Int() }),
		Bytes: func(k int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(k)) },
	}
}

// String keys are 8 to 24 random letters and digits.
func String() Kind[string] {
	const letters = "abcdefghijklmnopqrstuvwxyz012345"
	return textKind("string", distinct(func(r *rand.Rand) string {
		b := make([]byte, 8+r.IntN(17))
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		return string(b)
	}))
}

// Struct keys are Points of 100 tenants.
func Struct() Kind[Point] {
	return Kind[Point]{
		Name: "struct", Peers: hashPeers[Point],
		Gen: distinct(func(r *rand.Rand) Point {
			return Point{Tenant: uint32(r.IntN(100)), Shard: uint32(r.IntN(16)), ID: r.Uint64()}
		}),
		Bytes: func(p Point) []byte {
			b := binary.BigEndian.AppendUint32(make([]byte, 0, 16), p.Tenant)
			return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, p.Shard), p.ID)
		},
	}
}

// Any keys are interfaces that hold ints, strings and Points in equal parts.
func Any() Kind[any] {
	ints, texts, points := Int(), String(), Struct()
	return Kind[any]{
		Name: "any", Peers: hashPeers[any],
		Gen: func(n int, rng *rand.Rand) []any {
			var out []any
			third := (n + 2) / 3
			for _, k := range ints.Gen(third, rng) {
				out = append(out, k)
			}
			for _, k := range texts.Gen(third, rng) {
				out = append(out, k)
			}
			for _, k := range points.Gen(third, rng) {
				out = append(out, k)
			}
			return out[:n]
		},
		Clone: func(k any) any {
			switch k := k.(type) {
			case int:
				return k + 0
			case string:
				return strings.Clone(k)
			case Point:
				return k
			}
			return k
		},
	}
}

// UUIDs are random ones.
func UUIDs() Kind[UUID] {
	return Kind[UUID]{
		Name: "uuid", Peers: hashPeers[UUID],
		Gen: distinct(func(r *rand.Rand) (u UUID) {
			binary.BigEndian.PutUint64(u[:8], r.Uint64())
			binary.BigEndian.PutUint64(u[8:], r.Uint64())
			u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
			return u
		}),
		Bytes: func(u UUID) []byte { return u[:] },
	}
}

// IPs are addresses as a server sees them: three of four are IPv4 from 4096
// networks, the rest IPv6 from 256.
func IPs() Kind[netip.Addr] {
	return Kind[netip.Addr]{
		Name: "ip", Peers: hashPeers[netip.Addr],
		Gen: distinct(func(r *rand.Rand) netip.Addr {
			if r.IntN(4) > 0 {
				net := uint32(r.IntN(4096))
				return netip.AddrFrom4([4]byte{byte(11 + net>>8), byte(net), byte(r.Uint32()), byte(r.Uint32())})
			}
			a := [16]byte{0x20, 0x01, 0x0d, 0xb8, 0, byte(r.IntN(256))}
			binary.BigEndian.PutUint64(a[8:], r.Uint64())
			return netip.AddrFrom16(a)
		}),
		Bytes: func(a netip.Addr) []byte { b := a.As16(); return b[:] },
	}
}

func textKind(name string, gen func(int, *rand.Rand) []string) Kind[string] {
	return Kind[string]{
		Name: name, Gen: gen, Clone: strings.Clone, Peers: orderedPeers[string],
		Bytes: func(s string) []byte { return []byte(s) },
	}
}

// distinct makes a generator of n different keys out of one of single keys.
func distinct[K comparable](one func(*rand.Rand) K) func(int, *rand.Rand) []K {
	return func(n int, rng *rand.Rand) []K {
		seen := make(map[K]struct{}, n)
		out := make([]K, 0, n)
		for len(out) < n {
			k := one(rng)
			if _, ok := seen[k]; !ok {
				seen[k] = struct{}{}
				out = append(out, k)
			}
		}
		return out
	}
}
