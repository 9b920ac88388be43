package fuzz

import (
	"errors"
	"math"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	gofuzz "github.com/google/gofuzz"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/wire"
)

// FuzzWire sends variables through a chain of processes: each sets some, encodes
// them, and the next one decodes what it allows. Some carriers are altered on
// the way by the program, some are its own bytes. What arrives unaltered is what
// was sent; whatever arrives, nothing panics, and the limits hold.
//
// FuzzDecode in ctx/wire feeds one Registry with two strings.
func FuzzWire(f *testing.F) {
	f.Add([]byte{0, 'x', 0, 0, 3, 'a', 'n', 'n', 1, 1, 200, 1, 2, 3, 4, 5, 6, 7, 8, 2, 255, 0, 2, 3, 4, 2, 63})
	f.Add(slices.Concat([]byte{3, 1, 2, 3, 5, 40}, []byte("user=ann;p=1, n=1,n=2 ,vendor=%41x,=,,j=%7B%22"), []byte{2, 255, 6, 255, 3, 255, 9, 8, 7, 6, 5}))
	f.Add(slices.Concat([]byte{0}, slices.Repeat([]byte{0, 0, 255, 200, 4, 90, 2, 255}, 30)))
	f.Fuzz(fuzzWire)
}

func TestRandomWire(t *testing.T) { random(t, 2000, fuzzWire) }

// note is a value that crosses as JSON.
type note struct {
	Title string            `json:"title"`
	Tags  []string          `json:"tags,omitempty"`
	More  map[string]*int64 `json:"more,omitempty"`
}

// The variables, and under which name and priority they cross. The codec of odd
// panics and fails; secret is redacted, which no carrier must undo.
var (
	wireUser   = ctx.Static[string]("fuzz.user")
	wireN      = ctx.Static[int]("fuzz.n")
	wireFlag   = ctx.Static[bool]("fuzz.flag")
	wireAt     = ctx.Static[time.Time]("fuzz.at")
	wireNote   = ctx.Static[note]("fuzz.note")
	wireOdd    = ctx.Static[string]("fuzz.odd")
	wireSecret = ctx.Static("fuzz.secret", ctx.Redact[string])

	wireNames = []string{"user", "n", "flag", "at", "note", "odd", "secret"}
	priority  = map[string]int{"user": 5, "n": 1, "flag": 1, "at": -3, "note": 2, "odd": 9, "secret": 0}
	errOdd    = errors.New("odd")

	// registries: those of a process that knows all variables, and of one that
	// knows some; the first is also what the HTTP functions use.
	wireAll  = wireRegistry(len(wireNames))
	wireSome = wireRegistry(3)
	_        = registerIn(nil, len(wireNames))
)

func wireRegistry(n int) *wire.Registry { return registerIn(new(wire.Registry), n) }

func registerIn(r *wire.Registry, n int) *wire.Registry {
	odd := wire.Codec[string]{
		Encode: func(x string) (string, error) {
			if len(x)%7 == 3 {
				return "", errOdd
			}
			return x, nil
		},
		Decode: func(s string) (string, error) {
			switch {
			case strings.HasPrefix(s, "!"):
				panic(s)
			case strings.HasPrefix(s, "?"):
				return "", errOdd
			}
			return s, nil
		},
	}
	for i, name := range wireNames[:n] {
		p := priority[name]
		switch i {
		case 0:
			register(r, wireUser, name, wire.String, p)
		case 1:
			register(r, wireN, name, wire.Int, p)
		case 2:
			register(r, wireFlag, name, wire.Bool, p)
		case 3:
			register(r, wireAt, name, wire.Time, p)
		case 4:
			register(r, wireNote, name, wire.JSON[note](), p)
		case 5:
			register(r, wireOdd, name, odd, p)
		case 6:
			register(r, wireSecret, name, wire.String, p, wire.AllowSecret)
		}
	}
	return r
}

func register[T any](r *wire.Registry, v ctx.Var[T], name string, c wire.Codec[T], p int, opts ...wire.Option) {
	if r == nil {
		wire.Register(v, name, c, p, opts...)
		return
	}
	wire.RegisterIn(r, v, name, c, p, opts...)
}

