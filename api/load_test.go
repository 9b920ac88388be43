//go:build !js && !wasip1

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/strata-go/strata"

// A listed package is what `go list` says of it.
type listed struct {
	ImportPath, Dir, Name, Export      string
	GoFiles, TestGoFiles, XTestGoFiles []string
	TestImports, XTestImports          []string
}

// public reports whether users import the package for itself.
func (p *listed) public() bool {
	rest, ok := strings.CutPrefix(p.ImportPath, module+"/")
	if !ok || p.Name == "main" {
		return false
	}
	for part := range strings.SplitSeq(rest, "/") {
		switch part {
		case "internal", "examples", "fuzz", "api":
			return false
		}
	}
	return true
}

// A loader type-checks sources of this module against the compiled form of what they import.
type loader struct {
	t        *testing.T
	fset     *token.FileSet
	packages []*listed // of this module, in the order of go list
	exports  map[string]string
	compiled types.Importer
}

// load lists the module's packages, and compiles what they and their tests import: most of it is in the build cache.
func load(t *testing.T) *loader {
	t.Helper()
	ld := &loader{t: t, fset: token.NewFileSet(), exports: map[string]string{}}
	imports := map[string]bool{}
	for _, p := range list(t, "-json=ImportPath,Dir,Name,GoFiles,TestGoFiles,XTestGoFiles,TestImports,XTestImports", "./...") {
		if strings.HasPrefix(p.ImportPath, module+"/") {
			ld.packages = append(ld.packages, p)
		}
		for _, path := range append(p.TestImports, p.XTestImports...) {
			imports[path] = true
		}
	}
	args := append([]string{"-deps", "-export", "-json=ImportPath,Export", "./..."}, slices.Sorted(maps.Keys(imports))...)
	for _, p := range list(t, args...) {
		ld.exports[p.ImportPath] = p.Export
	}
	ld.compiled = importer.ForCompiler(ld.fset, "gc", func(path string) (io.ReadCloser, error) {
		if ld.exports[path] == "" {
			return nil, errors.New("not compiled: " + path)
		}
		return os.Open(ld.exports[path])
	})
	return ld
}

// list runs `go list` in the root of the module.
func list(t *testing.T, args ...string) (packages []*listed) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...)
	cmd.Dir = ".."
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		p := new(listed)
		require.NoError(t, dec.Decode(p))
		packages = append(packages, p)
	}
	return packages
}

// parse reads files of a package. That the test process reads them itself makes them inputs of the test, so that
// `go test` does not give a cached result when they change.
func (ld *loader) parse(p *listed, names ...[]string) (files []*ast.File) {
	for _, list := range names {
		for _, name := range list {
			f, err := parser.ParseFile(ld.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution|parser.ParseComments)
			require.NoError(ld.t, err)
			files = append(files, f)
		}
	}
	return files
}

// check type-checks files as package path. Errors are the compiler's business.
func (ld *loader) check(path string, files []*ast.File, from types.Importer) (*types.Package, *types.Info) {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Importer: from, Error: func(error) {}, FakeImportC: true}
	pkg, _ := conf.Check(path, ld.fset, files, info)
	return pkg, info
}

// A first importer has one package of its own and asks another importer for the rest.
type first struct {
	pkg  *types.Package
	rest types.Importer
}

func (f first) Import(path string) (*types.Package, error) {
	if path == f.pkg.Path() {
		return f.pkg, nil
	}
	return f.rest.Import(path)
}
