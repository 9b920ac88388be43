package hamt

import (
	"fmt"
	"iter"
)

// Op says what happened to a key.
type Op uint8

const (
	// Added means that the key is in the newer map only.
	Added Op = iota + 1
	// Removed means that the key is in the older map only.
	Removed
	// Replaced means that the key is in both, with different values.
	Replaced
)

var opNames = [...]string{Added: "added", Removed: "removed", Replaced: "replaced"}

// String returns the name in lower case.
func (o Op) String() string {
	if o < Added || o > Replaced {
		return fmt.Sprintf("Op(%d)", uint8(o))
	}
	return opNames[o]
}

// Change is what happened to one key between two maps. Old is the zero value
// if the key was added, New if it was removed.
type Change[K comparable, V any] struct {
	Op       Op
	Key      K
	Old, New V
}

// String returns +key:new, -key:old or key:old→new.
func (c Change[K, V]) String() string {
	switch c.Op {
	case Added:
		return fmt.Sprintf("+%v:%v", c.Key, c.New)
	case Removed:
		return fmt.Sprintf("-%v:%v", c.Key, c.Old)
	}
	return fmt.Sprintf("%v:%v→%v", c.Key, c.Old, c.New)
}

// Diff returns an iterator over the changes that lead from a to b, in no
// particular order, each key once. The keys are a's, or b's where added. The
// loop may stop at any time. Subtrees that a and b share are skipped: two
// versions k edits apart take O(k log n) time. Maps of different hashers take
// O(n) lookups.
//
// Keys that are not equal to themselves, such as NaN, are left out, as no edit
// can name them. So is a key whose stored form alone differs, as +0 and -0 do.
func Diff[K, V comparable](a, b Map[K, V]) iter.Seq[Change[K, V]] {
	return a.DiffFunc(b, func(x, y V) bool { return x == y })
}

// DiffFunc is [Diff] from m to o with values compared by eq, which is not
// called for entries in subtrees that m and o share.
func (m Map[K, V]) DiffFunc(o Map[K, V], eq func(x, y V) bool) iter.Seq[Change[K, V]] {
	return func(yield func(Change[K, V]) bool) {
		if m.root == o.root {
			return
		}
		hm, ho := hasherOf(m.root), hasherOf(o.root)
		p := pairs[K, V, V]{
			onlyA: func(x *entry[K, V]) bool {
				return !hm.equal(x.key, x.key) || yield(Change[K, V]{Op: Removed, Key: x.key, Old: x.val})
			},
			onlyB: func(y *entry[K, V]) bool {
				return !ho.equal(y.key, y.key) || yield(Change[K, V]{Op: Added, Key: y.key, New: y.val})
			},
			both: func(x, y *entry[K, V]) bool {
				return x == y || eq(x.val, y.val) || yield(Change[K, V]{Replaced, x.key, x.val, y.val})
			},
		}
		p.roots(m.root, o.root)
	}
}