// wireRun is one chain. sent holds what s is known to hold, by name.
type wireRun struct {
	t    *testing.T
	in   *Input
	fill *gofuzz.Fuzzer
	s    ctx.Snapshot
	sent map[string]any
	kept map[string]string // unknown members on their way
}

func fuzzWire(t *testing.T, data []byte) {
	in := NewInput(data)
	fill := gofuzz.NewFromGoFuzz(in.Bytes(in.N(64))).NilChance(0.2).NumElements(0, 4).
		Funcs(func(s *string, c gofuzz.Continue) { *s = strings.ToValidUTF8(c.RandString(), "?") })
	r := &wireRun{t: t, in: in, fill: fill, sent: map[string]any{}, kept: map[string]string{}}
	for in.Step() && !t.Failed() {
		switch in.N(8) {
		case 0, 1, 7:
			r.set()
		case 2:
			r.unset()
		case 3, 4:
			r.hop(nil)
		case 5:
			r.receive(string(in.Bytes(1+in.N(9000))), false)
		case 6:
			r.hop(r.alter)
		}
		r.compare()
	}
}

// set sets one variable to a value that comes back equal.
func (r *wireRun) set() {
	i := r.in.N(len(wireNames))
	var b ctx.Binding
	var x any
	switch i {
	case 1:
		n := int(r.in.Uint64())
		b, x = wireN.To(n), n
	case 2:
		on := r.in.Bool()
		b, x = wireFlag.To(on), on
	case 3:
		at := time.Unix(int64(r.in.Uint64()%(1<<34)), int64(r.in.N(1000))).UTC()
		b, x = wireAt.To(at), at
	case 4:
		var v note
		r.fill.Fuzz(&v)
		if len(v.Tags) == 0 {
			v.Tags = nil // omitempty
		}
		if len(v.More) == 0 {
			v.More = nil
		}
		b, x = wireNote.To(v), v
	default:
		text := string(r.in.Bytes(r.in.N(200)))
		if r.in.Byte() == 255 {
			text = strings.Repeat(text+"x", 40)
		}
		v := [...]ctx.Var[string]{0: wireUser, 5: wireOdd, 6: wireSecret}[i]
		b, x = v.To(text), text
	}
	r.s = r.s.With(b)
	r.sent[wireNames[i]] = x
}

func (r *wireRun) unset() {
	st := r.s.NewState()
	i := r.in.N(len(wireNames))
	[...]func(*ctx.State) bool{
		wireUser.Unset, wireN.Unset, wireFlag.Unset, wireAt.Unset, wireNote.Unset, wireOdd.Unset, wireSecret.Unset,
	}[i](st)
	r.s = st.Snapshot()
	delete(r.sent, wireNames[i])
}

// read returns what a snapshot holds, by name.
func read(s ctx.Snapshot) map[string]any {
	got := map[string]any{}
	put := func(name string, x any, ok bool) {
		if ok {
			got[name] = x
		}
	}
	x0, ok := wireUser.In(s)
	put("user", x0, ok)
	x1, ok := wireN.In(s)
	put("n", x1, ok)
	x2, ok := wireFlag.In(s)
	put("flag", x2, ok)
	x3, ok := wireAt.In(s)
	put("at", x3, ok)
	x4, ok := wireNote.In(s)
	put("note", x4, ok)
	x5, ok := wireOdd.In(s)
	put("odd", x5, ok)
	x6, ok := wireSecret.In(s)
	put("secret", x6, ok)
	return got
}

func (r *wireRun) compare() {
	if got := read(r.s); !reflect.DeepEqual(got, r.sent) {
		r.t.Errorf("the snapshot holds %#v, want %#v", got, r.sent)
	}
}

