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

// TestEverySnippetIsTested: each Go block of these pages stands, line for line, in a tested example.
func TestEverySnippetIsTested(t *testing.T) {
	for page, sources := range map[string][]string{
		"README.md": {"hamt_test.go", "weakkey_test.go", "ctx_test.go", "seq_test.go", "service/main.go"},
		"docs/from-context-value.md": {
			"../migrate/before/account.go", "../migrate/after/account.go", "../migrate/migrate_test.go",
		},
	} {
		var tested strings.Builder
		for _, source := range sources {
			tested.WriteString(unindent(read(t, filepath.FromSlash(source))) + "\n")
		}
		blocks := goBlock.FindAllStringSubmatch(read(t, filepath.Join("..", "..", filepath.FromSlash(page))), -1)
		require.NotEmpty(t, blocks, "%s has no Go code", page)
		for _, block := range blocks {
			for part := range strings.SplitSeq(block[1], "\n\n\n") {
				assert.Contains(t, tested.String(), unindent(part), "this snippet of %s is in no example", page)
			}
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
