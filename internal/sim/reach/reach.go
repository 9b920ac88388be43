// Package reach answers whether one object keeps another alive: it walks the
// pointers of the heap as it stands, without a collection.
//
//	h, err := reach.Read()
//	steps, found, err := h.Path(snapshot, scope)
//
//	root ──▶ object ──▶ object ──▶ target      found, 3 steps
//	weak pointers and stacks of goroutines lead nowhere
//
// The heap comes from the runtime's own heap dump (debug.WriteHeapDump), so the
// walk sees what the collector sees: every pointer word of every object,
// whatever the types in the source say. A walk with package reflect would stop
// at the untyped heads that tries of contexts hold.
//
// Read stops the world and writes the heap to a temporary file: about a second
// per gigabyte. It is for tests and demonstrations on small heaps. A Heap does
// not change and may be used by any number of goroutines; addresses in it are
// numbers and keep nothing alive.
package reach

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"sort"
)

// Heap is the objects of the process at the moment of Read.
type Heap struct {
	objects []object // ascending by address
}

type object struct {
	addr, size uint64
	refs       []ref
}

// ref is a pointer word that is not nil: where in its object, and to what.
type ref struct{ at, to uint64 }

// Len returns the number of objects.
func (h *Heap) Len() int { return len(h.objects) }

// Read reads the heap of the process.
func Read() (*Heap, error) {
	f, err := os.CreateTemp("", "heap")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	debug.WriteHeapDump(f.Fd())
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return parse(bufio.NewReaderSize(f, 1<<16))
}

// ErrNoObject is returned for a root or target that is no object of the heap:
// neither pointer nor map, or one to a global or to a stack.
var ErrNoObject = errors.New("reach: no object of the heap: give a pointer to one, or a map")

// Path returns the number of pointers on the shortest way from what root points
// to, to the object that target points to, and whether there is a way. A root
// that is a field of a larger object stands for that field only.
func (h *Heap) Path(root, target any) (steps int, found bool, err error) {
	start, size := extent(root)
	goal, _ := extent(target)
	from, ok1 := h.object(start)
	to, ok2 := h.object(goal)
	switch {
	case !ok1 || !ok2:
		return 0, false, ErrNoObject
	case start == goal:
		return 0, true, nil
	}
	seen := make(map[int]bool)
	var wave []int
	follow := func(ref ref) {
		if i, ok := h.object(ref.to); ok && !seen[i] {
			seen[i] = true
			wave = append(wave, i)
		}
	}
	for _, ref := range h.objects[from].refs {
		if at := h.objects[from].addr + ref.at; at >= start && at < start+size {
			follow(ref)
		}
	}
	for steps = 1; len(wave) > 0; steps++ {
		now := wave
		wave = nil
		for _, i := range now {
			if i == to {
				return steps, true, nil
			}
			for _, ref := range h.objects[i].refs {
				follow(ref)
			}
		}
	}
	return 0, false, nil
}

// extent is where what x points to begins and how long it is; 0 for what is not
// a pointer. A map's header is as long as it may be: it is an object of its own.
func extent(x any) (addr, size uint64) {
	switch v := reflect.ValueOf(x); v.Kind() {
	case reflect.Pointer:
		return uint64(v.Pointer()), uint64(v.Type().Elem().Size())
	case reflect.Map:
		return uint64(v.Pointer()), 1 << 20
	}
	return 0, 0
}

// object finds the object that contains the address.
func (h *Heap) object(addr uint64) (int, bool) {
	i := sort.Search(len(h.objects), func(i int) bool { return h.objects[i].addr > addr }) - 1
	if i < 0 || addr-h.objects[i].addr >= h.objects[i].size {
		return 0, false
	}
	return i, true
}

// The dump's format is that of golang.org/s/go15heapdump. Its records stand in
// this order; the walk needs none after the objects.
const (
	header    = "go1.7 heap dump\n"
	tagObject = 1
	tagType   = 3
	tagParams = 6
	tagItab   = 8

	fieldEnd = 0
	fieldPtr = 1
)

type dump struct {
	r     *bufio.Reader
	word  int // size of a pointer
	order binary.ByteOrder
	err   error
}

func parse(r *bufio.Reader) (*Heap, error) {
	b := make([]byte, len(header))
	if _, err := io.ReadFull(r, b); err != nil || string(b) != header {
		return nil, fmt.Errorf("reach: the heap dump starts with %q, not %q", b, header)
	}
	d, h := &dump{r: r}, new(Heap)
	for d.err == nil {
		switch tag := d.int(); tag {
		case tagParams:
			d.order = binary.ByteOrder(binary.LittleEndian)
			if d.int() != 0 {
				d.order = binary.BigEndian
			}
			d.word = int(d.int())
			d.ints(2) // where the arenas start and end
			d.bytes() // architecture
			d.bytes() // version
			d.ints(1) // processors
		case tagType:
			d.ints(2)
			d.bytes()
			d.ints(1)
		case tagItab:
			d.ints(2)
		case tagObject:
			h.objects = append(h.objects, d.object())
		default:
			if len(h.objects) == 0 {
				return nil, fmt.Errorf("reach: record %d before the objects of the heap dump", tag)
			}
			slices.SortFunc(h.objects, func(a, b object) int {
				if a.addr < b.addr {
					return -1
				}
				return 1
			})
			return h, nil
		}
	}
	return nil, fmt.Errorf("reach: reading the heap dump: %w", d.err)
}

func (d *dump) object() object {
	o := object{addr: d.int()}
	content := d.bytes()
	o.size = uint64(len(content))
	for d.err == nil {
		switch kind := d.int(); kind {
		case fieldEnd:
			return o
		case fieldPtr:
			at := d.int()
			if at+uint64(d.word) > o.size {
				d.err = fmt.Errorf("pointer at %d in an object of %d bytes", at, o.size)
				return o
			}
			to := uint64(0)
			if d.word == 4 {
				to = uint64(d.order.Uint32(content[at:]))
			} else {
				to = d.order.Uint64(content[at:])
			}
			if to != 0 {
				o.refs = append(o.refs, ref{at, to})
			}
		default:
			d.err = fmt.Errorf("field of kind %d", kind)
		}
	}
	return o
}

func (d *dump) int() uint64 {
	if d.err != nil {
		return 0
	}
	x, err := binary.ReadUvarint(d.r)
	d.err = err
	return x
}

func (d *dump) ints(n int) {
	for range n {
		d.int()
	}
}

func (d *dump) bytes() []byte {
	n := d.int()
	if d.err != nil {
		return nil
	}
	b := make([]byte, n)
	_, d.err = io.ReadFull(d.r, b)
	return b
}
