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
// # The picture
//
// A map is one word. It points to a flat node while it is small, else to a
// directory of up to 16 slots, which lead to leaves of up to 16 entries or to
// more directories. Each node is one object; offsets in bytes, on a 64-bit
// machine, for entries of 16 bytes:
//
//	Map            flat node, up to 8 entries, unhashed
//	[root]-------> 0 meta | 8 value key | 24 value key | 40 ...
//
//	Map            root
//	[root]-------> 0 meta | 8 size | 16 hasher | 24 slot | 32 slot | ... up to 16
//	                                              |         |
//	               leaf                           |         v  directory
//	               0 meta | 8 16 tags | 24 v k | 40 v k ... 0 meta | 8 size | 16 slot | 24 slot ...
//
// A lookup takes four bits of the key's hash per directory, lowest first, then
// compares one byte per entry of the leaf, eight in one operation, and on
// average 1.05 keys. Versions share all nodes that an edit did not touch.
//
// # What it promises
//
//	operation                       time              allocations
//	Get Has Entry                   O(log n)          none
//	Set Delete Update               O(log n)          1 up to 8 entries; else 2 to 6, 300 to 900 B
//	Builder.Set Delete Update       O(log n)          none for nodes it made itself
//	Map.Builder, Builder.Map, Len   O(1)              none
//	Collect FromMap                 O(n)              the nodes, and scratch space for every entry
//	All Keys Values                 O(n)              none per entry
//	At Sample                       O(log n)          none
//	Split                           O(parts)          one per part
//	Equal EqualFunc                 O(changes log n)  none; shared subtrees are skipped
//
// Logarithms are to base 16, and no path is longer than 16 directories.
//
//   - Old versions never change, whatever is done to newer ones or to builders.
//   - The form is canonical: which nodes a map has follows from its keys and
//     their hashes alone, not from its history, but for the order of entries in
//     a flat node and among keys of one hash.
//   - Keys that share one 64-bit hash stay usable. Of integers, floats and
//     strings any number cost what other keys cost; of other kinds k of them
//     cost k comparisons each, and a write copies at most a kilobyte of small
//     entries.
//   - When a Hasher, a comparison or a callback panics, maps and builders are as
//     they were before the call or as they should be after it.
//   - The order of iteration is unspecified and differs from process to process.
//   - A value that was replaced or deleted is kept alive by older versions only.
//
// # Concurrency
//
//	Map, Set    any number of goroutines may read and edit one
//	Builder     one goroutine at a time, readers included
//	Hasher      its methods are called by whoever uses the map
//
// Build with the tag purego for a layout without package unsafe, and with the
// tag stdhash to hash by the standard library's hash/maphash only.
package hamt
