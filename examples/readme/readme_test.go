package readme

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestEverySnippetIsTested: each Go block of the README stands, line for line, in a tested example of this package.
func TestEverySnippetIsTested(t *testing.T) {
	var tested strings.Builder
	for _, pkg := range []string{"hamt", "weakkey", "ctx", "http", "seq"} {
		tested.WriteString(unindent(read(t, pkg+"_test.go")) + "\n")
	}
	blocks := goBlock.FindAllStringSubmatch(read(t, filepath.Join("..", "..", "README.md")), -1)
	require.NotEmpty(t, blocks, "README.md has no Go code")
	for _, block := range blocks {
		for part := range strings.SplitSeq(block[1], "\n\n\n") {
			assert.Contains(t, tested.String(), unindent(part), "this snippet of the README is in no example")
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

// unindent takes the indentation from every line, and the blank lines at both ends.
func unindent(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimLeft(line, "\t ")
	}
	return strings.Join(lines, "\n")
}
