// Undo shows a drawing program's history: undo, redo, what changed, and two people's work brought together.
//
//	go run ./examples/undo
//
// A drawing is a persistent map from names to shapes. The history is a list of versions, so that undo is going back one
// place in it, and there is no command object, no inverse operation and no copy:
//
//	v0 ──► v1 ──► v2 ──► v3        undo: now = v2
//	               └───► v3'       an edit after undo starts anew from there
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/strata-go/strata/hamt"
)

func main() { run(os.Stdout) }

// A Shape is a value: an edit puts another one in its place.
type Shape struct {
	Kind, Colour string
	Size         int
}

// String returns the shape as people say it.
func (s Shape) String() string { return fmt.Sprintf("%s %s of %d", s.Colour, s.Kind, s.Size) }

// A Drawing is one version of the document.
type Drawing = hamt.Map[string, Shape]

// History is all versions so far, the present one at now.
type History struct {
	versions []Drawing
	now      int
}

// Do makes d the present version. What was undone before is forgotten.
func (h *History) Do(d Drawing) {
	if len(h.versions) == 0 {
		h.versions = []Drawing{{}} // a new drawing is empty
	}
	h.versions = append(h.versions[:h.now+1], d)
	h.now++
}

// Now returns the present version.
func (h *History) Now() Drawing {
	if len(h.versions) == 0 {
		return Drawing{}
	}
	return h.versions[h.now]
}

// Undo goes back one version, Redo forward; they do nothing at the ends.
func (h *History) Undo() { h.now = max(h.now-1, 0) }
func (h *History) Redo() { h.now = max(min(h.now+1, len(h.versions)-1), 0) }

func run(out io.Writer) {
	house := history(out)
	merge(out, house)
	thousand(out)
}

// history edits, undoes and redoes, and prints after each step what it changed.
func history(out io.Writer) Drawing {
	fmt.Fprint(out, "1  Undo goes back a version. Diff tells what that means.\n\n")
	var h History
	step := func(what string, do func()) {
		before := h.Now()
		do()
		fmt.Fprintf(out, "   %-14s version %d of %d   %s\n", what, h.now, len(h.versions)-1, changes(before, h.Now()))
	}
	step("draw a wall", func() { h.Do(h.Now().Set("wall", Shape{"square", "white", 40})) })
	step("draw a roof", func() { h.Do(h.Now().Set("roof", Shape{"triangle", "red", 40})) })
	step("paint it", func() { h.Do(h.Now().Set("roof", Shape{"triangle", "green", 40})) })
	step("undo", h.Undo)
	step("undo", h.Undo)
	step("redo", h.Redo)
	step("draw a door", func() { h.Do(h.Now().Set("door", Shape{"square", "brown", 9})) })
	step("redo", h.Redo)
	fmt.Fprintln(out)
	return h.Now()
}

// merge brings the work of two people together who started from one version and did not see each other.
func merge(out io.Writer, base Drawing) {
	fmt.Fprint(out, "2  Ann and Bob edit version 3 apart. A merge looks at what each of them changed.\n\n")
	ann := base.Set("sun", Shape{"circle", "yellow", 12}).Set("door", Shape{"square", "blue", 9})
	bob := base.Delete("roof").Set("door", Shape{"square", "brown", 11})
	fmt.Fprintf(out, "   %-14s %s\n", "ann", changes(base, ann))
	fmt.Fprintf(out, "   %-14s %s\n\n", "bob", changes(base, bob))

	_, err := hamt.Merge3(base, ann, bob, nil)
	if conflict, ok := errors.AsType[*hamt.ConflictError[string]](err); ok {
		fmt.Fprintf(out, "   %-14s %s\n", "both changed", strings.Join(conflict.Keys, " "))
	}
	// A program that knows its values can do better than ask: here, whoever repainted gives the colour, whoever
	// resized the size.
	both, err := hamt.Merge3(base, ann, bob, func(c hamt.Conflict[string, Shape]) (s Shape, keep, ok bool) {
		if !c.InBase || !c.InOurs || !c.InTheirs {
			return s, false, false // drawn twice, or removed by one of them: a matter for people
		}
		s = c.Ours
		if c.Ours.Colour == c.Base.Colour {
			s.Colour = c.Theirs.Colour
		}
		if c.Ours.Size == c.Base.Size {
			s.Size = c.Theirs.Size
		}
		return s, true, true
	})
	if err != nil {
		panic(err) // every conflict above is one of colour and size
	}
	fmt.Fprintf(out, "   %-14s %s\n\n", "merged", changes(base, both))
}

// thousand keeps every version of a large drawing.
func thousand(out io.Writer) {
	const shapes, edits = 10_000, 1000
	b := new(hamt.Builder[string, Shape])
	for i := range shapes {
		b.Set(fmt.Sprintf("star%d", i), Shape{"star", "white", i % 7})
	}
	var h History
	h.Do(b.Map())
	for i := range edits {
		h.Do(h.Now().Set(fmt.Sprintf("star%d", i*7), Shape{"star", "gold", 9}))
	}
	all := hamt.Sharing(h.versions...)
	fmt.Fprintf(out, "3  %d edits of a drawing of %d shapes: every version is kept.\n\n", edits, shapes)
	fmt.Fprintf(out, "   %-14s %6.1f MB\n", "one version", mega(hamt.Sharing(h.Now()).Bytes))
	fmt.Fprintf(out, "   %-14s %6.1f MB\n", "all of them", mega(all.Bytes))
	fmt.Fprintf(out, "   %-14s %6.1f MB\n", "had each a copy", mega(all.BytesApart))
}

func mega(bytes int) float64 { return float64(bytes) / 1e6 }

// changes lists what leads from one version to the other, sorted by name.
func changes(from, to Drawing) string {
	list := slices.Collect(hamt.Diff(from, to))
	slices.SortFunc(list, func(a, b hamt.Change[string, Shape]) int { return strings.Compare(a.Key, b.Key) })
	var said []string
	for _, c := range list {
		switch c.Op {
		case hamt.Added:
			said = append(said, fmt.Sprintf("+%s (%s)", c.Key, c.New))
		case hamt.Removed:
			said = append(said, "-"+c.Key)
		default:
			said = append(said, fmt.Sprintf("%s: %s → %s", c.Key, c.Old, c.New))
		}
	}
	if said == nil {
		return "nothing"
	}
	return strings.Join(said, ", ")
}
