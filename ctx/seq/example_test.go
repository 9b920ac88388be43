package seq_test

import (
	"errors"
	"fmt"
	"iter"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

var (
	prec = ctx.Static("precision", ctx.Default(6))
	user = ctx.Static("user", ctx.Default("nobody"))
)

// thirds yields 1/3, 2/3, … with the digits that apply where it runs.
func thirds(st *ctx.State, yield func(string) bool) {
	for i := 1; yield(fmt.Sprintf("%.*f", prec.Get(st), float64(i)/3)); i++ {
	}
}

// A generator sees the execution of whoever resumes it.
func ExampleGenerate() {
	st := ctx.NewState()
	g := seq.Generate(thirds)
	defer g.Close(st)
	for _, p := range []int{2, 4} {
		prec.With(st, p, func() {
			x, _ := g.Next(st)
			fmt.Println(x)
		})
	}
	// Output:
	// 0.33
	// 0.6667
}

// What a generator sets is its own: the loop does not see it.
func ExampleGenerator_All() {
	st := ctx.NewState()
	g := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		prec.Set(st, 2)
		thirds(st, yield)
	})
	for x := range g.All(st) {
		fmt.Println(x, prec.Get(st))
		break // closes g
	}
	// Output:
	// 0.33 6
}

// Two tasks take turns with one generator.
func ExampleGenerator_Next() {
	ann, bob := ctx.NewState(), ctx.NewState()
	user.Set(ann, "ann")
	user.Set(bob, "bob")
	g := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		for yield("hello " + user.Get(st)) {
		}
	})
	for _, st := range []*ctx.State{ann, bob, ann} {
		x, ok := g.Next(st)
		fmt.Println(x, ok)
	}
	g.Close(ann)
	_, ok := g.Next(ann)
	fmt.Println(ok)
	// Output:
	// hello ann true
	// hello bob true
	// hello ann true
	// false
}

// Close runs the body to its end, under what it has set.
func ExampleGenerator_Close() {
	st := ctx.NewState()
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		defer func() { fmt.Println("closed as", user.Get(st)) }()
		user.Set(st, "generator")
		fmt.Println("goes on:", yield(1))
	})
	g.Next(st)
	g.Close(st)
	fmt.Println(user.Get(st))
	// Output:
	// goes on: false
	// closed as generator
	// nobody
}

func ExampleGenerator_SetMode() {
	st := ctx.NewState()
	g := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		for {
			user.Set(st, "set by "+user.Get(st))
			if !yield(user.Get(st)) {
				return
			}
		}
	})
	defer g.Close(st)
	user.Set(st, "caller")
	x, _ := g.Next(st)
	fmt.Println(g.Mode(), "|", x, "|", user.Get(st))
	fmt.Println(g.SetMode(ctx.None))
	x, _ = g.Next(st)
	fmt.Println(g.Mode(), "|", x, "|", user.Get(st))
	// Output:
	// overlay | set by caller | caller
	// <nil>
	// none | set by caller | set by caller
}

func ExampleGenerator_Mode() {
	g := seq.Generate(thirds, seq.Transparent)
	fmt.Println(g.Mode())
	// Output: none
}

func ExampleGenerator_Capture() {
	st := ctx.NewState()
	g := seq.Generate(thirds)
	defer g.Close(st)
	if err := g.Capture(ctx.Snapshot{}.With(prec.To(1))); err != nil {
		fmt.Println(err)
	}
	x, _ := g.Next(st)
	fmt.Println(g.Mode(), x)
	// Output: captured 0.3
}

// A transparent generator is a block with a hole: a context manager.
func ExampleTransparent() {
	st := ctx.NewState()
	g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
		defer user.Scope(st, "ann").End()
		yield(0)
	}, seq.Transparent)
	g.Next(st)
	fmt.Println(user.Get(st))
	g.Close(st)
	fmt.Println(user.Get(st))
	// Output:
	// ann
	// nobody
}

// A captured generator keeps the context of its creation.
func ExampleCaptured() {
	st := ctx.NewState()
	var g *seq.Generator[string]
	prec.With(st, 1, func() { g = seq.Generate(thirds, seq.Captured(st.Snapshot())) })
	defer g.Close(st)
	prec.With(st, 4, func() {
		x, _ := g.Next(st)
		fmt.Println(x)
	})
	// Output: 0.3
}

// An Option is a function of the layer; those of this package are enough for
// generators.
func ExampleOption() {
	opts := []seq.Option{seq.Transparent}
	fmt.Println(seq.Generate(thirds, opts...).Mode())
	// Output: none
}

