//go:build !purego

package hamt

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWordsCoverEveryByte(t *testing.T) {
	for n := range 40 {
		if !hasWords(n) {
			require.True(t, n < 8 || n > 32, "%d bytes have no words", n)
			continue
		}
		s := strings.Repeat("x", n)
		require.True(t, wordsOf(s).equal(wordsOf(strings.Clone(s))))
		for i := range n {
			o := s[:i] + "y" + s[i+1:]
			require.False(t, wordsOf(s).equal(wordsOf(o)), "byte %d of %d is not compared", i, n)
		}
	}
}

// Flipping any bit of a string of any length flips every bit of its hash in
// about half of all cases.
func TestTextHashAvalanche(t *testing.T) {
	h := newHasherForTest(t)
	var flips [64]int
	total := 0
	for n := 1; n <= 40; n++ {
		for sample := range 8 {
			b := []byte(strings.Repeat(string(rune('a'+sample)), n))
			for i := range b {
				b[i] += byte(i * sample)
			}
			was := h.hash(string(b))
			for bit := range 8 * n {
				b[bit/8] ^= 1 << (bit % 8)
				d := was ^ h.hash(string(b))
				b[bit/8] ^= 1 << (bit % 8)
				require.NotZero(t, d, "bit %d of %d bytes is not hashed", bit, n)
				for i := range flips {
					flips[i] += int(d >> i & 1)
				}
				total++
			}
		}
	}
	for i, f := range flips {
		require.InDelta(t, 0.5, float64(f)/float64(total), 0.05, "bit %d of the hash", i)
	}
}

// Digits and tags of keys that differ little are as even as random ones.
func TestTextHashSpreads(t *testing.T) {
	h := newHasherForTest(t)
	const keys = 1 << 14
	shapes := map[string]func(i int) string{
		"last bytes":  func(i int) string { return "aaaaaaaaaaaa" + string([]byte{byte(i), byte(i >> 8)}) },
		"first bytes": func(i int) string { return string([]byte{byte(i), byte(i >> 8)}) + "aaaaaaaaaaaa" },
		"middle":      func(i int) string { return "aaaaaaaaaaaa" + string([]byte{byte(i), byte(i >> 8)}) + "aaaaaaaaaaaa" },
		"eight":       func(i int) string { return "aaaaaa" + string([]byte{byte(i), byte(i >> 8)}) },
		"short":       func(i int) string { return string([]byte{byte(i), byte(i >> 8)}) },
		"zeros":       func(i int) string { return string(make([]byte, 16)) + string([]byte{byte(i), byte(i >> 8)}) },
		"bits":        func(i int) string { return strings.NewReplacer("0", "b", "1", "a").Replace(binary16(i)) },
	}
	for name, key := range shapes {
		var digit, second [fanout]int
		var tag [128]int
		for i := range keys {
			d := h.hash(key(i))
			digit[d%fanout]++
			second[d>>digitBits%fanout]++
			tag[tagOf(d)&0x7f]++
		}
		// Chi-square, 15 and 127 degrees of freedom: 60 and 230 have a chance
		// below 10^-6.
		require.Less(t, chi2(digit[:], keys), 60.0, name)
		require.Less(t, chi2(second[:], keys), 60.0, name)
		require.Less(t, chi2(tag[:], keys), 230.0, name)
	}
}

// Strings of one byte value differ by their length alone.
func TestTextHashTellsLengths(t *testing.T) {
	h := newHasherForTest(t)
	seen := map[uint64]int{}
	for n := range 64 {
		for _, fill := range []string{"a", "\x00"} {
			hash := h.hash(strings.Repeat(fill, n))
			_, dup := seen[hash]
			require.False(t, dup && n > 0, "%d bytes of %q share a hash", n, fill)
			seen[hash] = n
		}
	}
}

// TestGetTextTellsLengths: strings of one byte value have the same words, whatever
// their length, and in a leaf some of them the same tags.
func TestGetTextTellsLengths(t *testing.T) {
	for fill := range 256 {
		var m Map[string, int]
		for n := 8; n <= 32; n += 2 {
			m = m.Set(strings.Repeat(string([]byte{byte(fill)}), n), n)
		}
		for n := 8; n <= 32; n++ {
			v, ok := m.Get(strings.Repeat(string([]byte{byte(fill)}), n))
			require.Equal(t, n%2 == 0, ok, "%d bytes of %#x: found %d", n, fill, v)
		}
	}
}

func TestGetTextOfEveryLength(t *testing.T) {
	type name string
	var m Map[name, int]
	base := strings.Repeat("abcdefghij", 8)
	for n := range 80 {
		m = m.Set(name(base[:n]), n)
		m = m.Set(name(base[1:1+n/2]+"-"+base[:n/2]), -n)
	}
	for n := range 80 {
		v, ok := m.Get(name(strings.Clone(base[:n])))
		require.True(t, ok && v == n, "%d bytes: %d, %v", n, v, ok)
		_, ok = m.Get(name(base[:n] + "?"))
		require.False(t, ok)
	}
	require.NoError(t, m.Check())
}

func newHasherForTest(t *testing.T) *hasher[string] {
	h := defaultHasher[string]()
	if !h.text {
		t.Skip("strings are hashed by the runtime on this platform")
	}
	return h
}

func binary16(i int) string {
	b := make([]byte, 16)
	for j := range b {
		b[j] = '0' + byte(i>>j&1)
	}
	return string(b)
}

func chi2(counts []int, total int) float64 {
	want, sum := float64(total)/float64(len(counts)), 0.0
	for _, c := range counts {
		d := float64(c) - want
		sum += d * d / want
	}
	return sum
}
