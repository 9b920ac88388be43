package hamt

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPatch: a patch leads from one map to the other, its inverse back, and
// both survive encoding; on a map that it does not fit it changes nothing.
func TestPatch(t *testing.T) {
	forHashers(t, func(t *testing.T, empty Map[int, int]) {
		rng := rand.New(rand.NewPCG(31, 32))
		for _, n := range []int{0, 1, 8, 9, 17, 200} {
			for range 10 {
				wa, wb := map[int]int{}, map[int]int{}
				for i := range n {
					wa[i] = i
					if rng.IntN(3) > 0 {
						wb[i] = i / (1 + rng.IntN(2))
					}
					if rng.IntN(4) == 0 {
						wb[i+n] = i
					}
				}
				a, b := rebuilt(empty, wa), rebuilt(empty, wb)
				var p Patch[int, int] = slices.Collect(Diff(a, b))
				got, err := p.Apply(a)
				require.NoError(t, err)
				requireModel(t, wb, got)
				back, err := p.Invert().Apply(got)
				require.NoError(t, err)
				requireModel(t, wa, back)
				require.True(t, slices.Equal(p, p.Invert().Invert()))

				data, err := json.Marshal(p)
				require.NoError(t, err)
				var q Patch[int, int]
				require.NoError(t, json.Unmarshal(data, &q))
				require.True(t, slices.Equal(p, q))

				wrong := 0
				for _, c := range p {
					if c.Op != Replaced {
						wrong++
					}
				}
				if wrong > 0 {
					same, err := p.Apply(got)
					conflict, ok := errors.AsType[*ConflictError[int]](err)
					require.True(t, ok)
					require.NotEmpty(t, conflict.Error())
					require.True(t, same.Same(got))
					require.Len(t, conflict.Keys, wrong)
				}
			}
		}
	})
	_, err := Patch[int, int]{{Key: 1}}.Apply(Map[int, int]{})
	require.ErrorContains(t, err, "Op(0)")
}

func TestPatchJSON(t *testing.T) {
	one := 1
	for _, c := range []Change[string, *int]{
		{Op: Added, Key: "k", New: &one},
		{Op: Added, Key: "", New: nil},
		{Op: Removed, Key: "k", Old: nil},
		{Op: Replaced, Key: "k", Old: nil, New: &one},
	} {
		data, err := json.Marshal(c)
		require.NoError(t, err)
		var back Change[string, *int]
		require.NoError(t, json.Unmarshal(data, &back), "%s", data)
		require.Equal(t, c, back)
	}
	for _, bad := range []string{
		`{}`, `[]`, `{"op":"added"}`, `{"op":"added","key":"k"}`, `{"op":"added","key":"k","old":1,"new":1}`,
		`{"op":"removed","key":"k","new":1}`, `{"op":"replaced","key":"k","new":1}`, `{"op":"moved","key":"k","new":1}`,
		`{"op":"added","key":1,"new":1}`, `{"op":"added","key":"k","new":"x"}`, `{"op":"removed","key":"k","old":"x"}`, `{"key":"k","new":1,"old":1}`,
	} {
		c := Change[string, int]{Key: "was"}
		require.Error(t, json.Unmarshal([]byte(bad), &c), bad)
		require.Equal(t, Change[string, int]{Key: "was"}, c)
	}
	_, err := json.Marshal(Change[int, int]{})
	require.Error(t, err)
}

// TestDiffStops: the loop may end after any change.
func TestDiffStops(t *testing.T) {
	forHashers(t, func(t *testing.T, empty Map[int, int]) {
		for _, n := range []int{5, 30, 200} {
			a, b := empty, empty
			for i := range n {
				a, b = a.Set(i, i), b.Set(i+n/2, -i)
			}
			all := slices.Collect(Diff(a, b))
			for stop := 1; stop <= len(all); stop += 1 + stop/4 {
				var got []Change[int, int]
				for c := range Diff(a, b) {
					if got = append(got, c); len(got) == stop {
						break
					}
				}
				require.Equal(t, all[:stop], got)
			}
		}
	})
}

// TestMerge3 compares merging with the rule applied key by key.
func TestMerge3(t *testing.T) {
	forHashers(t, func(t *testing.T, empty Map[int, int]) {
		rng := rand.New(rand.NewPCG(41, 42))
		for _, n := range []int{0, 3, 9, 17, 100} {
			for round := range 30 {
				wb := map[int]int{}
				for i := range n {
					wb[i] = i
				}
				base := rebuilt(empty, wb)
				change := func() (Map[int, int], map[int]int) {
					b, w := base.Builder(), clone(wb)
					for range rng.IntN(6) {
						k := rng.IntN(n + 4)
						if rng.IntN(2) == 0 {
							b.Delete(k)
							delete(w, k)
						} else {
							w[k] = -rng.IntN(2)
							b.Set(k, w[k])
						}
					}
					if round%3 == 0 {
						return rebuilt(empty, w), w // shares nothing
					}
					return b.Map(), w
				}
				ours, wo := change()
				theirs, wt := change()
				want, conflicts := clone(wo), map[int]bool{}
				for k := range n + 4 {
					b, inB := wb[k]
					o, inO := wo[k]
					x, inT := wt[k]
					switch {
					case inO == inT && o == x, inB == inT && b == x:
					case inO == inB && o == b:
						want[k] = x
						if !inT {
							delete(want, k)
						}
					default:
						conflicts[k] = true
					}
				}
				called := map[int]bool{}
				got, err := Merge3(base, ours, theirs, func(c Conflict[int, int]) (int, bool, bool) {
					require.False(t, called[c.Key])
					called[c.Key] = true
					b, inB := wb[c.Key]
					o, inO := wo[c.Key]
					x, inT := wt[c.Key]
					require.Equal(t, Conflict[int, int]{c.Key, b, o, x, inB, inO, inT}, c)
					return 1000, c.Key%2 == 0, true
				})
				require.NoError(t, err)
				require.Equal(t, conflicts, called)
				for k := range conflicts {
					want[k] = 1000
					if k%2 != 0 {
						delete(want, k)
					}
				}
				requireModel(t, want, got)

				got, err = Merge3(base, ours, theirs, nil)
				if len(conflicts) == 0 {
					require.NoError(t, err)
					continue
				}
				require.True(t, got.Same(ours))
				e, ok := errors.AsType[*ConflictError[int]](err)
				require.True(t, ok)
				require.Len(t, e.Keys, len(conflicts))
				for _, k := range e.Keys {
					require.True(t, conflicts[k])
				}
			}
		}
	})
}