// A running average: what is sent goes in, the average comes out.
func ExampleGenerateIO() {
	st := ctx.NewState()
	g := seq.GenerateIO(func(st *ctx.State, yield func(float64) (float64, error)) error {
		sum, avg := 0.0, 0.0
		for n := 1.0; ; n++ {
			x, err := yield(avg)
			if err != nil {
				return err
			}
			sum += x
			avg = sum / n
		}
	})
	_, err := g.Next(st) // to the first yield
	fmt.Println(err)
	for _, x := range []float64{10, 20, 60} {
		avg, _ := g.Send(st, x)
		fmt.Println(avg)
	}
	fmt.Println(g.Close(st))
	// Output:
	// <nil>
	// 10
	// 15
	// 30
	// <nil>
}

// echo yields what it is sent, and laughs when it is tickled.
func echo(st *ctx.State, yield func(string) (string, error)) error {
	said := "ready"
	for {
		heard, err := yield(said)
		switch {
		case errors.Is(err, errTickle):
			heard = "ha ha, " + user.Get(st)
		case err != nil:
			return err
		}
		said = heard
	}
}

var errTickle = errors.New("tickle")

func ExampleIO_Next() {
	g := seq.GenerateIO(func(_ *ctx.State, yield func(int) (struct{}, error)) error {
		_, err := yield(1)
		return err
	})
	fmt.Println(g.Next(nil))
	fmt.Println(g.Next(nil))
	// Output:
	// 1 <nil>
	// 0 seq: the generator has ended
}

func ExampleIO_Send() {
	g := seq.GenerateIO(echo)
	_, err := g.Send(nil, "too early")
	fmt.Println(errors.Is(err, seq.ErrNotStarted))
	x, _ := g.Next(nil)
	fmt.Println(x)
	x, _ = g.Send(nil, "hello")
	fmt.Println(x)
	// Output:
	// true
	// ready
	// hello
}

// An error that the body handles stays inside, any other comes back.
func ExampleIO_Throw() {
	st := ctx.NewState()
	user.Set(st, "ann")
	g := seq.GenerateIO(echo)
	_, _ = g.Next(st)
	fmt.Println(g.Throw(st, errTickle))
	_, err := g.Throw(st, errors.New("boom"))
	fmt.Println(err)
	_, err = g.Next(st)
	fmt.Println(err == seq.ErrDone)
	// Output:
	// ha ha, ann <nil>
	// boom
	// true
}

func ExampleIO_Close() {
	g := seq.GenerateIO(func(_ *ctx.State, yield func(int) (int, error)) error {
		_, err := yield(1)
		fmt.Println(err == seq.ErrClosed)
		return errors.New("the disk is full")
	})
	_, _ = g.Next(nil)
	fmt.Println(g.Close(nil))
	// Output:
	// true
	// the disk is full
}

func ExampleIO_All() {
	g := seq.GenerateIO(func(_ *ctx.State, yield func(string) (struct{}, error)) error {
		_, _ = yield("line 1")
		_, _ = yield("line 2")
		return errors.New("the file is cut off")
	})
	for line, err := range g.All(nil) {
		fmt.Printf("%q %v\n", line, err)
	}
	// Output:
	// "line 1" <nil>
	// "line 2" <nil>
	// "" the file is cut off
}

func ExampleIO_SetMode() {
	g := seq.GenerateIO(echo)
	fmt.Println(g.SetMode(ctx.None), g.Mode())
	fmt.Println(g.Capture(ctx.Snapshot{}), g.Mode())
	// Output:
	// <nil> none
	// <nil> captured
}

func ExampleIO_Mode() {
	fmt.Println(seq.GenerateIO(echo).Mode())
	// Output: overlay
}

func ExampleIO_Capture() {
	g := seq.GenerateIO(echo)
	fmt.Println(g.Capture(ctx.Snapshot{}.With(user.To("bob"))))
	_, _ = g.Next(nil)
	fmt.Println(g.Throw(nil, errTickle))
	// Output:
	// <nil>
	// ha ha, bob <nil>
}

// The same body in a range loop, without a coroutine.
func ExampleRange() {
	st := ctx.NewState()
	prec.Set(st, 3)
	for x := range seq.Range(st, thirds) {
		fmt.Println(x)
		if x == "0.667" {
			break
		}
	}
	// Output:
	// 0.333
	// 0.667
}

// lines is somebody's iterator over the caller's State: it sets a variable
// while it runs.
func lines(st *ctx.State) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		defer user.Scope(st, "reader").End()
		_ = yield(1, "one, read by "+user.Get(st)) && yield(2, "two")
	}
}

func ExampleIsolate2() {
	st := ctx.NewState()
	for range lines(st) {
		fmt.Println(user.Get(st)) // as if the loop stood inside the iterator
		break
	}
	for n, line := range seq.Isolate2(st, lines(st)) {
		fmt.Println(n, line, user.Get(st))
	}
	// Output:
	// reader
	// 1 one, read by reader nobody
	// 2 two nobody
}

