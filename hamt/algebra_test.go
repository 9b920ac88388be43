package hamt

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// setModel is a set operation on builtin maps, with the left value for common
// keys, or the sum where resolve is set.
type setOp struct {
	name  string
	run   func(a, b Map[int, int]) Map[int, int]
	model func(a, b map[int]int) map[int]int
}

func pick(a, b map[int]int, want bool) map[int]int {
	out := map[int]int{}
	for k, v := range a {
		if _, ok := b[k]; ok == want {
			out[k] = v
		}
	}
	return out
}

func merged(a, b map[int]int, both func(x, y int) int) map[int]int {
	out := clone(a)
	for k, v := range b {
		if x, ok := out[k]; ok {
			v = both(x, v)
		}
		out[k] = v
	}
	return out
}

var setOps = []setOp{
	{"union", func(a, b Map[int, int]) Map[int, int] { return a.Union(b, nil) },
		func(a, b map[int]int) map[int]int { return merged(a, b, func(x, _ int) int { return x }) }},
	{"union right", func(a, b Map[int, int]) Map[int, int] {
		return a.Union(b, func(_, _, theirs int) int { return theirs })
	}, func(a, b map[int]int) map[int]int { return merged(a, b, func(_, y int) int { return y }) }},
	{"intersect", Map[int, int].Intersect, func(a, b map[int]int) map[int]int { return pick(a, b, true) }},
	{"subtract", Map[int, int].Subtract, func(a, b map[int]int) map[int]int { return pick(a, b, false) }},
	{"symmetric", Map[int, int].SymmetricDifference, func(a, b map[int]int) map[int]int {
		return merged(pick(a, b, false), pick(b, a, false), nil)
	}},
	{"restrict", func(a, b Map[int, int]) Map[int, int] { return a.Restrict(b.Keyset()) },
		func(a, b map[int]int) map[int]int { return pick(a, b, true) }},
	{"without", func(a, b Map[int, int]) Map[int, int] { return a.Without(b.Keyset()) },
		func(a, b map[int]int) map[int]int { return pick(a, b, false) }},
}

// rebuilt returns the map of content made one by one.
func rebuilt(empty Map[int, int], content map[int]int) Map[int, int] {
	b := empty.Builder()
	for k, v := range content {
		b.Set(k, v)
	}
	return b.Map()
}

// requireAlgebra checks all operations on a and b, whose contents are wa and
// wb, and that the results can be edited.
func requireAlgebra(t *testing.T, a, b Map[int, int], wa, wb map[int]int, deep bool) {
	t.Helper()
	for _, op := range setOps {
		got, want := op.run(a, b), op.model(wa, wb)
		if err := got.Check(); err != nil {
			t.Fatalf("%s of %v and %v: %v", op.name, wa, wb, err)
		}
		if !maps.Equal(want, maps.Collect(got.All())) || got.Len() != len(want) {
			t.Fatalf("%s of %v and %v: %v, want %v", op.name, wa, wb, maps.Collect(got.All()), want)
		}
		if maps.Equal(want, wa) && wordKeys && got.root != a.root && got.Len() > 0 {
			t.Fatalf("%s of %v and %v is the left operand again, but its root is another", op.name, wa, wb)
		}
		if !deep {
			continue
		}
		require.True(t, Equal(got, rebuilt(Map[int, int]{}, want)))
		require.True(t, Equal(got, rebuilt(a.Filter(func(int, int) bool { return false }), want)), "%s", op.name)
		edited := got
		ed := got.Builder()
		for i := range 60 {
			k := i * 7 % 91
			edited = edited.Set(k, -i).Delete(k + 1)
			ed.Set(k, -i)
			ed.Delete(k + 1)
			want[k] = -i
			delete(want, k+1)
		}
		requireModel(t, want, edited)
		requireModel(t, want, ed.Map())
	}
	subset, disjoint := true, true
	for k := range wa {
		_, ok := wb[k]
		subset = subset && ok
		disjoint = disjoint && !ok
	}
	if a.SubsetOf(b) != subset || a.Disjoint(b) != disjoint {
		t.Fatalf("%v and %v: SubsetOf %v, Disjoint %v", wa, wb, a.SubsetOf(b), a.Disjoint(b))
	}
	requireDiff(t, a, b, wa, wb)
}

