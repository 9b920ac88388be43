//go:build race

package seq_test

// raced makes big tests smaller under the race detector.
const raced = true
