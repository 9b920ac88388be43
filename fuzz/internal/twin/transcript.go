package twin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/strata-go/strata/fuzz"
	"github.com/strata-go/strata/hamt"
)

// Transcript runs the program in data and returns its lines.
//
// Each pair of a key and a value type compiles the whole of package hamt once
// more, so there are as many as tell the layouts' cases apart and no more.
func Transcript(data []byte) string {
	in := fuzz.NewInput(data)
	h := &hasher{}
	switch kind := in.N(8); kind {
	case 0:
		return program(in, hamt.Map[int, uint8]{}, ints, bytes)
	case 1:
		return program(in, hamt.Map[int, wide]{}, ints, wides)
	case 2:
		return program(in, hamt.Map[string, *int]{}, text, pointers)
	case 3:
		return program(in, hamt.Map[any, uint8]{}, anys, bytes)
	case 4:
		h.way = in.N(ways)
		return program(in, hamt.NewWith[named, struct{}](h), structs, nothings)
	case 5:
		h.way = in.N(ways)
		return program(in, hamt.NewWith[named, wide](h), structs, wides)
	default:
		h.way = in.N(ways)
		return program(in, hamt.NewWith[named, *int](h), structs, pointers)
	}
}

// keysInUse bounds the numbers of keys: programs meet their keys again.
const keysInUse = 600

// run is one program. Its operations go from two of the maps to a third.
type run[K, V comparable] struct {
	in    *fuzz.Input
	key   kind[K]
	value kind[V]
	maps  [4]hamt.Map[K, V]
	out   strings.Builder
}

func program[K, V comparable](in *fuzz.Input, empty hamt.Map[K, V], key kind[K], value kind[V]) string {
	r := &run[K, V]{in: in, key: key, value: value}
	for i := range r.maps {
		r.maps[i] = empty
	}
	fmt.Fprintf(&r.out, "%s to %s\n", key.name, value.name)
	for n := 0; in.Step(); n++ {
		where, op := in.Byte(), in.N(len(operations))
		a, b, dst := r.maps[where&3], r.maps[where>>2&3], &r.maps[where>>4&3]
		fmt.Fprintf(&r.out, "%d %s ", n, operations[op])
		m := r.step(operations[op], a, b)
		r.see("result", m)
		*dst = m
	}
	for i, m := range r.maps {
		r.see(fmt.Sprint("map ", i), m)
		r.all(m)
	}
	return r.out.String()
}

// note writes what an operation returned beside a map.
func (r *run[K, V]) note(a ...any) { fmt.Fprint(&r.out, a...) }

// see writes what tells one map from another, whatever the order of entries.
func (r *run[K, V]) see(what string, m hamt.Map[K, V]) {
	sum := uint64(0)
	for k, v := range m.All() {
		x := (uint64(r.key.back(k))<<32 | uint64(uint32(r.value.back(v)))) * 0x9e3779b97f4a7c15
		sum += x ^ x>>29
	}
	fmt.Fprintf(&r.out, " %s: %d entries %x, check %v\n", what, m.Len(), sum, m.Check())
}

// all writes every entry.
func (r *run[K, V]) all(m hamt.Map[K, V]) {
	var list [][2]int
	for k, v := range m.All() {
		list = append(list, [2]int{r.key.back(k), r.value.back(v)})
	}
	slices.SortFunc(list, func(x, y [2]int) int { return x[0] - y[0] })
	for _, e := range list {
		fmt.Fprintf(&r.out, "%d:%d ", e[0], e[1])
	}
	r.out.WriteByte('\n')
}
