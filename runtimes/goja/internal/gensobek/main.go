// Command gensobek writes the module runtimes/sobek from this one: the same
// sources with the engine's import path and the names that contain it replaced.
//
//	go run ./internal/gensobek [-check]
//
// With -check it writes nothing and exits 1 when a file differs from what it
// would write.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// skipped are the files that have no counterpart, or one of their own: the
// module files and README, the generator, and the test of goja_nodejs, which
// knows goja only.
var skipped = []string{
	"README.md", "go.mod", "go.sum", "generate.go", "generate_test.go", "nodejs_test.go",
	"internal/gensobek/main.go",
}

var names = strings.NewReplacer(
	"github.com/dop251/goja", "github.com/grafana/sobek",
	"goja", "sobek", // the package, its alias stratagoja, the folder, messages
)

func main() {
	check := flag.Bool("check", false, "compare only")
	flag.Parse()
	differ, err := generate(".", filepath.Join("..", "sobek"), *check)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for _, file := range differ {
		fmt.Println("differs:", file)
	}
	if *check && len(differ) > 0 {
		os.Exit(1)
	}
}

// generate writes the files below from to below to, and returns those that
// differ from what was there.
func generate(from, to string, check bool) (differ []string, err error) {
	err = filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if slices.Contains(skipped, filepath.ToSlash(rel)) {
			return nil
		}
		text, err := translate(path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if old, err := os.ReadFile(target); err == nil && bytes.Equal(old, text) {
			return nil
		}
		differ = append(differ, target)
		if check {
			return nil
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o644)
	})
	return differ, err
}

func translate(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := names.Replace(string(text))
	switch filepath.Ext(path) {
	case ".go":
		return format.Source([]byte("// Code generated from runtimes/goja by gensobek; DO NOT EDIT.\n\n" + out))
	case ".js":
		return []byte("// Generated from runtimes/goja by gensobek; do not edit.\n" + out), nil
	}
	return []byte(out), nil
}
