package keys

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
