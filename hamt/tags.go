package hamt

import "math/bits"

// leafTags are the tag bytes of a leaf, sorted, as two words: tag i is byte
// i&7, counted from the low end, of word i>>3. Bytes beyond the leaf's size
// are 0, which is no entry's tag.
type leafTags [leafMax / 8]uint64

func (t *leafTags) at(i int) uint8 { return uint8(t[i>>3] >> (i & 7 * 8)) }

// insert puts tag at place i; those from i on move up.
func (t *leafTags) insert(i int, tag uint8) {
	w := i >> 3
	for j := len(t) - 1; j > w; j-- {
		t[j] = t[j]<<8 | t[j-1]>>56
	}
	below := uint64(1)<<(i&7*8) - 1
	t[w] = t[w]&below | t[w]&^below<<8 | uint64(tag)<<(i&7*8)
}

// remove takes out tag i; those above move down.
func (t *leafTags) remove(i int) {
	w := i >> 3
	below := uint64(1)<<(i&7*8) - 1
	t[w] = t[w]&below | t[w]>>8&^below
	for j := w + 1; j < len(t); j++ {
		t[j-1] |= t[j] << 56
		t[j] >>= 8
	}
}

// set writes tag i, where 0 was.
func (t *leafTags) set(i int, tag uint8) { t[i>>3] |= uint64(tag) << (i & 7 * 8) }

func trailingZeros(x uint64) int { return bits.TrailingZeros64(x) }
