// Tour shows in one minute what Strata is for.
//
//	go run ./examples/tour
//	go run ./examples/tour -programs=1000000 -seed=42
//	go run ./examples/tour -plant=leak              # stuck, captured: breaks Strata on purpose, exits 1
//
// It plays eight small programs, among them those of the e-mail that started the project, in front of three systems:
// Strata, and two models that other runtimes use. A scheduler of its own keeps for each frame of the backtrace the list
// of open blocks, and every lookup is compared with that list. Then it does the same for random programs, and measures.
//
//	frame.go, system.go      the list of open blocks; what a system is told of a program
//	strata.go                Strata in the place of a host runtime       ← start here
//	tasklocal.go captured.go the two other models; vars.go is what they share
//	deadlines.go decimals.go generators.go     the programs
//	random.go, measure.go    random programs; measured lines
//
// It exits 1 when Strata differs from the list anywhere, and 2 for a wrong command line.
package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const intro = `Strata: context variables that behave like a stack.

  Stop a program at any moment, take the backtrace, and write down every with-block that each line
  of it looks to be inside. A lookup should give what entering those blocks in order would give.

  frames       what the backtrace says: the list of open blocks, computed while the program runs
  strata       what package ctx gave                            ✓ where it is the same
  task-local   one context per task, as in Python, Node, .NET   wrong where it differs
  captured     a generator keeps the context of its creation, as in PEP 550's first draft and
               TC39's AsyncContext                              wrong where it differs
`

func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("tour", flag.ContinueOnError)
	flags.SetOutput(errs)
	programs := flags.Int("programs", 20000, "how many random programs to run")
	seed := flags.Uint64("seed", 1, "where the random programs start")
	plant := flags.String("plant", "", "break Strata on purpose: leak, stuck or captured")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if _, ok := plants[*plant]; flags.NArg() > 0 || *plant != "" && !ok || *programs < 0 {
		fmt.Fprintf(errs, "tour: no arguments, -programs of 0 or more, and -plant one of %s\n",
			strings.Join(slices.Sorted(maps.Keys(plants)), ", "))
		return 2
	}

	fmt.Fprint(out, intro)
	st := &stage{out: out, plant: *plant}
	st.all()
	fmt.Fprintf(out, "\n%d lines: strata %d differ, task-local %d, captured %d\n", st.lines[0], st.wrong[0], st.wrong[1], st.wrong[2])
	fmt.Fprintf(out, "\n%d random programs of tasks, generators, calls and blocks, from seed %d\n", *programs, *seed)
	tally := playRandom(*seed, *programs, *plant, terminal(errs))
	tally.print(out)
	if *plant == "" {
		measure(out)
	}
	if st.wrong[0] > 0 || tally.differ[0] > 0 {
		fmt.Fprintln(out, "\n✗ Strata differs from the frames.")
		return 1
	}
	return 0
}

// all plays the programs in order.
func (st *stage) all() {
	st.deadlineInGenerator()
	st.awaitedUnderDeadline()
	st.madeUnderDeadline()
	st.passive()
	st.overriding()
	st.fractions()
	st.interleaved()
	st.forked()
}

// terminal returns w if it is one, to show progress on.
func terminal(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return f
		}
	}
	return io.Discard
}
