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

// Sweep returns t without the entries of dead keys. O(n), and the same trie
// when it has none.
func Sweep(t Trie) Trie {
	for index, h := range t.All() {
		if !Live(h) {
			t = t.Delete(index)
		}
	}
	return t
}

// SweepBuilder deletes the entries of dead keys from b. O(n).
func SweepBuilder(b *TrieBuilder) {
	var dead []uint32
	for index, h := range b.All() {
		if !Live(h) {
			dead = append(dead, index)
		}
	}
	for _, index := range dead {
		b.Delete(index)
	}
}
