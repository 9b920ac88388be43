package keys

import (
	"runtime"
	"runtime/metrics"
	"unsafe"
)

// drainCleanups waits until every queued cleanup has run, within a bound.
func drainCleanups() {
	s := []metrics.Sample{{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/cleanups/executed:cleanups"}}
	for range 1 << 20 {
		metrics.Read(s)
		if s[0].Value.Uint64() == s[1].Value.Uint64() {
			return
		}
		runtime.Gosched()
	}
}

func entryOf(h *Head) *entry { return (*entry)(unsafe.Pointer(h)) }

func sizeof[T any]() uintptr { return unsafe.Sizeof(*new(T)) }
