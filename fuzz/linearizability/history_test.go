package linearizability

import (
	"flag"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/strata-go/strata/internal/keys"
)

var histories = flag.Int("histories", 300, "how many histories each test records")

// record runs clients side by side. next gives the operation that a client does
// as its next step: its input, and the function that does it.
func record(clients, steps int, next func(client, step int, rng *rand.Rand) (input any, run func() any)) []porcupine.Operation {
	logs := make([][]porcupine.Operation, clients)
	start := make(chan struct{})
	begin := time.Now()
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(rand.Uint64(), uint64(client)))
			<-start
			for step := range steps {
				input, run := next(client, step, rng)
				if rng.IntN(4) == 0 {
					runtime.Gosched()
				}
				called := time.Since(begin)
				output := run()
				logs[client] = append(logs[client], porcupine.Operation{
					ClientId: client, Input: input, Call: int64(called), Output: output, Return: int64(time.Since(begin)),
				})
			}
		})
	}
	close(start)
	wg.Wait()
	var history []porcupine.Operation
	for _, log := range logs {
		history = append(history, log...)
	}
	return history
}

// check fails the test, and draws the history, when no order explains it.
func check(t *testing.T, m porcupine.Model, history []porcupine.Operation, n int) {
	t.Helper()
	result, info := porcupine.CheckOperationsVerbose(m, history, time.Minute)
	if result == porcupine.Ok {
		return
	}
	file := filepath.Join(t.ArtifactDir(), "history.html")
	if err := porcupine.VisualizePath(m, info, file); err != nil {
		t.Log(err)
	}
	t.Fatalf("history %d is not linearizable (%v): %s, kept with -artifacts", n, result, file)
}

// stress collects and rotates until stop is called.
func stress() (stop func()) {
	var done atomic.Bool
	var wg sync.WaitGroup
	for _, f := range []func(){runtime.GC, keys.Rotate} {
		wg.Go(func() {
			for !done.Load() {
				f()
				runtime.Gosched()
			}
		})
	}
	return func() {
		done.Store(true)
		wg.Wait()
	}
}
