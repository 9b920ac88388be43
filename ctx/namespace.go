package ctx

import (
	"iter"
	"slices"
	"sync"

	"github.com/strata-go/strata/internal/keys"
)

// A Namespace groups variables: those of one library, say. Whoever holds it can
// go over the values of its own variables in a snapshot, which nobody else can,
// and say which groups a snapshot keeps. Put variables into it with In. Safe for
// any number of goroutines. Make one with NewNamespace; a nil or zero one panics.
type Namespace struct {
	k  *keys.Namespace
	mu sync.RWMutex
	// statics are the namespace's static variables; collectable ones are not
	// held, so that they can die.
	statics map[keys.ID]*core
}

// NewNamespace returns a new namespace. The name is a label for people.
func NewNamespace(name string) *Namespace {
	return &Namespace{k: keys.NewNamespace(name)}
}

// key panics when ns is nil or zero.
func (ns *Namespace) key() *keys.Namespace {
	if ns == nil || ns.k == nil {
		panic("ctx: use of a nil or zero Namespace: make namespaces with ctx.NewNamespace")
	}
	return ns.k
}

// Name returns the label given at creation.
func (ns *Namespace) Name() string { return ns.key().Name() }

func (ns *Namespace) add(c *core) {
	if ns == nil {
		return
	}
	ns.mu.Lock()
	defer ns.mu.Unlock()
	if ns.statics == nil {
		ns.statics = make(map[keys.ID]*core)
	}
	ns.statics[c.id] = c
}

// All goes over the namespace's variables that s holds, with their values. The
// value of a stack variable is its list; the values of collectable and of
// redacted variables are nil here, read those through the variable.
func (ns *Namespace) All(s Snapshot) iter.Seq2[VarInfo, any] {
	k := ns.key()
	return func(yield func(VarInfo, any) bool) {
		for h, rec := range s.entries() {
			if rec.Namespace() != k {
				continue
			}
			var x any
			ns.mu.RLock()
			c := ns.statics[rec.ID()]
			ns.mu.RUnlock()
			if c != nil && c.flags&flagRedact == 0 {
				x = c.ops.value(h)
			}
			if !yield(infoOf(rec), x) {
				return
			}
		}
	}
}

// Only returns s with the variables of the namespaces and no others.
func (s Snapshot) Only(list ...*Namespace) Snapshot {
	group := keysOf(list)
	return s.filter(func(ns *keys.Namespace) bool { return slices.Contains(group, ns) })
}

// Without returns s without the variables of the namespaces.
func (s Snapshot) Without(list ...*Namespace) Snapshot {
	group := keysOf(list)
	return s.filter(func(ns *keys.Namespace) bool { return !slices.Contains(group, ns) })
}

func keysOf(list []*Namespace) []*keys.Namespace {
	out := make([]*keys.Namespace, len(list))
	for i, ns := range list {
		out[i] = ns.key()
	}
	return out
}

func (s Snapshot) filter(keep func(*keys.Namespace) bool) Snapshot {
	b := s.trie().Builder()
	for index, h := range s.trie().All() {
		if rec := keys.RecordOfID(idOf(h)); rec == nil || !keep(rec.Namespace()) {
			b.Delete(index)
		}
	}
	return snapshotOf(b.Map())
}
