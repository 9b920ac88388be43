// Command mutation asks how much the tests notice: it plants small bugs in a
// package, one at a time, and runs the tests that reach each of them.
//
//	package --rewrite--> one test binary with all mutants, each behind a number
//	                       |
//	                       +-- once per test: which mutants does it reach?
//	                       |
//	                       +-- once per mutant: do the tests that reach it fail?
//
// All mutants are compiled once, and an environment variable says which of them
// is on, so a mutant costs one short run and no compilation. The tree stays
// untouched: the rewritten files reach the compiler through go build's overlay.
//
// The mutants are those of gremlins with all its mutators on: conditions
// negated and moved by one, arithmetic, bitwise and logical operators, the
// assignments made of these, ++ and --, signs, break and continue.
//
//	go run ./fuzz/mutation -package hamt -also fuzz -out hamt.md
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

var (
	target  = flag.String("package", "hamt", "folder of the package to mutate, relative to the module's root")
	also    = flag.String("also", "", "folders, comma separated, whose tests run after those of the package")
	skip    = flag.String("skip", "", "tests, comma separated, not to run: those that measure inlining, allocation or time")
	workers = flag.Int("workers", 2, "test processes at a time")
	seconds = flag.Float64("timeout", 5, "seconds of the processor that a run may always take; more if the tests take more without a mutant")
	slowest = flag.Float64("slowest", 10, "tests that take more seconds than this, without a mutant, are left out")
	only    = flag.String("only", "", "file:line, comma separated: only the mutants there")
	out     = flag.String("out", "", "file for the table and the mutants not killed; the terminal if empty")
)

func main() {
	log.SetFlags(log.Ltime)
	flag.Parse()
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	work, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	pkg, err := load(*target)
	if err != nil {
		return err
	}
	overlay, err := pkg.rewrite(work)
	if err != nil {
		return err
	}
	log.Printf("%s: %d mutants", *target, len(pkg.mutants))
	var suites []*suite
	folders := []string{*target}
	if *also != "" {
		folders = append(folders, strings.Split(*also, ",")...)
	}
	for _, folder := range folders {
		s, err := compile(work, overlay, pkg.root, folder)
		if err != nil {
			return err
		}
		if err := s.measure(len(pkg.mutants)); err != nil {
			return err
		}
		suites = append(suites, s)
	}
	// The short tests for all mutants, then the long ones for what is left.
	bounds := []float64{0, 1, math.Inf(1)}
	for i := range len(bounds) - 1 {
		start := time.Now()
		hunt(pkg.mutants, suites, bounds[i], bounds[i+1])
		text := report(pkg, suites)
		log.Printf("%v; %s", time.Since(start).Round(time.Second), text[:bytes.IndexByte(text, '\n')])
		if *out == "" {
			os.Stdout.Write(text)
		} else if err := os.WriteFile(*out, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compile builds the test binary of a folder with the rewritten files.
func compile(work, overlay, root, folder string) (*suite, error) {
	s := &suite{
		folder: folder,
		dir:    filepath.Join(root, folder),
		binary: filepath.Join(work, strings.ReplaceAll(folder, "/", "_")+".test"),
		work:   work,
	}
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", s.binary, "./"+folder)
	cmd.Dir = root
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s does not compile: %w\n%s", folder, err, text)
	}
	return s, nil
}

// report writes the figures and every mutant that was not killed.
func report(pkg *source, suites []*suite) []byte {
	var b bytes.Buffer
	counts := map[string]int{}
	for _, m := range pkg.mutants {
		counts[m.fate]++
	}
	commit, _ := exec.Command("git", "-C", pkg.root, "rev-parse", "--short", "HEAD").Output()
	covered := counts[killed] + counts[lived]
	fmt.Fprintf(&b, "%s at %s: %d mutants, %d killed, %d lived, %d timed out, %d not reached; killed of viable reached: %.1f %%\n",
		*target, strings.TrimSpace(string(commit)), len(pkg.mutants), counts[killed], counts[lived], counts[timedOut], counts[unreached],
		100*float64(counts[killed])/float64(max(covered, 1)))
	for _, s := range suites {
		if len(s.left) > 0 {
			fmt.Fprintf(&b, "left out of %s: %s\n", s.folder, strings.Join(s.left, ", "))
		}
	}
	for _, fate := range []string{lived, unreached, timedOut} {
		fmt.Fprintf(&b, "\n%s:\n\n", fate)
		for _, m := range pkg.mutants {
			if m.fate == fate {
				fmt.Fprintf(&b, "- `%s` %s: `%s`\n", m.place, m.what, m.line)
			}
		}
	}
	return b.Bytes()
}

// chosen reports whether a mutant at place is wanted.
func chosen(place string) bool {
	return *only == "" || slices.Contains(strings.Split(*only, ","), place)
}

// writeJSON writes v to a file.
func writeJSON(path string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
