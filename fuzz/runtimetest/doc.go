// Package runtimetest tests the adapter of a language runtime: that it pushes
// and pops in balance, restores on errors and panics, and keeps the overlay of
// each generator.
//
//	func TestAdapter(t *testing.T) {
//		runtimetest.Run(t, func(t *testing.T) runtimetest.Host {
//			vm := newInterpreter(t)
//			return runtimetest.Host{
//				Current:  vm.State,
//				Call:     func(body func() error) error { … a guest function that calls body … },
//				Generate: func(step func() (bool, error)) runtimetest.Generator {
//					// function* () { while (step()) yield }
//				},
//			}
//		})
//	}
//
// The test gives the guest Go functions to call. These open and close blocks on
// the State that the adapter says is current, and compare what they read with a
// list of the blocks that the guest's backtrace looks to be inside:
//
//	test ── Call ──▶ guest function ──▶ body: reads [20]
//	  └──── Next ──▶ guest generator ─▶ step: opens 10, reads [20 10]
//	                     yields          test reads [20]
//
// What a host does not have, it leaves nil; those tests are skipped. Complete
// hosts are the toy of this package's own tests, and TestAdapter in the modules
// below runtimes.
package runtimetest
