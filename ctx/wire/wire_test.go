package wire_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/wire"
)

func equal[T any](t *testing.T, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func isError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func panics(t *testing.T, f func()) (value any) {
	t.Helper()
	defer func() {
		t.Helper()
		if value = recover(); value == nil {
			t.Fatal("no panic")
		}
	}()
	f()
	return nil
}

// Only registered variables that are set go out, sorted by name, whatever the
// order of registration; defaults do not.
func TestEncode_OnlyWhatIsRegisteredAndSet(t *testing.T) {
	var r wire.Registry
	user, debug, private := ctx.Static("user", ctx.Default("nobody")), ctx.Static[bool]("debug"), ctx.Static[string]("private")
	wire.RegisterIn(&r, user, "user", wire.String, 0)
	wire.RegisterIn(&r, debug, "debug", wire.Bool, 9)
	pairs, dropped := r.Encode(ctx.Snapshot{}.With(private.To("x")))
	equal(t, len(pairs)+len(dropped), 0)
	pairs, dropped = r.Encode(ctx.Snapshot{}.With(user.To("ann, née Ö"), private.To("x"), debug.To(true)))
	equal(t, pairs, []wire.Pair{{"debug", "true"}, {"user", "ann%2C%20n%C3%A9e%20%C3%96"}})
	equal(t, len(dropped), 0)
	st := ctx.NewState()
	user.Set(st, "ann")
	user.Mask(st)
	pairs, _ = r.Encode(st.Snapshot())
	equal(t, len(pairs), 0)
}

// The effective value goes out: what a generator's level or a Run shows.
func TestEncode_EffectiveValue(t *testing.T) {
	var r wire.Registry
	user := ctx.Static[string]("user")
	wire.RegisterIn(&r, user, "user", wire.String, 0)
	st := ctx.NewState()
	user.Set(st, "caller")
	m := st.Push(new(ctx.Layer))
	user.Set(st, "overlay")
	pairs, _ := r.Encode(st.Snapshot())
	equal(t, pairs, []wire.Pair{{"user", "overlay"}})
	st.Unwind(m)
	pairs, _ = r.Encode(st.Snapshot())
	equal(t, pairs, []wire.Pair{{"user", "caller"}})
}

// Secrets never cross by default, and registering is checked.
func TestRegister_Misuse(t *testing.T) {
	var r wire.Registry
	secret, v := ctx.Static("secret", ctx.Redact[string]), ctx.Static[string]("v")
	msg := fmt.Sprint(panics(t, func() { wire.RegisterIn(&r, secret, "secret", wire.String, 0) }))
	if !strings.Contains(msg, "AllowSecret") {
		t.Errorf("no advice in %q", msg)
	}
	pairs, _ := r.Encode(ctx.Snapshot{}.With(secret.To("s3cret")))
	equal(t, len(pairs), 0)
	wire.RegisterIn(&r, secret, "secret", wire.String, 0, wire.AllowSecret)
	pairs, _ = r.Encode(ctx.Snapshot{}.With(secret.To("s3cret")))
	equal(t, len(pairs), 1)
	for _, name := range []string{"", "a b", "a,b", "a=b", "ä", "a\n", strings.Repeat("x", 257)} {
		panics(t, func() { wire.RegisterIn(&r, v, name, wire.String, 0) })
	}
	panics(t, func() { wire.RegisterIn(&r, v, "secret", wire.String, 0) })
	panics(t, func() { wire.RegisterIn(&r, v, "v", wire.Codec[string]{}, 0) })
}

// The whole carrier stays within 8192 bytes: one that fits exactly stays whole,
// one byte more drops the member of the lowest priority.
func TestEncode_ByteBudget(t *testing.T) {
	var r wire.Registry
	a, b, c := ctx.Static[string]("a"), ctx.Static[string]("b"), ctx.Static[string]("c")
	wire.RegisterIn(&r, a, "a", wire.String, 1)
	wire.RegisterIn(&r, b, "b", wire.String, 3)
	wire.RegisterIn(&r, c, "c", wire.String, 2)
	x := strings.Repeat("x", 4094) // a=xxx… has 4096 bytes
	s := ctx.Snapshot{}.With(a.To(x), b.To(x[:4000]))
	rest := 8192 - 4096 - 4002 - 2 // two commas
	s = s.With(c.To(strings.Repeat("y", rest-2)))
	pairs, dropped := r.Encode(s)
	equal(t, len(wire.Header(pairs)), 8192)
	equal(t, len(dropped), 0)

	s = s.With(c.To(strings.Repeat("y", rest-1)))
	pairs, dropped = r.Encode(s)
	equal(t, pairs, []wire.Pair{{"b", x[:4000]}, {"c", strings.Repeat("y", rest-1)}})
	equal(t, len(dropped), 1)
	equal(t, dropped[0].Name, "a")
	isError(t, dropped[0].Reason, wire.ErrBudget)

	// What stands in the carrier already counts, after what is ours.
	pairs, dropped = r.Encode(ctx.Snapshot{}.With(a.To(x)), wire.Pair{Name: "vendor", Value: x[:4000]}, wire.Pair{Name: "other", Value: x[:100]})
	equal(t, []string{pairs[0].Name, pairs[1].Name}, []string{"a", "other"})
	equal(t, dropped, []wire.Dropped{{"vendor", wire.ErrBudget}})

	// A single member is bounded too, in its escaped form.
	_, dropped = r.Encode(ctx.Snapshot{}.With(a.To(strings.Repeat(" ", 2000))))
	equal(t, dropped, []wire.Dropped{{"a", wire.ErrMember}})
}

// At most 64 members; who stays depends on priority and name only.
func TestEncode_MemberBudgetIsDeterministic(t *testing.T) {
	type variable struct {
		v        ctx.Var[int]
		name     string
		priority int
	}
	var vs []variable
	var s ctx.Snapshot
	for i := range 100 {
		v := variable{ctx.Static[int]("n"), fmt.Sprintf("n%02d", i), i % 3}
		vs = append(vs, v)
		s = s.With(v.v.To(i))
	}
	var want []wire.Pair
	for seed := range 5 {
		rand.New(rand.NewPCG(uint64(seed), 0)).Shuffle(len(vs), func(i, j int) { vs[i], vs[j] = vs[j], vs[i] })
		var r wire.Registry
		for _, v := range vs {
			wire.RegisterIn(&r, v.v, v.name, wire.Int, v.priority)
		}
		pairs, dropped := r.Encode(s)
		equal(t, len(pairs), 64)
		equal(t, len(dropped), 36)
		if seed == 0 {
			want = pairs
		}
		equal(t, pairs, want)
		for _, d := range dropped { // priority 2 and 1 are 66: two of 1 go, and all of 0
			if i := 0; d.Name < "n94" {
				_, _ = fmt.Sscanf(d.Name, "n%d", &i)
				equal(t, i%3, 0)
			}
		}
	}
}

// Unknown members are forwarded unchanged, with their properties; they come last
// when the carrier is full.
func TestUnknownMembersAreForwarded(t *testing.T) {
	var r wire.Registry
	user := ctx.Static[string]("user")
	wire.RegisterIn(&r, user, "user", wire.String, 0)
	pairs, more := wire.Parse(" vendor = a%20b;ttl=3;x , user=ann,empty=", "Z=%zz")
	equal(t, more, false)
	in := r.Decode(pairs, "user")
	equal(t, in.Errors(), nil)
	out, dropped := r.Encode(in.Into(ctx.Snapshot{}))
	equal(t, wire.Header(out), "Z=%zz,empty=,user=ann,vendor=a%20b;ttl=3;x")
	equal(t, len(dropped), 0)

	// They survive tasks and Contexts like any value, and are replaced by the
	// next carrier.
	st := ctx.NewState()
	in.Set(st)
	out, _ = r.Encode(st.Fork().Snapshot())
	equal(t, len(out), 4)
	equal(t, user.Get(st), "ann")
	r.Decode(nil).Set(st)
	out, _ = r.Encode(st.Snapshot())
	equal(t, wire.Header(out), "user=ann")

	var most []wire.Pair
	for i := range 64 {
		most = append(most, wire.Pair{Name: fmt.Sprintf("v%02d", i), Value: "x"})
	}
	in = r.Decode(most)
	out, dropped = r.Encode(in.Into(ctx.Snapshot{}).With(user.To("ann")))
	equal(t, len(out), 64)
	equal(t, out[0], wire.Pair{Name: "user", Value: "ann"})
	equal(t, dropped, []wire.Dropped{{"v63", wire.ErrBudget}})
}

// A value that was deleted here, or refused, is not brought back by the carrier
// it came in, nor by one that is written to.
func TestDeletedValuesAreNotResurrected(t *testing.T) {
	var r wire.Registry
	user, later := ctx.Static[string]("user"), ctx.Static[string]("later")
	wire.RegisterIn(&r, user, "user", wire.String, 0)
	carrier := []wire.Pair{{Name: "user", Value: "ann"}, {Name: "later", Value: "x"}}
	header := func(st *ctx.State) string {
		pairs, _ := r.Encode(st.Snapshot(), carrier...)
		return wire.Header(pairs)
	}
	st := ctx.NewState()
	r.Decode(carrier, "user").Set(st)
	equal(t, header(st), "later=x,user=ann")
	user.Unset(st)
	equal(t, header(st), "later=x")

	st = ctx.NewState()
	in := r.Decode(carrier) // not allowed in
	equal(t, in.Refused(), 1)
	isError(t, in.Errors()[0], wire.ErrNotAllowed)
	in.Set(st)
	equal(t, header(st), "later=x")

	wire.RegisterIn(&r, later, "later", wire.String, 0) // unknown when it came
	equal(t, header(st), "")
}

// Hostile carriers: no panic, few errors, little memory, no value in an error.
func TestDecode_Hostile(t *testing.T) {
	var r wire.Registry
	n, guarded := ctx.Static[int]("n"), ctx.Static("guarded", ctx.Guard(func(x string) error {
		if x != "fine" {
			return errors.New("refused: " + x)
		}
		return nil
	}))
	crash := ctx.Static[string]("crash")
	wire.RegisterIn(&r, n, "n", wire.Int, 0)
	wire.RegisterIn(&r, guarded, "guarded", wire.String, 0)
	wire.RegisterIn(&r, crash, "crash", wire.Codec[string]{Encode: wire.String.Encode, Decode: func(s string) (string, error) { return s[1000:], nil }}, 0)
	allow := []string{"n", "guarded", "crash"}
	const evil = "s3cret"
	p := func(name, value string) wire.Pair { return wire.Pair{Name: name, Value: value} }
	many := make([]wire.Pair, 100_000)
	for i := range many {
		many[i] = p(fmt.Sprint("m", i), evil)
	}
	for name, c := range map[string]struct {
		pairs   []wire.Pair
		refused int
		errs    int
		why     error
	}{
		"not a number":     {[]wire.Pair{p("n", evil)}, 1, 1, nil},
		"guard":            {[]wire.Pair{p("guarded", evil)}, 1, 1, new(ctx.GuardError)},
		"codec panics":     {[]wire.Pair{p("crash", evil)}, 1, 1, nil},
		"bad escape":       {[]wire.Pair{p("n", "%"+evil)}, 1, 1, nil},
		"half escape":      {[]wire.Pair{p("n", "1%2")}, 1, 1, nil},
		"twice":            {[]wire.Pair{p("n", "1"), p("n", evil)}, 1, 1, wire.ErrTwice},
		"line break":       {[]wire.Pair{p("x", "a\r\nSet-Cookie: "+evil)}, 1, 1, wire.ErrMember},
		"comma":            {[]wire.Pair{p("x", "a,n=1")}, 1, 1, wire.ErrMember},
		"control in name":  {[]wire.Pair{p("x\x00", "a")}, 1, 1, wire.ErrMember},
		"no name":          {[]wire.Pair{p("", evil)}, 1, 1, wire.ErrMember},
		"long name":        {[]wire.Pair{p(strings.Repeat("n", 5000), "")}, 1, 1, wire.ErrMember},
		"long value":       {[]wire.Pair{p("n", strings.Repeat("1", wire.MaxMember-1))}, 1, 1, wire.ErrMember},
		"huge value":       {[]wire.Pair{p("n", strings.Repeat("1", 1<<20))}, 1, 1, wire.ErrTooMuch},
		"very many":        {many, 100_000 - 64, 1, wire.ErrTooMuch},
		"many refused":     {[]wire.Pair{p("a b", ""), p("c d", ""), p("e f", ""), p("g h", ""), p("i j", ""), p("k l", ""), p("m n", "")}, 7, wire.MaxErrors, wire.ErrMember},
		"just right after": {[]wire.Pair{p(" ", evil), p("guarded", "fine"), p("n", "7;p=1")}, 1, 1, wire.ErrMember},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			in := r.Decode(c.pairs, allow...)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 128<<10 {
				t.Errorf("allocates %d bytes", used)
			}
			equal(t, in.Refused(), c.refused)
			equal(t, len(in.Errors()), c.errs)
			for _, err := range in.Errors() {
				if strings.Contains(err.Error(), evil) || len(err.Error()) > 300 {
					t.Errorf("the error tells too much: %q", err)
				}
			}
			switch why := c.why.(type) {
			case nil:
			case *ctx.GuardError:
				if !errors.As(in.Errors()[0], &why) {
					t.Errorf("no GuardError in %v", in.Errors())
				}
			default:
				isError(t, in.Errors()[0], c.why)
			}
			s := in.Into(ctx.Snapshot{})
			if name == "just right after" {
				x, _ := n.In(s)
				y, _ := guarded.In(s)
				equal(t, fmt.Sprint(x, y, in.Len()), "7fine2")
			}
			out, _ := r.Encode(s)
			if len(out) > wire.MaxMembers || len(wire.Header(out)) > wire.MaxBytes {
				t.Error("forwards more than a carrier holds")
			}
		})
	}
}

