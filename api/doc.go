// Package api records what the core module exports, so that a change of it is deliberate.
//
// One text file per package holds one line per exported name, with the types written out. A test compares the files with
// the sources and fails where they differ:
//
//	go test ./api            # do records and sources agree? does a test or Example use every name?
//	go test ./api -update    # write the records anew, to be committed with the change
//
// A line that goes or changes breaks programs of users; a line that comes is a promise.
package api
