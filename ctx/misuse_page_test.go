package ctx_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMisusePage: every message in the package's sources stands in docs/misuse.md.
func TestMisusePage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "misuse.md"))
	require.NoError(t, err)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			require.NoError(t, err)
			isMessage := strings.HasPrefix(text, "ctx: ") || strings.HasPrefix(text, " of a ") || strings.HasPrefix(text, " on a ")
			if !isMessage || len(text) < 8 {
				return true
			}
			// What follows a name, a verb or the advice may be told in other words.
			if _, after, ok := strings.Cut(text, "%q"); ok && !strings.Contains(text, "%v") {
				text = after
			}
			text, _, _ = strings.Cut(text, ": %v")
			text = strings.TrimPrefix(strings.TrimLeft(text, ": "), "ctx: ")
			text, _, _ = strings.Cut(text, ";")
			if head, _, ok := strings.Cut(text, ": "); ok && len(head) > 20 {
				text = head
			}
			found++
			require.True(t, strings.Contains(string(page), text), "%s: docs/misuse.md does not explain the message %q", file, text)
			return true
		})
	}
	require.Greater(t, found, 20)
}
