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
	n     int        // of segments in the whole list
	below *keys.Head // a value, a mask or a join
	above *keys.Head // a value: the segment of one level
}

func newMask(id keys.ID) *keys.Head {
	return &(&mask{keys.Head{ID: maskID}, id}).Head
}

func newJoin(below, above *keys.Head) *keys.Head {
	return &(&join{keys.Head{ID: joinID}, length(below) + 1, below, above}).Head
}

// length is the number of segments in the list of a stack variable.
func length(h *keys.Head) int {
	switch h.ID {
	case maskID:
		return 0
	case joinID:
		return (*join)(unsafe.Pointer(h)).n
	}
	return 1
}

// address tells heads apart and holds none.
func address(h *keys.Head) uintptr { return uintptr(unsafe.Pointer(h)) }

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
		return (*join)(unsafe.Pointer(h)).above.ID
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

// boxed reads the value in a box that h begins: h.ID was compared with the id of
// a variable of type T whose values sit in boxes.
func boxed[T any](h *keys.Head) T { return (*keys.Box[T])(unsafe.Pointer(h)).Value }

// reboxed puts another value in a box that h begins, which nobody reads.
func reboxed[T any](h *keys.Head, x T) { (*keys.Box[T])(unsafe.Pointer(h)).Value = x }

// owned is where the value of the entry that h begins is, nil when the key's side
// has it: h.ID was compared with the id of a variable of type T that has entries.
func owned[T any](h *keys.Head) *T { return (*T)(keys.Owned(h)) }

// asFold returns the memo of fold that h begins, nil when h is something else.
// The identity of the fold says what the memo's type is.
func asFold[T, A any](h *keys.Head, fold *Fold[T, A]) *memo[A] {
	if h.ID == foldID && (*foldMemo)(unsafe.Pointer(h)).fold == unsafe.Pointer(fold) {
		return (*memo[A])(unsafe.Pointer(h))
	}
	return nil
}

func newFold[T, A any](fold *Fold[T, A], epoch uint64, acc A) *keys.Head {
	m := &memo[A]{foldMemo{keys.Head{ID: foldID}, unsafe.Pointer(fold), epoch}, acc}
	return &m.Head
}

// foldMemo stands in the cache slot of the stack variable, where everything
// that changes what a read finds clears it.
type foldMemo struct {
	keys.Head
	fold  unsafe.Pointer // *Fold[T, A]
	epoch uint64
}

type memo[A any] struct {
	foldMemo
	acc A
}

// root is a pointer to the root of a trie.
type root = unsafe.Pointer

// Snapshot and keys.Trie are both one pointer to the root of a trie; the two
// functions below are the only place that knows. A Map cannot be compared with
// ==, a Snapshot can: identity of roots is identity of versions.
var _ [0]struct{} = [unsafe.Sizeof(keys.Trie{}) - unsafe.Sizeof(unsafe.Pointer(nil))]struct{}{}

func snapshotOf(t keys.Trie) Snapshot {
	if t.Len() == 0 {
		return Snapshot{}
	}
	return Snapshot{*(*unsafe.Pointer)(unsafe.Pointer(&t))}
}

func (s Snapshot) trie() keys.Trie {
	if s.root == nil {
		return keys.NewTrie()
	}
	return *(*keys.Trie)(unsafe.Pointer(&s.root))
}
