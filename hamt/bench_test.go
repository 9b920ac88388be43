package hamt

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The ratios that count are taken by the bench module, in one run and against
// peers. These are for profiles and for benchstat between two commits.

func benchSizes(b *testing.B, f func(b *testing.B, m Map[int, int], keys []int)) {
	for _, n := range []int{8, 64, 1000, 30000, 100000} {
		rng := rand.New(rand.NewPCG(1, uint64(n)))
		keys := make([]int, n)
		var build Builder[int, int]
		for i := range keys {
			keys[i] = int(rng.Uint64() >> 1)
			build.Set(keys[i], i)
		}
		rng.Shuffle(n, func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		m := build.Map()
		b.Run(fmt.Sprint("n=", n), func(b *testing.B) {
			b.ReportAllocs()
			f(b, m, keys)
		})
	}
}

func BenchmarkGet(b *testing.B) {
	benchSizes(b, func(b *testing.B, m Map[int, int], keys []int) {
		i, sum := 0, 0
		for b.Loop() {
			v, _ := m.Get(keys[i])
			sum += v
			if i++; i == len(keys) {
				i = 0
			}
		}
		_ = sum
	})
}

func BenchmarkSet(b *testing.B) {
	benchSizes(b, func(b *testing.B, m Map[int, int], keys []int) {
		i, v := 0, len(keys)
		for b.Loop() {
			v++
			m = m.Set(keys[i], v)
			if i++; i == len(keys) {
				i = 0
			}
		}
	})
}

func BenchmarkDeleteAndSet(b *testing.B) {
	benchSizes(b, func(b *testing.B, m Map[int, int], keys []int) {
		i := 0
		for b.Loop() {
			m = m.Delete(keys[i]).Set(keys[i], i)
			if i++; i == len(keys) {
				i = 0
			}
		}
	})
}

func BenchmarkBuilderSet(b *testing.B) {
	benchSizes(b, func(b *testing.B, m Map[int, int], keys []int) {
		i, v := 0, len(keys)
		t := m.Builder()
		for b.Loop() {
			v++
			t.Set(keys[i], v)
			if i++; i == len(keys) {
				i = 0
			}
		}
	})
}

func BenchmarkAll(b *testing.B) {
	benchSizes(b, func(b *testing.B, m Map[int, int], keys []int) {
		for b.Loop() {
			for range m.All() {
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(keys)), "ns/entry")
	})
}

func BenchmarkCollect(b *testing.B) {
	benchSizes(b, func(b *testing.B, m Map[int, int], keys []int) {
		for b.Loop() {
			Collect(m.All())
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(keys)), "ns/entry")
	})
}