func ExampleIsolate() {
	st := ctx.NewState()
	words := func(yield func(string) bool) {
		user.Set(st, "iterator")
		yield(user.Get(st))
	}
	for w := range seq.Isolate(st, words) {
		fmt.Println(w, user.Get(st))
	}
	// Output: iterator nobody
}

func ExamplePull() {
	st := ctx.NewState()
	next, stop := seq.Pull(st, func(yield func(string) bool) {
		user.Set(st, "iterator")
		_ = yield(user.Get(st)) && yield(user.Get(st))
	})
	defer stop()
	x, ok := next()
	fmt.Println(x, ok, user.Get(st))
	// Output: iterator true nobody
}

func ExamplePull2() {
	st := ctx.NewState()
	next, stop := seq.Pull2(st, lines(st))
	n, line, ok := next()
	fmt.Println(n, line, ok, user.Get(st))
	stop()
	// Output: 1 one, read by reader true nobody
}

func ExampleMap() {
	st := ctx.NewState()
	prec.Set(st, 1)
	m := seq.Map(seq.Generate(thirds), func(st *ctx.State, x string) string {
		return fmt.Sprint(user.Get(st), " ", x)
	})
	defer m.Close(st)
	user.With(st, "ann", func() { fmt.Println(m.Next(st)) })
	user.With(st, "bob", func() { fmt.Println(m.Next(st)) })
	// Output:
	// ann 0.3 true
	// bob 0.7 true
}

func ExampleFilter() {
	f := seq.Filter(seq.Generate(count), func(_ *ctx.State, x int) bool { return x%5 == 4 })
	for x := range f.All(nil) {
		fmt.Println(x)
		if x > 5 {
			break
		}
	}
	// Output:
	// 4
	// 9
}

func ExampleZip() {
	names := seq.Generate(func(_ *ctx.State, yield func(string) bool) {
		_ = yield("zero") && yield("one")
	})
	for p := range seq.Zip(seq.Generate(count), names).All(nil) {
		fmt.Println(p.First, p.Second)
	}
	// Output:
	// 0 zero
	// 1 one
}

func ExamplePair() {
	p := seq.Pair[string, int]{First: "a", Second: 1}
	fmt.Println(p)
	// Output: {a 1}
}

func ExampleAdapter_Next() {
	m := seq.Map(seq.Generate(count), func(_ *ctx.State, x int) int { return 10 * x })
	m.Next(nil)
	fmt.Println(m.Next(nil))
	m.Close(nil)
	fmt.Println(m.Next(nil))
	// Output:
	// 10 true
	// 0 false
}

func ExampleAdapter_Close() {
	src := seq.Generate(count)
	seq.Map(src, func(_ *ctx.State, x int) int { return x }).Close(nil)
	_, ok := src.Next(nil)
	fmt.Println(ok)
	// Output: false
}

func ExampleAdapter_All() {
	m := seq.Map(seq.Generate(count), func(_ *ctx.State, x int) int { return x * x })
	for x := range m.All(nil) {
		if x > 10 {
			break
		}
		fmt.Print(x, " ")
	}
	// Output: 0 1 4 9
}

// From is `yield from`.
func ExampleFrom() {
	var tree func(depth int) func(st *ctx.State, yield func(string) bool)
	tree = func(depth int) func(st *ctx.State, yield func(string) bool) {
		return func(st *ctx.State, yield func(string) bool) {
			user.Set(st, fmt.Sprint("node ", depth))
			if depth > 0 && !seq.From(st, seq.Generate(tree(depth-1)), yield) {
				return
			}
			yield(user.Get(st)) // its own, whatever the inner one has set
		}
	}
	for x := range seq.Generate(tree(2)).All(nil) {
		fmt.Println(x)
	}
	// Output:
	// node 0
	// node 1
	// node 2
}

func ExampleFromIO() {
	g := seq.GenerateIO(func(st *ctx.State, yield func(string) (string, error)) error {
		return seq.FromIO(st, seq.GenerateIO(echo), yield)
	})
	fmt.Println(g.Next(nil))
	fmt.Println(g.Send(nil, "hello"))
	// Output:
	// ready <nil>
	// hello <nil>
}

// countdown is a source written by hand: an iterator object.
type countdown struct{ n int }

func (c *countdown) Next(*ctx.State) (int, bool) { c.n--; return c.n, c.n > 0 }
func (c *countdown) Close(*ctx.State)            { c.n = 0 }

func ExampleSource() {
	var src seq.Source[int] = &countdown{4}
	for x := range seq.All(nil, seq.Map(src, func(_ *ctx.State, x int) int { return -x })) {
		fmt.Print(x, " ")
	}
	// Output: -3 -2 -1
}

func ExampleAll() {
	for x := range seq.All(nil, &countdown{3}) {
		fmt.Print(x, " ")
	}
	// Output: 2 1
}
