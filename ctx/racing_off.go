//go:build !race

package ctx

// racing: the race detector is on. See core.idle.
const racing = false
