package hamt

import (
	"errors"
	"fmt"
)

// Check walks the whole map and returns an error that names the first rule of
// its structure that does not hold. It is for tests: a map made through this
// package always passes, whatever its keys, unless equal keys have unequal
// hashes. It takes time in proportion to the map.
func (m Map[K, V]) Check() error {
	if m.root == nil {
		return nil
	}
	h := m.root.hasher()
	if h == nil {
		return errors.New("hamt: the root has no hasher")
	}
	c := checker[K, V]{e: edit[K, V]{h: h}}
	root := m.root
	if k := root.kind(); k != kindFlat && k != kindRoot {
		return fmt.Errorf("hamt: the root is of kind %d", k)
	}
	if root.kind() == kindRoot && root.size() <= flatMax {
		return fmt.Errorf("hamt: root of kind %d holds %d entries, which fit in a flat node", root.kind(), root.size())
	}
	if root.kind() == kindFlat {
		if root.size() > flatMax || root.size() != len(root.entries()) {
			return fmt.Errorf("hamt: flat node of size %d with %d entries", root.size(), len(root.entries()))
		}
		return c.distinct(root)
	}
	_, err := c.node(root, 0, 0)
	return err
}

type checker[K comparable, V any] struct{ e edit[K, V] }

// node checks n at depth, whose entries' hashes must end in the low depth bits
// of prefix, and returns its size.
func (c *checker[K, V]) node(n *node[K, V], depth uint, prefix uint64) (int, error) {
	fail := func(format string, args ...any) (int, error) {
		return 0, fmt.Errorf("hamt: at depth %d, prefix %#x: %s", depth, prefix, fmt.Sprintf(format, args...))
	}
	mask := uint64(1)<<depth - 1
	switch n.kind() {
	case kindLeaf:
		ents, tags := n.entries(), n.leafTags()
		if len(ents) != n.size() || n.size() == 0 || n.size() > leafLimit[K, V]() {
			return fail("leaf of size %d with %d entries", n.size(), len(ents))
		}
		last := uint64(0)
		for i := range ents {
			if ents[i].key != ents[i].key {
				last = 0
				continue // NaN has no hash to check
			}
			h := c.e.hash(ents[i].key)
			if h&mask != prefix&mask {
				return fail("key %v with hash %#x is in the wrong place", ents[i].key, h)
			}
			if tags.at(i) != tagOf(h) {
				return fail("key %v has tag %#x, not %#x", ents[i].key, tags.at(i), tagOf(h))
			}
			if i > 0 && ents[i-1].key == ents[i-1].key && last > h {
				return fail("leaf is not sorted at %d", i)
			}
			last = h
		}
		return n.size(), c.distinct(n)
	case kindGroup:
		if n.size() <= leafLimit[K, V]() {
			return fail("group of %d entries fits in a leaf", n.size())
		}
		return c.group(n, depth)
	case kindInner, kindRoot:
		return c.inner(n, depth, prefix)
	}
	return fail("node of kind %d below the root", n.kind())
}

func (c *checker[K, V]) group(n *node[K, V], depth uint) (int, error) {
	count := 0
	var err error
	walk(n, func(en *entry[K, V]) bool {
		count++
		if h := c.e.hash(en.key); h != n.group().hash && depth < hashBits && en.key == en.key {
			err = fmt.Errorf("hamt: key %v with hash %#x is in the group of %#x", en.key, h, n.group().hash)
		}
		return err == nil
	})
	if err == nil && count != n.size() {
		err = fmt.Errorf("hamt: group of size %d holds %d entries", n.size(), count)
	}
	if err == nil && n.group().sub != nil {
		in := checker[K, V]{c.e}
		in.e.again = true
		_, err = in.node(n.group().sub, 0, 0)
	}
	return count, err
}

func (c *checker[K, V]) inner(n *node[K, V], depth uint, prefix uint64) (int, error) {
	kids := n.kids()
	fail := func(format string, args ...any) (int, error) {
		return 0, fmt.Errorf("hamt: inner node at depth %d, prefix %#x: %s", depth, prefix, fmt.Sprintf(format, args...))
	}
	top := n.kind() == kindRoot
	if top != (depth == 0 && !c.e.again) {
		return fail("root or not")
	}
	if len(kids) < 2 && !top || len(kids) > fanout || len(kids)&(len(kids)-1) != 0 {
		return fail("%d slots", len(kids))
	}
	if depth >= hashBits {
		return fail("no digits are left")
	}
	total, widest := 0, uint(0)
	for i, k := range kids {
		u := region(kids, i)
		if k == nil || i >= 1<<u {
			if k != nil && first(kids, i) {
				return fail("slot %d repeats a child out of its region", i)
			}
			continue
		}
		if u == 0 && (!top || k.kind() == kindInner) {
			return fail("one child fills all slots")
		}
		widest = max(widest, u)
		d := depth + u
		if k.kind() == kindInner {
			if u != digitBits {
				return fail("inner child in a directory of %d bits", u)
			}
		}
		size, err := c.node(k, d, prefix&(1<<depth-1)|uint64(i)<<depth)
		if err != nil {
			return 0, err
		}
		total += size
		if u == 0 {
			continue
		}
		b := i ^ 1<<(u-1)
		if k.kind() != kindInner && region(kids, b) <= u {
			switch s := kids[b]; {
			case s == nil && allNil(kids, b, u):
				return fail("slot %d: a %d-entry child of kind %d has an empty sibling", i, k.size(), k.kind())
			case s != nil && s.kind() == kindLeaf && k.kind() == kindLeaf && s.size()+k.size() <= leafLimit[K, V]():
				return fail("slots %d and %d: leaves of %d and %d entries fit in one", i, b, k.size(), s.size())
			}
		}
	}
	if 1<<widest != len(kids) {
		return fail("%d slots where %d would do", len(kids), 1<<widest)
	}
	if total != n.size() || total <= leafLimit[K, V]() && (!top || len(kids) > 1) {
		return fail("size is %d, the children hold %d", n.size(), total)
	}
	return total, nil
}

// distinct reports equal keys in one leaf or flat node.
func (c *checker[K, V]) distinct(n *node[K, V]) error {
	ents := n.entries()
	for i := range ents {
		for j := range i {
			if c.e.h.equal(ents[i].key, ents[j].key) {
				return fmt.Errorf("hamt: keys %v and %v are equal", ents[i].key, ents[j].key)
			}
		}
	}
	return nil
}