// TestMerge3Identity: what changes nothing returns an operand.
func TestMerge3Identity(t *testing.T) {
	base := FromMap(map[int]int{})
	for i := range 100 {
		base = base.Set(i, i)
	}
	other := base.Set(1, 5).Delete(2)
	for _, c := range []struct{ ours, theirs, want Map[int, int] }{
		{base, other, other}, {other, base, other}, {other, other, other}, {base, base, base},
	} {
		got, err := Merge3(base, c.ours, c.theirs, nil)
		require.NoError(t, err)
		require.True(t, got.Same(c.want))
	}
}

// TestCallbackPanics: when the i-th call of a callback or of the hasher panics
// or exits, the operands are as they were.
func TestCallbackPanics(t *testing.T) {
	for _, th := range testHashers {
		for _, n := range []int{4, 9, 40} {
			h := &bomb{f: th.f}
			a, b := NewWith[int, int](h), NewWith[int, int](h)
			wa, wb := map[int]int{}, map[int]int{}
			for i := range n {
				a, b = a.Set(i, i), b.Set(i+n/2, -i)
				wa[i], wb[i+n/2] = i, -i
			}
			c := a.Set(1, -7).Delete(2)
			ops := map[string]func(){
				"union":     func() { a.Union(b, func(_, x, y int) int { h.tick(); return x + y }) },
				"intersect": func() { a.Intersect(b) },
				"subtract":  func() { a.Subtract(b) },
				"filter":    func() { a.Filter(func(k, _ int) bool { h.tick(); return k%3 == 0 }) },
				"values":    func() { a.MapValues(func(_, v int) int { h.tick(); return -v }) },
				"diff": func() {
					a.DiffFunc(b, func(x, y int) bool { h.tick(); return x == y })(func(Change[int, int]) bool { h.tick(); return true })
				},
				"merge": func() {
					_, _ = Merge3(a, b, c, func(Conflict[int, int]) (int, bool, bool) { h.tick(); return 0, true, true })
				},
				"cell": func() {
					var cell Cell[int, int]
					cell.Store(a)
					defer func() {
						if !cell.Load().Same(a) && cell.Load().Len() != n+1 {
							t.Error("the cell holds something in between")
						}
					}()
					cell.Update(func(m Map[int, int]) Map[int, int] { h.tick(); return m.Set(-1, 1) })
				},
			}
			for name, op := range ops {
				for at := 1; ; at += 1 + at/8 {
					h.calls, h.at, h.exit = 0, at, at%3 == 0
					done := false
					end := make(chan bool)
					go func() {
						defer close(end)
						defer func() { _ = recover() }()
						op()
						done = true
					}()
					<-end
					h.at = 0
					if done {
						break
					}
					require.Less(t, at, 100000, "%s: a panic never stops coming", name)
				}
				requireModel(t, wa, a)
				requireModel(t, wb, b)
			}
		}
	}
}

// TestDiffAllocates what it reports, not what it skips.
func TestDiffAllocates(t *testing.T) {
	var m Map[int, int]
	b := m.Builder()
	for i := range 100000 {
		b.Set(i, i)
	}
	m = b.Map()
	for _, k := range []int{1, 10, 100} {
		o := m
		for i := range k {
			o = o.Set(i*31, -1)
		}
		n := 0
		require.LessOrEqual(t, testing.AllocsPerRun(10, func() {
			for range Diff(m, o) {
				n++
			}
		}), 10.0, "a diff of %d changes", k)
		require.Equal(t, 11*k, n)
		require.LessOrEqual(t, testing.AllocsPerRun(10, func() { m.Union(o, nil) }), 16+30*float64(k))
	}
}

func TestCell(t *testing.T) {
	var c Cell[int, int]
	require.Zero(t, c.Load().Len())
	old := c.Load()
	m := old.Set(1, 1)
	require.True(t, c.CompareAndSwap(old, m))
	require.False(t, c.CompareAndSwap(old, m.Set(2, 2)))
	c.Store(Map[int, int]{})
	var wg sync.WaitGroup
	const goroutines, each = 4, 300
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				c.Update(func(m Map[int, int]) Map[int, int] {
					if i%16 == 0 {
						runtime.Gosched()
					}
					return m.Set(g*each+i, i)
				})
				if v, ok := c.Load().Get(g*each + i); !ok || v != i {
					t.Error("an update was lost")
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, goroutines*each, c.Load().Len())
	require.NoError(t, c.Load().Check())
}
