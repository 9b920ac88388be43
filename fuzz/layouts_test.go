package fuzz_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/strata-go/strata/fuzz"
	"github.com/strata-go/strata/fuzz/internal/twin"
)

// FuzzLayouts runs programs of maps in this build of hamt and in one with the
// other layout of nodes (without unsafe, under the tag purego), which is a
// process of its own, and compares all that can be seen of the two: results,
// entries in their order, panics, invariants.
func FuzzLayouts(f *testing.F) {
	for kind := range byte(8) {
		for way := range byte(2) {
			f.Add([]byte{kind, 3*way + kind/2, 0, 1, 0, 0, 200, 1, 0, 6, 8, 3, 0, 10, 0, 2, 1, 9, 5, 7, 20, 8, 1, 21, 15, 36, 16, 3, 1, 33, 13, 57, 17})
		}
	}
	_, _ = otherLayout() // built before the clock of an execution runs, which allows ten seconds; its error comes there
	f.Fuzz(fuzzLayouts)
}

func TestRandomLayouts(t *testing.T) { fuzz.Random(t, 300, fuzzLayouts) }

func fuzzLayouts(t *testing.T, data []byte) {
	other, err := otherLayout()
	if errors.Is(err, errNoPeer) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	data = data[:min(len(data), fuzz.MaxBytes)]
	want := twin.Transcript(data)
	got, err := other.transcript(data)
	if err != nil {
		t.Fatalf("the build with tags %q: %v", twin.Other, err)
	}
	if got == want {
		return
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s\nline %d\n%s: %.600s\n%s: %.600s", a[0], i, twin.Layout, a[i], other.layout, b[i])
		}
	}
	t.Fatalf("%s\n%d lines, in the other build %d", a[0], len(a), len(b))
}

// peer is the process of the other build.
type peer struct {
	mu     sync.Mutex
	layout string
	in     io.Writer
	out    *bufio.Reader
	stop   func() error
}

var errNoPeer = errors.New("no other build to compare with")

// otherLayout builds and starts the other build, once for each process: fuzzing
// has several.
var otherLayout = sync.OnceValues(func() (*peer, error) {
	tool, err := exec.LookPath("go")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPeer, err)
	}
	if _, err := os.Stat("internal/twin/serve"); err != nil { // the test binary was taken elsewhere
		return nil, fmt.Errorf("%w: %w", errNoPeer, err)
	}
	dir, err := os.MkdirTemp("", "layouts")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // a program that runs does without its file
	binary := filepath.Join(dir, "serve")
	if text, err := exec.Command(tool, "build", "-buildvcs=false", "-tags="+twin.Other, "-o", binary, "./internal/twin/serve").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the other layout: %w\n%s", err, text)
	}
	cmd := exec.Command(binary)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPeer, err)
	}
	p := &peer{in: in, out: bufio.NewReader(out), stop: cmd.Process.Kill}
	if p.layout, err = p.read(); err == nil && p.layout == twin.Layout {
		err = fmt.Errorf("both builds have the %s layout", p.layout)
	}
	return p, err
})

// patience bounds how long a program takes in the other build.
const patience = 2 * time.Minute

func (p *peer) transcript(data []byte) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	late := time.AfterFunc(patience, func() { _ = p.stop() })
	defer late.Stop()
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(data)))
	if _, err := p.in.Write(append(b, data...)); err != nil {
		return "", err
	}
	return p.read()
}

func (p *peer) read() (string, error) {
	var n uint32
	if err := binary.Read(p.out, binary.LittleEndian, &n); err != nil {
		return "", err
	}
	b := make([]byte, n)
	_, err := io.ReadFull(p.out, b)
	return string(b), err
}
