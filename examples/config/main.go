// Config shows a configuration that many goroutines read while some change it.
//
//	go run ./examples/config
//
// The configuration is a persistent map in a hamt.Cell. A reader takes the whole of it in one atomic read, without a
// lock, and what it took stays as it is; a writer makes the next version and puts it in the cell:
//
//	reader ──Load──► version 1 ◄──┐
//	                              ├─ shared nodes
//	Cell ──────────► version 2 ◄──┘
//
// The program tells it in three parts: a request that outlives a change, many readers and writers at once, and what a
// change and a rollback cost those who must react to them.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/strata-go/strata/hamt"
)

func main() { run(os.Stdout) }

// Settings is one version of the configuration. It never changes.
type Settings = hamt.Map[string, string]

func run(out io.Writer) {
	var config hamt.Cell[string, string] // the zero Cell holds the empty map
	config.Store(hamt.FromMap(map[string]string{
		"primary": "db1",
		"replica": "db2",
		"region":  "eu",
		"timeout": "30s",
		"updates": "0",
	}))
	request(out, &config)
	crowd(out, &config)
	rollback(out, &config)
}

// request takes the configuration once and uses what it took to its end.
func request(out io.Writer, config *hamt.Cell[string, string]) {
	fmt.Fprintln(out, "1  A request keeps the configuration that it started with.")
	fmt.Fprintln(out)
	fmt.Fprintf(out, "   %-24s %-16s %s\n", "", "the request", "the cell")
	line := func(what string, mine Settings) {
		fmt.Fprintf(out, "   %-24s %-16s %s\n", what, show(mine), show(config.Load()))
	}
	mine := config.Load()
	line("request starts", mine)
	config.Update(func(m Settings) Settings { return m.Set("timeout", "5s").Set("region", "us") })
	line("operator writes two", mine)
	config.Update(func(m Settings) Settings { return m.Set("timeout", "5s") })
	line("the same value again", mine)
	line("next request", config.Load())
	fmt.Fprintln(out)
}

func show(m Settings) string {
	timeout, _ := m.Get("timeout")
	region, _ := m.Get("region")
	return timeout + " " + region
}

// crowd lets readers and writers loose. Every write swaps primary and replica, two keys, so that a reader who saw half
// of a write would find one server in both roles; and adds 1 to a counter, so that a lost write would be missing there.
func crowd(out io.Writer, config *hamt.Cell[string, string]) {
	const writers, each, readers = 4, 500, 8
	var reads, torn atomic.Int64
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for range readers {
		reading.Go(func() {
			for {
				m := config.Load()
				primary, _ := m.Get("primary")
				runtime.Gosched() // a writer may come between the two reads: m does not mind
				replica, _ := m.Get("replica")
				if primary == replica {
					torn.Add(1)
				}
				reads.Add(1)
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range writers {
		writing.Go(func() {
			for range each {
				config.Update(failover)
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()

	updates, _ := config.Load().Get("updates")
	fmt.Fprintf(out, "2  %d readers take it while %d writers make %d updates each.\n\n", readers, writers, each)
	fmt.Fprintf(out, "   %-24s %s\n", "updates made", strconv.Itoa(writers*each))
	fmt.Fprintf(out, "   %-24s %s\n", "updates counted", updates)
	fmt.Fprintf(out, "   %-24s %d\n", "reads of half an update", torn.Load())
	fmt.Fprintf(out, "   %-24s %v\n\n", "every reader read", reads.Load() >= readers)
}

// failover is a pure function from one version to the next: Update calls it again when another writer was quicker.
func failover(m Settings) Settings {
	primary, _ := m.Get("primary")
	replica, _ := m.Get("replica")
	updates, _ := m.Get("updates")
	n, _ := strconv.Atoi(updates) // the program wrote it
	b := m.Builder()
	b.Set("primary", replica)
	b.Set("replica", primary)
	b.Set("updates", strconv.Itoa(n+1))
	return b.Map()
}

// rollback tells subsystems exactly what changed, and goes back by storing a version that was kept.
func rollback(out io.Writer, config *hamt.Cell[string, string]) {
	fmt.Fprintln(out, "3  A subsystem reacts to what changed; going back is storing an old version.")
	fmt.Fprintln(out)
	good := config.Load()
	bad := config.Update(func(m Settings) Settings { return m.Set("primary", "db9").Delete("replica").Set("debug", "on") })
	fmt.Fprintf(out, "   %-24s %s\n", "deployed", changes(good, bad))
	config.Store(good)
	fmt.Fprintf(out, "   %-24s %s\n", "rolled back", changes(bad, config.Load()))
	fmt.Fprintf(out, "   %-24s %v\n", "the very same version", config.Load().Same(good))
	fmt.Fprintf(out, "   %-24s %v\n", "compare and swap, late", config.CompareAndSwap(bad, good.Set("debug", "off")))
}

// changes lists what leads from one version to the other, sorted. Diff skips what they share.
func changes(from, to Settings) string {
	var list []string
	for c := range hamt.Diff(from, to) {
		list = append(list, c.String())
	}
	slices.Sort(list)
	return strings.Join(list, "  ")
}
