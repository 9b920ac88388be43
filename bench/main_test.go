package main

import (
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAgainstSource: the copied adapters parse, declare no name twice, and
// import the other path.
func TestAgainstSource(t *testing.T) {
	for _, a := range adapters {
		for _, name := range a.files {
			text, err := os.ReadFile(filepath.Join("internal", a.pkg, name+".go"))
			if err != nil {
				t.Fatal(err)
			}
			copied := a.source(string(text))
			f, err := parser.ParseFile(token.NewFileSet(), name, copied, 0)
			if err != nil {
				t.Fatal(err)
			}
			original, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
			if err != nil {
				t.Fatal(err)
			}
			for object := range f.Scope.Objects {
				if original.Scope.Objects[object] != nil {
					t.Errorf("%s/%s.go declares %s, and so does its copy: name it in adapters", a.pkg, name, object)
				}
			}
			if !strings.Contains(copied, againstPath) {
				t.Errorf("the copy of %s/%s.go imports nothing of the other revision", a.pkg, name)
			}
		}
	}
}

// TestPage: the page of figures is what -page makes of its template and the kept run.
func TestPage(t *testing.T) {
	docs := filepath.Join("..", "docs")
	var b strings.Builder
	if err := writePage(&b, filepath.Join(docs, "charts", "default.json")); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(docs, "performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(page) {
		t.Error("docs/performance.md is not up to date: edit its template, then" +
			" go -C bench run . -page ../docs/charts/default.json >docs/performance.md")
	}
}

func TestReplaceWord(t *testing.T) {
	if got := replaceWord("vars x.vars varsOf myvars vars", "vars", "w"); got != "w x.w varsOf myvars w" {
		t.Error(got)
	}
}

// TestCommandLine runs the command on one small group in each form of output.
func TestCommandLine(t *testing.T) {
	out := filepath.Join(t.TempDir(), "raw")
	for form, want := range map[string]string{"table": "hamt", "json": `"op=get/key=int/n=8/impl=hamt"`, "benchstat": "BenchmarkStrata/op=get/key=int/n=8/impl=hamt-"} {
		var b strings.Builder
		f := flags{run: "^op=get/key=int/n=8$", rounds: 2, target: 1000, json: form == "json", benchstat: form == "benchstat", out: out}
		if ok, err := f.main(&b); err != nil || !ok {
			t.Fatal(form, err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s: no %q in\n%s", form, want, b.String())
		}
	}
	for _, ext := range []string{".json", ".txt"} {
		if _, err := os.Stat(out + ext); err != nil {
			t.Error(err)
		}
	}
	if _, err := (&flags{run: "nothing is called so", rounds: 2}).main(io.Discard); err == nil {
		t.Error("a -run that selects nothing passes")
	}
	if _, err := (&flags{run: "(", rounds: 2}).main(io.Discard); err == nil {
		t.Error("a broken -run passes")
	}
}

// TestNamesAreUnique: benchstat would merge two groups of one name.
func TestNamesAreUnique(t *testing.T) {
	for level := range 3 {
		f := flags{quick: level == 0, long: level == 2}
		seen := map[string]bool{}
		for g := range suite(f.level()) {
			if seen[g.Name] {
				t.Errorf("level %d: %s twice", level, g.Name)
			}
			seen[g.Name] = true
			if strings.ContainsAny(g.Name, " \t") {
				t.Errorf("benchstat cannot read the name %q", g.Name)
			}
		}
	}
}
