package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A file is what the index needs of one input: its words, each once, in the order of their first appearance.
type file struct {
	path  string
	total int // words, repetitions included
	words []word
}

// A word is one word of a file and how often it stands there.
type word struct {
	text  string
	times int
}

// Why a path is refused although it is there.
var (
	errBinary  = errors.New("binary, not UTF-8 text")
	errNotFile = errors.New("not a regular file")
)

// readAll reads every file that the paths name. With textOnly it leaves out and counts the files of directories that are
// not text; a file that was named itself must be text. The first failure ends it, with an error that names the path.
func readAll(paths []string, textOnly bool) (files []file, skipped int, err error) {
	in := reader{texts: map[string]string{}, textOnly: textOnly}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, 0, reason(path, err)
		case info.IsDir():
			err = in.dir(path)
		default:
			err = in.file(path, info)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	return in.files, in.skipped, nil
}

type reader struct {
	files    []file
	texts    map[string]string // one copy of each word, so that versions share it and no word holds a whole file
	textOnly bool
	skipped  int
}

func (r *reader) dir(root string) error {
	seen := len(r.files) + r.skipped
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return reason(path, err)
		case path != root && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case path == root || entry.IsDir():
			return nil // a root that is a link to a directory comes here too
		}
		info, err := os.Stat(path)
		if err != nil {
			return reason(path, err)
		}
		if info.IsDir() {
			return nil // a link to a directory is not followed: it may lead back
		}
		err = r.file(path, info)
		if r.textOnly && (errors.Is(err, errBinary) || errors.Is(err, errNotFile)) {
			r.skipped++
			return nil
		}
		return err
	})
	if err == nil && len(r.files)+r.skipped == seen {
		return fmt.Errorf("%s: no files in this directory", root)
	}
	return err
}

func (r *reader) file(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w", path, errNotFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return reason(path, err)
	}
	text := string(data)
	if at := strings.IndexByte(text, 0); at >= 0 {
		return fmt.Errorf("%s: %w: a zero byte at offset %d", path, errBinary, at)
	}
	if at := invalid(text); at >= 0 {
		return fmt.Errorf("%s: %w: an invalid byte at offset %d", path, errBinary, at)
	}
	f := file{path: path}
	place := map[string]int{}
	for w := range strings.FieldsFuncSeq(text, func(c rune) bool { return !inWord(c) }) {
		f.total++
		if i, ok := place[w]; ok {
			f.words[i].times++
			continue
		}
		own, ok := r.texts[w]
		if !ok {
			own = strings.Clone(w)
			r.texts[own] = own
		}
		place[own] = len(f.words)
		f.words = append(f.words, word{text: own, times: 1})
	}
	r.files = append(r.files, f)
	return nil
}

func inWord(c rune) bool {
	return c == '_' || unicode.IsLetter(c) || unicode.IsNumber(c) || unicode.IsMark(c)
}

// invalid is the offset of the first byte that is not UTF-8, or -1.
func invalid(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, c := range text {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

// reason is err with the path in front once, without the name of the system call.
func reason(path string, err error) error {
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		err = cause.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}
