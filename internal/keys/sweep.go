package keys

import "sync/atomic"

// deaths counts the keys that ever died or were released.
var deaths atomic.Uint32

// Sweeper decides when a trie that is being written to is cleaned of the
// entries of dead keys. It is part of what owns the trie: one per level or map.
// The zero Sweeper is ready; copying it with the trie is right.
//
// A trie is swept when as many writes went to it as it has entries, and a key
// has died since the last time. So a write pays for one visit of an entry, a
// trie that is written to holds no entry of a dead key for more writes than it
// has entries, and a program whose keys do not die pays for two compares. A trie
// that nobody writes to keeps its dead entries, at most 96 B each.
type Sweeper struct{ writes, deaths uint32 }

// Due counts one write to a trie of n entries and reports whether it is to be
// swept now.
func (s *Sweeper) Due(n int) bool {
	s.writes++
	if int(s.writes) < max(n, 8) {
		return false
	}
	s.writes = 0
	now := deaths.Load()
	if now == s.deaths {
		return false
	}
	s.deaths = now
	return true
}
