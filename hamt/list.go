package hamt

// list is a persistent list: a radix tree over the index. The zero list is
// empty. Edits change chunks of their own stamp in place and copy others; a
// chunk is at most chunkLen elements.
type list[T any] struct {
	root  *chunk[T]
	shift uint // of the root's digit; 0 if the root holds elements
	n     int
}

const (
	chunkBits = 4
	chunkLen  = 1 << chunkBits
)

type chunk[T any] struct {
	owner uint64
	kids  []*chunk[T]
	elems []T
}

func (l *list[T]) len() int { return l.n }

func (l *list[T]) at(i int) *T {
	c := l.root
	for s := l.shift; s > 0; s -= chunkBits {
		c = c.kids[i>>s&(chunkLen-1)]
	}
	return &c.elems[i&(chunkLen-1)]
}

func (c *chunk[T]) owned(owner uint64) *chunk[T] {
	switch {
	case c == nil:
		return &chunk[T]{owner: owner}
	case c.owner == owner && owner != 0:
		return c
	}
	// The capacity is exact, so an append never writes into shared memory.
	return &chunk[T]{owner, append([]*chunk[T](nil), c.kids...), append([]T(nil), c.elems...)}
}

// set replaces element i, or appends it if i is the length.
func (l *list[T]) set(owner uint64, i int, v T) {
	if i == chunkLen<<l.shift {
		l.root = &chunk[T]{owner: owner, kids: []*chunk[T]{l.root}}
		l.shift += chunkBits
	}
	l.root = l.root.owned(owner)
	c := l.root
	for s := l.shift; s > 0; s -= chunkBits {
		d := i >> s & (chunkLen - 1)
		if d == len(c.kids) {
			c.kids = append(c.kids, nil)
		}
		c.kids[d] = c.kids[d].owned(owner)
		c = c.kids[d]
	}
	if d := i & (chunkLen - 1); d == len(c.elems) {
		c.elems = append(c.elems, v)
	} else {
		c.elems[d] = v
	}
}

func (l *list[T]) push(owner uint64, v T) {
	l.set(owner, l.n, v)
	l.n++
}

// pop removes the last element.
func (l *list[T]) pop(owner uint64) {
	l.n--
	l.root = l.root.owned(owner)
	c := l.root
	for s := l.shift; s > 0; s -= chunkBits {
		d := l.n >> s & (chunkLen - 1)
		if l.n&(1<<s-1) == 0 { // the subtree becomes empty
			c.kids[d] = nil
			c.kids = c.kids[:d]
			c = nil
			break
		}
		c.kids[d] = c.kids[d].owned(owner)
		c = c.kids[d]
	}
	if c != nil {
		d := l.n & (chunkLen - 1)
		clear(c.elems[d:])
		c.elems = c.elems[:d]
	}
	if l.shift > 0 && len(l.root.kids) == 1 {
		l.root = l.root.kids[0]
		l.shift -= chunkBits
	}
}

func (l *list[T]) walk(yield func(i int, v *T) bool) bool {
	for i := 0; i < l.n; i += chunkLen {
		elems := l.chunk(i)
		for j := range elems {
			if !yield(i+j, &elems[j]) {
				return false
			}
		}
	}
	return true
}

// chunk returns the elements of the chunk that begins with element i.
func (l *list[T]) chunk(i int) []T {
	c := l.root
	for s := l.shift; s > 0; s -= chunkBits {
		c = c.kids[i>>s&(chunkLen-1)]
	}
	return c.elems
}
