package keys

// Design is how values of collectable keys are owned. Only Rotating releases
// all garbage. The others are what this package is measured against: the tests
// run the same programs over them and must see them leak.
type Design int

// The designs.
const (
	Rotating  Design = iota // the side changes between collections
	Strong                  // entries own, and a dead key's values stay until they are overwritten
	Clearable               // entries own, and a dead key's values are cleared
	Inverted                // keys own from the first rotation on
)

var design struct {
	fixed    bool // the side never changes
	keyOwns  bool // which side it is
	keepDead bool // death clears nothing
}

// SetDesign is for tests: it changes how the values of the whole process are
// owned until restore is called. No key may be in use when either runs.
func SetDesign(d Design) (restore func()) {
	rotor.mu.Lock()
	defer rotor.mu.Unlock()
	old := design
	design.fixed, design.keyOwns, design.keepDead = d != Rotating, d == Inverted, d == Strong
	return func() {
		rotor.mu.Lock()
		defer rotor.mu.Unlock()
		design = old
	}
}

// Rotate is for tests and benchmarks: it runs one whole rotation that begins now. Values
// that are garbage wait longer for it (I9); values in use never notice.
func Rotate() {
	rotor.mu.Lock()
	defer rotor.mu.Unlock()
	for rotor.active { // one that began before the call may be past what the caller did
		rotor.step(maxHold)
	}
	for !rotor.step(maxHold) {
	}
}

// Quiet is for tests: it reports that no sentinel is armed and no rotation is
// under way.
func Quiet() bool {
	rotor.mu.Lock()
	defer rotor.mu.Unlock()
	return rotor.sentinel.Load() == 0 && !rotor.active
}

// SetLimits is for tests: until restore is called, keys come from a fresh
// table whose indexes are retired after the given number of generations and
// end at the given number of indexes. Keys made before keep their records but
// look dead, and no other test may run meanwhile.
func SetLimits(generations uint32, indexes uint64) (restore func()) {
	table.mu.Lock()
	defer table.mu.Unlock()
	pages, floors, hint := table.pages.Load(), table.floors, table.hint
	maxGeneration, maxIndexes := table.maxGeneration, table.maxIndexes
	table.pages.Store(nil)
	table.floors, table.hint = nil, 0
	table.maxGeneration, table.maxIndexes = generations, indexes
	return func() {
		table.mu.Lock()
		defer table.mu.Unlock()
		table.pages.Store(pages)
		table.floors, table.hint = floors, hint
		table.maxGeneration, table.maxIndexes = maxGeneration, maxIndexes
	}
}
