package twin

import (
	"fmt"
	"hash/maphash"
	"math/bits"

	"github.com/strata-go/strata/hamt"
)

// kind is a type of keys or values: made from numbers, and read back.
type kind[T any] struct {
	name string
	of   func(i int) T
	back func(x T) int
}

type (
	// named is a struct key with a pointer in it, under a hasher of the program.
	named struct {
		ID   uint16
		Name string
	}
	// wide is a value too large for the packed layout's leaves.
	wide struct {
		N    int
		Rest [17]uint64
	}
)

var (
	ints = kind[int]{"int", func(i int) int { return i * 31 }, func(k int) int { return k / 31 }}
	text = kind[string]{"string", func(i int) string { return fmt.Sprint("key", i) }, func(k string) (i int) {
		_, _ = fmt.Sscanf(k, "key%d", &i)
		return i
	}}
	structs = kind[named]{"struct", func(i int) named { return named{uint16(i), "n"} }, func(k named) int { return int(k.ID) }}
	anys    = kind[any]{"any", func(i int) any {
		return [...]any{int32(i), fmt.Sprint(i), named{ID: uint16(i)}, [2]int{i, 1}, float64(i)}[i%5]
	}, func(k any) (i int) {
		switch k := k.(type) {
		case int32:
			return int(k)
		case string:
			_, _ = fmt.Sscan(k, &i)
		case named:
			return int(k.ID)
		case [2]int:
			return k[0]
		case float64:
			return int(k)
		}
		return i
	}}

	nothings = kind[struct{}]{"struct{}", func(int) (x struct{}) { return x }, func(struct{}) int { return 0 }}
	bytes    = kind[uint8]{"uint8", func(i int) uint8 { return uint8(i) }, func(x uint8) int { return int(x) }}
	pointers = kind[*int]{"*int", func(i int) *int { return &small[uint8(i)] }, func(x *int) int { return *x }}
	wides    = kind[wide]{"wide", func(i int) wide { return wide{N: i, Rest: [17]uint64{16: uint64(i)}} }, func(x wide) int {
		if x.Rest[16] != uint64(x.N) {
			return -1 // torn
		}
		return x.N
	}}
)

// small has one address per number, so that pointers are equal where numbers are.
var small = func() (all [256]int) {
	for i := range all {
		all[i] = i
	}
	return all
}()

// hasher places struct keys by their number alone, in one of several ways.
type hasher struct {
	hamt.Comparable[named]
	way int
}

const ways = 7

// Hash64 does not use the seed: both builds have to place the keys alike.
func (h *hasher) Hash64(_ uint64, k named) uint64 {
	id := uint64(k.ID)
	switch h.way {
	case 0: // as good as random
		return id * 0x9e3779b97f4a7c15
	case 1: // four bits
		return id & 15
	case 2:
		return 0
	case 3:
		return ^uint64(0)
	case 4:
		return id
	case 5:
		return bits.Reverse64(id)
	default: // apart in the last digits only, and in pairs not there either
		return 0x0123456789abcdef&(1<<58-1) | id>>1<<58
	}
}

func (h *hasher) Hash(m *maphash.Hash, k named) { maphash.WriteComparable(m, h.Hash64(0, k)) }
