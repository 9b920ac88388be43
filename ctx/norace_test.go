//go:build !race

package ctx_test

const raced = false
