package weakkey_test

import (
	"runtime"
	"testing"

	"github.com/strata-go/strata/internal/keys"
	"github.com/strata-go/strata/weakkey"
)

// eight is a context of eight static keys, the first of which is returned.
func eight() (weakkey.Map, weakkey.Key[*value]) {
	var m weakkey.Map
	first := weakkey.Static[*value]("0")
	m, _ = weakkey.Set(m, first, &value{})
	for range 7 {
		m, _ = weakkey.Set(m, weakkey.Static[int]("k"), 1)
	}
	return m, first
}

func BenchmarkGet(b *testing.B) {
	m, static := eight()
	k, inline := newKey(), weakkey.New[int]("i")
	m, _ = weakkey.Set(weakkey.Delete(m, static), k, &value{})
	b.Run("impl=static", func(b *testing.B) {
		m, static := eight()
		for b.Loop() {
			weakkey.Get(m, static)
		}
	})
	for i, side := range []string{"key", "entry"} { // as the rounds follow each other
		for range 1 + 2*i {
			keys.Rotate()
		}
		b.Run("impl=collectable/side="+side, func(b *testing.B) {
			for b.Loop() {
				weakkey.Get(m, k)
			}
		})
	}
	m, _ = weakkey.Set(weakkey.Delete(m, k), inline, 1)
	b.Run("impl=inline", func(b *testing.B) {
		for b.Loop() {
			weakkey.Get(m, inline)
		}
	})
}

func BenchmarkSet(b *testing.B) {
	m, static := eight()
	v := &value{}
	b.Run("impl=static", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = weakkey.Set(m, static, v)
		}
	})
	b.Run("impl=collectable", func(b *testing.B) {
		k := newKey()
		m, _ := weakkey.Set(weakkey.Delete(m, static), k, v)
		b.ReportAllocs()
		for b.Loop() {
			_, _ = weakkey.Set(m, k, v)
		}
	})
	b.Run("impl=inline", func(b *testing.B) {
		k := weakkey.New[int]("i")
		m, _ := weakkey.Set(weakkey.Delete(m, static), k, 1)
		b.ReportAllocs()
		for b.Loop() {
			_, _ = weakkey.Set(m, k, 1)
		}
	})
}

func BenchmarkChurn(b *testing.B) {
	for _, impl := range []string{"static", "collectable"} {
		k := newKey()
		if impl == "static" {
			k = weakkey.Static[*value]("k")
		}
		b.Run("impl="+impl, func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				m, _ := eight()
				v := &value{}
				for pb.Next() {
					m, _ = weakkey.Set(m, k, v)
				}
			})
		})
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newKey()
	}
}

// BenchmarkRotation times one pass over live entries, and a collection of the
// same heap.
func BenchmarkRotation(b *testing.B) {
	const n = 100_000
	for _, shape := range []struct {
		name string
		keys int
	}{{"one", 1}, {"thousand", 1000}, {"each", n}} {
		ks := make([]key, shape.keys)
		for i := range ks {
			ks[i] = newKey()
		}
		maps := make([]weakkey.Map, n)
		base, _ := eight()
		for i := range maps {
			maps[i], _ = weakkey.Set(base, ks[i*shape.keys/n], &value{})
		}
		b.Run("keys="+shape.name, func(b *testing.B) {
			for b.Loop() {
				keys.Rotate()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/entry")
		})
		b.Run("keys="+shape.name+"/collection", func(b *testing.B) {
			for b.Loop() {
				runtime.GC()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/entry")
		})
		runtime.KeepAlive(maps)
		for _, k := range ks {
			k.Release()
		}
		clear(maps)
		heapInUse()
	}
}
