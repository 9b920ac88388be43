package hamt

import (
	"hash/maphash"
	"math/bits"
	"reflect"
	"sync"
)

// A Hasher replaces the hash and the equality of a key type. It has the
// shape of Go 1.27's hash/maphash.Hasher. Equal keys must write the same
// bytes to the hash. Both methods may be called from several goroutines.
//
// A Hasher may also have the method
//
//	Hash64(seed uint64, key K) uint64
//
// which is then used instead of Hash: it is cheaper, and the way to pass keys
// that are already well mixed. The low bits choose the place in the trie, so
// they should be the most random ones.
//
// When keys of an ordered kind (integers, floats, strings) share one 64-bit
// hash in numbers, the map tells them apart by the runtime's own hash. So a
// Hasher for such a kind must not call keys equal that differ under == unless
// their hashes are spread.
type Hasher[K any] interface {
	Hash(h *maphash.Hash, key K)
	Equal(x, y K) bool
}

// Comparable gives a [Hasher] the method Equal as the operator ==. Embed it to
// promise that keys are compared by ==, which lets a map of few entries look
// a key up without calling the Hasher at all.
type Comparable[K comparable] struct{}

// Equal reports whether x == y.
func (Comparable[K]) Equal(x, y K) bool { return x == y }

func (Comparable[K]) equalIsOperator() {}

// hasher is what the root of every map points to: how its keys are hashed and
// compared. All default maps of one key type share one hasher for the life of
// the process, so that any two of them can be walked in step.
type hasher[K comparable] struct {
	// What a lookup needs fills the first cache line.

	// word: a default hasher of integers of 4 or 8 bytes, which are hashed in
	// line; see wordHash.
	word    bool
	text    bool // a default hasher of strings; see textHash
	secrets secrets
	std     keyHash[K] // the runtime's hash under the default seed

	textSeed maphash.Seed // for strings that textHash does not hash itself

	again  keyHash[K] // the same under a second seed; see rehash
	user   Hasher[K]  // nil in the default hasher
	hash64 interface{ Hash64(uint64, K) uint64 }
	pooled sync.Pool // of *maphash.Hash, for user.Hash
	seed   uint64
	mseed  maphash.Seed
	// userEqual: keys are compared by user.Equal instead of ==.
	userEqual bool
	// mayPanic: the key type holds an interface, so that hashing a key can
	// panic. Such a key is hashed even where only its equality is needed.
	mayPanic bool
	// plainHash: a default hasher of keys that never panic.
	plainHash bool
	// stable: a default hasher of keys that never panic and have the same hash
	// each time.
	stable bool
	// plainEqual: keys compare by == and never panic.
	plainEqual bool
	// ordered: an ordered kind, whose equal-hash groups are hashed again.
	ordered bool
}

// secrets are the random words under which integers and short strings are
// hashed, made once per process and key type. Nobody who does not know them can
// choose keys of one hash; and should somebody, such keys stay usable, as the
// package promises.
type secrets struct{ a, b, c, d, e uint64 }

func newSecrets() secrets {
	random := func() uint64 { return maphash.Comparable(maphash.MakeSeed(), 0) }
	return secrets{random(), multiplier(random), random(), random(), random()}
}

// multiplier returns a secret word that spreads integers in a row, or a power of
// two apart. It is odd, as an even one would lose a bit. Half of each byte's bits
// are set: after a long run of zeros or ones a bit of the hash would hardly change
// from one integer to the next. And no eight bits are close to one or two
// thirds, or it would be set for two integers of three. Other distances are
// like another word, which may be a less good one.
func multiplier(random func() uint64) uint64 {
	for {
		b, have := uint64(0), 0
		for have < 64 {
			for r := random(); r != 0 && have < 64; r >>= 8 {
				if c := uint8(r); bits.OnesCount8(c) == 4 && (have > 0 || c&1 == 1) {
					b |= uint64(c) << have
					have += 8
				}
			}
		}
		if !nearThirds(b) {
			return b
		}
	}
}

// nearThirds reports whether three times any eight bits of b in a row are nearly
// a multiple of 256.
func nearThirds(b uint64) bool {
	for i := range 64 - 7 {
		if d := int8(3 * uint8(b>>i)); -2 <= d && d <= 2 {
			return true
		}
	}
	return false
}

// hash returns the hash whose digits place k in the trie.
func (h *hasher[K]) hash(k K) uint64 {
	switch {
	case h.word:
		return wordHash(keyWord(&k), h.secrets.a, h.secrets.b)
	case h.text:
		return textHash(h, keyText(&k))
	case h.user == nil:
		return h.std.hash(k)
	}
	return h.userHash(k)
}

// wordHash is the hash of an integer: one multiplication under two secret
// words, folded. It takes a third of the time of a call of the runtime's.
func wordHash(k, word0, word1 uint64) uint64 {
	hi, lo := bits.Mul64(k^word0, word1)
	return hi ^ lo
}