// hop encodes, and decodes in the next process. alter, if any, changes the
// carrier on its way.
func (r *wireRun) hop(alter func(string) string) {
	var present []wire.Pair
	for range r.in.N(3) {
		present = append(present, wire.Pair{Name: "vendor" + string('a'+rune(r.in.N(20))), Value: strings.Repeat("v", r.in.N(400))})
	}
	pairs, dropped := wireAll.Encode(r.s, present...)
	r.carrier(pairs, dropped)
	for _, p := range present {
		if _, had := r.kept[p.Name]; !had || slices.ContainsFunc(pairs, func(q wire.Pair) bool { return q == p }) {
			r.kept[p.Name] = p.Value // who stands there already comes first
		}
	}
	for _, d := range dropped {
		delete(r.sent, d.Name)
		delete(r.kept, d.Name)
	}
	header := wire.Header(pairs)
	if back, more := wire.Parse(header); more || !slices.Equal(back, pairs) {
		r.t.Errorf("%q is read back as %v", header, back)
	}
	if alter == nil {
		r.receive(header, true)
	} else {
		r.receive(alter(header), false)
	}
}

// carrier checks what Encode promises.
func (r *wireRun) carrier(pairs []wire.Pair, dropped []wire.Dropped) {
	size := func(p wire.Pair) int { return len(p.Name) + 1 + len(p.Value) }
	total, own := -1, 0 // bytes of all, and of the variables
	names := map[string]bool{}
	for i, p := range pairs {
		total += 1 + size(p)
		if names[p.Name] || i > 0 && p.Name < pairs[i-1].Name || size(p) > wire.MaxMember {
			r.t.Errorf("member %d, %s, of %d bytes: out of order, twice or too long", i, p.Name, size(p))
		}
		names[p.Name] = true
		if _, ours := priority[p.Name]; ours {
			own += 1 + size(p)
		}
	}
	if len(pairs) > wire.MaxMembers || total > wire.MaxBytes {
		r.t.Errorf("a carrier of %d members and %d bytes", len(pairs), total)
	}
	for _, d := range dropped {
		_, ours := priority[d.Name]
		switch {
		case d.Reason == nil, names[d.Name]:
			r.t.Errorf("%s is dropped, %v, in the carrier %v", d.Name, d.Reason, names[d.Name])
		case ours && errors.Is(d.Reason, wire.ErrBudget) && own < wire.MaxBytes-wire.MaxMember-1:
			r.t.Errorf("%s is dropped beside variables of %d bytes", d.Name, own)
		case errors.Is(d.Reason, errOdd) && d.Name != "odd":
			r.t.Errorf("%s is dropped by the codec of another", d.Name)
		}
		names[d.Name] = true
	}
	for name := range r.sent {
		if !names[name] {
			r.t.Errorf("%s is set, and neither sent nor dropped", name)
		}
	}
	for name := range priority {
		if _, set := r.sent[name]; names[name] && !set {
			r.t.Errorf("%s is sent, and not set", name)
		}
	}
}

