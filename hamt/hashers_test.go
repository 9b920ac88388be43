package hamt_test

import (
	"fmt"
	"hash/maphash"
	"testing"

	"github.com/strata-go/strata/fuzz/hashertest"
)

// The hashers of the examples hold the contract that their readers will rely
// on: also for letters that fold in more than one way, as the long s and the
// Kelvin sign do.
func TestExampleHashers(t *testing.T) {
	hashertest.Test(t, fold{}, func(yield func(string) bool) {
		for i := range 200 {
			for _, k := range []string{"key%d", "KEY%d", "\u212aey%d", "set%d", "\u017fet%d", "SET%d", "ÅSE%d", "åse%d", "\u212bse%d"} {
				if !yield(fmt.Sprintf(k, i)) {
					return
				}
			}
		}
	})
	hashertest.Test(t, ids{}, func(yield func(uint64) bool) {
		seed := maphash.MakeSeed()
		for i := range 2000 { // mixed well, as ids asks for
			if !yield(maphash.Comparable(seed, i)) {
				return
			}
		}
	})
}
