//go:build stdhash || wasm || !(amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x)

package hamt

import (
	"hash/maphash"
	"runtime"
)

// keyHash is the standard library's hash under one seed. It stands in where
// the runtime's own hash is only 32 bits wide, and wherever dolthub/maphash is
// not wanted. On wasm the standard hash has 32 bits too: there two make one.
type keyHash[K comparable] struct{ seed, upper maphash.Seed }

func newKeyHash[K comparable]() keyHash[K] { return keyHash[K]{maphash.MakeSeed(), maphash.MakeSeed()} }

func (k keyHash[K]) hash(key K) uint64 {
	h := maphash.Comparable(k.seed, key)
	if runtime.GOARCH == "wasm" {
		h ^= maphash.Comparable(k.upper, key) << 32
	}
	return h
}
