package keys

// Head is the first word of every Box and of every entry, and what a trie
// holds. It never changes once the trie has it.
type Head struct{ ID ID }

// Box is the value of a static key, or a small pointer-free value of a
// collectable one: the ID and the value, nothing else.
type Box[T any] struct {
	Head
	Value T
}
