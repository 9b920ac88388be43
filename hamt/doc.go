// Package hamt is a persistent hash map: every edit returns a new version, and
// all versions stay valid.
//
//	var m hamt.Map[string, int]
//	m1 := m.Set("a", 1)
//	m2 := m1.Set("b", 2) // m1 still has one entry
//	b := m2.Builder()    // for many edits at once
//	b.Set("c", 3)
//	m3 := b.Map()
//
// A map is one word that points to a trie; versions share nodes:
//
//	m1 ---> {a 1}              up to 8 entries: one flat node
//
//	m2 ---> directory ---+---> leaf of up to 16 entries
//	m3 ---> directory ---+---> leaf
//	             \----------> leaf, copied by the edit
//
// Get, Set and Delete take O(log n) time; Set and Delete copy one leaf and the
// directories above it. Maps may be read and edited by any number of
// goroutines; a [Builder] belongs to one at a time.
package hamt