// Parse reads a bounded part of a header, at its exact limits.
func TestParse_Limits(t *testing.T) {
	exact := "a=" + strings.Repeat("x", 4094) + ",b=" + strings.Repeat("y", 4093)
	equal(t, len(exact), wire.MaxBytes)
	pairs, more := wire.Parse(exact)
	equal(t, fmt.Sprint(len(pairs), more), "2 false")
	pairs, more = wire.Parse(exact + "y")
	equal(t, fmt.Sprint(len(pairs), more), "1 true")
	pairs, more = wire.Parse(exact + ",")
	equal(t, fmt.Sprint(len(pairs), more), "2 false")
	pairs, more = wire.Parse(exact[:4096], exact[4097:])
	equal(t, fmt.Sprint(len(pairs), more), "2 false")
	pairs, more = wire.Parse(exact[:4096], exact[4097:], "c=1")
	equal(t, fmt.Sprint(len(pairs), more), "2 true")
	pairs, more = wire.Parse(strings.Repeat(",", 1<<20))
	equal(t, fmt.Sprint(len(pairs), more), "0 true")
	pairs, more = wire.Parse(strings.Repeat("a=1,", 64))
	equal(t, fmt.Sprint(len(pairs), more), "64 false")
	pairs, more = wire.Parse(strings.Repeat("a=1,", 65))
	equal(t, fmt.Sprint(len(pairs), more), "64 true")
	pairs, more = wire.Parse(make([]string, 100_000)...)
	equal(t, fmt.Sprint(len(pairs), more), "0 false")
}

