package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return file
	}
	write("lib.js", `exports.twice = (x) => 2 * x`)
	for _, c := range []struct {
		name, src      string
		args           []string
		code           int
		stdout, stderr string
	}{
		{name: "no file", code: 2, stderr: "usage"},
		{name: "bad flag", args: []string{"-what"}, code: 2, stderr: "-what"},
		{name: "missing file", args: []string{filepath.Join(dir, "none.js")}, code: 1, stderr: "none.js"},
		{name: "console", src: `console.log("a", 1, [1, { b: 2 }], null, undefined); console.error("e")`, stdout: "a 1 [1,{\"b\":2}] null undefined\n", stderr: "e\n"},
		{name: "modules", src: `console.log(require("./lib").twice(21), typeof require("node:async_hooks").AsyncLocalStorage)`, stdout: "42 function\n"},
		{name: "no such module", src: `require("fs")`, code: 1, stderr: "cannot find module"},
		{name: "timers end the program", src: `let n = 0; const id = setInterval(() => { console.log(++n); if (n === 3) clearInterval(id) }, 1)`, stdout: "1\n2\n3\n"},
		{name: "uncaught", src: "function f() {\n  throw new Error('boom')\n}\nf()", code: 1, stderr: "boom"},
		{name: "uncaught has a place", src: "function f() {\n  throw new Error('boom')\n}\nf()", code: 1, stderr: "script.js:2:"},
		{name: "uncaught in a timer, and on", src: `setTimeout(() => { throw new Error("late") }, 1); setTimeout(() => console.log("still"), 3)`, code: 1, stdout: "still\n", stderr: "late"},
		{name: "unhandled rejection", src: `(async () => { await null; throw new Error("nobody") })()`, code: 1, stderr: "Uncaught (in promise) Error: nobody"},
		{name: "handled later in the turn", src: `const p = Promise.reject(1); p.catch(() => console.log("ok"))`, stdout: "ok\n"},
		{name: "syntax error", src: "let x = ;", code: 1, stderr: "script.js: Line 1:"},
		{name: "exit", src: `setTimeout(() => console.log("never"), 1); process.exit(7)`, code: 7},
		{name: "exit in a timer", src: `setTimeout(() => process.exit(3), 1); setInterval(() => {}, 1)`, code: 3},
		{name: "exitCode", src: `process.exitCode = 4; console.log(process.exitCode)`, code: 4, stdout: "4\n"},
		{name: "trace", src: `const v = new AsyncContext.Variable({ name: "v" }); v.run(1, () => {})`, args: []string{"-trace"}, stderr: "trace: run v at "},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := c.args
			if c.src != "" {
				args = append(args, write("script.js", c.src))
			}
			var stdout, stderr strings.Builder
			require.Equal(t, c.code, run(args, &stdout, &stderr), stderr.String())
			require.Equal(t, c.stdout, stdout.String())
			require.Contains(t, stderr.String(), c.stderr)
		})
	}
}

// TestPrograms runs the example programs and compares what they print with the
// lines that start with "// > " in them.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob("../../testdata/examples/*.js")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			var want, stdout, stderr strings.Builder
			for line := range strings.Lines(string(text)) {
				if s, ok := strings.CutPrefix(line, "// > "); ok {
					want.WriteString(s)
				}
			}
			require.Equal(t, 0, run([]string{file}, &stdout, &stderr), stderr.String())
			require.Equal(t, want.String(), stdout.String())
		})
	}
}
