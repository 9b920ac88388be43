package twin

import (
	"testing"

	"github.com/strata-go/strata/fuzz/hashertest"
)

// The program's hasher is unkind in all ways but the first, and never wrong.
func TestHasher(t *testing.T) {
	keys := func(yield func(named) bool) {
		for i := range uint16(400) {
			if !yield(named{ID: i}) || !yield(named{i, "other"}) {
				return
			}
		}
	}
	for way := range ways {
		h := &hasher{way: way}
		if err := hashertest.Check(h, keys); err != nil {
			t.Errorf("way %d: %v", way, err)
		}
		if err := hashertest.Drive(h, keys, 1); err != nil {
			t.Errorf("way %d: %v", way, err)
		}
	}
}

// Kinds read back what they made.
func TestKinds(t *testing.T) {
	for i := range keysInUse {
		if ints.back(ints.of(i)) != i || text.back(text.of(i)) != i || structs.back(structs.of(i)) != i || anys.back(anys.of(i)) != i {
			t.Errorf("key %d is read back as another", i)
		}
		if x := i % 256; bytes.back(bytes.of(x)) != x || pointers.back(pointers.of(x)) != x || wides.back(wides.of(x)) != x {
			t.Errorf("value %d is read back as another", x)
		}
	}
}
