//go:build !js && !wasip1

package api

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// byOthers are methods that other packages call, fmt and those that encode values above all, so that tests need not
// name them.
var byOthers = map[string]bool{
	"String": true, "GoString": true, "Format": true, "LogValue": true, "Error": true, "Unwrap": true, "Is": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true, "MarshalBinary": true,
	"UnmarshalBinary": true, "GobEncode": true, "GobDecode": true,
	"Enabled": true, "Handle": true, "WithAttrs": true, "WithGroup": true, // log/slog
	"Timeout": true, // net.Error
}

// waived are names that no test can use, each with the reason.
var waived = map[string]string{
	"hamt.Comparable.Equal": "it is called by maps whose Hasher embeds Comparable",
	"ctx.ErrExhausted":      "it takes 2^32 variables; internal/keys tests it with a smaller table",
	"weakkey.ErrExhausted":  "it takes 2^32 keys; internal/keys tests it with a smaller table",
}

// TestEveryNameIsUsed fails for each exported name that no test and no Example uses. It goes by objects, not by names:
// a use of Map.Get is none of Builder.Get. A type is used where a test has a value of it.
func TestEveryNameIsUsed(t *testing.T) {
	ld := load(t)
	used := map[string]bool{}
	for _, p := range ld.packages {
		if len(p.TestGoFiles)+len(p.XTestGoFiles) == 0 {
			continue
		}
		inside := ld.parse(p, p.GoFiles, p.TestGoFiles)
		pkg, info := ld.check(p.ImportPath, inside, ld.compiled)
		ld.note(used, info)
		if outside := ld.parse(p, p.XTestGoFiles); len(outside) > 0 {
			_, info := ld.check(p.ImportPath+"_test", outside, first{pkg, ld.compiled})
			ld.note(used, info)
		}
	}
	for _, p := range ld.packages {
		if !p.public() {
			continue
		}
		pkg, _ := ld.check(p.ImportPath, ld.parse(p, p.GoFiles), ld.compiled)
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			if !obj.Exported() {
				continue
			}
			alias := deref(obj.Type())
			if isAlias(obj) && alias != nil && used[key(alias.Obj())] {
				continue
			}
			if !used[key(obj)] && waived[p.Name+"."+name] == "" {
				t.Errorf("%s.%s: no test and no Example uses it; show it in an Example (%s)", p.Name, name, ld.at(obj.Pos()))
			}
			named, ok := obj.Type().(*types.Named)
			if _, isType := obj.(*types.TypeName); !ok || !isType {
				continue
			}
			for m := range named.Methods() {
				if m.Exported() && !byOthers[m.Name()] && waived[p.Name+"."+name+"."+m.Name()] == "" && !used[key(m)] {
					t.Errorf("%s.%s.%s: no test and no Example uses it; show it in an Example (%s)", p.Name, name, m.Name(), ld.at(m.Pos()))
				}
			}
		}
	}
}

func (ld *loader) at(pos token.Pos) string {
	return filepath.Base(ld.fset.Position(pos).Filename)
}

// note marks what test files use. Uses in the package's other files do not count.
func (ld *loader) note(used map[string]bool, info *types.Info) {
	mark := func(id *ast.Ident, obj types.Object) {
		if obj.Exported() && strings.HasSuffix(ld.fset.Position(id.Pos()).Filename, "_test.go") {
			used[key(obj)] = true
		}
	}
	for id, obj := range info.Uses {
		mark(id, obj)
	}
	for expr, tv := range info.Types {
		if !strings.HasSuffix(ld.fset.Position(expr.Pos()).Filename, "_test.go") {
			continue
		}
		if t := deref(tv.Type); t != nil {
			used[key(t.Obj())] = true
		}
	}
	for sel, s := range info.Selections {
		mark(sel.Sel, s.Obj())
	}
}

// key names an object across the copies that several type checks make of it.
func key(obj types.Object) string {
	path := ""
	if obj.Pkg() != nil {
		path = obj.Pkg().Path() + "."
	}
	f, ok := obj.(*types.Func)
	if !ok {
		return path + obj.Name()
	}
	f = f.Origin()
	recv := f.Signature().Recv()
	if recv == nil {
		return path + f.Name()
	}
	if n := deref(recv.Type()); n != nil {
		return path + n.Obj().Name() + "." + f.Name()
	}
	return path + "interface." + f.Name()
}

// deref returns the named type that t is or points to, nil if there is none.
func deref(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

func isAlias(obj types.Object) bool {
	t, ok := obj.(*types.TypeName)
	return ok && t.IsAlias()
}
