//go:build !race

package seq_test

const raced = false
