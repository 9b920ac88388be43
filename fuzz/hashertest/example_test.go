package hashertest_test

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"testing"

	"github.com/strata-go/strata/fuzz/hashertest"
	"github.com/strata-go/strata/hamt"
)

var words10 = slices.Values(strings.Fields("Tea tea Rice rice Salt Pepper oats OATS flour sugar"))

// careless compares as folding does and forgets to fold what it hashes.
type careless struct{ folding }

func (careless) Hash(h *maphash.Hash, s string) { _, _ = h.WriteString(s) }

// lengths hashes a word by its length: correct, and slow with many words of one length.
type lengths struct{ hamt.Comparable[string] }

func (lengths) Hash(h *maphash.Hash, s string) { maphash.WriteComparable(h, len(s)) }

func ExampleCheck() {
	fmt.Println(hashertest.Check(folding{}, words10))
	fmt.Println(hashertest.Check(careless{}, words10) != nil) // tea and Tea are equal and hash apart
	// Output:
	// <nil>
	// true
}

func ExampleMeasure() {
	r := hashertest.Measure(folding{}, words10)
	fmt.Println(r.Keys, "keys,", r.Distinct, "hashes, the largest group has", r.Group)
	// Output: 7 keys, 7 hashes, the largest group has 1
}

func ExampleReport() {
	var ids []string
	for i := range 100 {
		ids = append(ids, fmt.Sprintf("order-%03d", i))
	}
	r := hashertest.Measure(lengths{}, slices.Values(ids))
	fmt.Println(r.Keys, r.Distinct, r.Group, r.Lasting) // under every seed
	// Output: 100 1 100 100
}

func ExampleReport_Flooded() {
	var ids []string
	for i := range 100 {
		ids = append(ids, fmt.Sprintf("order-%03d", i))
	}
	fmt.Println(hashertest.Measure(folding{}, slices.Values(ids)).Flooded())
	fmt.Println(hashertest.Measure(lengths{}, slices.Values(ids)).Flooded())
	// Output:
	// false
	// true
}

// A failure names its seed: run it again.
func ExampleDrive() {
	var failed error
	for seed := range uint64(10) {
		failed = errors.Join(failed, hashertest.Drive(folding{}, words10, seed))
	}
	fmt.Println(failed)
	// Output: <nil>
}

// In the test of a package that has a Hasher.
func ExampleTest() { //nolint:testableexamples // what takes a testing.T is compiled only
	_ = func(t *testing.T) { // func TestFolding(t *testing.T)
		hashertest.Test(t, folding{}, words10)
	}
}

// Beside it, for go test -fuzz=FuzzFolding.
func ExampleFuzz() { //nolint:testableexamples // what takes a testing.F is compiled only
	_ = func(f *testing.F) { //nolint:thelper // func FuzzFolding(f *testing.F)
		hashertest.Fuzz(f, folding{}, func(b []byte) string { return string(b) })
	}
}
