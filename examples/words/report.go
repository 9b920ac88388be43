package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/strata-go/strata/hamt"
)

// report prints the history. w does not fail: it is a buffer.
func report(w io.Writer, h *history, skipped int, opt options) {
	last := len(h.files)
	occurrences := 0
	for _, f := range h.files {
		occurrences += f.total
	}
	fmt.Fprintf(w, "%s and the empty one, %s in the last, %s read", count(last, "version"),
		count(h.versions[last].Len(), "distinct word"), count(occurrences, "word"))
	if skipped > 0 {
		fmt.Fprintf(w, ", %s left out as not text", count(skipped, "file"))
	}
	fmt.Fprint(w, "\n\n")

	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "version\twords\tbytes so far\tper version\ttime\tclone a map\t\t  after")
	was := row{}
	for _, r := range h.rows {
		fmt.Fprintf(table, "%d\t%d\t%s\t%s\t%s\t%s\t%s\t  %s\n", r.version, h.versions[r.version].Len(),
			size(float64(r.bytes)), size(float64(r.bytes-min(r.bytes, was.bytes))/float64(r.version-was.version)),
			r.own.Round(100*time.Nanosecond), r.clone.Round(100*time.Nanosecond), ratio(r), h.files[r.version-1].path)
		was = r
	}
	table.Flush()
	if len(h.rows) < last {
		fmt.Fprintf(w, "%d of %d versions shown; -all shows every one. \"per version\" is the mean since the line above.\n", len(h.rows), last)
	}
	fmt.Fprintf(w, "\nall %s together: %s, %s each. One builtin map with the last one's words: %s.\n",
		count(last, "version"), size(float64(h.bytes)), size(float64(h.bytes)/float64(last)), size(float64(h.oneMap)))
	if shared := hamt.Sharing(h.versions...); shared.Nodes > 0 {
		fmt.Fprintf(w, "They have %s, and would have %d if versions shared none.\n", count(shared.Nodes, "node"), shared.NodesApart)
	}
	fmt.Fprintf(w, "Bytes are the maps' own, without the text of the words, which both kinds share.\n"+
		"Times are the shortest of %d, of making that version from the one before.\n", rounds)
	reportDiff(w, h, opt)
}

// ratio says how the two times of a row compare.
func ratio(r row) string {
	if r.own <= 0 || r.clone <= 0 {
		return ""
	}
	if r.clone >= r.own {
		return fmt.Sprintf("%.1f× faster", float64(r.clone)/float64(r.own))
	}
	return fmt.Sprintf("%.1f× slower", float64(r.own)/float64(r.clone))
}

func reportDiff(w io.Writer, h *history, opt options) {
	changes := diff(h.versions[opt.from], h.versions[opt.to])
	added, removed := 0, 0
	for _, c := range changes {
		if c.old == (seen{}) {
			added++
		}
		if c.new == (seen{}) {
			removed++
		}
	}
	fmt.Fprintf(w, "\nversion %d → %d: %s, %d of them new, %d gone\n", opt.from, opt.to, count(len(changes), "changed word"), added, removed)
	biggest(changes)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range changes[:min(max(opt.top, 0), len(changes))] {
		fmt.Fprintf(table, "  %s\t%d → %d times\tin %d → %d files\n", c.word, c.old.times, c.new.times, c.old.files, c.new.files)
	}
	table.Flush()
}

// count is a number with its noun, which takes an s for every number but one.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// size prints bytes with three digits or so.
func size(n float64) string {
	for _, unit := range []string{"B", "KB", "MB"} {
		if n < 1000 {
			return strings.TrimSuffix(fmt.Sprintf("%.*f", decimals(n, unit), n), ".0") + " " + unit
		}
		n /= 1000
	}
	return fmt.Sprintf("%.1f GB", n)
}

func decimals(n float64, unit string) int {
	if unit == "B" || n >= 100 {
		return 0
	}
	return 1
}
