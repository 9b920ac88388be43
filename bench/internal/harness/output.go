package harness

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Report is a whole run.
type Report struct {
	Env     Env      `json:"env"`
	Results []Result `json:"results"`
}

// Find returns the result of that name.
func (r *Report) Find(name string) (Result, bool) {
	i := slices.IndexFunc(r.Results, func(x Result) bool { return x.Name == name })
	if i < 0 {
		return Result{}, false
	}
	return r.Results[i], true
}

// Noise says in one line how far the run can be trusted.
func (r *Report) Noise() string {
	var spreads []float64
	noisy := 0
	for _, x := range r.Results {
		if x.Unit != "ns/op" {
			continue
		}
		spreads = append(spreads, x.Spread)
		if x.Noisy {
			noisy++
		}
	}
	if len(spreads) == 0 {
		return "no timings"
	}
	s := fmt.Sprintf("spread (middle half of the rounds): median %.0f %%, %d of %d timings noisy (> %.0f %%)",
		100*Median(spreads), noisy, len(spreads), 100*NoisySpread)
	if noisy*4 > len(spreads) {
		s += "; the machine was too busy to judge, run again"
	}
	return s
}

// WriteJSON writes the report as one indented JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(r)
}

// WriteBench writes one line a round in the format of `go test -bench`, so that
// `benchstat -col /impl` can read it.
func (r *Report) WriteBench(w io.Writer) error {
	e := r.Env
	var b strings.Builder
	fmt.Fprintf(&b, "goos: %s\ngoarch: %s\ncpu: %s\ngo-version: %s\ngoamd64: %s\ncommit: %s\ncommand: %s\n", e.OS, e.Arch, e.CPU, e.Go, e.AMD64, e.Commit, e.Command)
	for _, x := range r.Results {
		for _, s := range x.Samples {
			fmt.Fprintf(&b, "BenchmarkStrata/%s-%d\t%d\t%.4g %s", x.Name, e.GOMAXPROCS, x.Iters, s, x.Unit)
			if x.Unit == "ns/op" {
				fmt.Fprintf(&b, "\t%.0f B/op\t%.2f allocs/op", x.Bytes, x.Allocs)
			}
			b.WriteByte('\n')
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteTable writes one group for people, ordered by speed, ratios before
// figures. The ratios are to the first of the subjects that is there, else to
// the group's first.
func WriteTable(w io.Writer, rs []Result, subjects ...string) {
	if len(rs) == 0 {
		return
	}
	base := rs[0]
	for _, name := range subjects {
		if i := slices.IndexFunc(rs, func(r Result) bool { return r.Field("impl") == name }); i >= 0 {
			base = rs[i]
			break
		}
	}
	fmt.Fprintf(w, "%s\n", rs[0].Group())
	sorted := slices.SortedFunc(slices.Values(rs), func(a, b Result) int {
		switch {
		case a.Q1 < b.Q1:
			return -1
		case a.Q1 > b.Q1:
			return 1
		}
		return 0
	})
	for _, r := range sorted {
		note := ""
		if r.Noisy {
			note = "  noisy"
		}
		fmt.Fprintf(w, "  %-22s %7.2f x  %12s %-8s ±%2.0f %%", r.Field("impl"), r.Q1/base.Q1, Figure(r.Q1), r.Unit, 100*r.Spread)
		if r.Unit == "ns/op" {
			fmt.Fprintf(w, "  %9s B %7s allocs", Figure(r.Bytes), Figure(r.Allocs))
		}
		fmt.Fprintf(w, "%s\n", note)
	}
}

// Figure prints three significant digits without an exponent.
func Figure(x float64) string {
	switch {
	case x < 0:
		return "-" + Figure(-x)
	case x < 0.005:
		return "0"
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}
