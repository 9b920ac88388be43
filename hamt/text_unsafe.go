//go:build !purego

package hamt

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"runtime"
	"unsafe"
)

// # Strings of 8 to 32 bytes
//
// Most string keys are that long, and for them get makes no call at all: four
// words, two from each end, hold every byte of such a string.
//
//	n = 8     a = b = c = d
//	n = 13    [aaaaaaaa.....]  [.....bbbbbbbb]  c = b, d = a
//	n = 21    [aaaaaaaacccccccc.....]  [.....ddddddddbbbbbbbb]
//
// Where they are read depends on the length, but whether they are does not: no
// branch to mispredict for keys of mixed lengths. The words are hashed as wyhash
// does it, which is what the runtime uses where there are no AES instructions,
// and compared with those of the key in the map.
//
// The rules of node_unsafe.go hold. Beyond them: only bytes of the string are
// read, as its length has been checked to be at least 8.

// textKeys: string keys are hashed by textHash. Not where the runtime's hash,
// which longer strings get, has 32 bits; see hash_std.go.
const textKeys = unsafe.Sizeof("") == 16 && runtime.GOARCH != "wasm"

// keyText returns a key of kind string as a string.
func keyText[K any](k *K) string { return *(*string)(unsafe.Pointer(k)) }

// words are the four words of a string.
type words struct{ a, b, c, d uint64 }

// hasWords reports whether a string of n bytes has words.
func hasWords(n int) bool { return uint(n)-8 <= 24 }

// wordsOf returns the words of s, which has them.
func wordsOf(s string) words {
	p, last := unsafe.Pointer(unsafe.StringData(s)), uintptr(len(s))-8
	inner := min(last, 8)
	return words{load(p), load(unsafe.Add(p, last)), load(unsafe.Add(p, inner)), load(unsafe.Add(p, last-inner))}
}

// load reads a word that need not be aligned.
func load(p unsafe.Pointer) uint64 { return binary.LittleEndian.Uint64((*[8]byte)(p)[:]) }

// equal compares two strings of one length.
func (w words) equal(o words) bool { return (w.a^o.a)|(w.b^o.b)|(w.c^o.c)|(w.d^o.d) == 0 }

// hash is the hash of a string of n bytes.
func (w words) hash(n uint64, s *secrets) uint64 {
	return fold(fold(w.a^s.a, w.b^s.b)^n, fold(w.c^s.c, w.d^s.d)^s.e)
}

func fold(x, y uint64) uint64 {
	hi, lo := bits.Mul64(x, y)
	return hi ^ lo
}

// textHash is the hash of a string of any length.
func textHash(sec *secrets, s string) uint64 {
	n := len(s)
	switch {
	case hasWords(n):
		return wordsOf(s).hash(uint64(n), sec)
	case n > 8:
		return maphash.String(sec.text, s)
	}
	var w words
	switch {
	case n >= 4:
		w.a = uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
		w.b = uint64(s[n-4]) | uint64(s[n-3])<<8 | uint64(s[n-2])<<16 | uint64(s[n-1])<<24
	case n > 0:
		w.a = uint64(s[0]) | uint64(s[n>>1])<<8 | uint64(s[n-1])<<16
	}
	return w.hash(uint64(n), sec)
}
