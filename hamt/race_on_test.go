//go:build race

package hamt

// raceEnabled: the race detector slows tests down by an order of magnitude, so
// the exhaustive ones take a part of their cases.
const raceEnabled = true
