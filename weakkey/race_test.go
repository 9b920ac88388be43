//go:build race

package weakkey_test

const raceEnabled = true
