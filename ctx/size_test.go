package ctx

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// TestSizes pins what a task and a level cost on 64-bit platforms.
func TestSizes(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		return
	}
	require.EqualValues(t, 48, unsafe.Sizeof(State{}))
	require.EqualValues(t, 64, unsafe.Sizeof(frame{}))
	require.LessOrEqual(t, unsafe.Sizeof(Layer{}), uintptr(48))
	require.Equal(t, unsafe.Sizeof(uintptr(0)), unsafe.Sizeof(Snapshot{}))
	require.Zero(t, testing.AllocsPerRun(10, func() { sinkAny = Snapshot{} }))
}

var sinkAny any
