// Package bars measures the project's promises against a table of them.
//
//	bars.md   row │ what │ bar │ unit        the promises
//	measures  row → figure                   how each is measured
//	Run       measured │ bar │ verdict       ok, SHORT, or not yet
//
// A row without a measure reads "not yet": its subject does not exist. A timing
// that misses its bar is measured again for twice as many rounds, and the
// verdict falls on all rounds together.
package bars

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed bars.md
var table string

// Row is one promise.
type Row struct {
	Name string  // hamt/get/int/8/time
	What string  // for people
	Max  float64 // the bar
	Free bool    // there is no bar: the figure is printed only
	Unit string  // what the figure is a multiple of
}

// Rows returns the rows of the embedded table in order.
func Rows() ([]Row, error) { return Parse(table) }

// Parse reads the rows of every markdown table in text whose first column is
// headed "row". Names in braces are expanded: a/{b,c} is two rows.
func Parse(text string) ([]Row, error) {
	var rows []Row
	seen := map[string]bool{}
	inside := false
	for i, line := range strings.Split(text, "\n") {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") {
			inside = false
			continue
		}
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		switch {
		case cells[0] == "row":
			inside = true
			continue
		case !inside || strings.HasPrefix(cells[0], "---"):
			continue
		}
		if len(cells) != 4 {
			return nil, fmt.Errorf("bars: line %d: %d columns, want 4", i+1, len(cells))
		}
		limit, ok := strings.CutPrefix(cells[2], "≤ ")
		bar, err := strconv.ParseFloat(limit, 64)
		free := cells[2] == "–"
		if !free && (!ok || err != nil) {
			return nil, fmt.Errorf("bars: line %d: bar %q, want ≤ and a number, or –", i+1, cells[2])
		}
		names, err := expand(cells[0])
		if err != nil {
			return nil, fmt.Errorf("bars: line %d: %w", i+1, err)
		}
		for _, name := range names {
			if seen[name] {
				return nil, fmt.Errorf("bars: line %d: row %s twice", i+1, name)
			}
			seen[name] = true
			rows = append(rows, Row{Name: name, What: cells[1], Max: bar, Free: free, Unit: cells[3]})
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("bars: no table whose first column is headed %q", "row")
	}
	return rows, nil
}

// expand returns all names that the sets in braces stand for.
func expand(name string) ([]string, error) {
	before, rest, ok := strings.Cut(name, "{")
	if !ok {
		if strings.Contains(name, "}") {
			return nil, fmt.Errorf("row %q: } without {", name)
		}
		return []string{name}, nil
	}
	set, after, ok := strings.Cut(rest, "}")
	if !ok {
		return nil, fmt.Errorf("row %q: { without }", name)
	}
	tails, err := expand(after)
	if err != nil {
		return nil, err
	}
	var out []string
	for x := range strings.SplitSeq(set, ",") {
		for _, t := range tails {
			out = append(out, before+x+t)
		}
	}
	return out, nil
}
