package main

import (
	"bytes"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recount counts the words of files in another way than the program: by a regular expression, into a builtin map.
func recount(t *testing.T, paths []string) map[string]seen {
	t.Helper()
	words := regexp.MustCompile(`[\p{L}\p{M}\p{N}_]+`)
	out := map[string]seen{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		here := map[string]int{}
		for _, w := range words.FindAll(data, -1) {
			here[string(w)]++
		}
		for w, n := range here {
			s := out[w]
			out[w] = seen{s.times + n, s.files + 1}
		}
	}
	return out
}

// sources lists the Go files directly in a directory, sorted.
func sources(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, paths, "no Go files in %s", dir)
	return paths
}

// corpora are real inputs: this repository's sources and some of the Go distribution's.
func corpora(t *testing.T) map[string][]string {
	t.Helper()
	root := filepath.Join("..", "..")
	out := map[string][]string{
		"words": sources(t, "."),
		"hamt":  sources(t, filepath.Join(root, "hamt")),
	}
	for _, pkg := range []string{"strings", "unicode", "sort"} {
		out["go/"+pkg] = sources(t, filepath.Join(runtime.GOROOT(), "src", pkg)) //nolint:staticcheck // tests run where the toolchain stands
	}
	return out
}

// TestVersionsAgreeWithRecount checks every version of each history, old ones after all later ones were made.
func TestVersionsAgreeWithRecount(t *testing.T) {
	for name, paths := range corpora(t) {
		t.Run(name, func(t *testing.T) {
			files, skipped, err := readAll(paths, false)
			require.NoError(t, err)
			require.Zero(t, skipped)
			h := build(files, false)
			require.Len(t, h.versions, len(paths)+1)
			for i, ix := range h.versions {
				if i > 8 && i < len(paths)-8 {
					continue // the recount is slow; the ends suffice
				}
				want := recount(t, paths[:i])
				require.Equal(t, len(want), ix.Len(), "version %d", i)
				require.True(t, maps.Equal(want, maps.Collect(ix.All())), "version %d: All differs from the recount", i)
				for w, s := range want {
					got, ok := ix.Get(w)
					require.True(t, ok, "version %d has %q", i, w)
					require.Equal(t, s, got, "version %d at %q", i, w)
				}
			}
			assert.Equal(t, len(paths), h.rows[len(h.rows)-1].version)
			assert.Positive(t, h.bytes)
		})
	}
}

// TestDiffExplainsTheChange applies what diff says to the older version's recount and expects the newer one's.
func TestDiffExplainsTheChange(t *testing.T) {
	paths := corpora(t)["go/strings"]
	files, _, err := readAll(paths, false)
	require.NoError(t, err)
	versions := make([]index, 1, len(files)+1)
	for i, f := range files {
		versions = append(versions, next(versions[i], f))
	}
	last := len(files)
	for _, pair := range [][2]int{{0, last}, {last - 1, last}, {last, last - 1}, {last, 0}, {1, 1}, {2, last / 2}} {
		from, to := pair[0], pair[1]
		state := recount(t, paths[:from])
		for _, c := range diff(versions[from], versions[to]) {
			require.Equal(t, c.old, state[c.word], "%v %q", pair, c.word)
			require.NotEqual(t, c.old, c.new, "%v %q is no change", pair, c.word)
			state[c.word] = c.new
			if c.new == (seen{}) {
				delete(state, c.word)
			}
		}
		require.True(t, maps.Equal(recount(t, paths[:to]), state), "%v", pair)
	}
}

func TestReport(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.txt", "one two two\nthree, three three")
	write(t, dir, "b.txt", "two é日本 one_1")
	write(t, dir, "sub/c.txt", "")
	write(t, dir, ".hidden/d.txt", "four")
	write(t, dir, ".e", "five")
	out, errs, code := words(dir)
	require.Zero(t, code, errs)
	require.Empty(t, errs)
	assert.Contains(t, out, "3 versions and the empty one, 5 distinct words in the last, 9 words read\n")
	assert.Contains(t, out, "version 2 → 3: 0 changed words, 0 of them new, 0 gone\n")

	out, _, code = words("-diff", "1:2", dir)
	require.Zero(t, code)
	assert.Contains(t, out, "version 1 → 2: 3 changed words, 2 of them new, 0 gone\n")
	assert.Regexp(t, `\n  two +2 → 3 times +in 1 → 2 files\n`, out)
	assert.Regexp(t, `\n  é日本 +0 → 1 times +in 0 → 1 files\n`, out)

	out, _, code = words("-diff", "2:0", "-top", "1", dir)
	require.Zero(t, code)
	assert.Contains(t, out, "version 2 → 0: 5 changed words, 0 of them new, 5 gone\n")
	assert.Contains(t, out, "three")
	assert.NotContains(t, out, "one_1")
}

