package harness

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// WriteMarkdown writes one table per operation and kind of key: a row for each
// implementation, a column for each size, "×" being the ratio to the subject
// in the same rounds. It is how docs/performance.md gets its figures.
func WriteMarkdown(w io.Writer, r *Report, subjects ...string) error {
	var b strings.Builder
	for _, t := range tables(r.Results) {
		fmt.Fprintf(&b, "\n#### %s\n\n| %s |", t.name, t.column)
		for _, x := range t.sizes {
			fmt.Fprintf(&b, " %s |", x)
		}
		b.WriteString("\n|---|" + strings.Repeat("--:|", len(t.sizes)) + "\n")
		for _, impl := range t.impls {
			fmt.Fprintf(&b, "| %s |", impl)
			for _, x := range t.sizes {
				cell, ok := t.cells[impl+"/"+x]
				switch base, has := t.base(x, subjects); {
				case !ok:
					b.WriteString(" – |")
				case !has || slices.Contains(subjects, impl):
					fmt.Fprintf(&b, " **%s** |", withUnit(cell))
				default:
					fmt.Fprintf(&b, " %s (%s ×) |", withUnit(cell), ratio(cell.Q1/base.Q1))
				}
			}
			b.WriteByte('\n')
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

type mdTable struct {
	name, column string
	sizes, impls []string
	cells        map[string]Result
}

func (t *mdTable) base(size string, subjects []string) (Result, bool) {
	for _, s := range subjects {
		if r, ok := t.cells[s+"/"+size]; ok {
			return r, true
		}
	}
	return Result{}, false
}

// tables gathers results that differ in n or depth only.
func tables(rs []Result) []*mdTable {
	var out []*mdTable
	for _, r := range rs {
		column := "n"
		if r.Field("n") == "" {
			column = "depth"
		}
		size := r.Field(column)
		name := strings.Replace(r.Group(), "/"+column+"="+size, "", 1)
		i := slices.IndexFunc(out, func(t *mdTable) bool { return t.name == name })
		if i < 0 {
			i = len(out)
			out = append(out, &mdTable{name: name, column: column, cells: map[string]Result{}})
		}
		t, impl := out[i], r.Field("impl")
		if !slices.Contains(t.sizes, size) {
			t.sizes = append(t.sizes, size)
		}
		if !slices.Contains(t.impls, impl) {
			t.impls = append(t.impls, impl)
		}
		t.cells[impl+"/"+size] = r
	}
	for _, t := range out {
		slices.SortFunc(t.sizes, func(a, b string) int {
			x, _ := strconv.Atoi(a)
			y, _ := strconv.Atoi(b)
			return x - y
		})
	}
	return out
}

func withUnit(r Result) string {
	if r.Unit != "ns/op" {
		return Figure(r.Q1) + " " + strings.Split(r.Unit, "/")[0]
	}
	switch {
	case r.Q1 >= 1e6:
		return Figure(r.Q1/1e6) + " ms"
	case r.Q1 >= 1e4:
		return Figure(r.Q1/1e3) + " µs"
	}
	return Figure(r.Q1) + " ns"
}

func ratio(x float64) string {
	if x >= 9.95 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.2g", x)
}
