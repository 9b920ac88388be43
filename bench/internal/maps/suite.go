package maps

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/strata-go/strata/bench/internal/harness"
)

// Level says how much of the comparison to run.
type Level int

// The three levels of the command line.
const (
	Quick   Level = iota // the figures of the README: under a minute
	Default              // everything that is drawn
	Long                 // more sizes, every kind at every size, ten million entries
)

// realSize is how many keys the workloads of real data hold: the distribution
// has more words and identifiers than twice that.
const realSize = 15_000

// hashPeers are the implementations for keys that are only comparable.
func hashPeers[K comparable](kind Kind[K]) []Peer[K] {
	peers := []Peer[K]{builtinPeer[K](), clonePeer[K](), hamtPeer[K](), benMaphashPeer[K]()}
	if kind.Bytes != nil {
		peers = append(peers, partPeer(kind), radixPeer(kind))
	}
	return append(peers, againstPeers[K]()...)
}

// orderedPeers adds the trees that need an order, and benbjohnson's own
// hasher, which exists for these kinds only.
func orderedPeers[K cmp.Ordered](kind Kind[K]) []Peer[K] {
	return append(hashPeers(kind), benPeer[K](), tidwallPeer[K](), googlePeer[K]())
}

// principals are the peers of the quick run and of operations that take long.
var principals = []string{"builtin", "maps.Clone", "hamt", "benbjohnson", "benbjohnson-maphash", AgainstName}

// AgainstName is the implementation name of another revision (-against).
const AgainstName = "hamt-against"

var (
	readOps    = []string{"get", "miss", "iterate", "keys"}
	writeOps   = []string{"insert", "replace", "delete", "delete-miss"}
	buildOps   = []string{"build", "builder", "frommap"}
	versionOps = []string{
		opEqualRebuilt, opEqualVersion, opDiffOne, opDiffMany,
		"union/overlap=0", "union/overlap=10", "union/overlap=50", "union/overlap=90", "union/overlap=100",
		"merge/overlap=0", "merge/overlap=10", "merge/overlap=50", "merge/overlap=90", "merge/overlap=100",
	}
	coreOps = slices.Concat(readOps, writeOps)
)

// Suite yields the groups of a level in the order they run. A group prepares
// its maps only when it is run; neighbours share them.
func Suite(level Level) iter.Seq[harness.Group] {
	return func(yield func(harness.Group) bool) {
		for _, s := range plan(level) {
			for g := range s {
				if !yield(g) {
					return
				}
			}
		}
	}
}

func plan(level Level) []iter.Seq[harness.Group] {
	i, s := Int(), String()
	var out []iter.Seq[harness.Group]
	both := func(n int, ops []string, only []string) {
		out = append(out, groups(i, n, ops, only), groups(s, n, ops, only))
	}
	if level == Quick {
		for _, n := range []int{8, 1000, 100_000} {
			both(n, []string{"get", "replace", "delete", "iterate", "build"}, principals)
		}
		out = append(out, heaps(i, []int{1000, 100_000}, principals), heaps(s, []int{1000, 100_000}, principals))
		return out
	}
	sizes := []int{1, 8, 64, 1000, 10_000, 100_000}
	if level == Long {
		sizes = []int{1, 2, 4, 8, 16, 32, 64, 128, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000}
	}
	for _, n := range sizes {
		both(n, coreOps, nil)
		if n >= 8 {
			both(n, buildOps, principals)
		}
	}
	for _, n := range []int{1000, 100_000} {
		out = append(out, groups(i, n, versionOps, principals))
	}
	// All peers' maps of a million entries are alive at once here, and every
	// timing begins with a collection of them.
	out = append(out, groups(i, 1_000_000, []string{"get", "replace"}, nil),
		groups(i, 1_000_000, []string{"miss", "insert", "delete", "iterate"}, principals),
		groups(s, 1_000_000, []string{"get", "replace"}, principals))
	more := []int{1000}
	if level == Long {
		more = []int{8, 1000, 100_000, 1_000_000}
		both(1_000_000, slices.Concat(buildOps, versionOps), principals)
		out = append(out, groups(i, 10_000_000, []string{"get", "replace", "iterate"}, []string{"builtin", "hamt", AgainstName}))
	} else {
		out = append(out, groups(i, 1_000_000, []string{"build", "frommap"}, principals))
	}
	brief := []string{"get", "miss", "replace", "iterate"}
	for _, n := range more {
		out = append(out, groups(Struct(), n, brief, nil), groups(Any(), n, brief, nil))
	}
	out = append(out, groups(UUIDs(), realSize, brief, nil), groups(IPs(), realSize, brief, nil),
		groups(Words(), realSize, brief, nil), groups(Identifiers(), realSize, brief, nil), groups(Headers(), headerSize(), brief, nil))
	top := 1_000_000
	if level == Long {
		top = 10_000_000
	}
	var decades []int
	for d := 1000; d <= top; d *= 10 {
		steps := []int{10, 20, 50}
		if level == Long {
			steps = []int{10, 13, 18, 25, 36, 50, 70}
		}
		for _, f := range steps {
			if n := d * f / 10; n <= top {
				decades = append(decades, n)
			}
		}
	}
	out = append(out, heaps(i, decades, nil), heaps(s, decades, nil),
		marks(i, 1_000_000, principals...), marks(s, 1_000_000, principals...), versions(i), versions(s))
	return out
}

