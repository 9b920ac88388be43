package keys

import (
	"reflect"
	"runtime"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func TestPointerFree(t *testing.T) {
	type plain struct {
		a [4]int8
		b struct{ c complex128 }
	}
	for _, x := range []any{false, 1, uint8(1), 1.5, 1i, [3]int{}, plain{}, [0]*int{}, struct{}{}, uintptr(0)} {
		require.True(t, PointerFree(reflect.TypeOf(x)), "%T", x)
	}
	for _, x := range []any{"", []int{}, map[int]int{}, new(int), [1]string{}, struct {
		a int
		b any
	}{}, make(chan int), func() {}, unsafe.Pointer(nil)} {
		require.False(t, PointerFree(reflect.TypeOf(x)), "%T", x)
	}
}

func TestInlineOnlyWhatIsSmall(t *testing.T) {
	inlined := func(r *Record) bool { return r.state.Load()&inline != 0 }
	require.True(t, inlined(New[[8]int64](Options{}).record))
	require.False(t, inlined(New[[9]int64](Options{}).record))
	require.False(t, inlined(New[string](Options{}).record))
	require.False(t, inlined(Static[int](Options{}).record))
	var w Writer
	big := New[[9]int64](Options{})
	h, _ := big.Wrap(&w, [9]int64{8: 7})
	for range 4 {
		x, ok := big.Unwrap(h)
		require.True(t, ok)
		require.EqualValues(t, 7, x[8])
		Rotate()
	}
	empty := New[[0]*int](Options{})
	h, _ = empty.Wrap(&w, [0]*int{})
	_, ok := empty.Unwrap(h)
	require.True(t, ok)
}

func TestBorrowedWriter(t *testing.T) {
	k := New[*payload](Options{Name: "k"})
	x := new(payload)
	for range 100 {
		h, err := k.Wrap(nil, x)
		require.NoError(t, err)
		got, ok := k.Unwrap(h)
		require.True(t, ok)
		require.Same(t, x, got)
		k.Discard(nil, h)
		_, ok = k.Unwrap(h)
		require.False(t, ok)
	}
}

func TestIDsAndRecords(t *testing.T) {
	k := New[string](Options{Name: "k", Type: reflect.TypeFor[[]byte]()})
	require.Equal(t, makeID(k.Index(), k.ID().Generation()), k.ID())
	require.Contains(t, k.ID().String(), ".")
	require.Equal(t, reflect.TypeFor[[]byte](), k.Record().Type())
	require.Same(t, k.Record(), RecordOfID(k.ID()))
	require.Nil(t, RecordOfID(k.ID()+1<<32))
	require.Nil(t, RecordOfID(makeID(1<<31, 1)))
	require.Nil(t, RecordOf(nil))
	require.False(t, Live(nil))
	require.False(t, Live(&Head{}))
	require.True(t, Live(&Head{FirstMark}))
	require.False(t, k.ID().IsMark())
	require.Equal(t, "k", k.Name())
	k.Release()
	require.Nil(t, RecordOfID(k.ID()))
}

func TestSweep(t *testing.T) {
	var ks []*Key[int]
	trie := NewTrie()
	for i := range 100 {
		k := New[int](Options{Name: "k"})
		h, _ := k.Wrap(nil, i)
		trie = trie.Set(k.Index(), h)
		ks = append(ks, k)
	}
	mark := makeID(ks[99].Index()+1, 0).Index()
	trie = trie.Set(mark, &Head{FirstMark})
	require.True(t, Sweep(trie, Live).Same(trie))
	for i, k := range ks {
		if i%2 == 0 {
			k.Release()
		}
	}
	b := trie.Builder()
	SweepBuilder(&b, Live)
	require.Equal(t, 51, b.Len())
	swept := Sweep(trie, Live)
	require.Equal(t, 51, swept.Len())
	require.Equal(t, 101, trie.Len())
	require.NoError(t, swept.Check())
	for i, k := range ks {
		h, _ := swept.Get(k.Index())
		x, ok := k.Unwrap(h)
		require.Equal(t, i%2 == 1, ok)
		if ok {
			require.Equal(t, i, x)
		}
	}
}

func TestSweeperWaitsForDeathsAndWrites(t *testing.T) {
	var s Sweeper
	due := func(writes, n int) (times int) {
		for range writes {
			if s.Due(n) {
				times++
			}
		}
		return times
	}
	due(100, 10)
	require.Zero(t, due(100, 10), "nothing died")
	New[int](Options{}).Release()
	require.Equal(t, 1, due(100, 10))
	New[int](Options{}).Release()
	require.Zero(t, due(49, 100))
	require.Equal(t, 1, due(51, 100))
}

// TestLargeRotationLeavesTheCleanups: more than what is done on the cleanups'
// goroutine is done on another, and is done.
func TestLargeRotationLeavesTheCleanups(t *testing.T) {
	ks := make([]*Key[int], 70_000)
	for i := range ks {
		ks[i] = New[int](Options{Name: "k"})
	}
	before := ReadStats().Rotations
	within(t, 100, func() bool { return ReadStats().Rotations > before+1 })
	runtime.KeepAlive(ks)
	for _, k := range ks {
		k.Release()
	}
}
