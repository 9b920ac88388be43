// Package keys is what weakkey and ctx share: identity, liveness and storage
// of values under keys that are objects.
//
//	            ┌─ *Box[T]  {ID, value}                    static key, or a small
//	trie ─index─┤                                          value without pointers
//	            └─ *entry   {ID, owner ─▶ box?, cell no.}  other collectable keys
//
//	Key ─▶ core {cells: ─▶ box?}                           tracked by a weak pointer
//
//	table ─index─┬▶ place   {weak core, weak entry}         what rotations look at
//	             └▶ *Record {name, type, flags, state, other weak entries}
//
// A trie is keyed by the dense index of a key; what it holds starts with the
// full ID, and a lookup compares that before it reads further. So a recycled
// index finds nothing that its predecessor stored.
//
// Where to look:
//
//	id, table, record     who a key is, and what is known of it without holding it
//	namespace             which keys one may list
//	box, key              making, reading and ending values: the fast paths
//	entry                 who holds a box, the invariants I1 to I13, the two sides
//	nursery               where entries begin, and how a writer shares them with
//	                      rotations without a lock
//	ledger                where rotations find entries that grew older
//	rotor                 rounds, what starts them, single flight in pieces
//	trie, sweep           the map instantiation, and getting rid of dead entries
//	hooks                 for tests only
//
// # What a user of this package owes it
//
// One Writer per execution, used by one goroutine at a time and never copied.
// Discard only for a head that no snapshot, token, cache or other level has:
// who takes a snapshot has to remember it (a capture epoch). Whatever
// outlives a call may hold a Head and must not hold a value of a collectable key.
// No finalizer and no weak pointer of its own on what holds a Writer.
package keys
