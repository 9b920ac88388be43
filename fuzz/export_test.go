package fuzz

// Random runs a target of package fuzz_test on random programs.
var Random = random