func requireDiff(t *testing.T, a, b Map[int, int], wa, wb map[int]int) {
	t.Helper()
	got := clone(wa)
	seen := map[int]bool{}
	for c := range Diff(a, b) {
		if seen[c.Key] {
			t.Fatalf("%v and %v: key %d twice", wa, wb, c.Key)
		}
		seen[c.Key] = true
		x, inA := wa[c.Key]
		y, inB := wb[c.Key]
		op := map[[2]bool]Op{{true, true}: Replaced, {true, false}: Removed, {false, true}: Added}[[2]bool{inA, inB}]
		if c != (Change[int, int]{op, c.Key, x, y}) || inA == inB && x == y {
			t.Fatalf("%v and %v: change %v", wa, wb, c)
		}
		if inB {
			got[c.Key] = y
		} else {
			delete(got, c.Key)
		}
	}
	if !maps.Equal(got, wb) {
		t.Fatalf("changes lead from %v to %v, not to %v", wa, got, wb)
	}
}

// TestAlgebraModel compares every operation with builtin maps at overlaps from
// none to all, unrelated and versions of each other, at many sizes.
func TestAlgebraModel(t *testing.T) {
	forHashers(t, func(t *testing.T, empty Map[int, int]) {
		rng := rand.New(rand.NewPCG(21, 22))
		for _, n := range []int{0, 1, 8, 9, 17, 40, 150, 600} {
			for _, m := range []int{0, 1, 9, 17, 150, 600} {
				for _, overlap := range []int{0, 1, min(n, m) / 2, min(n, m)} {
					wa, wb := map[int]int{}, map[int]int{}
					for i := range n {
						wa[i] = i
					}
					for i := range m {
						k := n - overlap + i
						wb[k] = k + rng.IntN(2)
					}
					a, b := rebuilt(empty, wa), rebuilt(empty, wb)
					requireAlgebra(t, a, b, wa, wb, n+m < 60)
				}
			}
			// Versions of one map, a few edits apart.
			wa := map[int]int{}
			for i := range n {
				wa[i*3] = i
			}
			a := rebuilt(empty, wa)
			for edits := range 12 {
				b, wb := a.Builder(), clone(wa)
				for range edits {
					k := rng.IntN(3*n + 3)
					if rng.IntN(2) == 0 {
						b.Set(k, -1)
						wb[k] = -1
					} else {
						b.Delete(k)
						delete(wb, k)
					}
				}
				requireAlgebra(t, a, b.Map(), wa, wb, edits < 4)
				requireAlgebra(t, b.Map(), a, wb, wa, edits < 4)
			}
			requireModel(t, wa, a)
		}
	})
}

var exhaustive = flag.Bool("exhaustive", false, "try every case in TestAlgebraExhaustive, not one in 53")

// TestAlgebraExhaustive takes all pairs of subsets of nine keys, in fixtures
// that stand flat, deep and in one place, with as many keys around them that
// the subsets stand in leaves that split and merge, shared with the other
// operand or not, through every operation on two maps or sets. All of them:
//
//	go test ./hamt -run TestAlgebraExhaustive -exhaustive -timeout 1h
func TestAlgebraExhaustive(t *testing.T) {
	fixtures := map[string]func(i int) uint64{
		"shallow":   func(i int) uint64 { return uint64(i) },
		"deep":      func(i int) uint64 { return uint64(i) << 60 },
		"collision": func(i int) uint64 { return uint64(i/5) << 2 },
		"skewed":    func(i int) uint64 { return 1<<i - 1 },
	}
	for name, place := range fixtures {
		for _, around := range []int{0, 12} {
			t.Run(fmt.Sprint(name, "/", around), func(t *testing.T) {
				h := &testHasher{f: func(k int) uint64 {
					if k >= 100 {
						return place(k%9) | uint64(k%2)<<50
					}
					return place(k)
				}}
				var made [512]Map[int, int]
				var want [512]map[int]int
				for s := range made {
					made[s], want[s] = NewWith[int, int](h), map[int]int{}
					for i := range around {
						want[s][100+i] = 0
					}
					for i := range 9 {
						if s>>i&1 != 0 {
							want[s][i] = i
						}
					}
					made[s] = rebuilt(made[s], want[s])
					require.NoError(t, made[s].Check())
				}
				step := 53
				if raceEnabled {
					step = 151
				}
				if *exhaustive {
					step = 1
				}
				for x := 0; x < 512; x += step {
					for y := range 512 {
						a, b := made[x], made[y]
						if (x+y)%2 == 0 { // a version of a
							ed := a.Builder()
							for i := range 9 {
								switch {
								case y>>i&1 == 0:
									ed.Delete(i)
								case x>>i&1 == 0:
									ed.Set(i, i)
								}
							}
							b = ed.Map()
						}
						requirePair(t, a, b, made[:], x, y)
					}
				}
			})
		}
	}
}

