// Command cover sums a profile of go test -coverpkg per package. go tool cover
// reports functions and one total.
package main

import (
	"bufio"
	"fmt"
	"log"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: cover file")
	}
	if err := sum(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

// sum prints the statements of each package in a profile and how many of them
// ran. A block is in it once per test binary.
func sum(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	type count struct{ all, ran int }
	blocks := map[string]count{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		var statements, times int
		place, rest, ok := strings.Cut(line, " ")
		if _, err := fmt.Sscan(rest, &statements, &times); !ok || err != nil {
			continue // the line of the mode
		}
		b := blocks[place]
		b.all = statements
		if times > 0 {
			b.ran = statements
		}
		blocks[place] = b
	}
	packages := map[string]count{}
	for place, b := range blocks {
		p := path.Dir(place)
		packages[p] = count{packages[p].all + b.all, packages[p].ran + b.ran}
	}
	for _, p := range slices.Sorted(maps.Keys(packages)) {
		c := packages[p]
		fmt.Printf("%-45s %5d statements, %5.1f %% covered\n", p, c.all, 100*float64(c.ran)/float64(max(c.all, 1)))
	}
	return nil
}
