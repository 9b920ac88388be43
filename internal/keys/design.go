package keys

// Design is how values of collectable keys are owned. Only Rotating releases
// all garbage. The others are what this package is measured against: the tests
// run the same programs over them and must see them leak.
type Design int

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
