package keys

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func BenchmarkGet(b *testing.B) {
	var w Writer
	b.Run("impl=static", func(b *testing.B) {
		k := Static[string](Options{Name: "k"})
		h, _ := k.Wrap(&w, "x")
		for b.Loop() {
			k.Unwrap(h)
		}
	})
	for _, side := range []string{"entry", "key"} {
		b.Run("impl=collectable-"+side, func(b *testing.B) {
			k := New[string](Options{Name: "k"})
			h, _ := k.Wrap(&w, "x")
			toSide(h, side == "key")
			for b.Loop() {
				k.Unwrap(h)
			}
		})
	}
	b.Run("impl=collectable-inline", func(b *testing.B) {
		k := New[int](Options{Name: "k"})
		h, _ := k.Wrap(&w, 1)
		for b.Loop() {
			k.Unwrap(h)
		}
	})
}

func BenchmarkWrapDiscard(b *testing.B) {
	var w Writer
	b.Run("impl=static", func(b *testing.B) {
		k := Static[string](Options{Name: "k"})
		b.ReportAllocs()
		for b.Loop() {
			h, _ := k.Wrap(&w, "x")
			k.Discard(&w, h)
		}
	})
	b.Run("impl=collectable", func(b *testing.B) {
		k := New[string](Options{Name: "k"})
		b.ReportAllocs()
		for b.Loop() {
			h, _ := k.Wrap(&w, "x")
			k.Discard(&w, h)
		}
	})
	b.Run("impl=inline", func(b *testing.B) {
		k := New[int](Options{Name: "k"})
		b.ReportAllocs()
		for b.Loop() {
			h, _ := k.Wrap(&w, 1)
			k.Discard(&w, h)
		}
	})
}

// BenchmarkWrap is what a captured Set pays: the entry stays behind.
func BenchmarkWrap(b *testing.B) {
	var w Writer
	var keep *Head
	b.Run("impl=static", func(b *testing.B) {
		k := Static[string](Options{Name: "k"})
		b.ReportAllocs()
		for b.Loop() {
			keep, _ = k.Wrap(&w, "x")
		}
	})
	b.Run("impl=collectable", func(b *testing.B) {
		k := New[string](Options{Name: "k"})
		b.ReportAllocs()
		for b.Loop() {
			keep, _ = k.Wrap(&w, "x")
		}
	})
	runtime.KeepAlive(keep)
}

func BenchmarkChurn(b *testing.B) {
	for _, impl := range []string{"static", "collectable"} {
		b.Run("impl="+impl, func(b *testing.B) {
			k := New[*payload](Options{Name: "k"})
			if impl == "static" {
				k = Static[*payload](Options{Name: "k"})
			}
			p := new(payload)
			b.RunParallel(func(pb *testing.PB) {
				var w Writer
				var keep *Head
				for pb.Next() {
					keep, _ = k.Wrap(&w, p)
				}
				runtime.KeepAlive(keep)
			})
		})
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New[string](Options{Name: "k"})
	}
}

// BenchmarkMillionKeys reports the heap of a live key, and what a pass over all
// costs against a collection of the same heap.
func BenchmarkMillionKeys(b *testing.B) {
	const n = 1_000_000
	for b.Loop() {
		made := make([]*Key[string], n)
		before := heap()
		for i := range made {
			made[i] = New[string](Options{Name: "k"})
		}
		b.ReportMetric(float64(heap()-before)/n, "B/key")
		var w Writer
		heads := make([]*Head, n)
		for i, k := range made {
			heads[i], _ = k.Wrap(&w, "x")
		}
		for range 3 {
			Rotate()
		}
		b.ReportMetric(float64(ReadStats().LastRotation)/float64(ReadStats().Entries), "ns/entry-rotation")
		began := time.Now()
		runtime.GC()
		spent := time.Since(began)
		Rotate()
		b.ReportMetric(float64(ReadStats().LastRotation)/float64(spent), "rotation/GC")
		b.ReportMetric(float64(heap()-before)/n, "B/key+entry")
		runtime.KeepAlive(made)
		runtime.KeepAlive(heads)
	}
}

// BenchmarkRotationRounds reports the best time of each kind of round per entry,
// for many keys with one entry each, and the mean of the three.
func BenchmarkRotationRounds(b *testing.B) {
	const n = 200_000
	made := make([]*Key[string], n)
	heads := make([]*Head, n)
	var w Writer
	for i := range made {
		made[i] = New[string](Options{Name: "k"})
		heads[i], _ = made[i].Wrap(&w, "x")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for range 3 {
		Rotate()
	}
	best := [3]time.Duration{1 << 62, 1 << 62, 1 << 62}
	for b.Loop() {
		for range best {
			kind := rotor.round % 3
			Rotate()
			best[kind] = min(best[kind], ReadStats().LastRotation)
		}
	}
	mean := 0.0
	for kind, name := range []string{"keys-own", "entries-own", "mixed"} {
		b.ReportMetric(float64(best[kind])/n, "ns/entry-"+name)
		mean += float64(best[kind]) / n / 3
	}
	b.ReportMetric(mean, "ns/entry-mean")
	runtime.KeepAlive(made)
	runtime.KeepAlive(heads)
}

func heap() int64 {
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
