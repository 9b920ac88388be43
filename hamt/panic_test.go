package hamt

import (
	"hash/maphash"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// bomb panics at the call of Hash64 or Equal numbered at.
type bomb struct {
	f     func(int) uint64
	calls int
	at    int
	exit  bool
}

func (b *bomb) tick() {
	if b.calls++; b.calls == b.at {
		if b.exit {
			runtime.Goexit()
		}
		panic(b)
	}
}

func (b *bomb) Hash(*maphash.Hash, int)       {}
func (b *bomb) Hash64(_ uint64, k int) uint64 { b.tick(); return b.f(k) }
func (b *bomb) Equal(x, y int) bool           { b.tick(); return x == y }

// TestPanics: whichever call of the hasher or of a callback panics, the builder
// then holds what it held before, or what it should hold after, and the map it
// came from is as it was.
func TestPanics(t *testing.T) {
	for _, th := range testHashers {
		for _, n := range []int{1, 8, 9, 17, 33, 120} {
			h := &bomb{f: th.f}
			base := NewWith[int, int](h)
			want := map[int]int{}
			for i := range n {
				base = base.Set(i, i)
				want[i] = i
			}
			rng := rand.New(rand.NewPCG(5, uint64(n)))
			ops := []func(b *Builder[int, int], k int){
				func(b *Builder[int, int], k int) { b.Set(k, -1) },
				func(b *Builder[int, int], k int) { b.Set(k+1000, -1) },
				func(b *Builder[int, int], k int) { b.Delete(k) },
				func(b *Builder[int, int], k int) {
					b.Update(k, func(int, bool) (int, bool) { h.tick(); return -1, k%2 == 0 })
				},
			}
			for op, f := range ops {
				for at := 1; ; at++ {
					k := rng.IntN(n)
					b := base.Builder()
					b.Set(2000, 0) // own part of the path
					b.Delete(2000)
					b.Set(0, 0)
					h.calls, h.at, h.exit = 0, at, at%3 == 0
					done := false
					end := make(chan bool)
					go func() {
						defer close(end)
						defer func() { _ = recover() }()
						f(&b, k)
						done = true
					}()
					<-end
					h.at = 0
					if done {
						break
					}
					require.Greater(t, 2000, at, "a panic never stops coming")
					require.NoError(t, b.Map().Check(), "%s n=%d op=%d at=%d", th.name, n, op, at)
					requireModel(t, want, b.Map())
				}
			}
			requireModel(t, want, base)
		}
	}
}
