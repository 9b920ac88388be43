package ctx

import (
	"unsafe"

	"github.com/strata-go/strata/internal/keys"
)

// What a level holds for a variable is one of three objects, told apart by
// their first word:
//
//	Head.ID == the variable's id   a value (keys.Box or keys.Entry)
//	Head.ID == maskID              a mask: what lies below is hidden
//	Head.ID == joinID              a join: segments of a stack variable from
//	                               several levels, flattened into one
//
// Joins need no knowledge of the value's type, so that flattening works for
// variables whose values only their holder may read.
//
// Rules for the casts in this file: maskID and joinID are ids that no key ever
// has (index and generation all ones); an object with such a first word is
// made nowhere but here, and always as a whole mark or join.

const (
	maskID = ^keys.ID(0)
	joinID = ^keys.ID(0) - 1
)

type mask struct {
	keys.Head
	of keys.ID
}

type join struct {
	keys.Head
	of    keys.ID
	below *keys.Head // a value, a mask or a join
	above *keys.Head // a value: the segment of one level
}

func newMask(id keys.ID) *keys.Head {
	return &(&mask{keys.Head{ID: maskID}, id}).Head
}

func newJoin(id keys.ID, below, above *keys.Head) *keys.Head {
	return &(&join{keys.Head{ID: joinID}, id, below, above}).Head
}

func isMask(h *keys.Head) bool { return h.ID == maskID }

func asJoin(h *keys.Head) *join {
	if h.ID != joinID {
		return nil
	}
	return (*join)(unsafe.Pointer(h))
}

// idOf is the id of the variable that h is about.
func idOf(h *keys.Head) keys.ID {
	switch h.ID {
	case maskID:
		return (*mask)(unsafe.Pointer(h)).of
	case joinID:
		return (*join)(unsafe.Pointer(h)).of
	}
	return h.ID
}

// belongs reports whether h is about exactly the variable id: an entry of a
// dead variable whose index id got later is not.
func belongs(h *keys.Head, id keys.ID) bool {
	return h.ID == id || idOf(h) == id
}

// later reports whether h is about a variable that got the index of id after it.
// Then id's own variable is dead, and a write of it, a Reset or a delta that is
// late, must leave the entry alone.
func later(h *keys.Head, id keys.ID) bool {
	return h != nil && h.ID != id && idOf(h).Generation() > id.Generation()
}

// Snapshot and keys.Trie are both one pointer to the root of a trie; the two
// functions below are the only place that knows. A Map cannot be compared with
// ==, a Snapshot can: identity of roots is identity of versions.
var _ [0]struct{} = [unsafe.Sizeof(keys.Trie{}) - unsafe.Sizeof(unsafe.Pointer(nil))]struct{}{}

var emptyTrie = keys.NewTrie()

func snapshotOf(t keys.Trie) Snapshot {
	if t.Len() == 0 {
		return Snapshot{}
	}
	return Snapshot{*(*unsafe.Pointer)(unsafe.Pointer(&t))}
}

func (s Snapshot) trie() keys.Trie {
	if s.root == nil {
		return emptyTrie
	}
	return *(*keys.Trie)(unsafe.Pointer(&s.root))
}