// ofSet is the map of a set of the keys of a fixture.
func ofSet(s Set[int]) Map[int, int] {
	return MapValues(s.Map(), func(k int, _ struct{}) int {
		if k >= 100 {
			return 0
		}
		return k
	})
}

// patched applies to a what leads to b, and inverted takes it back.
func patched(t *testing.T, a, b Map[int, int]) Map[int, int] {
	m, err := Patch[int, int](slices.Collect(Diff(a, b))).Apply(a)
	require.NoError(t, err)
	return m
}

func inverted(t *testing.T, a, b Map[int, int]) Map[int, int] {
	m, err := Patch[int, int](slices.Collect(Diff(a, b))).Invert().Apply(b)
	require.NoError(t, err)
	return m
}

// merge merges maps that have no conflict.
func merge(t *testing.T, base, ours, theirs Map[int, int]) Map[int, int] {
	m, err := Merge3(base, ours, theirs, nil)
	require.NoError(t, err)
	return m
}

// requirePair checks every operation on subsets x and y against the maps of the
// subsets that should come out, structure included.
func requirePair(t *testing.T, a, b Map[int, int], made []Map[int, int], x, y int) {
	t.Helper()
	for _, c := range []struct {
		name string
		got  Map[int, int]
		want int
		base bool // the keys around the nine belong to the result
	}{
		{"union", a.Union(b, nil), x | y, true},
		{"intersect", a.Intersect(b), x & y, true},
		{"subtract", a.Subtract(b), x &^ y, false},
		{"symmetric difference", a.SymmetricDifference(b), x ^ y, false},
		{"restrict", a.Restrict(b.Keyset()), x & y, true},
		{"without", a.Without(b.Keyset()), x &^ y, false},
		{"union of sets", ofSet(a.Keyset().Union(b.Keyset())), x | y, true},
		{"intersection of sets", ofSet(a.Keyset().Intersect(b.Keyset())), x & y, true},
		{"difference of sets", ofSet(a.Keyset().Subtract(b.Keyset())), x &^ y, false},
		{"symmetric difference of sets", ofSet(a.Keyset().SymmetricDifference(b.Keyset())), x ^ y, false},
		{"filter", a.Filter(func(k, _ int) bool { return k >= 9 || y>>k&1 != 0 }), x & y, true},
		{"patch", patched(t, a, b), y, true},
		{"patch back", inverted(t, a, b), x, true},
		// A key of only one side is what became of the base's.
		{"merge from nothing", merge(t, made[0], a, b), x | y, true},
		{"merge from what is common", merge(t, made[x&y], a, b), x | y, true},
		{"merge from all", merge(t, made[x|y], a, b), x & y, true},
		{"merge from ours", merge(t, a, a, b), y, true},
		{"merge from a third", merge(t, made[0x155], a, b), x&y | (x^y)&^0x155, true},
	} {
		if err := c.got.Check(); err != nil {
			t.Fatalf("%s of %b and %b: %v", c.name, x, y, err)
		}
		want := made[c.want]
		if !c.base {
			want = want.Filter(func(k, _ int) bool { return k < 9 })
		}
		if !Equal(c.got, want) {
			t.Fatalf("%s of %b and %b: %v", c.name, x, y, maps.Collect(c.got.All()))
		}
		if wordKeys && c.base && c.want == x && c.got.root != a.root && !strings.Contains(c.name, "set") && c.name != "merge from ours" && c.name != "patch back" {
			t.Fatalf("%s of %b and %b: the root is not a's", c.name, x, y)
		}
	}
	// Other values under the keys of both: resolved once each, and all changes.
	o := b.MapValues(func(k, v int) int {
		if k < 9 {
			return v + 100
		}
		return v
	})
	resolved := 0
	u := a.Union(o, func(k, mine, theirs int) int {
		if k < 9 {
			resolved |= 1 << k
		}
		return theirs
	})
	if err := u.Check(); err != nil || resolved != x&y || !Equal(u.Intersect(o), o) {
		t.Fatalf("union of %b and %b with other values: resolved %b, %v", x, y, resolved, err)
	}
	if got := patched(t, a, o); !Equal(got, o) {
		t.Fatalf("patch from %b to %b with other values: %v", x, y, maps.Collect(got.All()))
	}
	m, err := Merge3(made[x&y], a, o, nil)
	if err != nil || !Equal(m.Intersect(o), o) || m.Len() != u.Len() {
		t.Fatalf("merge of %b and %b with other values: %v, %v", x, y, maps.Collect(m.All()), err)
	}
	if eq := Equal(a, b); eq != (x == y) || a.Keyset().Equal(b.Keyset()) != eq || a.Keyset().SubsetOf(b.Keyset()) != (x&^y == 0) {
		t.Fatalf("%b and %b: Equal %v", x, y, eq)
	}
	around := made[0].Len() > 0
	if a.SubsetOf(b) != (x&^y == 0) || a.Disjoint(b) != (x&y == 0 && !around) {
		t.Fatalf("%b and %b: SubsetOf %v, Disjoint %v", x, y, a.SubsetOf(b), a.Disjoint(b))
	}
	mask := 0
	for c := range Diff(a, b) {
		mask |= 1 << c.Key
	}
	if mask != x^y {
		t.Fatalf("%b and %b differ in %b", x, y, mask)
	}
}

