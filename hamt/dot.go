package hamt

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteDOT writes a picture of m and other versions in the language of
// Graphviz; nodes that versions share are drawn once. It is for maps of few
// entries. Show it with
//
//	dot -Tsvg map.dot > map.svg
func (m Map[K, V]) WriteDOT(w io.Writer, versions ...Map[K, V]) error {
	out := bufio.NewWriter(w)
	d := dot[K, V]{out, map[*node[K, V]]int{}}
	fmt.Fprint(out, "digraph hamt {\n\tnode [shape=box fontname=monospace];\n")
	for i, v := range append([]Map[K, V]{m}, versions...) {
		fmt.Fprintf(out, "\tm%d [shape=plaintext label=\"version %d, %d entries\"];\n", i, i, v.Len())
		if v.root != nil {
			fmt.Fprintf(out, "\tm%d -> n%d;\n", i, d.node(v.root))
		}
	}
	fmt.Fprint(out, "}\n")
	return out.Flush()
}

type dot[K comparable, V any] struct {
	out  *bufio.Writer
	seen map[*node[K, V]]int
}

// node writes n and what is below it, once, and returns its number.
func (d *dot[K, V]) node(n *node[K, V]) int {
	if id, ok := d.seen[n]; ok {
		return id
	}
	id := len(d.seen)
	d.seen[n] = id
	if !isDir(n) {
		fmt.Fprintf(d.out, "\tn%d [label=\"%s\"];\n", id, d.entries(n))
		return id
	}
	kids := n.kids()
	fmt.Fprintf(d.out, "\tn%d [shape=oval label=\"%d slots\\n%d entries\"];\n", id, len(kids), n.size())
	for i, c := range kids {
		if first(kids, i) {
			u := region(kids, i)
			path := ""
			if u > 0 {
				path = fmt.Sprintf("%0*b", u, i)
			}
			fmt.Fprintf(d.out, "\tn%d -> n%d [label=\"%s\"];\n", id, d.node(c), path)
		}
	}
	return id
}

// dotEscaper writes text inside a quoted string of the language.
var dotEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\x00", `\\0`)

// entries returns the label of a leaf, flat node or group. A group shows its
// first entries only.
func (d *dot[K, V]) entries(n *node[K, V]) string {
	var s strings.Builder
	if n.kind() == kindGroup {
		fmt.Fprintf(&s, "%d entries of one hash\\n", n.size())
	}
	left := leafMax
	walk(n, func(en *entry[K, V]) bool {
		if left == 0 {
			s.WriteString("...")
			return false
		}
		left--
		s.WriteString(dotEscaper.Replace(shorten(fmt.Sprintf("%v: %v", en.key, en.val))))
		s.WriteString(`\l`)
		return true
	})
	return s.String()
}

// shorten cuts text after 40 characters.
func shorten(text string) string {
	n := 0
	for i := range text {
		if n == 40 {
			return text[:i] + "..."
		}
		n++
	}
	return text
}
