//go:build !stdhash && !wasm && (amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x)

package hamt

import "github.com/dolthub/maphash"

// keyHash is the runtime's hash function for K under one seed. This file is
// the only importer of dolthub/maphash, which relies on the place of the hash
// function in the runtime's map type; build with the tag stdhash to do without.
type keyHash[K comparable] struct{ h maphash.Hasher[K] }

func newKeyHash[K comparable]() keyHash[K] { return keyHash[K]{maphash.NewHasher[K]()} }

func (k keyHash[K]) hash(key K) uint64 { return k.h.Hash(key) }
