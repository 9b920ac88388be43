//go:build !js && !wasip1

package api

import (
	"flag"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the records anew")

// TestSurface compares what each public package exports with its record.
func TestSurface(t *testing.T) {
	ld := load(t)
	known := map[string]bool{}
	for _, p := range ld.packages {
		if !p.public() {
			continue
		}
		pkg, _ := ld.check(p.ImportPath, ld.parse(p, p.GoFiles), ld.compiled)
		now := surface(pkg)
		rest := strings.TrimPrefix(p.ImportPath, module+"/")
		name := strings.ReplaceAll(rest, "/", "-") + ".txt"
		known[name] = true
		if *update {
			require.NoError(t, os.WriteFile(name, []byte(strings.Join(now, "\n")+"\n"), 0o644))
			continue
		}
		record, err := os.ReadFile(name)
		if err != nil {
			t.Errorf("package %s has no record: run `go test ./api -update`, read api/%s as its users will, and commit it", rest, name)
			continue
		}
		was := slices.Collect(strings.FieldsFuncSeq(string(record), func(r rune) bool { return r == '\n' || r == '\r' })) // git on Windows may add \r
		if gone, come := without(was, now), without(now, was); len(gone)+len(come) > 0 {
			t.Errorf("package %s exports something else than api/%s says:\n%s%s%s", rest, name,
				lines("- ", gone), lines("+ ", come), advice(len(gone) > 0))
		}
	}
	records, err := filepath.Glob("*.txt")
	require.NoError(t, err)
	for _, name := range records {
		if !known[name] {
			t.Errorf("api/%s is the record of no package: a package that goes breaks its users; if that is meant, delete the record too", name)
		}
	}
}

func advice(breaks bool) string {
	if breaks {
		return "A line with - breaks programs that use it. If that is meant: deprecate first if there is a release, say so in\n" +
			"CHANGELOG.md, run `go test ./api -update` and commit the record with the change."
	}
	return "Each line with + is a promise to keep. If that is meant: give it a comment and an Example or test, say so in\n" +
		"CHANGELOG.md, run `go test ./api -update` and commit the record with the change."
}

func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

func lines(prefix string, list []string) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(prefix + s + "\n")
	}
	return b.String()
}

// surface lists what a package exports, a line each, sorted.
func surface(pkg *types.Package) []string {
	q := func(other *types.Package) string {
		if other == pkg {
			return ""
		}
		return other.Path()
	}
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Const:
			add("%s = %s", types.ObjectString(obj, q), obj.Val())
		case *types.TypeName:
			head := "type " + name + parameters(obj.Type(), q)
			if obj.IsAlias() {
				head += " = " + types.TypeString(types.Unalias(obj.Type()), q)
			}
			describe(head, name, obj.Type(), q, add)
		default:
			add("%s", types.ObjectString(obj, q))
		}
	}
	slices.Sort(list)
	return list
}

// parameters writes a generic type's parameters with their constraints.
func parameters(t types.Type, q types.Qualifier) string {
	generic, ok := t.(interface{ TypeParams() *types.TypeParamList })
	if !ok || generic.TypeParams().Len() == 0 {
		return ""
	}
	var list []string
	for p := range generic.TypeParams().TypeParams() {
		list = append(list, p.Obj().Name()+" "+types.TypeString(p.Constraint(), q))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// describe adds a type, its exported fields and its methods, promoted ones included. Only whether there are unexported
// fields is said of these: it decides whether users can write the type's values without field names.
func describe(head, name string, t types.Type, q types.Qualifier, add func(string, ...any)) {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		hidden := ""
		for f := range u.Fields() {
			if !f.Exported() {
				hidden = " with unexported fields"
				continue
			}
			add("field %s.%s %s", name, f.Name(), types.TypeString(f.Type(), q))
		}
		same := ""
		if types.Comparable(t) {
			same = ", comparable"
		}
		add("%s struct%s%s", head, hidden, same)
	case *types.Interface:
		hidden := ""
		for m := range u.Methods() {
			if !m.Exported() {
				hidden = " with unexported methods"
				continue
			}
			add("method %s.%s%s", name, m.Name(), strings.TrimPrefix(types.TypeString(m.Type(), q), "func"))
		}
		if u.NumMethods() == 0 {
			hidden = " " + types.TypeString(u, q)
		}
		add("%s interface%s", head, hidden)
		return
	default:
		add("%s %s", head, types.TypeString(u, q))
	}
	values := types.NewMethodSet(t)
	for m := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		if !m.Obj().Exported() {
			continue
		}
		receiver := name
		if values.Lookup(m.Obj().Pkg(), m.Obj().Name()) == nil {
			receiver = "(*" + name + ")"
		}
		add("method %s.%s%s", receiver, m.Obj().Name(), strings.TrimPrefix(types.TypeString(m.Type(), q), "func"))
	}
}
