package keys

import (
	"reflect"
	"sync"
	"sync/atomic"
)

// Record is what the tables know of a key: enough to list it and to find its
// entries, nothing that leads to the key or to a value. A record may be kept
// as long as one likes. Any number of goroutines may use it.
type Record struct {
	state  atomic.Uint32 // bits below
	flags  uint16
	ledger ledger

	id   ID
	name string
	typ  reflect.Type
	in   *member // nil: in no Namespace
}

// ledgers are the locks of places and ledgers, one for all keys of a page of the
// table: a rotation takes it once for many keys. Nothing of a user runs under
// one, nobody holds two, and who holds one takes no other lock of this package.
var ledgers [64]struct {
	sync.Mutex
	_ [56]byte // a cache line each
}

// ledgerMu is the lock for the places and ledgers of the page that index is in.
func ledgerMu(index uint32) *sync.Mutex {
	return &ledgers[index>>pageShift%uint32(len(ledgers))].Mutex
}

// mu is the lock of the record's ledger and place.
func (r *Record) mu() *sync.Mutex { return ledgerMu(r.id.Index()) }

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

// kill ends the key of r: first the flag, then the values, then the tables, for
// with its place in the table the index goes to another key. Release and death
// share it, and the first does the work. The core is nil when it is already gone.
func (r *Record) kill(c *core) {
	if r.state.Or(dead)&dead != 0 {
		return
	}
	r.forget(c)
	table.put(r)
	if r.in != nil {
		r.in.ns.remove(r.in)
	}
	stats.releases.Add(1)
	deaths.Add(1)
	table.collectable.Add(-1)
}
