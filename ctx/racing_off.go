//go:build !race

package ctx

// racing: the race detector is on. See variable.idle.
const racing = false
