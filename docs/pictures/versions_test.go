//go:build !js && !wasip1

package main

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write versions.dot and versions.svg anew; needs dot of Graphviz")

// TestVersions compares what WriteDOT gives with the committed text, and the picture's note of its source with both.
func TestVersions(t *testing.T) {
	var now bytes.Buffer
	require.NoError(t, write(&now))
	if *update {
		require.NoError(t, os.WriteFile("versions.dot", now.Bytes(), 0o644))
		require.NoError(t, os.WriteFile("versions.svg", []byte(draw(t, now.String())), 0o644))
	}
	was, err := os.ReadFile("versions.dot")
	require.NoError(t, err)
	was = bytes.ReplaceAll(was, []byte("\r\n"), []byte("\n")) // git on Windows may add \r
	const advice = "if that is meant: go test ./docs/pictures -update, look at the picture, commit both files"
	require.Equal(t, string(was), now.String(), advice)
	svg, err := os.ReadFile("versions.svg")
	require.NoError(t, err)
	require.True(t, strings.Contains(string(svg), sum(now.String())), "versions.svg is of another text; "+advice)
	for _, m := range regexp.MustCompile(`(?:\\l|")(\w+: \d+)`).FindAllStringSubmatch(now.String(), -1) {
		require.True(t, strings.Contains(string(svg), ">"+m[1]+"<"), "versions.svg does not show %s; %s", m[1], advice)
	}
}

func sum(dot string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(dot))) }

// style gives nodes and edges the colour of the first version that has them.
const style = `<style>
text { fill: #22252a; } .node :is(polygon, ellipse) { stroke-width: 1.5; } .edge polygon { stroke: none; }
.v0 :is(polygon, ellipse, path) { stroke: #2b6cb0; } .edge.v0 polygon, .name.v0 text { fill: #2b6cb0; }
.v1 :is(polygon, ellipse, path) { stroke: #b7560b; } .edge.v1 polygon, .name.v1 text { fill: #b7560b; }
.v2 :is(polygon, ellipse, path) { stroke: #2f7d4f; } .edge.v2 polygon, .name.v2 text { fill: #2f7d4f; }
.name text { font-weight: bold; } .name polygon { stroke: none !important; }
@media (prefers-color-scheme: dark) { text { fill: #e3e5e8; }
.v0 :is(polygon, ellipse, path) { stroke: #6cb2ff; } .edge.v0 polygon, .name.v0 text { fill: #6cb2ff; }
.v1 :is(polygon, ellipse, path) { stroke: #ffab5e; } .edge.v1 polygon, .name.v1 text { fill: #ffab5e; }
.v2 :is(polygon, ellipse, path) { stroke: #6ecb95; } .edge.v2 polygon, .name.v2 text { fill: #6ecb95; } }
</style>
`

var (
	arrow  = regexp.MustCompile(`(?m)^\t(\w+) -> (\w+)`)
	object = regexp.MustCompile(`class="(node|edge)">\n<title>(\w+)(?:&#45;&gt;)?(\w*)</title>`)
)

// draw renders the text and colours the result.
func draw(t *testing.T, dot string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "dot", "-Tsvg", "-Gbgcolor=transparent", "-Granksep=0.6", "-Gnodesep=0.2", "-Nfontsize=12", "-Efontsize=11",
		"-Earrowsize=0.6", "-Nfontname=monospace", "-Efontname=monospace")
	cmd.Stdin = strings.NewReader(dot)
	out, err := cmd.Output()
	require.NoError(t, err)
	kids := map[string][]string{}
	for _, m := range arrow.FindAllStringSubmatch(dot, -1) {
		kids[m[1]] = append(kids[m[1]], m[2])
	}
	colour := map[string]string{}
	var paint func(n, c string)
	paint = func(n, c string) {
		if colour[n] == "" {
			colour[n] = c
			for _, k := range kids[n] {
				paint(k, c)
			}
		}
	}
	for i := range 3 {
		paint(fmt.Sprint("m", i), fmt.Sprint("v", i))
	}
	svg := object.ReplaceAllStringFunc(string(out), func(s string) string {
		m := object.FindStringSubmatch(s)
		class := m[1] + " " + colour[m[2]]
		if m[1] == "node" && m[2][0] == 'm' {
			class += " name"
		}
		return strings.Replace(s, `class="`+m[1]+`"`, `class="`+class+`"`, 1)
	})
	// What the style decides is not said twice.
	svg = strings.NewReplacer(` stroke="black"`, "", ` fill="black"`, "", ` stroke="transparent"`, "").Replace(svg)
	i := strings.Index(svg, "<g id=")
	require.Positive(t, i)
	return svg[:i] + "<!-- of versions.dot, sha256 " + sum(dot) + " -->\n" + style + svg[i:]
}
