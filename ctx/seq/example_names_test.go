package seq_test

import (
	"errors"
	"fmt"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

// A generator is resumed by whoever wants the next value, under what is set there.
func ExampleGenerator() {
	g := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		for _, file := range []string{"a.txt", "b.txt"} {
			if !yield(user.Get(st) + " reads " + file) {
				return
			}
		}
	})
	ann, bob := ctx.NewState(), ctx.NewState()
	user.Set(ann, "ann")
	user.Set(bob, "bob")
	fmt.Println(g.Next(ann))
	fmt.Println(g.Next(bob))
	fmt.Println(g.Next(bob))
	// Output:
	// ann reads a.txt true
	// bob reads b.txt true
	//  false
}

// A running average: it receives numbers and gives back their mean.
func ExampleIO() {
	average := seq.GenerateIO(func(_ *ctx.State, yield func(float64) (float64, error)) error {
		sum, n := 0.0, 0.0
		for {
			x, err := yield(sum / max(n, 1))
			if err != nil {
				return err
			}
			sum, n = sum+x, n+1
		}
	})
	st := ctx.NewState()
	_, _ = average.Next(st) // up to the first yield
	for _, x := range []float64{10, 20, 60} {
		mean, _ := average.Send(st, x)
		fmt.Println(mean)
	}
	fmt.Println(average.Close(st))
	// Output:
	// 10
	// 15
	// 30
	// <nil>
}

// Stages are generators too: they pull from their sources when they are asked.
func ExampleAdapter() {
	words := seq.Generate(func(_ *ctx.State, yield func(string) bool) {
		_ = yield("strata") && yield("of") && yield("rock")
	})
	long := seq.Filter(words, func(_ *ctx.State, w string) bool { return len(w) > 2 })
	lengths := seq.Map(long, func(_ *ctx.State, w string) int { return len(w) })
	st := ctx.NewState()
	for n := range lengths.All(st) {
		fmt.Println(n)
	}
	// Output:
	// 6
	// 4
}

// A generator cannot resume itself.
func ExampleGenerator_Next_running() {
	st := ctx.NewState()
	var g *seq.Generator[int]
	g = seq.Generate(func(st *ctx.State, yield func(int) bool) {
		defer func() {
			err, _ := recover().(error)
			fmt.Println(errors.Is(err, seq.ErrRunning))
		}()
		g.Next(st)
	})
	g.Next(st)
	// Output: true
}
