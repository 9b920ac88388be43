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
// Four kinds of node:
//
//	flat   up to flatMax entries in order of insertion; only a root. Keys are
//	       not hashed.
//	leaf   up to leafMax entries with one tag byte each, sorted by tag and
//	       then by hash, so that equal contents are equal leaves.
//	inner  a directory: more than leafMax entries below it, not all of one
//	       hash. Slots may be nil, a leaf, a group, or, when bits ==
//	       digitBits, another inner node.
//	group  more than leafMax entries whose hashes are all equal, as high up as
//	       such a set can stand.
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
//	n.kind, n.size()          the kind; the number of entries in the subtree
//	n.owner                   who may change the node in place; 0 is nobody
//	n.kids()                  inner: the slots as a slice, a view
//	n.entries(), n.tags()     leaf and flat (no tags): views, in order
//	n.groupHash()             group: the hash that all its entries share
//	root.hasher()             the hasher; valid on roots only
//	e.newInner(bits, size)    an inner node with nil slots
//	e.newLeaf(size)           a leaf with zero entries and tags, to be filled
//
// Node identity is pointer identity: equal pointers are equal subtrees. A node
// does not know its place; walkers carry the number of hash bits consumed.
//
// # What other files may rely on (set algebra, diff, merge, ...)
//
//	expand(n, &slots)      an inner node's slots spread over 1<<digitBits
//	e.pack(&slots, size)   the inverse, canonical: shrinks the directory,
//	                       merges what fits in one leaf, may return a leaf,
//	                       a group or nil
//	region(slots, i)       how many low bits of slot number i its child uses
//	first(slots, i)        whether slot i is the first of its child's region
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
	leafMax = 16
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
	kindGroup
)

// entry is one pair. The value comes first: Go pads a zero-size last field, so
// a set's entry {struct{}, K} is no bigger than K.
type entry[K comparable, V any] struct {
	val V
	key K
}

// tagOf is the byte that stands for a hash in a leaf. It draws on all bits, as
// the low ones are equal within a leaf and a user's hash may have no high ones.
func tagOf(hash uint64) uint8 { return uint8(hash * 0x9e3779b97f4a7c15 >> 56) }
