package keys

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// found is the functions of the house, from ctx down, in which what holds for
// some node: "keys.fired".
func found(t *testing.T, what func(ast.Node) bool) (names []string) {
	t.Helper()
	files := 0
	for _, dir := range []string{".", "../../hamt", "../../weakkey", "../../ctx"} {
		paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			files++
			for _, d := range file.Decls {
				name := file.Name.Name
				if f, ok := d.(*ast.FuncDecl); ok {
					name += "." + f.Name.Name
				}
				ast.Inspect(d, func(n ast.Node) bool {
					if n != nil && what(n) && !slices.Contains(names, name) {
						names = append(names, name)
					}
					return true
				})
			}
		}
	}
	require.Greater(t, files, 40)
	slices.Sort(names)
	return names
}

func calls(n ast.Node, of, method string) bool {
	c, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != method {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return of == "" || ok && x.Name == of
}

// TestGoStatements: Get, Set and Snapshot reach no go statement, for there are
// two: State.Go, and the one that the sentinel's cleanup has, which exists while
// a collectable key lives (I12).
func TestGoStatements(t *testing.T) {
	require.Equal(t, []string{"ctx.Go", "keys.fired"}, found(t, func(n ast.Node) bool {
		_, ok := n.(*ast.GoStmt)
		return ok
	}))
	require.Equal(t, []string{"keys.rearm"}, found(t, func(n ast.Node) bool {
		x, ok := n.(*ast.Ident)
		return ok && x.Name == "fired"
	})[1:], "besides its declaration")
}

// TestOneCleanupForAllKeys: no cleanup and no finalizer per key or entry.
func TestOneCleanupForAllKeys(t *testing.T) {
	require.Equal(t, []string{"keys.rearm"}, found(t, func(n ast.Node) bool { return calls(n, "runtime", "AddCleanup") }))
	require.Empty(t, found(t, func(n ast.Node) bool { return calls(n, "runtime", "SetFinalizer") }))
}

// TestWhoMakesWeakPointers: what is weakly held is cores, entries and blocks (I7),
// and the stack variables in the table of ctx/lists.go.
func TestWhoMakesWeakPointers(t *testing.T) {
	require.Equal(t, []string{"ctx.registerList", "keys.newBlock", "keys.newRecord", "keys.promote"}, found(t, func(n ast.Node) bool { return calls(n, "weak", "Make") }))
}

// TestWhoMakesWeakPointersStrong: nobody polls liveness (I7). drain is promotion,
// forget is death, the others are rotation.
func TestWhoMakesWeakPointersStrong(t *testing.T) {
	value := found(t, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		return ok && len(c.Args) == 0 && calls(n, "", "Value")
	})
	value = slices.DeleteFunc(value, func(name string) bool { return !strings.HasPrefix(name, "keys.") })
	require.Equal(t, []string{"keys.drain", "keys.forget", "keys.move", "keys.pass", "keys.visit"}, value)
}