// receive is the next process. It goes on with what it got: all of it if clean.
func (r *wireRun) receive(header string, clean bool) {
	allow := r.in.Byte() // which of the variables
	var allowed []string
	for i, name := range wireNames {
		if allow>>i&1 != 0 {
			allowed = append(allowed, name)
		}
	}
	registry, known := wireAll, len(wireNames)
	if allow&128 != 0 && r.in.Bool() {
		registry, known = wireSome, 3
	}
	pairs, _ := wire.Parse(header)
	in := registry.Decode(pairs, allowed...)
	if known == len(wireNames) && r.in.Bool() { // the same through HTTP
		in = wire.Extract(http.Header{wire.HeaderName: {header}}, allowed...)
	}
	if len(in.Errors()) > wire.MaxErrors || in.Refused() < len(in.Errors()) || in.Len() > len(allowed) {
		r.t.Errorf("%d errors for %d refused, %d values of %d allowed", len(in.Errors()), in.Refused(), in.Len(), len(allowed))
	}
	stored := 0
	for _, p := range in.Unknown() {
		stored += len(p.Name) + 1 + len(p.Value)
	}
	if stored > wire.MaxBytes {
		r.t.Errorf("%d bytes of unknown members are kept", stored)
	}
	r.s = in.Into(ctx.Snapshot{})
	got := read(r.s)
	if !clean {
		for name := range got {
			if i := slices.Index(wireNames, name); i >= known || allow>>i&1 == 0 {
				r.t.Errorf("%s came in, and was not allowed to", name)
			}
		}
		r.sent = got
		r.kept = map[string]string{}
		for _, p := range in.Unknown() {
			if _, ours := priority[p.Name]; !ours { // a name that the next encoder knows goes no further
				r.kept[p.Name] = p.Value
			}
		}
		return
	}
	for i, name := range wireNames {
		x, sent := r.sent[name]
		switch odd, _ := x.(string); {
		case !sent:
		case i >= known: // that process does not know it, and forwards it
			delete(r.sent, name)
			for _, p := range in.Unknown() {
				if p.Name == name {
					r.kept[name] = p.Value
				}
			}
			if _, ok := r.kept[name]; !ok {
				r.t.Errorf("%s is not forwarded by who does not know it", name)
			}
		case allow>>i&1 == 0, name == "odd" && (strings.HasPrefix(odd, "!") || strings.HasPrefix(odd, "?")):
			delete(r.sent, name)
		}
	}
	for _, p := range in.Unknown() {
		if want, ok := r.kept[p.Name]; !ok || want != p.Value {
			r.t.Errorf("the unknown member %s is %q, want %q", p.Name, p.Value, want)
		}
	}
	if len(in.Unknown()) != len(r.kept) {
		r.t.Errorf("%d unknown members, want %d", len(in.Unknown()), len(r.kept))
	}
	if known < len(wireNames) {
		// The next process of the chain knows all: what the other one forwards
		// for it is no value here until it comes in.
		for _, name := range wireNames[known:] {
			delete(r.kept, name)
		}
		s := ctx.Snapshot{}
		for _, b := range r.bindings() {
			s = s.With(b)
		}
		r.s, r.kept = s, map[string]string{}
	}
}

// bindings are the values of the model.
func (r *wireRun) bindings() (list []ctx.Binding) {
	for name, x := range r.sent {
		switch x := x.(type) {
		case int:
			list = append(list, wireN.To(x))
		case bool:
			list = append(list, wireFlag.To(x))
		case time.Time:
			list = append(list, wireAt.To(x))
		case note:
			list = append(list, wireNote.To(x))
		case string:
			v := map[string]ctx.Var[string]{"user": wireUser, "odd": wireOdd, "secret": wireSecret}[name]
			list = append(list, v.To(x))
		}
	}
	return list
}

// alter changes a carrier a little.
func (r *wireRun) alter(header string) string {
	b := []byte(header)
	for range 1 + r.in.N(6) {
		if len(b) == 0 {
			return string(r.in.Bytes(20))
		}
		at := (r.in.N(256)<<8 | r.in.N(256)) % len(b)
		switch r.in.N(6) {
		case 0:
			b[at] = r.in.Byte()
		case 1:
			b = slices.Insert(b, at, r.in.Bytes(4)...)
		case 2:
			b = slices.Delete(b, at, min(len(b), at+1+r.in.N(8)))
		case 3:
			b = b[:at]
		case 4: // a part twice
			b = append(append(b, ','), b[at:min(len(b), at+100)]...)
		case 5:
			b = slices.Insert(b, at, "%,;= \t\x00"[r.in.N(7)])
		}
	}
	return string(b)
}

// What a hostile carrier allocates is bounded, however long it is.
func TestWireMemory(t *testing.T) {
	const bound = 1 << 20
	for _, part := range []string{",", "a=b,", "n=1,", "=", "%", "user=%41,", "note=" + strings.Repeat("%5B", 1300) + ",", ";", "x=" + strings.Repeat("y", 4000) + ",", "\x00"} {
		header := strings.Repeat(part, (16<<20)/len(part))
		least := uint64(math.MaxUint64)
		for range 3 { // other goroutines allocate as well
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			pairs, _ := wire.Parse(header)
			in := wireAll.Decode(pairs, wireNames...)
			runtime.KeepAlive(in.Into(ctx.Snapshot{}))
			runtime.ReadMemStats(&after)
			least = min(least, after.TotalAlloc-before.TotalAlloc)
		}
		if least > bound {
			t.Errorf("%d bytes of %.20q allocate %d bytes, want at most %d", len(header), part, least, bound)
		}
	}
}
