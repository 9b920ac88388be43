package ctx

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// checkCache is the invariant of cache.go, for every State that st reads on in.
func checkCache(t *testing.T, st *State, vars []Var[int]) {
	t.Helper()
	for s := st; s != nil; {
		if s.own() {
			for _, v := range vars {
				h := s.cache[v.v.c.id.Index()%slots]
				found := s.find(v.v.c.id)
				switch {
				case h == v.v.absent:
					require.True(t, found == nil || isMask(found), "absence of %v is cached, but it is set", v)
				case h.ID == v.v.c.id:
					require.Same(t, found, h, "the slot of %v is stale", v)
				}
			}
		}
		next := (*State)(nil)
		if s.x != nil {
			next = s.x.resumer
		}
		s = next
	}
}

// TestCacheInvariant compares every slot with a full lookup after each of many
// random steps. Planted once and caught: a Push that forgets nothing, an Unwind
// that forgets nothing, a barrier that keeps the cache, a write that does not
// tell the States reading it.
func TestCacheInvariant(t *testing.T) {
	vars := make([]Var[int], 20) // more than there are slots
	for i := range vars {
		switch {
		case i%5 == 4:
			vars[i] = New[int]("collectable")
		case i%2 == 0:
			vars[i] = Static[int]("default", Default(-1))
		default:
			vars[i] = Static[int]("plain")
		}
	}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		type open struct {
			st *State
			m  Mark
		}
		base := NewState()
		cur := base
		stack := []open{}
		layers := make([]*Layer, 4)
		gens := make([]*State, 4)
		for i := range layers {
			layers[i], gens[i] = new(Layer), NewState()
		}
		var tokens []Token[int]
		var snaps []Snapshot
		for range 200 {
			v := vars[r.IntN(len(vars))]
			switch r.IntN(13) {
			case 0, 1:
				tokens = append(tokens, v.Set(cur, r.IntN(100)))
			case 2:
				if len(tokens) > 0 {
					tok := tokens[r.IntN(len(tokens))]
					_ = tok.Var().Reset(cur, tok)
				}
			case 3:
				v.Unset(cur)
			case 4:
				tokens = append(tokens, v.Mask(cur))
			case 5, 6, 7:
				for _, v := range vars[:1+r.IntN(len(vars))] {
					v.Lookup(cur)
				}
			case 8:
				i := r.IntN(len(layers))
				if !layers[i].running {
					_ = layers[i].SetMode(Mode(r.IntN(3)))
					stack = append(stack, open{cur, cur.Push(layers[i])})
				}
			case 9:
				i := r.IntN(len(layers))
				if gs := gens[i]; !layers[i].running && gs != cur && (gs.x == nil || gs.x.resumer == nil && len(gs.x.frames) == 0) {
					_ = layers[i].SetMode(Mode(r.IntN(3)))
					stack = append(stack, open{gs, gs.Resume(cur, layers[i])})
					cur = gs
				}
			case 10:
				snaps = append(snaps, cur.Snapshot())
				if r.IntN(2) == 0 {
					stack = append(stack, open{cur, cur.Swap(snaps[r.IntN(len(snaps))])})
				}
			case 12: // a yield and the next resume, by whoever resumed before
				if n := len(stack); n > 0 && cur != base && stack[n-1].st == cur && cur.x.resumer != nil && len(cur.x.frames) == 1 {
					from, l := cur.x.resumer, cur.x.frames[0].layer
					cur.Suspend()
					checkCache(t, from, vars)
					v.Set(from, r.IntN(100))
					cur.Resume(from, l)
				}
			case 11:
				if n := len(stack); n > 0 {
					o := stack[n-1]
					stack = stack[:n-1]
					o.st.Unwind(o.m)
					cur = base
					if n > 1 {
						cur = stack[n-2].st
					}
				}
			}
			checkCache(t, cur, vars)
		}
	}
}
