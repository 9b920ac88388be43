// Package api records what the core module exports, so that a change of it is deliberate.
//
// One text file per package holds one line per exported name, with the types written out. A test compares the files with
// the sources and fails where they differ:
//
//	go test ./api            # do records and sources agree? does a test or Example use every name,
//	                         # and has every name an Example of its own?
//	go test ./api -update    # write the records anew, to be committed with the change
//
// The records say that a change was meant; they know nothing of releases. What a change does to users is what apidiff
// says, with Go's rules of compatibility:
//
//	.ci/run apidiff                    # since the last tag; while there is none, this package's test
//	APIDIFF_BASE=main .ci/run apidiff  # since any revision
//
// It fails on an incompatible change. A package that is gone has no record, and apidiff does not ask for it.
//
// A line that goes or changes breaks programs of users; a line that comes is a promise.
package api
