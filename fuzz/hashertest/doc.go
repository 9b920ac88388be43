// Package hashertest attacks a Hasher for package hamt: does it hold its
// contract, and how badly do given keys flood it?
//
//	func TestPathHasher(t *testing.T) {
//		hashertest.Test(t, pathHasher{}, slices.Values(samplePaths))
//	}
//
//	func FuzzPathHasher(f *testing.F) {
//		hashertest.Fuzz(f, pathHasher{}, func(b []byte) path { return parse(b) })
//	}
//
// # What is checked
//
//	contract  Hash of one key gives the same twice, on any goroutine; Equal is
//	          reflexive, symmetric, transitive, and holds for keys that are ==;
//	          equal keys have equal hashes under every seed
//	map       random edits of a map under the hasher against a list of pairs
//	          that are compared by Equal alone; the map's own invariants
//	flooding  how many keys share a whole 64-bit hash, also when the seed
//	          changes, and how deep the trie gets compared with a random hash
//
// A key that is not equal to itself under ==, as NaN, is left out.
//
// Functions of this package may be called from several goroutines. Check and
// Measure need time in proportion to the keys; the map is tried with the first
// 200 of them.
package hashertest
