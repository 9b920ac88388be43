package hamt

// walk calls yield with each entry below n until yield returns false, and
// reports whether it never did. The recursion is as deep as the trie, at most
// hashBits/digitBits nodes.
func walk[K comparable, V any](n *node[K, V], yield func(*entry[K, V]) bool) bool {
	if n == nil {
		return true
	}
	switch n.kind() {
	case kindInner, kindRoot:
		kids := n.kids()
		for i := range kids {
			if first(kids, i) && !walk(kids[i], yield) {
				return false
			}
		}
		return true
	case kindGroup:
		return n.group().walk(yield)
	}
	ents := n.entries()
	for i := range ents {
		if !yield(&ents[i]) {
			return false
		}
	}
	return true
}

// far is the number of entries from which a map does not fit in the caches.
const far = 1 << 15

// cursor goes through the leaves of a trie for the iterators of users. They
// are small loops around it, so that the compiler inlines them, and with them
// the body of the user's loop: an entry costs no call.
//
//	c := cursorOf(root)
//	for ents := c.next(); len(ents) > 0; ents = c.next() { ... }
type cursor[K comparable, V any] struct {
	single *node[K, V]                       // a flat or leaf that comes first
	in     *groupCursor[K, V]                // the group that is gone through
	dirs   [hashBits / digitBits]*node[K, V] // the open directories
	at     [hashBits / digitBits]uint8       // the slot that comes next in each
	depth  int                               // how many of them there are
	far    bool
}

func cursorOf[K comparable, V any](root *node[K, V]) (c cursor[K, V]) {
	if root != nil {
		c.far = root.size() >= far
		c.open(root)
	}
	return c
}

// open makes n what comes next.
func (c *cursor[K, V]) open(n *node[K, V]) {
	switch n.kind() {
	case kindInner, kindRoot:
		if c.far {
			touch(n.kids())
		}
		c.dirs[c.depth], c.at[c.depth] = n, 0
		c.depth++
	case kindGroup:
		c.in = &groupCursor[K, V]{list: &n.group().list}
		if sub := n.group().sub; sub != nil {
			c.in.sub = cursorOf(sub)
		}
	default:
		c.single = n
	}
}

// next returns the entries of the next leaf, none after the last one.
func (c *cursor[K, V]) next() []entry[K, V] {
	for {
		if c.depth > 0 && c.in == nil {
			d := c.depth - 1
			kids := c.dirs[d].kids()
			i := int(c.at[d])
			for i < len(kids) && !first(kids, i) {
				i++
			}
			if i == len(kids) {
				c.depth--
				continue
			}
			c.at[d] = uint8(i + 1)
			if n := kids[i]; n.kind() == kindLeaf {
				return n.entries()
			}
			c.open(kids[i])
			continue
		}
		if n := c.single; n != nil {
			c.single = nil
			return n.entries()
		}
		if c.in == nil {
			return nil
		}
		if ents := c.in.next(); len(ents) > 0 {
			return ents
		}
		c.in = nil
	}
}

// groupCursor goes through a group: the trie in it, or the chunks of its list.
type groupCursor[K comparable, V any] struct {
	sub  cursor[K, V]
	list *list[entry[K, V]]
	i    int
}

func (g *groupCursor[K, V]) next() []entry[K, V] {
	if ents := g.sub.next(); len(ents) > 0 {
		return ents
	}
	if g.i >= g.list.len() {
		return nil
	}
	ents := g.list.chunk(g.i)
	g.i += chunkLen
	return ents
}
