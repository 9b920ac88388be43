package keys

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"
)

// Writer is where one goroutine at a time makes entries. The zero Writer is
// ready. It must not be copied once used.
type Writer struct{ _ unsafe.Pointer }

// entry is what a trie holds for a collectable key. The box is reached through
// one atomic pointer, so that it can be taken away under readers.
type entry struct {
	Head
	box unsafe.Pointer // *T; atomic
	_   [4]unsafe.Pointer
}

// entries is where a record finds the entries of its key, weakly.
type entries struct {
	mu   sync.Mutex
	list []weak.Pointer[entry]
	next int // length of list at which dead ones are swept
}

func (k *Key[T]) wrapEntry(x T) (*Head, error) {
	e := &entry{Head: Head{k.record.id}}
	box := new(T)
	*box = x
	e.box = unsafe.Pointer(box)
	r := k.record
	r.entries.add(weak.Make(e))
	// The entry is where kill can see it; only now does the flag decide.
	if r.dead.Load() {
		atomic.StorePointer(&e.box, nil)
		return nil, fmt.Errorf("keys: Set of key %q: %w", r.name, ErrReleased)
	}
	runtime.KeepAlive(k.core)
	return &e.Head, nil
}

func (k *Key[T]) unwrapEntry(h *Head) (x T, ok bool) {
	if h == nil || h.ID != k.record.id || k.record.dead.Load() {
		return x, false
	}
	box := (*T)(atomic.LoadPointer(&(*entry)(unsafe.Pointer(h)).box))
	runtime.KeepAlive(k.core)
	if box == nil {
		return x, false
	}
	return *box, true
}

func (k *Key[T]) discardEntry(h *Head) {
	if h.ID == k.record.id {
		atomic.StorePointer(&(*entry)(unsafe.Pointer(h)).box, nil)
	}
}

func (s *entries) add(p weak.Pointer[entry]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) >= max(s.next, 16) {
		kept := s.list[:0]
		for _, q := range s.list {
			if q.Value() != nil {
				kept = append(kept, q)
			}
		}
		clear(s.list[len(kept):])
		s.list = kept
		s.next = 2 * len(kept)
	}
	s.list = append(s.list, p)
}

func (r *Record) clearEntries() {
	r.entries.mu.Lock()
	defer r.entries.mu.Unlock()
	for _, p := range r.entries.list {
		if e := p.Value(); e != nil {
			atomic.StorePointer(&e.box, nil)
		}
	}
	r.entries.list = nil
}
