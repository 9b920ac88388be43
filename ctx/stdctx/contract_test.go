package stdctx_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// skipped are the tests of the standard library that cannot pass, with the
// reason. A test that is neither here nor passes fails TestContract, and so does
// an entry here that is no test any more.
var skipped = map[string]string{
	"context.TestParentFinishesChild":     "white-box: looks at the unexported children of a cancelCtx",
	"context.TestChildFinishesFirst":      "white-box: looks at the unexported children of a cancelCtx",
	"context.TestCancelRemoves":           "white-box: looks at the unexported children of a cancelCtx",
	"context.TestAllocs":                  "counts the allocations of a bare WithValue and WithCancel: a context that carries variables is an object more, the value's box another",
	"context.TestCustomContextGoroutines": "white-box: reads an unexported counter; TestNoExtraGoroutine here counts goroutines instead",
}

// The contract: Go's own black-box tests of context and iter, as they are in the
// installed Go, run on contexts that carry variables and on seq.Pull.
func TestContract(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles and runs the standard library's tests")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("no go command here to compile the tests with:", err)
	}
	src := filepath.Join(strings.TrimSpace(string(goroot)), "src")
	if _, err := os.Stat(filepath.Join(src, "context", "x_test.go")); err != nil {
		t.Skip("this Go was installed without its tests:", err)
	}
	want := map[string]bool{} // every test there is
	overlay := map[string]string{}
	for _, pkg := range []string{"context", "iter"} {
		rewrite(t, src, pkg, overlay, want)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	passed, output := run(t, file)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		reason, skip := skipped[name]
		switch {
		case skip && passed[name]:
			t.Errorf("%s is listed as skipped but passes", name)
		case skip:
			t.Logf("skipped %s: %s", name, reason)
		case !passed[name]:
			t.Errorf("%s does not pass:\n%s", name, output[name])
		}
	}
	for name := range skipped {
		if !want[name] {
			t.Errorf("%s is listed as skipped but is no test of this Go", name)
		}
	}
	t.Logf("%d tests and examples of %d pass", len(passed), len(want))
	if len(passed) < 40 {
		t.Errorf("only %d tests passed: the harness runs too little", len(passed))
	}
}

// rewrite puts the black-box test files of a package, with their imports
// replaced, into the overlay, and notes the names of their tests.
func rewrite(t *testing.T, src, pkg string, overlay map[string]string, want map[string]bool) {
	t.Helper()
	const ours = "github.com/strata-go/strata/ctx/stdctx/internal/contract/"
	replace := map[string]string{"context": ours + "context", "iter": ours + "iter", "internal/asan": ours + "asan"}
	into, err := filepath.Abs(filepath.Join("internal", "contract", pkg))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files, err := filepath.Glob(filepath.Join(src, pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	stubs := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, text, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name.Name != pkg+"_test" {
			continue // white-box
		}
		for _, im := range slices.Backward(f.Imports) {
			path, err := strconv.Unquote(im.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if to, ok := replace[path]; ok {
				from, end := fset.Position(im.Path.Pos()).Offset, fset.Position(im.Path.End()).Offset
				text = slices.Concat(text[:from], []byte(strconv.Quote(to)), text[end:])
			}
		}
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Example)\w*)\(`).FindAllSubmatch(text, -1) {
			want[pkg+"."+string(m[1])] = true
		}
		for _, m := range regexp.MustCompile(`\bXTest\w+`).FindAll(text, -1) {
			stubs[string(m)] = true
		}
		name := filepath.Join(dir, filepath.Base(file))
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		overlay[filepath.Join(into, filepath.Base(file))] = name
	}
	if len(stubs) > 0 { // white-box tests that the black-box file calls
		var b strings.Builder
		fmt.Fprintf(&b, "package %s_test\n\nimport \"testing\"\n", pkg)
		for _, s := range slices.Sorted(maps.Keys(stubs)) {
			fmt.Fprintf(&b, "\nfunc %s(t *testing.T) { t.Skip() }\n", s)
		}
		name := filepath.Join(dir, "stubs_test.go")
		if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay[filepath.Join(into, "stubs_test.go")] = name
	}
}

// run runs the overlaid packages and returns what passed, and the output of each
// test.
func run(t *testing.T, overlay string) (passed map[string]bool, output map[string]string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "test", "-json", "-count=1", "-timeout=5m", "-overlay="+overlay,
		"./internal/contract/context", "./internal/contract/iter")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	passed, output = map[string]bool{}, map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e struct{ Action, Package, Test, Output string }
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		top, _, _ := strings.Cut(e.Test, "/")
		name := e.Package[strings.LastIndexByte(e.Package, '/')+1:] + "." + top
		switch {
		case e.Action == "output" || e.Action == "build-output":
			output[name] += e.Output
		case e.Action == "pass" && e.Test == top && top != "":
			passed[name] = true
		}
	}
	if err != nil && len(passed) == 0 {
		t.Fatalf("go test: %v\n%s\n%v", err, stderr.Bytes(), output)
	}
	return passed, output
}
