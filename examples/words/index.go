package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/strata-go/strata/hamt"
)

// seen is what an index knows of a word.
type seen struct {
	times int // occurrences in all files so far
	files int // files it occurs in
}

// An index maps each word to what is known of it. It is a value: a copy is a snapshot.
type index = hamt.Map[string, seen]

// A change is one word that two versions know differently; the zero seen stands for a word that is not there.
type change struct {
	word     string
	old, new seen
}

// next is the version that comes after ix once f is read. Nothing of ix changes: the builder copies the nodes it has to
// touch, and the versions share the others.
func next(ix index, f file) index {
	b := ix.Builder()
	for _, w := range f.words {
		b.Update(w.text, func(s seen, _ bool) (seen, bool) { return s.add(w), true })
	}
	return b.Map()
}

func (s seen) add(w word) seen { return seen{times: s.times + w.times, files: s.files + 1} }

// diff lists what differs between two versions, in no particular order. It skips what they share.
func diff(from, to index) []change {
	var out []change
	for c := range hamt.Diff(from, to) {
		out = append(out, change{c.Key, c.Old, c.New})
	}
	return out
}

// moved is by how many occurrences the word changed, up or down.
func (c change) moved() int { return max(c.new.times-c.old.times, c.old.times-c.new.times) }

// biggest sorts changes by how far the occurrences moved, then by word.
func biggest(changes []change) {
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.moved(), a.moved()), strings.Compare(a.word, b.word))
	})
}