// The codecs give back what they were given.
func TestCodecs(t *testing.T) {
	roundTrip(t, wire.String, "", "ann", "a,b;c=d\\\"%20 \x00ÿ\xff")
	roundTrip(t, wire.Bool, true, false)
	roundTrip(t, wire.Int, 0, -1, math.MaxInt)
	roundTrip(t, wire.Time, time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC))
	type point struct{ X, Y int }
	roundTrip(t, wire.JSON[map[string]point](), map[string]point{"a": {1, 2}})
	for _, bad := range []string{"", "x", "-1", "1e3", "99999999999999999999999"} {
		if _, err := wire.Remaining.Decode(bad); err == nil {
			t.Errorf("Remaining takes %q", bad)
		}
	}
	text, err := wire.Remaining.Encode(time.Now().Add(time.Hour))
	equal(t, err, nil)
	at, err := wire.Remaining.Decode(text)
	equal(t, err, nil)
	if left := time.Until(at); left > time.Hour || left < time.Hour-time.Minute {
		t.Errorf("%v left of an hour", left)
	}
	text, _ = wire.Remaining.Encode(time.Now().Add(-time.Hour))
	equal(t, text, "0")
	at, err = wire.Remaining.Decode("18446744073709551615")
	if err != nil || at.Before(time.Now()) {
		t.Errorf("a far deadline is %v, %v", at, err)
	}
}

