package keys

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"
)

// within collects until cond holds, at most limit times.
func within(t *testing.T, limit int, cond func() bool) {
	t.Helper()
	for range limit {
		if cond() {
			return
		}
		runtime.GC()
		drainCleanups()
	}
	require.True(t, cond(), "not within %d collections", limit)
}

type payload struct {
	self any
	_    [64]byte
}

func TestStaticKey(t *testing.T) {
	var w Writer
	k := Static[string](Options{Name: "user"})
	h, err := k.Wrap(&w, "ann")
	require.NoError(t, err)
	x, ok := k.Unwrap(h)
	require.True(t, ok)
	require.Equal(t, "ann", x)
	other := Static[string](Options{Name: "user"})
	_, ok = other.Unwrap(h)
	require.False(t, ok)
	_, ok = k.Unwrap(nil)
	require.False(t, ok)
	require.PanicsWithValue(t, `keys: Release of static key "user"; make the key with New if it has to end`, k.Release)
	k.Discard(&w, h)
	_, ok = k.Unwrap(h)
	require.True(t, ok)
	require.True(t, k.Static())
	require.Equal(t, "string", k.Record().Type().String())
	require.Same(t, k.Record(), RecordOf(h))
}

func TestCollectableKey(t *testing.T) {
	var w Writer
	k := New[*payload](Options{Name: "conn", Flags: 7})
	p := new(payload)
	h, err := k.Wrap(&w, p)
	require.NoError(t, err)
	x, ok := k.Unwrap(h)
	require.True(t, ok)
	require.Same(t, p, x)
	require.True(t, Live(h))
	require.EqualValues(t, 7, RecordOf(h).Flags())
	k.Release()
	k.Release()
	require.True(t, k.Released())
	require.False(t, Live(h))
	require.Nil(t, RecordOf(h))
	require.False(t, k.Record().Alive())
	_, ok = k.Unwrap(h)
	require.False(t, ok)
	_, err = k.Wrap(&w, p)
	require.ErrorIs(t, err, ErrReleased)
	require.ErrorContains(t, err, `"conn"`)
}

func TestDiscardLetsGo(t *testing.T) {
	var w Writer
	k := New[*payload](Options{Name: "k"})
	h, wp := func() (*Head, weak.Pointer[payload]) {
		p := new(payload)
		h, _ := k.Wrap(&w, p)
		return h, weak.Make(p)
	}()
	k.Discard(&w, h)
	_, ok := k.Unwrap(h)
	require.False(t, ok)
	within(t, 2, func() bool { return wp.Value() == nil })
	runtime.KeepAlive(h)
}

func TestDeathReleasesValue(t *testing.T) {
	var w Writer
	h, wp := func() (*Head, weak.Pointer[payload]) {
		k := New[*payload](Options{Name: "k"})
		p := new(payload)
		h, _ := k.Wrap(&w, p)
		return h, weak.Make(p)
	}()
	within(t, 7, func() bool { return wp.Value() == nil && !Live(h) })
}

func TestNamespaceListsItsOwn(t *testing.T) {
	ns := NewNamespace("lib")
	a := New[int](Options{Name: "a", Namespace: ns})
	b := Static[int](Options{Name: "b", Namespace: ns})
	c := New[int](Options{Name: "c", Namespace: ns})
	_ = New[int](Options{Name: "foreign"})
	names := func() string {
		var s []string
		for r := range ns.Records() {
			s = append(s, r.Name())
		}
		return strings.Join(s, " ")
	}
	require.Equal(t, "a b c", names())
	a.Release()
	require.Equal(t, "b c", names())
	c.Release()
	require.Equal(t, "b", names())
	require.Equal(t, 1, ns.Len())
	require.Equal(t, "lib", b.Record().Namespace().Name())
	for range ns.Records() {
		break
	}
}

func TestIndexesAreDenseAndIDsNeverReused(t *testing.T) {
	var w Writer
	k := New[int](Options{Name: "first"})
	h, err := k.Wrap(&w, 1)
	require.NoError(t, err)
	seen := map[ID]bool{k.ID(): true}
	index := k.Index()
	k.Release()
	for i := range 2000 {
		n := New[int](Options{Name: fmt.Sprint(i)})
		require.False(t, seen[n.ID()], "%v given out twice", n.ID())
		seen[n.ID()] = true
		require.LessOrEqual(t, n.Index(), index)
		_, ok := n.Unwrap(h)
		require.False(t, ok)
		n.Release()
	}
}

func TestGenerationsSaturate(t *testing.T) {
	defer SetLimits(3, 1<<32)()
	seen := map[uint32]int{}
	for range 3000 {
		k := New[int](Options{Name: "k"})
		seen[k.Index()]++
		k.Release()
	}
	for index, n := range seen {
		require.LessOrEqual(t, n, 3, "index %d", index)
	}
	require.GreaterOrEqual(t, len(seen), 1000)
}

func TestIndexesExhaust(t *testing.T) {
	defer SetLimits(1<<32-1, 100)()
	var made []*Key[int]
	defer func() {
		for _, k := range made {
			k.Release()
		}
	}()
	for range 100 {
		made = append(made, New[int](Options{Name: "k"}))
	}
	func() {
		defer func() {
			err, _ := recover().(error)
			require.ErrorIs(t, err, ErrExhausted)
			require.ErrorContains(t, err, `"one too many"`)
		}()
		New[int](Options{Name: "one too many"})
	}()
	made[50].Release()
	k := New[int](Options{Name: "again"})
	require.Equal(t, made[50].Index(), k.Index())
	made[50] = k
}

func TestTailPagesGoAndIDsStayUnique(t *testing.T) {
	defer SetLimits(1<<32-1, 1<<32)()
	seen := map[ID]bool{}
	for range 3 {
		var made []*Key[int]
		for range 5 * pageSize {
			k := New[int](Options{Name: "k"})
			require.False(t, seen[k.ID()])
			seen[k.ID()] = true
			made = append(made, k)
		}
		require.Len(t, *table.pages.Load(), 5)
		for _, k := range made {
			k.Release()
		}
		require.LessOrEqual(t, len(*table.pages.Load()), 2)
	}
}
