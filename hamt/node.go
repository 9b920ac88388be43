package hamt

// # The trie
//
// A map is a binary trie over the bits of the keys' hashes, lowest bit first,
// cut off at buckets: a place of the trie whose subtree has at most leafMax
// entries is one leaf. The binary trie is stored digitBits levels at a time:
// an inner node is a directory of 1<<bits slots, bits at most digitBits, and a
// leaf that stands at a higher place than the directory's depth appears in
// several slots.
//
//	directory of 4 slots (bits = 2)          the binary trie it stands for
//	+----+----+----+----+
//	| 00 | 01 | 10 | 11 |                           *
//	+-|--+-|--+-|--+-|--+                        0 / \ 1
//	  A    B    A    C                           A    *
//	                                               0 / \ 1
//	A's hashes end in 0, B's in 01, C's in 11.     B     C
//
// Because leaves split in two and not in sixteen, they stay between half and
// completely full, whatever the number of entries.
//
// Kinds of node:
//
//	flat   up to flatMax entries in order of insertion; only at the top. Keys
//	       are not hashed.
//	root   the directory at the top of a map of more than flatMax entries: an
//	       inner node that also holds the hasher, and may have one slot only.
//	inner  a directory: more than leafMax entries below it, not all of one
//	       hash. Slots may be nil, a leaf, a group, or, when all digitBits are
//	       used, another inner node.
//	leaf   up to leafMax entries (fewer if they are large) with one tag byte
//	       each, sorted by hash, so that equal contents are equal leaves.
//	group  more entries than fit in a leaf, whose hashes are all equal, as
//	       high up as such a set can stand.
//
// The form is canonical: which nodes there are follows from the hashes of the
// keys alone, so two maps of equal content have equal tries whatever their
// histories.
//
// # The seam
//
// The code outside node_*.go reaches nodes only through what is listed here,
// and so compiles over both layouts (the plain one under the tag purego):
//
//	n.kind(), n.size()        the kind; the number of entries in the subtree
//	n.kids()                  inner and root: the slots as a slice, a view
//	n.entries()               leaf and flat: the entries, a view
//	n.leafTags()              leaf: the tags
//	n.group()                 group: its content
//	n.hasher()                flat and root only
//	e.owns(n)                 whether edit e may change n in place
//	e.owned(n)                n or a copy that e may change; not for groups
//	e.newInner(bits, size)    an inner node with nil slots
//	e.newLeaf(n), e.newFlat   zero entries and tags, to be filled
//	e.withEntry, withoutEntry a leaf or flat with one entry more or less
//
// Node identity is pointer identity: equal pointers are equal subtrees. A node
// does not know its place; walkers carry the number of hash bits consumed.
//
// # What other files may rely on (set algebra, diff, merge, ...)
//
//	expand(n, &slots)      an inner node or root spread over 1<<digitBits slots
//	e.pack(&slots, size)   the inverse: an inner node no wider than it must be,
//	                       or the leaf or group that fills all slots
//	e.top(n)               makes what stands at depth 0 a root: flat, root, nil
//	region(slots, i)       how many low bits of slot number i its child uses
//	first(slots, i)        whether slot i is the first of its child's region
//	e.settle(&slots, depth, prefix)
//	                       pack after slots were changed one by one: merges
//	                       what fits in a leaf first
//	e.build(items, depth)  a canonical node of entries with known hashes
//	e.set, e.remove        one key below a node at a depth
//	find(h, n, ...)        one key below a node at a depth
//	walk(n, yield)         all entries below a node
//
// Two inner nodes at the same depth in maps of the same hasher are walked in
// step by expanding both. A leaf against anything is done entry by entry: it
// has at most leafMax entries. A group against anything likewise, as groups
// exist only under attack.

const (
	// digitBits is the number of hash bits an inner node consumes at most.
	digitBits = 4
	fanout    = 1 << digitBits
	// leafMax entries fit in one leaf; one more splits it in two.
	leafMax = 8
	// flatMax entries are kept without hashing them.
	flatMax = 8
	// hashBits is the depth at which no digit is left.
	hashBits = 64
)

type kind uint8

const (
	kindFlat kind = iota
	kindLeaf
	kindInner
	kindRoot
	kindGroup
)

// entry is one pair. The value comes first: Go pads a zero-size last field, so
// a set's entry {struct{}, K} is no bigger than K.
type entry[K comparable, V any] struct {
	val V
	key K
}

// tagOf is the byte that stands for a hash in a leaf: its top seven bits, with
// the high bit set, so that it differs from an unused byte by that bit.
func tagOf(hash uint64) uint8 { return uint8(hash>>57) | 0x80 }
