package keys

import (
	"iter"
	"sync"
)

// Namespace is a group of keys and the only way to list keys: who holds a
// Namespace sees the records of its own keys and of no other. It holds records,
// never keys, so a collectable key in it dies as it would outside. Any number
// of goroutines may use it.
type Namespace struct {
	name string

	mu    sync.Mutex
	first *Record // ring-free list in order of making, newest last
	last  *Record
	n     int
}

// NewNamespace makes an empty group. The name is for people; two namespaces
// of one name are two namespaces.
func NewNamespace(name string) *Namespace { return &Namespace{name: name} }

// Name returns the label.
func (ns *Namespace) Name() string { return ns.name }

// Len returns the number of keys that are alive. Constant time.
func (ns *Namespace) Len() int {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	return ns.n
}

// Records yields the records of the keys that are alive when the loop starts,
// oldest first. The lock is not held while the loop body runs.
func (ns *Namespace) Records() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		ns.mu.Lock()
		all := make([]*Record, 0, ns.n)
		for r := ns.first; r != nil; r = r.next {
			all = append(all, r)
		}
		ns.mu.Unlock()
		for _, r := range all {
			if r.Alive() && !yield(r) {
				return
			}
		}
	}
}

func (ns *Namespace) add(r *Record) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	r.prev = ns.last
	if ns.last != nil {
		ns.last.next = r
	} else {
		ns.first = r
	}
	ns.last = r
	ns.n++
}

func (ns *Namespace) remove(r *Record) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	if r.prev != nil {
		r.prev.next = r.next
	} else {
		ns.first = r.next
	}
	if r.next != nil {
		r.next.prev = r.prev
	} else {
		ns.last = r.prev
	}
	r.prev, r.next = nil, nil
	ns.n--
}
