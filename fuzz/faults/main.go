package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	duration = flag.Duration("for", time.Minute, "how long to run")
	seed     = flag.Uint64("seed", 0, "run the program of this seed only; with -from, see there")
	from     = flag.Uint64("from", 0, "the seed of the first program (0: by the clock)")
	replay   = flag.String("replay", "", "run this encoded program only")
	budget   = flag.Int("shrink", 3000, "how many programs shrinking may run")
	verbose  = flag.Bool("list", false, "with -seed or -replay: list the program first")
)

// The bubbles of package synctest want a testing.T, so the driver runs as a
// test of its own process.
func main() {
	testing.Main(func(string, string) (bool, error) { return true, nil },
		[]testing.InternalTest{{Name: "faults", F: func(t *testing.T) {
			if code := drive(t); code != 0 {
				os.Exit(code)
			}
		}}}, nil, nil)
}

func drive(t *testing.T) int {
	stats := newStats()
	switch {
	case *replay != "":
		p, err := Parse(*replay)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		return one(t, p, "the program")
	case *seed != 0:
		return one(t, FromSeed(*seed), fmt.Sprint("seed ", *seed))
	}
	first := *from
	if first == 0 {
		first = uint64(time.Now().Unix()) << 20
	}
	start := time.Now()
	end := start.Add(*duration)
	next := start.Add(5 * time.Second)
	for n := first; time.Now().Before(end); n++ {
		p := FromSeed(n)
		stop := watch(p, fmt.Sprint("seed ", n))
		failure := Run(t, p, stats)
		stop()
		if failure != "" {
			report(t, p, fmt.Sprint("seed ", n), failure)
			return 1
		}
		if now := time.Now(); now.After(next) {
			next = now.Add(5 * time.Second)
			fmt.Printf("%8d programs %9d operations %8d faults (%s) %5.0f s left, seed %d\n",
				stats.Programs, stats.Steps, stats.faults(), stats.kinds(), end.Sub(now).Seconds(), n)
		}
	}
	fmt.Print(stats.summary(time.Since(start), first))
	return 0
}

// one runs one program.
func one(t *testing.T, p Program, name string) int {
	if *verbose {
		fmt.Println(p)
	}
	defer watch(p, name)()
	stats := newStats()
	if failure := Run(t, p, stats); failure != "" {
		report(t, p, name, failure)
		return 1
	}
	fmt.Print(stats.summary(0, 0))
	return 0
}

// watch ends the process when a program hangs.
func watch(p Program, name string) (stop func()) {
	timer := time.AfterFunc(time.Minute, func() {
		fmt.Fprintf(os.Stderr, "%s hangs:\n%v\nreplay with: go run ./fuzz/faults -replay %s\n", name, p, p.Encode())
		panic("faults: a program hangs; the goroutines follow")
	})
	return func() { timer.Stop() }
}

// report shrinks a program and prints it.
func report(t *testing.T, p Program, name, failure string) {
	fmt.Printf("\nFAIL %s (%d steps): %s\nreplay with: go run ./fuzz/faults -replay %s\n", name, len(p.Steps), failure, p.Encode())
	small := shrink(p, *budget, func(p Program) bool {
		defer watch(p, "a smaller program")()
		return Run(t, p, nil) != ""
	})
	fmt.Printf("\nshrunk to %v\n%s\nreplay with: go run ./fuzz/faults -replay %s\n", small, Run(t, small, nil), small.Encode())
}

func newStats() *Stats { return &Stats{Ops: map[string]int{}} }

func (s *Stats) faults() (n int) {
	for _, at := range s.Faults {
		for _, x := range at {
			n += x
		}
	}
	return n
}

// byKind adds up over the places.
func (s *Stats) byKind() (sum [kinds]int) {
	for _, at := range s.Faults {
		for k, x := range at {
			sum[k] += x
		}
	}
	return sum
}

// kinds lists the faults by kind.
func (s *Stats) kinds() string {
	var list []string
	for k, n := range s.byKind() {
		if n > 0 {
			list = append(list, fmt.Sprintf("%s %d", kind(k), n))
		}
	}
	return strings.Join(list, ", ")
}

func (s *Stats) summary(took time.Duration, first uint64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d programs, %d operations, %d calls of user code, %d faults", s.Programs, s.Steps, s.Calls, s.faults())
	if took > 0 {
		fmt.Fprintf(&b, ", %.0f s, from seed %d", took.Seconds(), first)
	}
	b.WriteString("\nfaults: " + s.kinds() + "\nplaces:")
	never := 0
	for p, at := range s.Faults {
		sum := 0
		for k, n := range at {
			if sum += n; n == 0 && kind(k) != none {
				never++
			}
		}
		if p > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %s %d", place(p), sum)
	}
	fmt.Fprintf(&b, "\n%d of %d pairs of a place and a kind did not occur", never, int(places)*(int(kinds)-1))
	b.WriteString("\n")
	return b.String()
}

// missing names the operations and kinds that no program came to.
func (s *Stats) missing() error {
	var list []string
	for _, o := range ops {
		if s.Ops[o.name] == 0 {
			list = append(list, o.name)
		}
	}
	for k, n := range s.byKind() {
		if n == 0 && kind(k) != none {
			list = append(list, kind(k).String())
		}
	}
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	return errors.New("nothing did: " + strings.Join(list, ", "))
}
