package keys

import (
	"hash/maphash"

	"github.com/strata-go/strata/hamt"
)

// Trie maps the index of a key to the head of its box or entry. One
// instantiation serves static and collectable keys of all types.
type Trie = hamt.Map[uint32, *Head]

// TrieBuilder is a Trie while one owner edits it.
type TrieBuilder = hamt.Builder[uint32, *Head]

// indexHasher spreads nothing: indexes are dense, so the low digits of an
// index are a perfect hash, and few live keys make a flat or shallow trie.
type indexHasher struct{ hamt.Comparable[uint32] }

func (indexHasher) Hash64(_ uint64, index uint32) uint64 { return uint64(index) }

// Hash is not called: hamt prefers Hash64.
func (indexHasher) Hash(h *maphash.Hash, index uint32) { maphash.WriteComparable(h, index) }

var emptyTrie = hamt.NewWith[uint32, *Head](&indexHasher{})

// NewTrie returns the empty trie.
func NewTrie() Trie { return emptyTrie }

// Sweep returns t without the entries that live does not hold for; Live is one
// such function, and who keeps marks of its own in a trie brings another. O(n),
// and the same trie when there is nothing to sweep.
func Sweep(t Trie, live func(*Head) bool) Trie {
	for index, h := range t.All() {
		if !live(h) {
			t = t.Delete(index)
		}
	}
	return t
}

// SweepBuilder does to b what Sweep does to a trie.
func SweepBuilder(b *TrieBuilder, live func(*Head) bool) {
	var dead []uint32
	for index, h := range b.All() {
		if !live(h) {
			dead = append(dead, index)
		}
	}
	for _, index := range dead {
		b.Delete(index)
	}
}
