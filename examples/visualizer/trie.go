package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/strata-go/strata/hamt"
)

const (
	maxVersions = 10  // that are kept; the oldest go
	maxEntries  = 120 // that fit on a page
	maxText     = 20  // runes of a key or value
)

// A trie is the versions of one map, oldest first.
type trie struct {
	versions []version
	next     int
}

// A version is one state of the map and how it came about.
type version struct {
	id, from int
	did      string
	m        hamt.Map[string, string]
}

// An edit asks for a version made from another one.
type edit struct {
	Op    string `json:"op"` // set or delete
	Key   string `json:"key"`
	Value string `json:"value"`
	From  int    `json:"from"`
}

func newTrie() *trie {
	var b hamt.Builder[string, string]
	for i, fruit := range strings.Fields(`acerola almond apple apricot avocado banana cherry citron cocoa coconut cranberry currant date durian elder feijoa fig
		gooseberry grape guava hazel jujube kiwi kumquat lemon lime loquat lychee mango medlar melon mulberry nectarine olive
		orange papaya peach pear pecan persimmon plum pomelo quince raspberry rhubarb sloe tamarind walnut`) {
		b.Set(fruit, strconv.Itoa(i+1))
	}
	t := new(trie)
	t.add(-1, "the first version", b.Map())
	// Two edits of it, so that there is something to see: both new versions share nodes with the first.
	t.set(0, "mango", "ripe")
	t.set(0, "yuzu", "new")
	return t
}

func (t *trie) add(from int, did string, m hamt.Map[string, string]) {
	t.versions = append(t.versions, version{t.next, from, did, m})
	t.next++
	if n := len(t.versions) - maxVersions; n > 0 {
		t.versions = slices.Delete(t.versions, 0, n)
	}
}

// set makes a version of the one at place i.
func (t *trie) set(i int, key, value string) {
	v := t.versions[i]
	t.add(v.id, fmt.Sprintf("Set(%q, %q)", key, value), v.m.Set(key, value))
}

func (t *trie) do(e edit) error {
	i := slices.IndexFunc(t.versions, func(v version) bool { return v.id == e.From })
	if i < 0 {
		return fmt.Errorf("there is no version %d: reload the page", e.From)
	}
	if e.Key == "" || utf8.RuneCountInString(e.Key) > maxText || utf8.RuneCountInString(e.Value) > maxText {
		return fmt.Errorf("a key has 1 to %d letters, a value at most as many", maxText)
	}
	m := t.versions[i].m
	switch e.Op {
	case "set":
		if m.Len() == maxEntries && !m.Has(e.Key) {
			return fmt.Errorf("the page has room for %d entries: delete one first", maxEntries)
		}
		t.set(i, e.Key, e.Value)
	case "delete":
		t.add(e.From, fmt.Sprintf("Delete(%q)", e.Key), m.Delete(e.Key))
	default:
		return errors.New("an edit is set or delete")
	}
	return nil
}

// A picture is all versions with the nodes they share.
type picture struct {
	Versions []seen `json:"versions"`
	Nodes    []node `json:"nodes"` // a node is known by its place in the list
	Sharing  string `json:"sharing"`
}

// seen is a version as the page shows it. Root is -1 for the empty map.
type seen struct {
	ID      int      `json:"id"`
	From    int      `json:"from"`
	Did     string   `json:"did"`
	Same    bool     `json:"same"` // the edit changed nothing: it is the version it was made from
	Len     int      `json:"len"`
	Root    int      `json:"root"`
	Shape   string   `json:"shape"`
	Changes []string `json:"changes"`
}

// A node is a directory, with kids, or a leaf, with entries.
type node struct {
	Text []string `json:"text"`
	Kids []kid    `json:"kids"`
}

type kid struct {
	Path string `json:"path"` // the bits of the hash that lead there, "" for all
	To   int    `json:"to"`
}

func (t *trie) picture() picture {
	var p picture
	var maps []hamt.Map[string, string]
	for i, v := range t.versions {
		maps = append(maps, v.m)
		s := seen{ID: v.id, From: v.from, Did: v.did, Len: v.m.Len(), Root: -1, Shape: v.m.Stats().String(), Changes: []string{}}
		for _, old := range t.versions[:i] {
			if old.id == v.from {
				s.Same = old.m.Same(v.m)
				for c := range hamt.Diff(old.m, v.m) {
					s.Changes = append(s.Changes, c.String())
				}
			}
		}
		p.Versions = append(p.Versions, s)
	}
	p.Sharing = hamt.Sharing(maps...).String()
	var dot strings.Builder
	_ = maps[0].WriteDOT(&dot, maps[1:]...) // a Builder takes everything
	p.read(dot.String())
	return p
}

var (
	dotNode = regexp.MustCompile(`^\tn(\d+) \[(?:shape=oval )?label="(.*)"\];$`)
	dotEdge = regexp.MustCompile(`^\tn(\d+) -> n(\d+) \[label="(.*)"\];$`)
	dotRoot = regexp.MustCompile(`^\tm(\d+) -> n(\d+);$`)
)

// read takes the nodes from the output of WriteDOT, which has a line for each node and each edge.
func (p *picture) read(dot string) {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n } // the expressions let digits through only
	at := func(n int) *node {
		for len(p.Nodes) <= n {
			p.Nodes = append(p.Nodes, node{Text: []string{}, Kids: []kid{}})
		}
		return &p.Nodes[n]
	}
	for line := range strings.Lines(dot) {
		line = strings.TrimSuffix(line, "\n")
		if m := dotNode.FindStringSubmatch(line); m != nil {
			at(number(m[1])).Text = unescape(m[2])
		} else if m := dotEdge.FindStringSubmatch(line); m != nil {
			n := at(number(m[1]))
			n.Kids = append(n.Kids, kid{m[3], number(m[2])})
		} else if m := dotRoot.FindStringSubmatch(line); m != nil {
			p.Versions[number(m[1])].Root = number(m[2])
		}
	}
}

// unescape undoes what a label of the dot language does to text: \l and \n end a line.
func unescape(label string) []string {
	var lines []string
	var b strings.Builder
	for i := 0; i < len(label); i++ {
		if label[i] != '\\' || i+1 == len(label) {
			b.WriteByte(label[i])
			continue
		}
		i++
		switch label[i] {
		case 'l', 'n':
			lines = append(lines, b.String())
			b.Reset()
		default:
			b.WriteByte(label[i])
		}
	}
	if b.Len() > 0 {
		lines = append(lines, b.String())
	}
	return lines
}
