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

// below returns how many tags are less than tag. In a used byte the difference
// keeps its high bit if the tag there is less; there is no borrow, as the byte
// it is taken from is at least as large.
func (t *leafTags) below(tag uint8) int {
	const lows = ^uint64(highs)
	want := uint64(tag)*ones - ones
	x := want - t[0]&lows
	x = x & t[0] & highs
	return int((x>>7) * ones >> 56)
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

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// match returns a word with one bit set for each tag equal to tag; see tagIndex. A
// byte of x or y is 0 where the tag matches, and there, and nowhere below, the
// subtraction sets a high bit that was clear. Above a match a borrow can set
// one where the byte is 1: that is a used tag too, and its key will differ, as
// an unused one gives a byte of at least 0x80. The bits of the two words are
// interleaved, so that whoever looks through them has one loop and no branch
// that depends on the half in which the entry is.
func (t *leafTags) match(tag uint8) uint64 {
	want := uint64(tag) * ones
	x := t[0]^want
	return (x - ones) &^ x & highs
}

// tagIndex is the number of the tag that the lowest bit of a match stands for.
func tagIndex(match uint64) uintptr {
	return uintptr(trailingZeros(match)) >> 3
}

func trailingZeros(x uint64) int { return bits.TrailingZeros64(x) }
