package keys

import (
	"reflect"
	"sync"
	"sync/atomic"
	"weak"
)

// Record is what the tables know of a key: enough to list it and to find its
// entries, nothing that leads to the key or to a value. A record may be kept
// as long as one likes. Any number of goroutines may use it.
type Record struct {
	// What a rotation looks at comes first.
	core   weak.Pointer[core] // nil pointer for a static key
	state  atomic.Uint32      // bits below
	flags  uint16
	toKey  bool // side of the last rotation; under mu
	stayed bool // no box has come since, so all are on that side; under mu
	ledger ledger

	id   ID
	name string
	typ  reflect.Type
	in   *member // nil: in no Namespace
}

// ledgers are the locks of the records' ledgers, one for all records of a page of
// the table: a rotation takes it once for many keys. Nothing of a user runs
// under one, and nobody holds two.
var ledgers [64]struct {
	sync.Mutex
	_ [56]byte // a cache line each
}

// mu is the lock of the record's ledger.
func (r *Record) mu() *sync.Mutex {
	return &ledgers[r.id.Index()>>pageShift%uint32(len(ledgers))].Mutex
}

// Bits of Record.state.
const (
	used   = 1 << iota // written or read since the last mixed round
	dead               // set once, before anything of the key is taken apart
	inline             // values sit in the box of their head, nothing to rotate; never changes
	static             // the key lives as long as the program; never changes
)

// Name returns the label the key was made with.
func (r *Record) Name() string { return r.name }

// Type returns the type of the values.
func (r *Record) Type() reflect.Type { return r.typ }

// ID returns the ID of the key.
func (r *Record) ID() ID { return r.id }

// Flags returns the word the owner of the key gave it.
func (r *Record) Flags() uint16 { return r.flags }

// Namespace returns the group of the key, or nil.
func (r *Record) Namespace() *Namespace {
	if r.in == nil {
		return nil
	}
	return r.in.ns
}

// Static reports whether the key lives as long as the program.
func (r *Record) Static() bool { return r.state.Load()&static != 0 }

// Alive reports whether the key was neither released nor found dead. A key
// that nobody holds any more may be found dead a few collections later.
func (r *Record) Alive() bool { return r.state.Load()&dead == 0 }

// use notes that the key was written or read. Goroutines share the word, so it
// is written only when that changes it.
func (r *Record) use() {
	if r.state.Load()&used == 0 {
		r.state.Or(used)
	}
}

// RecordOf returns the record of the key that h belongs to, or nil when that
// key is dead. Constant time, no lock.
func RecordOf(h *Head) *Record {
	if h == nil {
		return nil
	}
	if r := table.lookup(h.ID.Index()); r != nil && r.id == h.ID {
		return r
	}
	return nil
}

// Live reports whether the key of h is still there. It says nothing about the
// value, and it keeps no key alive. Marks count as live. Constant time, no lock.
func Live(h *Head) bool { return RecordOf(h) != nil || h != nil && h.ID.IsMark() }

// kill ends the key of r: first the flag, then the tables, then the values.
// Release and death share it. It reports whether this call was the one.
// The core is nil when it is already gone.
func (r *Record) kill(c *core) bool {
	if r.state.Or(dead)&dead != 0 {
		return false
	}
	table.put(r)
	if r.in != nil {
		r.in.ns.remove(r.in)
	}
	r.forget(c)
	stats.releases.Add(1)
	deaths.Add(1)
	table.collectable.Add(-1)
	return true
}
