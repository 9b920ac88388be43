// Package twin runs a program of package hamt and writes down all that can be
// seen of it, so that two builds of the package can be compared:
//
//	              ┌─▶ Transcript, packed layout ──▶ lines ─┐
//	bytes ────────┤                                        ├─▶ equal?
//	              └─▶ serve, built with -tags purego ─▶ lines ┘
//
// Two layouts of one package cannot be linked into one program. So the test
// runs one of them in itself and builds the command serve of the other.
//
// The keys and values are of all kinds that the packed layout tells apart: with
// and without pointers, of no size, of words, and too large for a node. Lines
// hold nothing that depends on a seed, nor the order of entries, which no layout
// promises.
package twin
