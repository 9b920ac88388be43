// Words indexes text and keeps the whole history of the index.
//
//	go run ./examples/words FILE|DIR...
//
// It reads the files in order, a directory's in the order of their paths, and after each file it keeps the index so far
// as one more version: a persistent map from each word to how often and in how many files it was seen. Then it prints
// the versions, the words in them, the bytes that all versions take together and each one adds, how long a version takes
// to make against cloning a builtin map, and what changed between two versions.
//
//	          file 1          file 2          file 3
//	version 0 ──────► version 1 ──────► version 2 ──────► version 3
//	(empty)               └──── shared nodes ────┴──── shared nodes ───┘
//
// A word is a run of letters, marks, digits and underscores. Entries of a directory whose name starts with a dot are left
// out. Input that is missing, unreadable or not UTF-8 text is named in one line on standard error; the program then prints
// nothing else and exits 2.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// Exit codes: 0 done, 1 the output could not be written, 2 the input or the command line is at fault.
const (
	exitOK     = 0
	exitOutput = 1
	exitInput  = 2
)

type options struct {
	paths    []string
	textOnly bool
	all      bool
	top      int
	from, to int // versions to compare; -1 is the last but one and the last
}

func run(args []string, stdout, stderr io.Writer) int {
	opt, err := parse(args, stderr)
	if err != nil {
		return exitInput
	}
	files, skipped, err := readAll(opt.paths, opt.textOnly)
	if err == nil {
		err = opt.settle(len(files))
	}
	if err != nil {
		fmt.Fprintln(stderr, "words:", err)
		return exitInput
	}
	// Everything is computed before the first byte goes out, so that a failure leaves no half report.
	var out bytes.Buffer
	report(&out, build(files, opt.all), skipped, opt)
	if _, err := stdout.Write(out.Bytes()); err != nil {
		fmt.Fprintln(stderr, "words:", err)
		return exitOutput
	}
	return exitOK
}

// parse reads the command line. What is wrong with it has been printed when it returns an error.
func parse(args []string, stderr io.Writer) (options, error) {
	opt := options{from: -1, to: -1}
	flags := flag.NewFlagSet("words", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: words [flags] FILE|DIR...")
		flags.PrintDefaults()
	}
	flags.BoolVar(&opt.textOnly, "text", false, "leave out files in directories that are not UTF-8 text, and say how many")
	flags.BoolVar(&opt.all, "all", false, "print a line for every version, not for a selection")
	flags.IntVar(&opt.top, "top", 10, "print at most this many changed words")
	flags.Func("diff", "compare two versions, `A:B` (default the last two; 0 is the empty one)", func(s string) error {
		a, b, ok := strings.Cut(s, ":")
		if !ok {
			return errors.New("want A:B")
		}
		var err error
		if opt.from, err = version(a); err == nil {
			opt.to, err = version(b)
		}
		return err
	})
	if err := flags.Parse(args); err != nil {
		return opt, err
	}
	opt.paths = flags.Args()
	if len(opt.paths) == 0 {
		flags.Usage()
		return opt, flag.ErrHelp
	}
	return opt, nil
}

func version(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not the number of a version", s)
	}
	return n, nil
}

// settle fills in the versions to compare, now that their number is known.
func (o *options) settle(last int) error {
	if o.to < 0 {
		o.from, o.to = last-1, last
	}
	if n := max(o.from, o.to); n > last {
		return fmt.Errorf("there is no version %d: %s read make versions 0 to %d", n, count(last, "file"), last)
	}
	return nil
}
