// Command bench compares Strata with what one would use instead, in one run,
// on the same keys, in alternating order.
//
//	go -C bench run .                 everything that docs/performance.md draws, under 10 minutes
//	go -C bench run . -quick          the README's figures, under a minute
//	go -C bench run . -bars           every promise: measured, bar, verdict; exit 1 if one falls short
//	go -C bench run . -selftest       implementations against themselves: 0.8 to 1.2, or exit 1
//	go -C bench run . -run 'op=get/'  only the groups whose names match
//	go -C bench run . -against REV    hamt of another revision beside the working tree's
//
// Every implementation is checked against a Go map before anything is timed.
// Timings are lower quartiles of eight interleaved rounds; ratios come first.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"time"

	"github.com/strata-go/strata/bench/internal/bars"
	"github.com/strata-go/strata/bench/internal/ctxs"
	"github.com/strata-go/strata/bench/internal/harness"
	"github.com/strata-go/strata/bench/internal/maps"
)

type flags struct {
	quick, long, bars, selftest, list bool
	json, benchstat                   bool
	run, impl, out, against           string
	charts, page                      string
	rounds                            int
	target                            time.Duration
}

func main() {
	var f flags
	flag.BoolVar(&f.quick, "quick", false, "the principal figures in under 60 s")
	flag.BoolVar(&f.long, "long", false, "more sizes, every kind of key, ten million entries: about an hour")
	flag.BoolVar(&f.bars, "bars", false, "measure every bar; exit 1 if one falls short")
	flag.BoolVar(&f.selftest, "selftest", false, "time implementations against themselves; exit 1 outside 0.8 to 1.2")
	flag.BoolVar(&f.list, "list", false, "print the names that -run selects from and stop")
	flag.BoolVar(&f.json, "json", false, "print one JSON object instead of tables")
	flag.BoolVar(&f.benchstat, "benchstat", false, "print lines for benchstat -col /impl instead of tables")
	flag.StringVar(&f.run, "run", "", "only groups (or bars) whose name matches this `regexp`")
	flag.StringVar(&f.impl, "impl", "", "only implementations that match this `regexp`")
	flag.StringVar(&f.out, "out", "", "also write `PREFIX`.json and PREFIX.txt (benchstat)")
	flag.StringVar(&f.charts, "charts", "", "draw the charts of `FILE.json` (from -out) beside it and stop")
	flag.StringVar(&f.page, "page", "", "print docs/performance.md with the figures of `FILE.json` (from -out) and stop")
	flag.StringVar(&f.against, "against", "", "also time hamt of this git `revision`")
	flag.IntVar(&f.rounds, "rounds", 8, "timings per implementation")
	flag.DurationVar(&f.target, "target", 0, "length of one timing (default 8ms; 4ms with -quick, 20ms with -long)")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "bench: unexpected argument %q; flags start with -\n", flag.Arg(0))
		os.Exit(2)
	}
	ok, err := f.main(os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

func (f *flags) level() maps.Level {
	switch {
	case f.quick:
		return maps.Quick
	case f.long:
		return maps.Long
	}
	return maps.Default
}

func (f *flags) options() (o harness.Options, err error) {
	o = harness.Options{Rounds: f.rounds, Target: f.target}
	if o.Target == 0 {
		o.Target = []time.Duration{4 * time.Millisecond, 8 * time.Millisecond, 20 * time.Millisecond}[f.level()]
	}
	switch {
	case f.bars, f.selftest, f.long:
		o.Stretch = 40
	case !f.quick:
		o.Stretch = 4
	}
	for _, e := range []struct {
		to   **regexp.Regexp
		text string
	}{{&o.Run, f.run}, {&o.Impl, f.impl}} {
		if e.text != "" {
			if *e.to, err = regexp.Compile(e.text); err != nil {
				return o, err
			}
		}
	}
	return o, nil
}

func (f *flags) main(w io.Writer) (ok bool, err error) {
	o, err := f.options()
	if err != nil {
		return false, err
	}
	switch {
	case f.charts != "":
		return true, drawCharts(w, f.charts)
	case f.page != "":
		return true, writePage(w, f.page)
	case f.against != "":
		return f.runAgainst()
	case f.list:
		for g := range selected(suite(f.level()), o) {
			fmt.Fprintln(w, g.Name)
		}
		return true, nil
	}
	env := harness.ReadEnv(command())
	if !f.json && !f.benchstat {
		fmt.Fprintln(w, env)
	}
	if err := errors.Join(maps.CheckPeers(), ctxs.CheckCarriers()); err != nil {
		return false, err
	}
	switch {
	case f.selftest:
		return f.runSelf(w, o)
	case f.bars:
		return f.runBars(w, o, env)
	}
	return true, f.runSuite(w, o, env)
}

// subjects are the implementations of this repository: ratios are to them.
var subjects = []string{"hamt", "ctx", "hit"}

// suite is every group of a level.
func suite(l maps.Level) iter.Seq[harness.Group] {
	return func(yield func(harness.Group) bool) {
		for _, half := range []iter.Seq[harness.Group]{ctxs.Suite(l == maps.Quick), maps.Suite(l)} {
			for g := range half {
				if !yield(g) {
					return
				}
			}
		}
	}
}

func selected(all iter.Seq[harness.Group], o harness.Options) iter.Seq[harness.Group] {
	return func(yield func(harness.Group) bool) {
		for g := range all {
			if o.Wants(g.Name) && !yield(g) {
				return
			}
		}
	}
}

func (f *flags) runSuite(w io.Writer, o harness.Options, env harness.Env) error {
	total := 0
	for range selected(suite(f.level()), o) {
		total++
	}
	if total == 0 {
		return errors.New("-run selects nothing; -list prints the names")
	}
	p := newProgress(total)
	defer p.done()
	report := harness.Report{Env: env}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	defer signal.Stop(stop)
	for g := range selected(suite(f.level()), o) {
		if len(stop) > 0 { // what was measured so far is still worth writing
			fmt.Fprintln(os.Stderr, "bench: interrupted before", g.Name)
			break
		}
		p.at(g.Name)
		rs, err := harness.Run(g, o)
		if err != nil {
			return err
		}
		report.Results = append(report.Results, rs...)
		p.clear()
		if !f.json && !f.benchstat {
			harness.WriteTable(w, rs, subjects...)
		}
		p.step()
	}
	p.done()
	switch {
	case f.json:
		if err := report.WriteJSON(w); err != nil {
			return err
		}
	case f.benchstat:
		if err := report.WriteBench(w); err != nil {
			return err
		}
	default:
		fmt.Fprintln(w, report.Noise())
	}
	if f.out == "" {
		return nil
	}
	return errors.Join(writeFile(f.out+".json", report.WriteJSON), writeFile(f.out+".txt", report.WriteBench))
}

func (f *flags) runSelf(w io.Writer, o harness.Options) (ok bool, err error) {
	if o.Run == nil {
		o.Run = regexp.MustCompile(`op=(get|replace|iterate)/key=(int|string)/n=(8|1000|100000)$`)
	}
	if o.Impl == nil {
		o.Impl = regexp.MustCompile(`^(hamt|builtin|benbjohnson)$`)
	}
	ok = true
	fmt.Fprintf(w, "an implementation against itself: interleaved lower quartiles, and naively (once, one side first)\n")
	for g := range selected(suite(f.level()), o) {
		lines, err := harness.SelfTest(g, o)
		if err != nil {
			return false, err
		}
		for _, s := range lines {
			verdict := "ok"
			if !s.OK() {
				verdict, ok = "OUT OF 0.8 TO 1.2", false
			}
			fmt.Fprintf(w, "  %-50s %5.2f (rounds %.2f to %.2f)   naively %5.2f   %s\n", s.Name, s.Fair.Value, s.Fair.Low, s.Fair.High, s.Naive.Value, verdict)
		}
	}
	return ok, nil
}

func (f *flags) runBars(w io.Writer, o harness.Options, env harness.Env) (ok bool, err error) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	defer signal.Stop(stop)
	var p *progress
	rows := bars.Printer{W: w}
	out, err := bars.Run(o, func(_, of int, x bars.Outcome) bool {
		if p == nil {
			p = newProgress(of)
		}
		p.clear()
		if !f.json {
			rows.Row(x)
		}
		p.at(x.Row.Name)
		p.step()
		return len(stop) == 0
	})
	if p != nil {
		p.done()
	}
	if err != nil {
		return false, err
	}
	report := struct {
		Env  harness.Env    `json:"env"`
		Bars []bars.Outcome `json:"bars"`
	}{env, out}
	writeJSON := func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", " ")
		return e.Encode(report)
	}
	text := func(w io.Writer) error { fmt.Fprintln(w, env); bars.Write(w, out); return nil }
	if f.json {
		err = writeJSON(w)
	} else {
		rows.Counts()
	}
	if f.out != "" {
		err = errors.Join(err, writeFile(f.out+".json", writeJSON), writeFile(f.out+".txt", text))
	}
	return !bars.Failed(out), err
}

func writeFile(name string, write func(io.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// command is what to type to get this run again.
func command() string {
	return strings.TrimSpace("go -C bench run . " + strings.Join(os.Args[1:], " "))
}