func (h *hasher[K]) userHash(k K) uint64 {
	h.probe(k)
	if h.hash64 != nil {
		return spread(h.hash64.Hash64(h.seed, k))
	}
	mh, _ := h.pooled.Get().(*maphash.Hash)
	if mh == nil {
		mh = new(maphash.Hash)
	}
	mh.SetSeed(h.mseed)
	h.user.Hash(mh, k)
	sum := mh.Sum64()
	h.pooled.Put(mh)
	return spread(sum)
}

// spread mixes the low bits of a user's hash into its top byte, from which the
// tags come. It maps unequal hashes to unequal ones and leaves the digits.
func spread(hash uint64) uint64 { return hash ^ (hash<<8*0x9e3779b97f4a7c15)&(0xff<<56) }

// rehash is the second hash: it places keys whose first hashes are all equal.
func (h *hasher[K]) rehash(k K) uint64 { return h.again.hash(k) }

// equal compares two keys as the map does.
func (h *hasher[K]) equal(x, y K) bool {
	if h.userEqual {
		return h.user.Equal(x, y)
	}
	return x == y
}

// probe panics if k cannot be hashed. A nil hasher stands for a plain default one.
func (h *hasher[K]) probe(k K) {
	if h != nil && h.mayPanic {
		h.std.hash(k)
	}
}

// asks reports whether h calls a user's code.
func (h *hasher[K]) asks() bool { return h != nil && h.user != nil }

// bare reports whether flat nodes can do without a pointer to h.
func (h *hasher[K]) bare() bool { return h.plainHash }

// same reports whether two maps place equal keys at equal places.
func (h *hasher[K]) same(o *hasher[K]) bool {
	if h == o {
		return true
	}
	if h.user == nil || o.user == nil {
		return false
	}
	t := reflect.TypeOf(h.user)
	return t == reflect.TypeOf(o.user) && t.Comparable() && h.user == o.user
}

// defaults holds one *hasher[K] per key type.
var defaults sync.Map // of reflect.Type

func defaultHasher[K comparable]() *hasher[K] {
	t := reflect.TypeFor[K]()
	if h, ok := defaults.Load(t); ok {
		return h.(*hasher[K])
	}
	h, _ := defaults.LoadOrStore(t, newHasher[K](t))
	return h.(*hasher[K])
}

func newHasher[K comparable](t reflect.Type) *hasher[K] {
	mayPanic := holds(t, isInterface)
	return &hasher[K]{
		std:        newKeyHash[K](),
		again:      newKeyHash[K](),
		mayPanic:   mayPanic,
		plainHash:  !mayPanic,
		stable:     !mayPanic && !holds(t, isFloat),
		plainEqual: !mayPanic,
		word:       wordKeys && (t.Size() == 8 || t.Size() == 4) && t.Kind() >= reflect.Int && t.Kind() <= reflect.Uintptr,
		text:       textKeys && t.Kind() == reflect.String,
		textSeed:   maphash.MakeSeed(),
		secrets:    newSecrets(),
		ordered:    orderedKind(t.Kind()),
	}
}

// userHasher derives a hasher for u from the default one of its key type, so
// that two maps given equal Hashers get equal seeds.
func userHasher[K comparable](u Hasher[K]) *hasher[K] {
	if u == nil {
		panic("hamt: NewWith needs a Hasher; use the zero Map for the default one")
	}
	d := defaultHasher[K]()
	h := &hasher[K]{
		std: d.std, again: d.again, user: u, seed: userSeed, mseed: userMaphashSeed,
		mayPanic: d.mayPanic, ordered: d.ordered, userEqual: true,
	}
	h.hash64, _ = u.(interface{ Hash64(uint64, K) uint64 })
	if _, ok := u.(interface{ equalIsOperator() }); ok {
		h.userEqual = false
		h.plainEqual = !h.mayPanic
	}
	return h
}

var (
	userMaphashSeed = maphash.MakeSeed()
	userSeed        = maphash.Comparable(userMaphashSeed, 0)
)

// keyMayPanic reports whether hashing a key of type K can panic.
func keyMayPanic[K comparable]() bool {
	switch reflect.TypeFor[K]().Kind() {
	case reflect.Interface, reflect.Struct, reflect.Array:
		return defaultHasher[K]().mayPanic
	}
	return false
}

func orderedKind(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Float64 || k == reflect.String
}

// holds reports whether a value of type t holds one of a kind that is wanted.
func holds(t reflect.Type, wanted func(reflect.Kind) bool) bool {
	switch {
	case wanted(t.Kind()):
		return true
	case t.Kind() == reflect.Array:
		return holds(t.Elem(), wanted)
	case t.Kind() == reflect.Struct:
		for f := range t.Fields() {
			if holds(f.Type, wanted) {
				return true
			}
		}
	}
	return false
}

func isInterface(k reflect.Kind) bool { return k == reflect.Interface }

// isFloat is about the kinds that have NaNs, which hash anew each time.
func isFloat(k reflect.Kind) bool { return k >= reflect.Float32 && k <= reflect.Complex128 }
