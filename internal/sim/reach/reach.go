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
	refs       []uint64 // what its pointer words hold, without nil
}

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
// not a pointer, or one to a global or to a stack.
var ErrNoObject = errors.New("reach: no object of the heap: give a pointer to one")

// Path returns the number of pointers on the shortest way from the object that
// root points to, to the one that target points to, and whether there is a way.
func (h *Heap) Path(root, target any) (steps int, found bool, err error) {
	from, ok1 := h.object(address(root))
	to, ok2 := h.object(address(target))
	if !ok1 || !ok2 {
		return 0, false, ErrNoObject
	}
	seen := map[int]bool{from: true}
	for wave := []int{from}; len(wave) > 0; steps++ {
		var next []int
		for _, i := range wave {
			if i == to {
				return steps, true, nil
			}
			for _, ref := range h.objects[i].refs {
				if j, ok := h.object(ref); ok && !seen[j] {
					seen[j] = true
					next = append(next, j)
				}
			}
		}
		wave = next
	}
	return 0, false, nil
}

func address(x any) uint64 {
	if v := reflect.ValueOf(x); v.Kind() == reflect.Pointer {
		return uint64(v.Pointer())
	}
	return 0
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
			ref := uint64(0)
			if d.word == 4 {
				ref = uint64(d.order.Uint32(content[at:]))
			} else {
				ref = d.order.Uint64(content[at:])
			}
			if ref != 0 {
				o.refs = append(o.refs, ref)
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
