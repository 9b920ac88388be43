// Package ctxs holds the context half of the comparison: the ways a Go program
// carries values from where they are set to where they are read, one file each.
//
//	field      a struct field behind a call: the floor
//	context    context.WithValue and Value: what everybody does
//	sync.Map   a table by key, for one task
//	routine    timandy/routine: goroutine-local storage by reading the runtime
//	captured   a map per task, cloned at every write and resume (k6's carrier)
//	ctx        this repository
//
// Every carrier runs random programs of nested with-blocks against a model
// before it is timed.
package ctxs

import (
	"fmt"
	"math/rand/v2"

	"github.com/strata-go/strata/bench/internal/harness"
)

// Scoped is the common form for the correctness check; it is never timed.
type Scoped interface {
	Get(variable int) (int, bool)
	// With runs f with the variable set, and restores what was.
	With(variable, value int, f func())
}

// variables is how many the check uses, and how many values a carrier holds
// beside the one that is set in "set".
const variables = 8

// Carrier is one way to carry values.
type Carrier struct {
	Name string
	New  func() Scoped
	// Body returns the timed loop of an operation at a depth: the number of
	// other values set after the one that is read. nil: not offered.
	Body func(op string, depth int) harness.Body
}

// Carriers lists all of them.
func Carriers() []Carrier {
	all := []Carrier{fieldCarrier(), contextCarrier(), syncMapCarrier(), routineCarrier(), capturedCarrier(), strataCarrier()}
	return append(all, againstCarriers()...)
}

// Check runs a random program of nested blocks.
func Check(c Carrier, steps int) error {
	rng := rand.New(rand.NewPCG(1, 2))
	s := c.New()
	model := map[int]int{}
	var err error
	compare := func() {
		for v := range variables {
			got, ok := s.Get(v)
			want, wantOK := model[v]
			if err == nil && (got != want || ok != wantOK) {
				err = fmt.Errorf("%s: variable %d reads %d, %v; want %d, %v", c.Name, v, got, ok, want, wantOK)
			}
		}
	}
	var block func(depth int)
	block = func(depth int) {
		for range 3 {
			if steps--; steps < 0 || err != nil {
				return
			}
			v, x := rng.IntN(variables), rng.IntN(1000)
			old, had := model[v]
			s.With(v, x, func() {
				model[v] = x
				compare()
				if depth < 6 {
					block(depth + 1)
				}
			})
			if had {
				model[v] = old
			} else {
				delete(model, v)
			}
			compare()
		}
	}
	for steps > 0 && err == nil {
		block(0)
	}
	return err
}

// CheckCarriers checks all of them.
func CheckCarriers() error {
	for _, c := range Carriers() {
		if err := Check(c, 2000); err != nil {
			return err
		}
	}
	return nil
}