// groups yields one group per operation on n keys of a kind. only names the
// implementations to take; nil: all.
func groups[K comparable](kind Kind[K], n int, ops, only []string) iter.Seq[harness.Group] {
	return func(yield func(harness.Group) bool) {
		fixture := sync.OnceValue(func() loaded[K] { return load(kind, n, only) })
		for _, op := range ops {
			g := harness.Group{Name: Name(op, kind.Name, n), Per: 1, Check: min(n, 2000)}
			switch op {
			case "iterate", "keys", "build", "builder", "frommap":
				g.Per, g.Check = n, 1
			}
			if slices.Contains(versionOps, op) {
				g.Check = 1
			}
			if op == opEqualVersion {
				g.Per = changedOnce
			}
			g.Prepare = func() []harness.Contestant { return fixture().contestants(op) }
			if !yield(g) {
				return
			}
		}
	}
}

// Name is the name of a group.
func Name(op, kind string, n int) string { return fmt.Sprintf("op=%s/key=%s/n=%d", op, kind, n) }

// Compare returns one group with fresh maps: what the bars measure.
func Compare[K comparable](kind Kind[K], op string, n int, impls ...string) harness.Group {
	for g := range groups(kind, n, []string{op}, impls) {
		return g
	}
	panic("maps: no group")
}

type loaded[K comparable] struct {
	names     []string
	instances []Instance
}

func load[K comparable](kind Kind[K], n int, only []string) loaded[K] {
	w := NewWork(kind, n)
	var l loaded[K]
	for _, p := range kind.Peers(kind) {
		if only != nil && !slices.Contains(only, p.Name) {
			continue
		}
		l.names = append(l.names, p.Name)
		l.instances = append(l.instances, p.Load(w))
	}
	return l
}

func (l loaded[K]) contestants(op string) []harness.Contestant {
	var cs []harness.Contestant
	for i, name := range l.names {
		if b := l.instances[i](op); b != nil {
			cs = append(cs, harness.Contestant{Impl: name, Body: b})
		}
	}
	return cs
}

// CheckPeers runs the correctness check of every peer of every kind.
func CheckPeers() error {
	return cmp.Or(checkKind(Int()), checkKind(String()), checkKind(Struct()), checkKind(Any()), checkKind(UUIDs()), checkKind(IPs()))
}

func checkKind[K comparable](kind Kind[K]) error {
	for _, n := range []int{4, 300} {
		w := NewWork(kind, n)
		for _, p := range kind.Peers(kind) {
			if err := Check(p, w.Keys, 1500); err != nil {
				return fmt.Errorf("key=%s: %w", kind.Name, err)
			}
		}
	}
	return nil
}
