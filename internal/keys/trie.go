package keys

import "github.com/strata-go/strata/hamt"

// Trie maps the index of a key to the head of its box or entry. One
// instantiation serves static and collectable keys of all types.
type Trie = hamt.Map[uint32, *Head]

// TrieBuilder is a Trie while one owner edits it.
type TrieBuilder = hamt.Builder[uint32, *Head]

// NewTrie returns the empty trie, which is the zero Trie. Indexes are hashed as
// all integers are, in line, by one multiplication. An identity hash of their
// own would go through an interface, which doubled the time of a lookup;
// indexes are dense, so up to 200 or so live keys stand at depth 1 anyhow.
func NewTrie() Trie { return Trie{} }

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
