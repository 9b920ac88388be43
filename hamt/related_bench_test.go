package hamt

import (
	"fmt"
	"testing"
)

// BenchmarkRelated compares and merges two versions of 10^6 entries that differ
// in k keys. The bar is 1 µs and 2 µs per change.
func BenchmarkRelated(b *testing.B) {
	var bd Builder[int, int]
	for i := range 1000000 {
		bd.Set(i, i)
	}
	base := bd.Map()
	for _, k := range []int{0, 1, 10, 1000} {
		ours, theirs := base, base
		for i := range k {
			theirs = theirs.Set(i*997, -1)
			ours = ours.Set(i*997+1, -1)
		}
		same := base
		for i := range k {
			same = same.Set(i*997, -1)
		}
		for _, op := range []struct {
			name string
			run  func()
		}{
			{"equal", func() { Equal(theirs, same) }},
			{"diff", func() {
				for range Diff(base, theirs) {
				}
			}},
			{"merge3", func() { _, _ = Merge3(base, ours, theirs, nil) }},
			{"union", func() { base.Union(theirs, func(_, _, y int) int { return y }) }},
		} {
			b.Run(fmt.Sprintf("op=%s/k=%d", op.name, k), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					op.run()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(k+1), "ns/change")
			})
		}
	}
}

// BenchmarkUnrelated combines two maps of 10^5 entries that share no nodes,
// half their keys.
func BenchmarkUnrelated(b *testing.B) {
	var x, y Builder[int, int]
	const n = 100000
	for i := range n {
		x.Set(i, i)
		y.Set(i+n/2, i)
	}
	m, o := x.Map(), y.Map()
	for name, run := range map[string]func(){
		"union":     func() { m.Union(o, nil) },
		"intersect": func() { m.Intersect(o) },
		"subtract":  func() { m.Subtract(o) },
		"one by one": func() {
			bd := m.Builder()
			for k, v := range o.All() {
				bd.Set(k, v)
			}
		},
	} {
		b.Run("op="+name, func(b *testing.B) {
			for b.Loop() {
				run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/entry")
		})
	}
}
