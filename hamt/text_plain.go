//go:build purego

package hamt

// textKeys: strings are hashed like keys of any type.
const textKeys = false

func keyText[K any](*K) string { return "" }

func textHash(*secrets, string) uint64 { return 0 }
