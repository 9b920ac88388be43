package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The fates of a mutant.
const (
	killed    = "killed"
	lived     = "lived"
	timedOut  = "timed out"
	unreached = "not reached"
)

// suite is the tests of one folder, in one binary.
type suite struct {
	folder, dir, binary, work string
	tests                     []test
	left                      []string // tests left out, with why
}

// test is one test function: what it takes and which mutants it reaches.
type test struct {
	name    string
	seconds float64 // of the processor, so that a busy machine changes little
	reached []byte
}

// measure runs every test alone, without a mutant, and notes its time and what
// it reaches. A test that fails now, as it counts allocations perhaps, is left
// out.
func (s *suite) measure(mutants int) error {
	cmd := exec.Command(s.binary, "-test.list", "^(Test|Example|Fuzz)")
	cmd.Dir = s.dir
	list, err := cmd.Output()
	if err != nil {
		return err
	}
	for name := range strings.FieldsSeq(string(list)) {
		if slices.Contains(strings.Split(*skip, ","), name) {
			s.left = append(s.left, name+" (asked)")
			continue
		}
		path := filepath.Join(s.work, "reached")
		if err := os.WriteFile(path, make([]byte, mutants+2), 0o644); err != nil {
			return err
		}
		fate, took := s.run([]string{name}, 0, *slowest+*seconds, path)
		switch {
		case fate != lived:
			s.left = append(s.left, name+" (fails or takes too long here)")
			continue
		case took > *slowest:
			s.left = append(s.left, name+" (slow)")
			continue
		}
		reached, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s.tests = append(s.tests, test{name, took, reached})
	}
	slices.SortStableFunc(s.tests, func(a, b test) int { return int(1000*a.seconds) - int(1000*b.seconds) })
	log.Printf("%s: %d tests, left out: %s", s.folder, len(s.tests), strings.Join(s.left, ", "))
	return nil
}

// run runs tests with a mutant on, or none if it is 0, and returns its fate and
// the seconds of the processor that it took. It may take limit seconds, and
// longer by the clock, as the machine may be busy. Endless allocation counts as
// a timeout.
func (s *suite) run(names []string, mutant int, limit float64, reached string) (fate string, took float64) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(10*limit*float64(time.Second)))
	defer cancel()
	ulimit := fmt.Sprintf(`ulimit -v 8000000; ulimit -t %d; exec "$@"`, int(math.Ceil(limit)))
	cmd := exec.CommandContext(ctx, "sh", "-c", ulimit, "sh", s.binary,
		"-test.short", "-test.failfast", "-test.timeout=0", "-test.run", "^("+strings.Join(names, "|")+")$")
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "MUTANT="+strconv.Itoa(mutant), "MUTANT_REACHED="+reached)
	var b tail
	cmd.Stdout, cmd.Stderr = &b, &b
	err := cmd.Run()
	if cmd.ProcessState != nil {
		took = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	switch {
	case err == nil:
		return lived, took
	case ctx.Err() != nil, took >= limit, bytes.Contains(b.head, []byte("out of memory")), bytes.Contains(b.head, []byte("cannot allocate memory")):
		return timedOut, took
	case errors.As(err, new(*exec.ExitError)):
		return killed, took
	}
	panic(fmt.Sprintf("a test binary does not start: %v", err))
}

// tail keeps the beginning of what is written to it.
type tail struct{ head []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.head = append(t.head, p[:min(len(p), 1<<16-len(t.head))]...)
	return len(p), nil
}

// hunt runs, for each mutant that is not killed yet, the tests that reach it and
// take from least to below most seconds.
func hunt(mutants []*mutant, suites []*suite, least, most float64) {
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range *workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(mutants) {
					return
				}
				if m := mutants[i]; chosen(m.place) && (m.fate == unreached || m.fate == lived) {
					m.fate = fateOf(i+1, m.fate, suites, least, most)
				}
				if n := done.Add(1); n%100 == 0 {
					log.Printf("%d of %d", n, len(mutants))
				}
			}
		})
	}
	wg.Wait()
}

// fateOf runs the tests that reach mutant n, the short ones first, in batches
// that grow.
func fateOf(n int, fate string, suites []*suite, least, most float64) string {
	for _, s := range suites {
		var batch []string
		took, limit := 0.0, 0.3
		flush := func() bool {
			if len(batch) == 0 {
				return false
			}
			fate, _ = s.run(batch, n, *seconds+5*took, "")
			batch, took, limit = nil, 0, 4*limit
			return fate != lived
		}
		for _, t := range s.tests {
			if t.reached[n] == 0 || t.seconds < least || t.seconds >= most {
				continue
			}
			if took+t.seconds > limit && flush() {
				return fate
			}
			batch = append(batch, t.name)
			took += t.seconds
		}
		if flush() {
			return fate
		}
	}
	return fate
}
