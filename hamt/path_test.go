//go:build !purego

package hamt

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Keys under default hashers, as the one-pass edits are for those alone, that
// still say where they stand.
type (
	// placed hashes to itself.
	placed uint64
	// mirrored hashes to the same as the key with its halves exchanged; more
	// generally the two halves' sum and exclusive or decide.
	mirrored uint64
)

// placedHasher makes sure that the default hasher of K multiplies by factor and
// hides nothing.
func placedHasher[K ~uint64](factor uint64) {
	t := reflect.TypeFor[K]()
	h := newHasher[K](t)
	h.secrets, h.shared = secrets{b: factor}, false
	defaults.LoadOrStore(t, h)
}

func usePlaced(t *testing.T) {
	placedHasher[placed](1)
	require.Equal(t, uint64(1<<60|5), defaultHasher[placed]().hash(1<<60|5))
	placedHasher[mirrored](1<<32 | 1)
	h := defaultHasher[mirrored]()
	require.Equal(t, h.hash(3<<32|4), h.hash(4<<32|3))
	require.NotEqual(t, h.hash(3<<32|4), h.hash(5<<32|3))
}

// universes are keys in whose maps leaves split, merge, and leave directories
// and groups behind in every way there is.
func universes() map[string][]uint64 {
	u := map[string][]uint64{}
	rng := rand.New(rand.NewPCG(3, 1))
	add := func(name string, n int, key func(i uint64) uint64) {
		for i := range n {
			u[name] = append(u[name], key(uint64(i)))
		}
	}
	add("dense", 150, func(i uint64) uint64 { return i }) // one tag for all
	add("random", 400, func(i uint64) uint64 { return rng.Uint64() })
	add("random of few tags", 300, func(i uint64) uint64 { return rng.Uint64() &^ (60 << 57) })
	add("one digit", 100, func(i uint64) uint64 { return i<<4 | 5 })
	add("three digits", 100, func(i uint64) uint64 { return i<<12 | 0x735 })
	add("far down", 60, func(i uint64) uint64 { return i<<56 | 0xabc })
	// Directories narrow and widen at their last bit, above other directories.
	add("lopsided", 90, func(i uint64) uint64 { return i<<4 | i%8*i%2 })
	add("lopsided", 30, func(i uint64) uint64 { return i<<8 | 8 })
	add("two sides", 40, func(i uint64) uint64 { return i << 5 })
	add("two sides", 40, func(i uint64) uint64 { return i<<5 | 16 })
	add("two sides", 20, func(i uint64) uint64 { return i<<5 | 1 })
	// Sums and differences that many keys share: groups among others.
	add("groups", 128, func(i uint64) uint64 { return (64+i%64)<<32 | (191 - 64 - i%64) + i/64 })
	add("groups", 60, func(i uint64) uint64 { return i<<32 | i*7 })
	add("groups", 14, func(i uint64) uint64 { return i<<36 | i<<4 ^ 7 }) // a leaf beside a group
	return u
}

// deepCopy returns the nodes below n anew, slots that are equal staying so.
func deepCopy[K comparable, V any](n *node[K, V]) *node[K, V] {
	if n == nil || n.kind() == kindGroup {
		return n
	}
	e := edit[K, V]{h: defaultHasher[K]()}
	c := e.owned(n)
	if n.kind() == kindInner || n.kind() == kindRoot {
		for i, k := range n.kids() {
			if first(n.kids(), i) {
				put(c.kids(), i, region(n.kids(), i), deepCopy(k))
			}
		}
	}
	return c
}

// unlike returns how two tries differ, but for the owners of their nodes and the
// room they have; empty if they do not.
func unlike[K ~uint64, V any](want, got *node[K, V]) string {
	if want == got {
		return ""
	}
	if want == nil || got == nil {
		return fmt.Sprintf("nil or not: %v, %v", want, got)
	}
	const fixed = nMask | kindMask | customBit | bareBit
	if want.meta&fixed != got.meta&fixed || want.size() != got.size() {
		return fmt.Sprintf("kind %d, %d entries; kind %d, %d entries", want.kind(), want.size(), got.kind(), got.size())
	}
	switch want.kind() {
	case kindInner, kindRoot:
		for i, k := range want.kids() {
			if first(want.kids(), i) != first(got.kids(), i) {
				return fmt.Sprintf("slot %d of %d is the first of its region in one only", i, len(want.kids()))
			}
			if k != nil && !first(want.kids(), i) {
				continue
			}
			if d := unlike(k, got.kids()[i]); d != "" {
				return fmt.Sprintf("slot %d: %s", i, d)
			}
		}
	case kindGroup:
		if want.group().hash != got.group().hash {
			return "groups of two hashes"
		}
	default:
		if want.kind() == kindLeaf && *want.leafTags() != *got.leafTags() {
			return fmt.Sprintf("tags %x, %x", *want.leafTags(), *got.leafTags())
		}
		w, g := want.entries(), got.entries()
		for i := range w {
			h := defaultHasher[K]()
			same := w[i].key == g[i].key && sameBits(&w[i].val, &g[i].val)
			// Keys of one hash stand in any order.
			if !same && (want.kind() != kindLeaf || h.hash(w[i].key) != h.hash(g[i].key)) {
				return fmt.Sprintf("entry %d: %v, %v", i, w[i], g[i])
			}
		}
	}
	return ""
}

