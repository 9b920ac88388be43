// Package keys is what weakkey and ctx share: identity, liveness and storage
// of values under keys that are objects.
//
//	trie ──index──▶ *Head ─┬─ *Box[T]  {ID, value}          static key
//	                       └─ *entry   {ID, atomic box}     collectable key
//
//	table ──index──▶ *Record {name, type, flags}            no way to key or value
//
// A trie is keyed by the dense index of a key; what it holds starts with the
// full ID, and a lookup compares that before it reads further. So a recycled
// index finds nothing that its predecessor stored.
//
// Values of a dead key leave the entries of every live trie. In this version a
// value that refers to its own key still keeps it alive.
package keys