// TestTheGoDistribution reads a directory tree that holds binary files too.
func TestTheGoDistribution(t *testing.T) {
	dir := filepath.Join(runtime.GOROOT(), "src", "image") //nolint:staticcheck // see corpora
	out, errs, code := words("-text", dir)
	require.Zero(t, code, errs)
	assert.Regexp(t, `[1-9]\d* files? left out as not text`, out)

	out, errs, code = words(dir)
	assert.Equal(t, exitInput, code)
	assert.Empty(t, out)
	assert.Regexp(t, `^words: \S*testdata\S*: binary, [^\n]*\n$`, errs)
}

// TestBadInput: one line that names the input, exit 2, and nothing on standard output, although a good file came first.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	good := write(t, dir, "good.txt", "fine")
	zero := write(t, dir, "zero", "text\x00more")
	latin := write(t, dir, "latin", "caf\xe9")
	missing := filepath.Join(dir, "missing")
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.Mkdir(empty, 0o700))
	broken := filepath.Join(dir, "tree", "broken")
	write(t, dir, "tree/x", "fine")
	for name, c := range map[string]struct{ path, culprit, why string }{
		"missing":         {missing, missing, ""},
		"zero byte":       {zero, zero, "binary, not UTF-8 text: a zero byte at offset 4"},
		"not UTF-8":       {latin, latin, "binary, not UTF-8 text: an invalid byte at offset 3"},
		"directory":       {dir, latin, "binary"},
		"empty directory": {empty, empty, "no files"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.culprit, c.why, good, c.path) })
	}
	t.Run("broken link", func(t *testing.T) {
		if err := os.Symlink(missing, broken); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		refused(t, broken, "", good, filepath.Dir(broken))
	})
	t.Run("closed", func(t *testing.T) {
		closed := write(t, dir, "closed", "text")
		require.NoError(t, os.Chmod(closed, 0))
		if f, err := os.Open(closed); err == nil {
			f.Close()
			t.Skip("permissions do not bind this user")
		}
		refused(t, closed, "denied", good, closed)
	})
	t.Run("opens but cannot be read", func(t *testing.T) {
		const mem = "/proc/self/mem" // its first page is not mapped
		if _, err := os.Stat(mem); err != nil {
			t.Skip("no such file on this system:", err)
		}
		refused(t, mem, "error", good, mem)
	})
	t.Run("text flag does not excuse a named file", func(t *testing.T) { refused(t, zero, "binary", "-text", zero) })
	t.Run("no such version", func(t *testing.T) { refused(t, "", "there is no version 2", "-diff", "0:2", good) })
}

func TestBadCommandLine(t *testing.T) {
	for _, args := range [][]string{{}, {"-nosuch", "x"}, {"-diff", "1", "x"}, {"-diff", "1:-2", "x"}} {
		out, errs, code := words(args...)
		assert.Equal(t, exitInput, code, args)
		assert.Empty(t, out, args)
		assert.Contains(t, errs, "usage: words", args)
	}
}

func TestClosedOutput(t *testing.T) {
	var errs bytes.Buffer
	path := write(t, t.TempDir(), "a", "one")
	assert.Equal(t, exitOutput, run([]string{path}, closedWriter{}, &errs))
	assert.Contains(t, errs.String(), io.ErrClosedPipe.Error())
}

type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func refused(t *testing.T, culprit, why string, args ...string) {
	t.Helper()
	out, errs, code := words(args...)
	assert.Equal(t, exitInput, code)
	assert.Empty(t, out, "nothing is printed before the failure")
	assert.Equal(t, 1, strings.Count(errs, "\n"), "one line: %s", errs)
	assert.Contains(t, errs, culprit)
	assert.Contains(t, errs, why)
	assert.Equal(t, 1, strings.Count(errs, "words: "), errs)
	if culprit != "" {
		assert.Equal(t, 1, strings.Count(errs, culprit), "named once: %s", errs)
	}
}

func words(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = run(args, &out, &errs)
	return out.String(), errs.String(), code
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
