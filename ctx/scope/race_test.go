//go:build race

package scope

// raceEnabled: the race detector makes objects larger.
const raceEnabled = true
