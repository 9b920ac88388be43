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
	first *member // ring-free list in order of making, newest last
	last  *member
	n     int
}

// member is the place of a record in its Namespace: few keys are in one.
type member struct {
	ns         *Namespace
	r          *Record
	prev, next *member // under ns.mu
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
		for m := ns.first; m != nil; m = m.next {
			all = append(all, m.r)
		}
		ns.mu.Unlock()
		for _, r := range all {
			if r.Alive() && !yield(r) {
				return
			}
		}
	}
}

func (ns *Namespace) add(m *member) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	m.prev = ns.last
	if ns.last != nil {
		ns.last.next = m
	} else {
		ns.first = m
	}
	ns.last = m
	ns.n++
}

func (ns *Namespace) remove(m *member) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	if m.prev != nil {
		m.prev.next = m.next
	} else {
		ns.first = m.next
	}
	if m.next != nil {
		m.next.prev = m.prev
	} else {
		ns.last = m.prev
	}
	m.prev, m.next = nil, nil
	ns.n--
}