// TestAlgebraHashers: maps placed by different hashes.
func TestAlgebraHashers(t *testing.T) {
	for _, n := range []int{0, 5, 12, 200} {
		for _, m := range []int{0, 6, 100} {
			wa, wb := map[int]int{}, map[int]int{}
			for i := range n {
				wa[i] = i
			}
			for i := range m {
				wb[n/2+i] = -i
			}
			for _, x := range testHashers {
				for _, y := range []*testHasher{testHashers[0], testHashers[1], testHashers[4]} {
					a, b := NewWith[int, int](x), NewWith[int, int](y)
					requireAlgebra(t, rebuilt(a, wa), rebuilt(b, wb), wa, wb, false)
					u := rebuilt(a, wa).Union(rebuilt(b, wb), nil)
					require.True(t, hasherOf(u.root).same(hasherOf(a.root)))
				}
				requireAlgebra(t, rebuilt(Map[int, int]{}, wa), rebuilt(NewWith[int, int](x), wb), wa, wb, false)
			}
		}
	}
}

// TestAlgebraSkips counts the calls of resolve and of the hash: none for what
// two versions share.
func TestAlgebraSkips(t *testing.T) {
	calls := 0
	h := &testHasher{f: func(k int) uint64 { calls++; return uint64(k) * 0x9e3779b97f4a7c15 }}
	b := NewWith[int, int](h).Builder()
	for i := range 50000 {
		b.Set(i, i)
	}
	m := b.Map()
	o := m.Set(77, -1).Delete(99).Set(-5, 5)
	for name, f := range map[string]func(){
		"union":     func() { m.Union(o, nil) },
		"intersect": func() { m.Intersect(o) },
		"subtract":  func() { m.Subtract(o) },
		"symmetric": func() { m.SymmetricDifference(o) },
		"subset":    func() { o.SubsetOf(m.Set(-5, 5)) },
		"diff": func() {
			for range Diff(m, o) {
			}
		},
		"small right":     func() { m.Union(NewWith[int, int](h).Set(1, 1), nil) },
		"small left":      func() { NewWith[int, int](h).Set(-1, 1).Union(m, nil) },
		"small intersect": func() { m.Intersect(NewWith[int, int](h).Set(1, 1)) },
		"small disjoint":  func() { m.Disjoint(NewWith[int, int](h).Set(-1, 1)) },
	} {
		calls = 0
		f()
		require.LessOrEqual(t, calls, 12*leafMax, name)
	}
	resolved := 0
	m.Union(o, func(k, x, y int) int { resolved++; return x })
	require.LessOrEqual(t, resolved, 3*leafMax)
}

