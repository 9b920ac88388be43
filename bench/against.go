package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Against another revision. One binary cannot hold two versions of a module
// path, so the other revision gets another path:
//
//	tmp/rev/    git archive REV, module path …/strata → …/strata-against
//	tmp/bench/  a copy of this module, with the adapters of hamt and ctx once
//	            more under that path
//
// and the copy runs with the same flags. Both versions are timed in the same
// rounds.
const (
	modulePath  = "github.com/strata-go/strata"
	againstPath = "github.com/strata-go/strata-against"
)

func (f *flags) runAgainst() (ok bool, err error) {
	top, err := git("rev-parse", "--show-toplevel")
	if err != nil {
		return false, fmt.Errorf("-against needs the repository: %w", err)
	}
	rev, err := git("rev-parse", "--short=12", f.against+"^{commit}")
	if err != nil {
		return false, fmt.Errorf("no revision %q: %w", f.against, err)
	}
	tmp, err := os.MkdirTemp("", "strata-against-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(tmp)
	if err := layOut(tmp, top, rev); err != nil {
		return false, err
	}
	bin := filepath.Join(tmp, "bench.exe")
	build := exec.Command("go", "build", "-o", bin, ".")
	build.Dir = filepath.Join(tmp, "bench")
	if out, err := build.CombinedOutput(); err != nil {
		return false, fmt.Errorf("revision %s does not build under today's adapter (its API may be older):\n%s", rev, out)
	}
	args := []string{}
	for i := 1; i < len(os.Args); i++ {
		a := os.Args[i]
		if name, _, inline := strings.Cut(strings.TrimLeft(a, "-"), "="); name == "against" {
			if !inline {
				i++
			}
			continue
		}
		args = append(args, a)
	}
	fmt.Fprintf(os.Stderr, "hamt and ctx are the working tree, hamt-against and ctx-against are %s\n", rev)
	run := exec.Command(bin, args...)
	run.Stdin, run.Stdout, run.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := run.Run(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 1 {
			return false, nil
		}
		return false, err
	}
	return true, nil
}

// layOut writes the two modules into tmp.
func layOut(tmp, top, rev string) error {
	revDir, benchDir := filepath.Join(tmp, "rev"), filepath.Join(tmp, "bench")
	if err := errors.Join(os.Mkdir(revDir, 0o755), os.CopyFS(benchDir, os.DirFS(filepath.Join(top, "bench")))); err != nil {
		return err
	}
	paths := []string{"go.mod", "go.sum", "hamt"}
	hasCtx := false
	for _, dir := range []string{"internal", "weakkey", "ctx"} {
		if _, err := git("-C", top, "cat-file", "-e", rev+":"+dir); err == nil {
			paths, hasCtx = append(paths, dir), dir == "ctx"
		}
	}
	archive := exec.Command("git", append([]string{"-C", top, "archive", rev}, paths...)...)
	tar := exec.Command("tar", "-x", "-C", revDir)
	pipe, err := archive.Output()
	if err != nil {
		return fmt.Errorf("git archive %s: %w", rev, err)
	}
	tar.Stdin = bytes.NewReader(pipe)
	if out, err := tar.CombinedOutput(); err != nil {
		return fmt.Errorf("tar: %w: %s", err, out)
	}
	if err := eachFile(revDir, rename); err != nil {
		return err
	}
	for _, a := range adapters {
		if a.pkg == "ctxs" && !hasCtx {
			continue // the revision is older than ctx
		}
		dir := filepath.Join(benchDir, "internal", a.pkg)
		for _, name := range a.files {
			text, err := os.ReadFile(filepath.Join(dir, name+".go"))
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, name+"_against.go"), []byte(a.source(string(text))), 0o644); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "against.go"), []byte(a.list), 0o644); err != nil {
			return err
		}
	}
	mod := fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %s => ../rev\n\nreplace %s => %s\n", againstPath, againstPath, modulePath, top)
	old, err := os.ReadFile(filepath.Join(benchDir, "go.mod"))
	if err != nil {
		return err
	}
	kept := strings.Replace(string(old), "replace "+modulePath+" => ../", "", 1)
	return os.WriteFile(filepath.Join(benchDir, "go.mod"), []byte(kept+mod), 0o644)
}

// rename moves import paths of this module to the other path.
func rename(text string) string {
	text = strings.ReplaceAll(text, `"`+modulePath+`/`, `"`+againstPath+`/`)
	return strings.Replace(text, "module "+modulePath+"\n", "module "+againstPath+"\n", 1)
}

// adapter is the code of one package here that is copied for the other path.
type adapter struct {
	pkg   string
	files []string
	names []string // package-level names that the files declare
	impl  string   // the implementation's name in results
	list  string   // against.go of the copy
}

var adapters = []adapter{{
	pkg: "maps", files: []string{"hamt", "hamt_algebra"}, impl: "hamt",
	names: []string{"hamtMap", "hamtPeer", "hamtBuild", "loadHamt", "entries", "hamtAlgebra", "hamtMerge", "hamtPair"},
	list:  "package maps\n\nfunc againstPeers[K comparable]() []Peer[K] { return []Peer[K]{againstHamtPeer[K]()} }\n",
}, {
	pkg: "ctxs", files: []string{"strata"}, impl: "ctx",
	names: []string{"vars", "neverSet", "absent", "stateWith", "strataScope", "strataCarrier", "strataBody"},
	list:  "package ctxs\n\nfunc againstCarriers() []Carrier { return []Carrier{againstStrataCarrier()} }\n",
}}

// source turns the adapter's code into code for the other path, with names of
// its own.
func (a adapter) source(text string) string {
	for _, dir := range []string{"hamt", "ctx"} {
		text = strings.ReplaceAll(text, `"`+modulePath+"/"+dir+`"`, `"`+againstPath+"/"+dir+`"`)
	}
	for _, name := range a.names {
		text = replaceWord(text, name, "against"+strings.ToUpper(name[:1])+name[1:])
	}
	return regexp.MustCompile(`Name:(\s+)"`+a.impl+`"`).ReplaceAllString(text, `Name:${1}"`+a.impl+`-against"`)
}

// replaceWord replaces whole identifiers only: hamtMap, not hamtMaps.
func replaceWord(text, was, now string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, was)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if startsWord(after) || endsWord(b.String()) {
			b.WriteString(was)
		} else {
			b.WriteString(now)
		}
		text = after
	}
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
func startsWord(s string) bool { return s != "" && isWord(s[0]) }
func endsWord(s string) bool   { return s != "" && isWord(s[len(s)-1]) }

func eachFile(dir string, edit func(string) string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" && filepath.Base(path) != "go.mod" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, []byte(edit(string(text))), 0o644)
	})
}

func git(args ...string) (string, error) {
	out, err := exec.Command("git", args...).Output()
	return strings.TrimSpace(string(out)), err
}
