// Package weakkey has keys that may die, and persistent maps whose values die
// with them.
//
//	var User = weakkey.Static[string]("user")   // as long as the program
//
//	conn := weakkey.New[*State]("conn")         // as long as somebody holds conn
//	m, _ := weakkey.Set(m, conn, state)         // m holds neither conn nor its value for long
//	state, ok := weakkey.Get(m, conn)           // a few nanoseconds, no allocation
//
// A key is an object. Two keys of one name are two keys, and only who holds a
// key reads or writes its values. A [Map] is immutable: Set returns a new one,
// and any number of old ones stay. When the last handle of a collectable key is
// gone, its values leave all of them, even a value that refers to its own key.
//
// # Who holds a value
//
// The value of a collectable key is in a box that either the entry in the map or
// the key holds. The side changes from collection to collection:
//
//	round "keys own"                      round "entries own"
//
//	Map ──▶ entry ──▶ (nil)               Map ──▶ entry ──▶ box ──▶ value
//	Key ──▶ cell  ──▶ box ──▶ value       Key ──▶ cell  ──▶ (nil)
//
//	key gone: its cells go, and the       map gone: its entries go, and the
//	value, whatever it refers to          value, whatever it refers to
//
// While key and map both live, one of the two has the value at every instant,
// and Get looks at both. A third round mixes the sides, for knots of several keys and
// maps. The values of static keys, and values of collectable keys that hold no
// pointers and have at most 64 bytes, are in the map directly; a dead key's
// number hides them.
//
// # What is promised
//
//   - Get takes constant time for few keys and O(log n) else, allocates nothing
//     and takes no lock but in a race with four moves of the same box. Set copies
//     one path of the trie.
//   - Keys, Maps, Namespaces and Infos may be used by any number of goroutines.
//   - Release acts at once and in all maps. A released key's index is used
//     again, under another generation: no key ever finds the value of another.
//   - A value of a dropped key, or in a dropped map, is collected after 2 to 7
//     collections, cycles through key and map included. There is one cleanup per
//     collection for all keys together, and none while no collectable key lives.
//   - Cleanups and finalizers of other packages that block or end their
//     goroutine delay this and do not stop it: Set and New do the work then.
//   - Static keys use no weak pointer, no cleanup, no lock and no goroutine.
//   - The zero [Key], a nil or zero [Namespace] and Release of a static key
//     panic; so do New and Static when all indexes are in use, with an error
//     that wraps [ErrExhausted]. Nothing else panics.
//
// # What is not
//
//   - Release of garbage needs collections. The runtime forces one every two
//     minutes in an idle program; with GOGC=off and no memory limit there is
//     none: call Release.
//   - Where collections follow each other faster than rotations, which run after
//     one, it takes more of them.
//   - A knot that needs one idle live key on one side and another on the other
//     goes in a mixed round that happens to split them: for two keys about every
//     24th collection, with more keys rarer. Where the live keys are in use it
//     takes at most 12. Release is the remedy.
//   - A value with a finalizer, a timer, a goroutine or a live channel that
//     reaches its key or its map is not garbage, and never goes.
//   - Code that turns its own weak pointer to what holds a key strong all the
//     time keeps the key alive.
//   - Values are dropped, not overwritten: what a dead value contained stays in
//     memory until the collector reuses it. A small value without pointers stays
//     in the maps that have it until its entry is replaced or swept.
//   - A map that is not written to keeps an empty entry, at most 96 B, for each dead
//     key it had; writes sweep them.
//   - A static key made inside a function is never freed. Two copies of this
//     package in one program rotate apart, and cycles through both may stay.
//
// # Tests
//
// go test ./weakkey -run Matrix -v prints after how many collections each kind of
// garbage goes, under this and three simpler designs that leak. The long forms
// of all tests take half an hour, and hours with -race:
//
//	go test ./weakkey -long -timeout 12h
package weakkey
