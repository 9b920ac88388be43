package ctx

import (
	"fmt"
	"testing"

	"github.com/strata-go/strata/internal/keys"
)

// A level as a radix trie over the dense indexes, sixteen wide, without hash,
// keys or headers: what a first write after a snapshot would cost.

type radixBuilder struct {
	root  *radixRoot
	owner uint64
}

type radixRoot struct {
	owner uint64
	kids  [4]*radixMid
}

type radixMid struct {
	owner uint64
	kids  [16]*radixLeaf
}

func (b *radixBuilder) swap(index uint32, h *keys.Head) (old *keys.Head) {
	if b.owner == 0 {
		b.owner = stamps.Add(1)
	}
	r := b.root
	if r.owner != b.owner {
		c := *r
		c.owner = b.owner
		r = &c
		b.root = r
	}
	m := r.kids[index>>8&3]
	if m == nil {
		m = &radixMid{owner: b.owner}
		r.kids[index>>8&3] = m
	} else if m.owner != b.owner {
		c := *m
		c.owner = b.owner
		m = &c
		r.kids[index>>8&3] = m
	}
	l := m.kids[index>>4&15]
	if l == nil {
		l = &radixLeaf{owner: b.owner}
		m.kids[index>>4&15] = l
	} else if l.owner != b.owner {
		c := *l
		c.owner = b.owner
		l = &c
		m.kids[index>>4&15] = l
	}
	old, l.heads[index&15] = l.heads[index&15], h
	return old
}

var radixSink *radixRoot

func BenchmarkRadixFirstSet(b *testing.B) {
	vars := make([]Var[int], 1000)
	for i := range vars {
		vars[i] = Static[int](fmt.Sprintf("radix-%d", i))
	}
	b.Run("hamt", func(b *testing.B) {
		b.ReportAllocs()
		st := NewState()
		for _, v := range vars {
			v.Put(st, 1)
		}
		i := 1000
		for b.Loop() {
			st.Snapshot()
			vars[3].Set(st, i)
			i++
		}
	})
	b.Run("radix", func(b *testing.B) {
		b.ReportAllocs()
		rb := radixBuilder{root: new(radixRoot)}
		for i := range uint32(1000) {
			rb.swap(i, nobody)
		}
		st := NewState()
		i := 1000
		for b.Loop() {
			radixSink, rb.owner = rb.root, 0 // a snapshot
			box := &keys.Box[int]{Head: keys.Head{ID: 3}, Value: i}
			old := rb.swap(3, &box.Head)
			tokenSink = st.newCell(&st.base, 3, old)
			i++
		}
	})
	b.Run("W", func(b *testing.B) {
		i := 1000
		for b.Loop() {
			ctxSink = withValue(i)
			i++
		}
	})
}

var tokenSink *cell
var ctxSink any

type radixLeaf struct {
	owner uint64
	heads [16]*keys.Head
}