// TestAlgebraNaN: keys not equal to themselves stay apart and can be walked.
func TestAlgebraNaN(t *testing.T) {
	for _, n := range []int{3, 12, 400} {
		var a, b Map[float64, int]
		for i := range n {
			a = a.Set(math.NaN(), i).Set(float64(i), i)
			b = b.Set(math.NaN(), i).Set(float64(i+n/2), i)
		}
		require.Equal(t, 2*n, a.Len())
		u := a.Union(b, nil)
		require.NoError(t, u.Check())
		require.Equal(t, 3*n+n/2, u.Len())
		require.Equal(t, n-n/2, a.Intersect(b).Len())
		require.Equal(t, n+n/2, a.Subtract(b).Len())
		require.True(t, a.Same(a.Intersect(a)))
		require.Zero(t, a.Subtract(a).Len())
		for _, m := range []Map[float64, int]{a.Intersect(b), a.Subtract(b), a.SymmetricDifference(b),
			a.Filter(func(k float64, _ int) bool { return k != k })} {
			require.NoError(t, m.Check())
		}
		for c := range Diff(a, b) {
			require.False(t, math.IsNaN(c.Key))
		}
		for range Diff(u, u.Set(-1, 1).Delete(-1)) {
			t.Error("a change where there is none")
		}
	}
}

// TestUnionKeepsKeys: of equal keys the left operand's stays, on every path.
func TestUnionKeepsKeys(t *testing.T) {
	minus := math.Copysign(0, -1)
	for _, n := range []int{1, 8, 9, 17, 300} {
		for _, m := range []int{1, 8, 9, 17, 300} {
			a, b := Map[float64, int]{}.Set(minus, 1), Map[float64, int]{}.Set(0, 2)
			for i := 1; i < n; i++ {
				a = a.Set(float64(i), i)
			}
			for i := 1; i < m; i++ {
				b = b.Set(-float64(i), i)
			}
			for _, resolve := range []func(float64, int, int) int{nil, func(k float64, x, y int) int {
				require.True(t, math.Signbit(k))
				return x + y
			}} {
				u := a.Union(b, resolve)
				require.NoError(t, u.Check())
				require.Equal(t, n+m-1, u.Len())
				k, v, _ := u.Entry(0)
				require.True(t, math.Signbit(k), "%d and %d", n, m)
				if resolve != nil {
					require.Equal(t, 3, v)
				} else {
					require.Equal(t, 1, v)
				}
			}
		}
	}
}

// TestLargeEntries: leaves of fewer entries, and conversion between leaf sizes.
func TestLargeEntries(t *testing.T) {
	for _, n := range []int{0, 3, 8, 9, 17, 200} {
		var a, b Map[int, huge]
		for i := range n {
			a = a.Set(i, huge{i})
			b = b.Set(i+n/2, huge{i})
		}
		for _, m := range []Map[int, huge]{a.Union(b, nil), a.Intersect(b), a.Subtract(b), a.SymmetricDifference(b),
			a.Filter(func(k int, _ huge) bool { return k < 9 }), a.Restrict(b.Keyset())} {
			require.NoError(t, m.Check())
		}
		s := a.Keyset()
		require.NoError(t, s.Check())
		require.Equal(t, n, s.Len())
		back := MapValues(s.Map(), func(k int, _ struct{}) huge { return huge{k} })
		require.NoError(t, back.Check())
		require.True(t, Equal(a, back))
	}
}
