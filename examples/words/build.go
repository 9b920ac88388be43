package main

import (
	"maps"
	"runtime"
	"time"
)

// A history is every version of the index, and what making them cost.
type history struct {
	files    []file
	versions []index // versions[i] is the index after i files
	rows     []row
	bytes    uint64 // live heap of all versions together
	oneMap   uint64 // live heap of one builtin map with the content of the last version
}

// A row is the measurement at one version.
type row struct {
	version int
	bytes   uint64 // live heap of all versions up to this one
	own     time.Duration
	clone   time.Duration // the same version made by cloning a builtin map and changing the clone
}

// rounds is how often a row makes its version in each of the two ways; the shortest time counts.
const rounds = 3

// shownRows is about how many versions of a long history get a row. A row costs a collection and six constructions.
const shownRows = 16

// build makes all versions. The words' text is there already, so the heap that comes on top is the maps' alone.
func build(files []file, every bool) *history {
	h := &history{files: files, versions: make([]index, len(files)+1)}
	h.rows = make([]row, 0, len(files))
	plain := map[string]seen{}
	for i, f := range files {
		version := i + 1
		if !every && !shown(version, len(files)) {
			h.versions[version] = next(h.versions[i], f)
			add(plain, f)
			continue
		}
		r := row{version: version}
		for range rounds {
			t := time.Now()
			h.versions[version] = next(h.versions[i], f)
			shortest(&r.own, time.Since(t))
			t = time.Now()
			add(maps.Clone(plain), f)
			shortest(&r.clone, time.Since(t))
		}
		add(plain, f)
		h.rows = append(h.rows, r)
	}

	// The versions are made once more, with nothing else in the way, to see what the heap takes at each row.
	clear(h.versions)
	before := liveHeap()
	at := 0
	for i, f := range files {
		h.versions[i+1] = next(h.versions[i], f)
		if h.rows[at].version == i+1 {
			h.rows[at].bytes = grown(before)
			at++
		}
	}
	h.bytes = h.rows[at-1].bytes

	before = liveHeap()
	plain = maps.Collect(h.versions[len(files)].All())
	h.oneMap = grown(before)
	runtime.KeepAlive(plain)
	return h
}

// shown says which of n versions get a row: the first, the last, and about shownRows between.
func shown(version, n int) bool {
	step := (n + shownRows - 1) / shownRows
	return version == 1 || version == n || version%step == 0
}

func add(m map[string]seen, f file) {
	for _, w := range f.words {
		m[w.text] = m[w.text].add(w)
	}
}

func shortest(d *time.Duration, t time.Duration) {
	if *d == 0 || t < *d {
		*d = t
	}
}

// liveHeap is the bytes of reachable objects. It runs two collections: the second finishes the sweep of the first.
func liveHeap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// grown is how much more the heap holds than before, not below zero.
func grown(before uint64) uint64 {
	return max(liveHeap(), before) - before
}