// nodesOf are all the nodes below n.
func nodesOf[K comparable, V any](n *node[K, V], all map[*node[K, V]]bool) map[*node[K, V]]bool {
	if n == nil {
		return all
	}
	all[n] = true
	if n.kind() == kindInner || n.kind() == kindRoot {
		for _, k := range n.kids() {
			nodesOf(k, all)
		}
	}
	return all
}

// wayTo returns what stands where k belongs below root: the node, the number of
// hash bits that decided it, and the widths of the directories above.
func wayTo[K comparable, V any](root *node[K, V], k K) (n *node[K, V], depth uint, widths []int) {
	hash := defaultHasher[K]().hash(k)
	n = root
	for n.kind() == kindRoot || n.kind() == kindInner {
		kids := n.kids()
		widths = append(widths, len(kids))
		i := int(hash >> depth & uint64(len(kids)-1))
		if n = kids[i]; n == nil {
			return nil, 0, widths
		}
		depth += region(kids, i)
	}
	return n, depth, widths
}

// mustGoTheGeneralWay reports whether k cannot be set in one pass: in a flat node
// that is full, in an empty slot, in a group, or where a leaf splits into more
// than two.
func mustGoTheGeneralWay[K comparable, V any](root *node[K, V], k K) bool {
	if root.kind() == kindFlat {
		return root.size() == flatMax
	}
	n, depth, _ := wayTo(root, k)
	if n == nil || n.kind() == kindGroup {
		return true
	}
	if n.size() < leafLimit[K, V]() {
		return false
	}
	h := defaultHasher[K]()
	ones := h.hash(k) >> depth & 1
	for _, en := range n.entries() {
		ones += h.hash(en.key) >> depth & 1
	}
	return ones == 0 || ones == uint64(n.size()+1)
}

// changesDirectories reports whether k cannot be removed in one pass, of which
// without is the result: directories get narrower or go, or a leaf moves up.
func changesDirectories[K comparable, V any](root, without *node[K, V], k K) bool {
	if root.kind() == kindFlat {
		return root.size() == 1
	}
	if root.size() <= flatMax+1 {
		return true
	}
	n, depth, widths := wayTo(root, k)
	if n == nil || n.kind() == kindGroup || n.size() == 1 {
		return true
	}
	_, now, left := wayTo(without, k)
	return !slices.Equal(widths, left) || now+1 < depth
}

// compareWays edits a map at random, at each step both in one pass and in the
// general way.
func compareWays[K ~uint64, V any](t *testing.T, keys []uint64, value func(i int) V) {
	rng := rand.New(rand.NewPCG(9, uint64(len(keys))))
	const steps = 800
	var m Map[K, V]
	for m.Len() <= flatMax {
		m = m.Set(K(keys[rng.IntN(len(keys))]), value(0))
	}
	model := maps.Collect(m.All())
	var quick [2]int
	share := 0.0 // of steps that set: the map grows and shrinks
	for step := range steps {
		if step%(steps/8) == 0 {
			share = []float64{0.9, 0.2, 0.95, 0.1, 0.7, 0.3, 0.6, 0.05}[step/(steps/8)%8]
		}
		k := K(keys[rng.IntN(len(keys))])
		was := deepCopy(m.root)
		old, had := model[k]
		e := m.edit()
		b := m.Builder()
		var want, got *node[K, V]
		var done bool
		if rng.Float64() < share {
			v := value(step)
			if rng.IntN(8) == 0 && had {
				v = old
			}
			want, _ = e.setRoot(m.root, k, v)
			var en *entry[K, V]
			if got, en, done = setPath(0, m.root, k, v); done {
				quick[0]++
				require.Equal(t, had, en != nil)
				if had {
					require.True(t, en.key == k && sameBits(&en.val, &old))
				}
				require.Equal(t, had && sameBits(&v, &old), got == m.root, "a new version, or none")
			}
			require.True(t, done || mustGoTheGeneralWay(m.root, k), "set, %d entries", m.Len())
			b.Set(k, v)
			model[k] = v
		} else {
			want, _ = e.removeRoot(m.root, k)
			if got, done = removePath(0, m.root, k); done {
				quick[1]++
				require.Equal(t, !had, got == m.root, "a new version, or none")
			}
			require.True(t, done || changesDirectories(m.root, want, k), "delete, %d entries", m.Len())
			require.Equal(t, had, b.Delete(k))
			delete(model, k)
		}
		require.Empty(t, unlike(was, m.root))
		if done {
			require.Empty(t, unlike(want, got))
			for n := range nodesOf(got, map[*node[K, V]]bool{}) {
				if n.meta>>ownerShift != 0 {
					t.Fatal("a node of a map has an owner")
				}
			}
		}
		require.Empty(t, unlike(want, b.root))
		require.NoError(t, Map[K, V]{root: want}.Check())
		require.NoError(t, Map[K, V]{root: b.root}.Check())
		requireOwned(t, m.root, &b)
		m = Map[K, V]{root: want}
		require.Equal(t, len(model), m.Len())
	}
	for k, v := range model {
		got, ok := m.Get(k)
		require.True(t, ok && sameBits(&got, &v))
	}
	require.Greater(t, quick[0], steps/20, "sets in one pass")
	require.Greater(t, quick[1], steps/20, "deletions in one pass")
}

