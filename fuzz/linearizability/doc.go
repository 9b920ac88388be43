// Package linearizability has no code but tests: histories of concurrent
// operations on keys, checked by porcupine against models that know one
// operation at a time.
//
//	client 1  ──[ Set k 7 ]─────[ Get k: 7 ]──        is there an order of all
//	client 2  ─────[ Release k ]───────────────  ───▶  operations, each at one
//	client 3  ────────[ Get k: none ]──[ New ]─        instant of its interval,
//	                                                   that the model allows?
//
//	go test .                       some hundred histories
//	go test . -histories 100000     more
//	go test -race .
//
// The values model has one register for each key: New, Set, Get, Delete, Release
// and Released. The indexes model has the whole registry: which indexes live
// keys have, and that no ID is given out twice. Histories run with collections
// and rotations in the background.
//
// It is a module of its own, so that Strata does not depend on porcupine.
package linearizability
