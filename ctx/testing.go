package ctx

// TB is what SetFor needs of a testing.TB.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
}

// SetFor sets the variable for the rest of a test, as testing.T.Setenv does for
// environment variables, and resets it at the test's cleanup.
func (v Var[T]) SetFor(tb TB, st *State, x T) {
	tb.Helper()
	tok := v.Set(st, x)
	tb.Cleanup(func() {
		tb.Helper()
		if err := v.Reset(st, tok); err != nil {
			tb.Errorf("ctx: SetFor of variable %q cannot be undone: %v", v.Name(), err)
		}
	})
}
