//go:build !race && !purego

package ctx

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

var sizeVars = [3]Var[int]{Static[int]("size-a"), Static[int]("size-b"), Static[int]("size-c")}

// TestTaskBytes: a forked State with three int variables of its own, before the
// first read and after all were read.
func TestTaskBytes(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		return
	}
	const n = 20_000
	st := NewState()
	tasks := make([]*State, n)
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := heap()
	for i := range tasks {
		tasks[i] = st.Fork()
		for j, v := range sizeVars {
			v.Put(tasks[i], 1000+i+j)
		}
	}
	require.LessOrEqual(t, (heap()-before)/n, 161.0)
	sum := 0
	for _, task := range tasks {
		for _, v := range sizeVars {
			sum += v.Get(task)
		}
	}
	require.LessOrEqual(t, (heap()-before)/n, 289.0)
	runtime.KeepAlive(tasks)
	require.NotZero(t, sum)
}