// requireOwned: of the nodes under a builder it owns those that the map from
// which it came does not have, and no others.
func requireOwned[K comparable, V any](t *testing.T, from *node[K, V], b *Builder[K, V]) {
	t.Helper()
	old := nodesOf(from, map[*node[K, V]]bool{})
	e := edit[K, V]{owner: b.owner}
	for n := range nodesOf(b.root, map[*node[K, V]]bool{}) {
		if e.owns(n) == old[n] {
			t.Fatalf("kind %d, %d entries: owned is %v", n.kind(), n.size(), e.owns(n))
		}
	}
}

// TestOnePassIsTheGeneralWay: edits in one pass give the nodes that insert.go and
// delete.go give, change nothing that is shared, and stamp their copies. They
// are left to those only where that cannot be otherwise.
func TestOnePassIsTheGeneralWay(t *testing.T) {
	usePlaced(t)
	for name, keys := range universes() {
		t.Run(name, func(t *testing.T) {
			compareWays[placed](t, keys, func(i int) int { return i })
			compareWays[mirrored](t, keys, func(i int) int { return i })
			compareWays[placed](t, keys, func(i int) [9]int { return [9]int{8: i} })    // leaves of 8
			compareWays[placed](t, keys, func(i int) [20]int { return [20]int{19: i} }) // leaves of 4
			compareWays[placed](t, keys, func(i int) struct{} { return struct{}{} })
		})
	}
}

// TestFlatEditsInOnePass: the same for flat nodes of every size, with and without
// a pointer to their hasher.
func TestFlatEditsInOnePass(t *testing.T) {
	t.Run("bare", func(t *testing.T) { flatEdits(t, Map[int, string]{}) })
	t.Run("with a hasher", func(t *testing.T) { flatEdits(t, NewWith[int, string](testHashers[0])) })
}

func flatEdits(t *testing.T, empty Map[int, string]) {
	same := func(m Map[int, string], keys ...int) {
		t.Helper()
		require.NoError(t, m.Check())
		require.Equal(t, len(keys), m.Len())
		i := 0
		for k, v := range m.All() { // in order of insertion
			require.Equal(t, keys[i], k)
			require.Equal(t, string(rune('a'+k)), v)
			i++
		}
		require.True(t, m.root.hasher() == hasherOf(empty.root))
	}
	var keys []int
	m := empty
	for n := 1; n <= flatMax; n++ {
		m = m.Set(n, string(rune('a'+n)))
		keys = append(keys, n)
		same(m, keys...)
		require.Equal(t, meta(kindFlat, 0, n, n), m.root.meta&^(bareBit|customBit))
		for i, k := range keys {
			changed := m.Set(k, "x").Set(k, string(rune('a'+k)))
			same(changed, keys...)
			b := m.Builder()
			b.Set(k, "x")
			requireOwned(t, m.root, &b)
			root := b.root
			b.Set(k, string(rune('a'+k)))
			require.Same(t, root, b.root, "a node is copied that is the builder's")
			same(b.Map(), keys...)
			if n == 1 {
				continue
			}
			rest := slices.Delete(slices.Clone(keys), i, i+1)
			same(m.Delete(k), rest...)
			b = m.Builder()
			require.True(t, b.Delete(k))
			requireOwned(t, m.root, &b)
			require.False(t, b.Delete(k))
			same(b.Map(), rest...)
		}
		same(m, keys...)
		// A builder's copy gets room for more.
		if n > 1 && n < flatMax-1 {
			b := m.Builder()
			b.Set(n+1, string(rune('a'+n+1)))
			root, room := b.root, flatCap(n+1)
			for k := n + 2; k <= room; k++ {
				b.Set(k, string(rune('a'+k)))
				require.Same(t, root, b.root, "a node without room for %d of %d", k, room)
			}
		}
	}
}

// TestBuilderEditsItsOwn: after the first edit a builder changes its nodes in place.
func TestBuilderEditsItsOwn(t *testing.T) {
	for _, n := range []int{9, 100, 3000} {
		var m Map[int, int]
		for i := range n {
			m = m.Set(i, i)
		}
		b := m.Builder()
		b.Set(5, -1)
		root := b.root
		require.NotSame(t, m.root, root)
		b.Set(5, -2)
		require.Same(t, root, b.root)
		b.Set(6, -2)
		require.Same(t, root, b.root)
		if n > 9 {
			require.True(t, b.Delete(7))
			require.Same(t, root, b.root)
			require.False(t, b.Delete(7))
		}
		v, _ := m.Get(5)
		require.Equal(t, 5, v)
	}
}
