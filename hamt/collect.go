package hamt

import (
	"iter"
	"slices"
)

// Collect returns a map of the pairs of seq. Of equal keys, the first key and
// the last value stay. It is several times as fast as setting one pair after
// the other, and makes no node that is not part of the result; meanwhile it
// holds every pair twice.
func Collect[K comparable, V any](seq iter.Seq2[K, V]) Map[K, V] {
	h := defaultHasher[K]()
	// Chunks, as growing one slice would copy and clear it many times over.
	var full [][]item[K, V]
	last := make([]item[K, V], 0, 32)
	for k, v := range seq {
		if len(last) == cap(last) {
			full = append(full, last)
			last = make([]item[K, V], 0, min(2*cap(last), 8192))
		}
		last = append(last, item[K, V]{h.hash(k), entry[K, V]{v, k}})
	}
	if full != nil {
		last = slices.Concat(append(full, last)...)
	}
	return fromItems(h, last)
}

// FromMap returns a map of the entries of m, in the way of [Collect].
func FromMap[K comparable, V any](m map[K]V) Map[K, V] {
	h := defaultHasher[K]()
	items := make([]item[K, V], 0, len(m))
	for k, v := range m {
		items = append(items, item[K, V]{h.hash(k), entry[K, V]{v, k}})
	}
	return fromItems(h, items)
}

// fromItems builds the trie of items from the bottom up.
func fromItems[K comparable, V any](h *hasher[K], items []item[K, V]) Map[K, V] {
	if len(items) <= flatMax {
		var b Builder[K, V]
		for i := range items {
			b.Set(items[i].key, items[i].val)
		}
		return b.Map()
	}
	b := bulk[K, V]{edit: edit[K, V]{h: h}}
	root := b.node(items, make([]item[K, V], len(items)), 0, true)
	if !b.equal {
		return Map[K, V]{root: b.top(root)}
	}
	// Leaves have lost equal keys, so the form is not canonical and the sizes
	// are wrong. Build again from what is left.
	items = items[:0]
	walk(root, func(en *entry[K, V]) bool {
		items = append(items, item[K, V]{h.hash(en.key), *en})
		return true
	})
	return fromItems(h, items)
}

// bulk makes nodes of many items. All its steps keep the order of items of one
// hash, so that the first and the last of equal keys are known.
type bulk[K comparable, V any] struct {
	edit[K, V]
	equal bool // equal keys were met
}

// node makes the node of items, which stand at depth. Items and tmp,
// which is as long, are scratch afterwards.
func (b *bulk[K, V]) node(items, tmp []item[K, V], depth uint, top bool) *node[K, V] {
	if n, ok := b.bucket(items, depth); ok {
		return n
	}
	// Sort by the digit with its bits reversed: the items of each region of
	// the directory are then next to each other.
	var start, next [fanout + 1]int
	for i := range items {
		start[reversed[items[i].hash>>depth&(fanout-1)]+1]++
	}
	for i := range fanout {
		start[i+1] += start[i]
	}
	next = start
	for i := range items {
		r := reversed[items[i].hash>>depth&(fanout-1)]
		tmp[next[r]] = items[i]
		next[r]++
	}
	var s slots[K, V]
	b.fill(&s, 0, 0, 0, fanout, &start, tmp, items, depth)
	if top {
		return b.packRoot(&s, len(items))
	}
	return b.pack(&s, len(items))
}

// reversed maps a digit to the digit with its bits in reverse.
var reversed = func() (r [fanout]uint8) {
	for i := range r {
		for j := range digitBits {
			r[i] |= uint8(i >> j & 1 << (digitBits - 1 - j))
		}
	}
	return r
}()

// fill makes the children for the slots that agree with v in u bits: the items
// of the reversed digits from lo to hi.
func (b *bulk[K, V]) fill(s *slots[K, V], v int, u uint, lo, hi int, start *[fanout + 1]int, items, tmp []item[K, V], depth uint) {
	part := items[start[lo]:start[hi]]
	if len(part) == 0 {
		return
	}
	if n, ok := b.bucket(part, depth+u); ok {
		put(s[:], v, u, n)
		return
	}
	if u == digitBits {
		s[v] = b.node(part, tmp[start[lo]:start[hi]], depth+u, false)
		return
	}
	mid := (lo + hi) / 2
	b.fill(s, v, u+1, lo, mid, start, items, tmp, depth)
	b.fill(s, v|1<<u, u+1, mid, hi, start, items, tmp, depth)
}

// bucket makes the leaf of items, or the group if they share one hash; false if
// they need a directory.
func (b *bulk[K, V]) bucket(items []item[K, V], depth uint) (*node[K, V], bool) {
	if len(items) > leafLimit[K, V]() {
		if depth < hashBits {
			for i := range items {
				if items[i].hash != items[0].hash {
					return nil, false
				}
			}
		}
		return b.oneHash(items), true
	}
	n := b.leafOf(items)
	for i := 1; i < len(items); i++ {
		for j := i; j > 0 && items[j-1].hash == items[i].hash; j-- {
			if b.h.equal(items[j-1].key, items[i].key) {
				return b.oneByOne(items), true
			}
		}
	}
	return n, true
}

// oneHash makes the node of items that share one hash.
func (b *bulk[K, V]) oneHash(items []item[K, V]) *node[K, V] {
	e := edit[K, V]{h: b.h, owner: newStamp()}
	n := e.leafOf(items[:1])
	for i := 1; i < len(items); i++ {
		n, _ = e.set(n, hashBits, items[0].hash, items[i].key, items[i].val)
	}
	b.equal = b.equal || n.size() < len(items)
	return n
}

// oneByOne makes a leaf of items some of which have equal keys.
func (b *bulk[K, V]) oneByOne(items []item[K, V]) *node[K, V] {
	b.equal = true
	n := b.leafOf(items[:1])
	for i := 1; i < len(items); i++ {
		n, _ = b.set(n, hashBits, items[i].hash, items[i].key, items[i].val)
	}
	return n
}
