// Pictures writes three versions of a small map in the language of Graphviz, as hamt.Map.WriteDOT gives them:
//
//	go run ./docs/pictures | dot -Tsvg > map.svg
//
// The picture in this folder is made from the same text. The test fails when the text is another one than it was; to
// write both anew, with `dot` of Graphviz at hand:
//
//	go test ./docs/pictures -update
package main

import (
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"strings"

	"github.com/strata-go/strata/hamt"
)

func main() {
	if err := write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// write draws a map, the map with one key more, and the map with one key less.
func write(w io.Writer) error {
	b := hamt.NewWith[string, int](fixed{}).Builder()
	for i, word := range strings.Fields(`ash aspen beech birch cedar cherry cypress elder elm fir hazel holly juniper
		larch lime maple oak pear pine plum poplar rowan spruce sycamore walnut willow yew`) {
		b.Set(word, i+1)
	}
	v0 := b.Map()
	v1 := v0.Set("olive", 28)
	v2 := v1.Delete("oak")
	return v0.WriteDOT(w, v1, v2)
}

// fixed hashes a word the same in every process and on every machine, which the picture needs and a map that strangers
// fill must not have.
type fixed struct{ hamt.Comparable[string] }

func (fixed) Hash(h *maphash.Hash, word string) { _, _ = h.WriteString(word) }

// Hash64 is FNV-1a with the finish of MurmurHash3. It leaves the seed out.
func (fixed) Hash64(_ uint64, word string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
