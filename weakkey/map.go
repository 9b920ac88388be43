package weakkey

import (
	"fmt"
	"iter"
	"log/slog"

	"github.com/strata-go/strata/internal/keys"
)

// Map is a persistent map from keys to values, each of its key's own type. An
// entry does not keep its key alive. Set and Delete return a new Map and leave
// the old one as it was; copying a Map is a snapshot.
//
// The zero Map is empty and ready. Maps are immutable values: any number of
// goroutines may use one. They do not compare with ==. Get takes a few
// nanoseconds and allocates nothing; Set copies one path of the trie and makes
// one box, and for a collectable key whose values hold pointers one entry.
type Map struct {
	_     [0]func()
	trie  keys.Trie
	sweep keys.Sweeper
}

// Get returns the value of k in m. A key that was released has none.
func Get[T any](m Map, k Key[T]) (value T, ok bool) {
	key := k.valid()
	h, _ := m.trie.Get(key.Index())
	return key.Unwrap(h)
}

// Set returns m with the value of k replaced. The error wraps ErrReleased and
// names the key; the Map is then m.
func Set[T any](m Map, k Key[T], value T) (Map, error) {
	key := k.valid()
	h, err := key.Wrap(nil, value)
	if err != nil {
		return m, fmt.Errorf("weakkey: Set of %w", err)
	}
	if m.trie.Len() == 0 {
		m.trie = keys.NewTrie()
	}
	m.trie = m.trie.Set(key.Index(), h)
	if m.sweep.Due(m.trie.Len()) {
		m.trie = keys.Sweep(m.trie, keys.Live)
	}
	return m, nil
}

// Delete returns m without a value of k.
func Delete[T any](m Map, k Key[T]) Map {
	key := k.valid()
	// An entry of an earlier key of this index may stay: nobody sees it. That of
	// a later key has to: then k is the one that is gone.
	if h, ok := m.trie.Get(key.Index()); ok && h.ID == key.ID() {
		m.trie = m.trie.Delete(key.Index())
	}
	return m
}

// Len returns the number of entries whose keys live. It visits every entry.
func (m Map) Len() int {
	n := 0
	for _, h := range m.trie.All() {
		if keys.Live(h) {
			n++
		}
	}
	return n
}

// String returns the number of entries: what they are is for holders of keys.
func (m Map) String() string { return fmt.Sprintf("weakkey.Map(%d)", m.Len()) }

// GoString returns what String does.
func (m Map) GoString() string { return m.String() }

// LogValue returns what String does.
func (m Map) LogValue() slog.Value { return slog.StringValue(m.String()) }

// MarshalJSON returns an error: keys have no meaning outside their process.
func (m Map) MarshalJSON() ([]byte, error) { return nil, errSerialise }

// GobEncode returns an error, as MarshalJSON does.
func (m Map) GobEncode() ([]byte, error) { return nil, errSerialise }

// Namespace is a group of keys and the only way to list keys: who holds a
// Namespace lists its own keys and no others, and reads no value by it. It does
// not keep its keys alive. Any number of goroutines may use one.
//
// A Namespace is made by [NewNamespace]; a nil or zero one is not valid and
// panics. It prints as its label.
type Namespace struct{ n *keys.Namespace }

func (ns *Namespace) valid() *keys.Namespace {
	if ns == nil || ns.n == nil {
		panic("weakkey: nil or zero Namespace; make one with weakkey.NewNamespace")
	}
	return ns.n
}

// NewNamespace makes an empty group. The name is a label: two namespaces of one
// name are two.
func NewNamespace(name string) *Namespace { return &Namespace{keys.NewNamespace(name)} }

// Name returns the label.
func (ns *Namespace) Name() string { return ns.valid().Name() }

// String returns the label.
func (ns *Namespace) String() string {
	if ns == nil || ns.n == nil {
		return "<zero namespace>"
	}
	return ns.n.Name()
}

// LogValue returns the label.
func (ns *Namespace) LogValue() slog.Value { return slog.StringValue(ns.String()) }

// Len returns the number of live keys. Constant time.
func (ns *Namespace) Len() int { return ns.valid().Len() }

// Keys yields what is known of the live keys, oldest first.
func (ns *Namespace) Keys() iter.Seq[Info] {
	n := ns.valid()
	return func(yield func(Info) bool) {
		for r := range n.Records() {
			if !yield(Info{r}) {
				return
			}
		}
	}
}

// KeysIn yields what is known of the live keys that have an entry in m, oldest
// first. It visits every key of the namespace.
func (ns *Namespace) KeysIn(m Map) iter.Seq[Info] {
	n := ns.valid()
	return func(yield func(Info) bool) {
		for r := range n.Records() {
			h, ok := m.trie.Get(r.ID().Index())
			if ok && h.ID == r.ID() && !yield(Info{r}) {
				return
			}
		}
	}
}