func roundTrip[T any](t *testing.T, c wire.Codec[T], values ...T) {
	t.Helper()
	var r wire.Registry
	v := ctx.Static[T]("v")
	wire.RegisterIn(&r, v, "v", c, 0)
	for _, x := range values {
		pairs, dropped := r.Encode(ctx.Snapshot{}.With(v.To(x)))
		equal(t, len(dropped), 0)
		again, more := wire.Parse(wire.Header(pairs))
		equal(t, more, false)
		in := r.Decode(again, "v")
		equal(t, in.Errors(), nil)
		y, ok := v.In(in.Into(ctx.Snapshot{}))
		equal(t, ok, true)
		equal(t, y, x)
	}
}

// A codec that cannot encode a value is reported.
func TestEncode_CodecError(t *testing.T) {
	var r wire.Registry
	v := ctx.Static[func()]("v")
	wire.RegisterIn(&r, v, "v", wire.JSON[func()](), 0)
	pairs, dropped := r.Encode(ctx.Snapshot{}.With(v.To(func() {})), wire.Pair{Name: "bad name", Value: "x"})
	equal(t, len(pairs), 0)
	equal(t, len(dropped), 2)
	isError(t, dropped[0].Reason, wire.ErrMember)
}

// HTTP: what others put into the header stays, a second Inject replaces ours.
func TestHTTP(t *testing.T) {
	h := http.Header{}
	h.Add(wire.HeaderName, "vendor=1")
	h.Add("baggage", "tenant=old")
	equal(t, len(wire.Inject(ctx.Snapshot{}.With(tenant.To("acme")), h)), 0)
	equal(t, h["Baggage"], []string{"tenant=acme,vendor=1"})
	in := wire.Extract(h, "tenant")
	x, _ := tenant.In(in.Into(ctx.Snapshot{}))
	equal(t, x, "acme")
	equal(t, in.Unknown(), []wire.Pair{{Name: "vendor", Value: "1"}})
	wire.Inject(ctx.Snapshot{}, h)
	equal(t, h["Baggage"], []string{"vendor=1"})
	h.Set("Baggage", strings.Repeat("x", 9000))
	in = wire.Extract(h)
	equal(t, in.Refused(), 1)
	isError(t, in.Errors()[0], wire.ErrTooMuch)
	wire.Inject(ctx.Snapshot{}, h)
	_, there := h["Baggage"]
	equal(t, there, false)
}

