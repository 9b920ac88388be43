package keys

// FirstMark is the lowest of the IDs that no key ever gets. ctx keeps objects
// in tries whose first word is such an ID: masks, and joined segments of stack
// variables. They belong to no record; what sweeps dead entries from a trie
// leaves them alone.
const FirstMark = ^ID(0) - 15

// IsMark reports whether id is one of the IDs that no key ever gets.
func (id ID) IsMark() bool { return id >= FirstMark }

// RecordOfID returns the record of the key with this ID, or nil when that key
// is dead. Constant time, no lock.
func RecordOfID(id ID) *Record {
	if r := table.lookup(id.Index()); r != nil && r.id == id {
		return r
	}
	return nil
}
