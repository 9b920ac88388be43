package weakkey

// Entries returns the number of entries, those of dead keys too.
func (m Map) Entries() int { return m.trie.Len() }