// Registration beside use.
func TestConcurrentUse(t *testing.T) {
	var r wire.Registry
	var wg sync.WaitGroup
	v := ctx.Static[int]("v")
	for i := range 4 {
		wg.Go(func() {
			for j := range 50 {
				wire.RegisterIn(&r, v, fmt.Sprintf("v%d-%d", i, j), wire.Int, j)
				pairs, _ := r.Encode(ctx.Snapshot{}.With(v.To(j)))
				r.Decode(pairs, "v0-0")
			}
		})
	}
	wg.Wait()
}

// A member without an equals sign is no name with an empty value: it does not
// set a variable, and is not forwarded.
func TestMemberWithoutEquals(t *testing.T) {
	var r wire.Registry
	user := ctx.Static("user", ctx.Default("nobody"))
	wire.RegisterIn(&r, user, "user", wire.String, 1)
	pairs, more := wire.Parse("user, flag,a=1")
	equal(t, more, false)
	in := r.Decode(pairs, "user")
	s := in.Into(ctx.Snapshot{})
	equal(t, in.Refused(), 2)
	equal(t, user.Get(s.NewState()), "nobody")
	for _, err := range in.Errors() {
		equal(t, errors.Is(err, wire.ErrMember), true)
	}
	out, dropped := r.Encode(s, pairs...)
	equal(t, wire.Header(out), "a=1")
	equal(t, len(dropped), 2)
}

// Space around a value is no part of it, also where a pair does not come from
// Parse: what is forwarded is what a reader gets.
func TestForwardedValueIsTrimmed(t *testing.T) {
	var r wire.Registry
	in := r.Decode([]wire.Pair{{Name: "vendor", Value: " x\t"}})
	equal(t, in.Unknown()[0], wire.Pair{Name: "vendor", Value: "x"})
	out, _ := r.Encode(in.Into(ctx.Snapshot{}), wire.Pair{Name: "own", Value: " ;p "})
	equal(t, wire.Header(out), "own=;p,vendor=x")
}
