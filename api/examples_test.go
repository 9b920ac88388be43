//go:build !js && !wasip1

package api

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// forAuthors are the packages below fuzz/ that users import in their own tests.
var forAuthors = []string{module + "/fuzz/hashertest", module + "/fuzz/runtimetest"}

// TestEveryNameHasAnExample fails for each exported name that has no Example in its own package's test files.
//
//   - A function F has an ExampleF, a type T an ExampleT, a method M of T an ExampleT_M; each may have more, with a suffix
//     that begins with a small letter. `go doc` and pkg.go.dev show them beside the name by this rule of Go's.
//   - An Example has an Output comment: go test runs it and compares. What needs a *testing.T or *testing.F cannot run in
//     an Example; one that has a function of these is compiled only.
//   - A constant or variable occurs in the body of an Example as a name of the package (pkg.Name), for Go's rule has no
//     place for it. So do the errors.
//   - The methods that other packages call (byOthers in used_test.go: fmt, errors, encoding/json, log/slog) need no Example
//     where their type has one: nobody calls them by name.
//   - Methods of an interface are shown by the Example of the interface; fields by that of the struct.
//
// There is no list of exceptions.
func TestEveryNameHasAnExample(t *testing.T) {
	ld := &loader{t: t, fset: token.NewFileSet()}
	packages := list(t, "-json=ImportPath,Dir,Name,GoFiles,TestGoFiles,XTestGoFiles", "./...")
	checked := 0
	for _, p := range packages {
		if !p.public() && !slices.Contains(forAuthors, p.ImportPath) {
			continue
		}
		checked++
		shown, mentioned := ld.examples(p)
		for _, n := range exported(ld.parse(p, p.GoFiles)) {
			if n.value && mentioned[n.name] || !n.value && shown[n.example()] {
				continue
			}
			switch {
			case n.value:
				t.Errorf("%s.%s: no Example of the package mentions it", p.Name, n.name)
			case n.recv != "":
				t.Errorf("%s.%s.%s: there is no Example%s", p.Name, n.recv, n.name, n.example())
			default:
				t.Errorf("%s.%s: there is no Example%s", p.Name, n.name, n.example())
			}
		}
	}
	require.GreaterOrEqual(t, checked, 9, "the list of packages is not that of this module")
}

// examples returns the names that Examples of the package show, as Go's rule attaches them, and the identifiers that occur
// in their bodies.
func (ld *loader) examples(p *listed) (shown, mentioned map[string]bool) {
	shown, mentioned = map[string]bool{}, map[string]bool{}
	for _, f := range ld.parse(p, p.TestGoFiles, p.XTestGoFiles) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Example") {
				continue
			}
			if !runs(f, fn) && !takesT(fn) {
				ld.t.Errorf("%s.%s has no Output comment: go test does not run it", p.Name, fn.Name.Name)
			}
			parts := strings.Split(strings.TrimPrefix(fn.Name.Name, "Example"), "_")
			if last := parts[len(parts)-1]; len(parts) > 1 && last != "" && unicode.IsLower(rune(last[0])) {
				parts = parts[:len(parts)-1]
			}
			shown[strings.Join(parts, "_")] = true
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := sel.X.(*ast.Ident); ok && x.Name == p.Name {
						mentioned[sel.Sel.Name] = true
					}
				}
				return true
			})
		}
	}
	return shown, mentioned
}

// runs reports whether the body of an Example ends with an Output comment.
func runs(f *ast.File, fn *ast.FuncDecl) bool {
	for _, c := range f.Comments {
		text := strings.ToLower(strings.TrimSpace(c.Text()))
		if c.Pos() > fn.Body.Pos() && c.End() < fn.Body.End() &&
			(strings.HasPrefix(text, "output:") || strings.HasPrefix(text, "unordered output:")) {
			return true
		}
	}
	return false
}

// takesT reports whether the body of an Example has a function whose only parameter is a *testing.T or *testing.F.
func takesT(fn *ast.FuncDecl) (takes bool) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && lit.Type.Params.NumFields() == 1 {
			star, _ := lit.Type.Params.List[0].Type.(*ast.StarExpr)
			if star != nil {
				sel, _ := star.X.(*ast.SelectorExpr)
				takes = takes || sel != nil && (sel.Sel.Name == "T" || sel.Sel.Name == "F")
			}
		}
		return true
	})
	return takes
}

// A name is exported by a package.
type name struct {
	recv, name string
	value      bool // a constant or variable
}

func (n name) example() string {
	if n.recv != "" {
		return n.recv + "_" + n.name
	}
	return n.name
}

// exported lists what files export, less the methods that byOthers names.
func exported(files []*ast.File) (names []name) {
	for _, f := range files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				recv := ""
				if d.Recv != nil {
					recv = receiver(d.Recv.List[0].Type)
				}
				if d.Name.IsExported() && (recv == "" || ast.IsExported(recv) && !byOthers[d.Name.Name]) {
					names = append(names, name{recv: recv, name: d.Name.Name})
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() {
							names = append(names, name{name: s.Name.Name})
						}
					case *ast.ValueSpec:
						for _, id := range s.Names {
							if id.IsExported() {
								names = append(names, name{name: id.Name, value: true})
							}
						}
					}
				}
			}
		}
	}
	return names
}

// receiver returns the name of a receiver's type.
func receiver(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.IndexListExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}
