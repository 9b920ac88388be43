package wire_test

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/wire"
)

var (
	tenant = ctx.Static[string]("tenant")
	retry  = ctx.Static[int]("retry")
)

func init() {
	wire.Register(tenant, "tenant", wire.String, 10)
	wire.Register(retry, "retry", wire.Int, 5)
}

func ExampleRegister() {
	password := ctx.Static("password", ctx.Redact[string])
	defer func() { fmt.Println(recover()) }()
	wire.Register(password, "password", wire.String, 0)
	// Output: wire: variable "password" is redacted: its value would leave the process; register it with AllowSecret if that is meant
}

func ExampleEncode() {
	s := ctx.Snapshot{}.With(tenant.To("a b"), retry.To(2))
	pairs, dropped := wire.Encode(s)
	fmt.Println(pairs, dropped)
	fmt.Println(wire.Header(pairs))
	// Output:
	// [{retry 2} {tenant a%20b}] []
	// retry=2,tenant=a%20b
}

func ExampleDecode() {
	in := wire.Decode([]wire.Pair{
		{Name: "tenant", Value: "a%20b"},
		{Name: "retry", Value: "1000"},
		{Name: "vendor", Value: "x"},
	}, "tenant")
	st := in.Into(ctx.Snapshot{}).NewState()
	fmt.Println(tenant.Get(st), in.Unknown())
	fmt.Println(in.Errors())
	// Output:
	// a b [{vendor x}]
	// [wire: not allowed: member "retry"]
}

// A service with a front door that takes less than it sends.
func ExampleRegistry() {
	var public wire.Registry
	wire.RegisterIn(&public, tenant, "t", wire.String, 0)
	s := ctx.Snapshot{}.With(tenant.To("acme"), retry.To(2))
	inside, _ := wire.Encode(s)
	outside, _ := public.Encode(s)
	fmt.Println(wire.Header(inside), "|", wire.Header(outside))
	// Output: retry=2,tenant=acme | t=acme
}

func ExampleRegistry_Encode() {
	var r wire.Registry
	pairs, _ := r.Encode(ctx.Snapshot{}, wire.Pair{Name: "theirs", Value: "1"})
	fmt.Println(pairs)
	// Output: [{theirs 1}]
}

func ExampleRegistry_Decode() {
	var r wire.Registry
	wire.RegisterIn(&r, tenant, "t", wire.String, 0)
	in := r.Decode([]wire.Pair{{Name: "t", Value: "acme"}}, "t")
	x, _ := tenant.In(in.Into(ctx.Snapshot{}))
	fmt.Println(x, in.Len())
	// Output: acme 1
}

func ExampleRegisterIn() {
	var r wire.Registry
	wire.RegisterIn(&r, tenant, "t", wire.String, 0)
	pairs, _ := r.Encode(ctx.Snapshot{}.With(tenant.To("acme")))
	fmt.Println(pairs)
	// Output: [{t acme}]
}

func ExampleAllowSecret() {
	var inner wire.Registry // for peers behind the same wall
	token := ctx.Static("token", ctx.Redact[string])
	wire.RegisterIn(&inner, token, "token", wire.String, 0, wire.AllowSecret)
	pairs, _ := inner.Encode(ctx.Snapshot{}.With(token.To("t0ken")))
	fmt.Println(len(pairs))
	// Output: 1
}

func ExampleOption() {
	opts := []wire.Option{wire.AllowSecret}
	var r wire.Registry
	wire.RegisterIn(&r, ctx.Static("k", ctx.Redact[string]), "k", wire.String, 0, opts...)
	// Output:
}

func ExampleCodec() {
	var r wire.Registry
	hex := wire.Codec[int]{
		Encode: func(x int) (string, error) { return fmt.Sprintf("%x", x), nil },
		Decode: func(s string) (x int, err error) { _, err = fmt.Sscanf(s, "%x", &x); return x, err },
	}
	wire.RegisterIn(&r, retry, "r", hex, 0)
	pairs, _ := r.Encode(ctx.Snapshot{}.With(retry.To(255)))
	fmt.Println(pairs)
	// Output: [{r ff}]
}

func ExampleJSON() {
	type flags struct{ Beta bool }
	c := wire.JSON[flags]()
	text, _ := c.Encode(flags{Beta: true})
	back, err := c.Decode(text)
	fmt.Println(text, back, err)
	// Output: {"Beta":true} {true} <nil>
}

func ExampleHeader() {
	fmt.Println(wire.Header([]wire.Pair{{Name: "a", Value: "1"}, {Name: "b", Value: "2;p=3"}}))
	// Output: a=1,b=2;p=3
}

func ExampleParse() {
	fmt.Println(wire.Parse("a=1, b = 2;p=3", "c=4"))
	// Output: [{a 1} {b 2;p=3} {c 4}] false
}

func ExamplePair() {
	p := wire.Pair{Name: "tenant", Value: "acme"}
	in := wire.Decode([]wire.Pair{p, p}, "tenant")
	fmt.Println(in.Len(), in.Refused(), errors.Is(in.Errors()[0], wire.ErrTwice))
	// Output: 1 1 true
}

func ExampleDropped() {
	var r wire.Registry
	wire.RegisterIn(&r, tenant, "t", wire.String, 0)
	long := tenant.To(string(make([]byte, 5000)))
	_, dropped := r.Encode(ctx.Snapshot{}.With(long))
	for _, d := range dropped {
		fmt.Println(d.Name, d.Reason)
	}
	// Output: t wire: the member is too long or not in wire form
}

func ExampleInject() {
	st := ctx.NewState()
	tenant.Set(st, "acme")
	h := http.Header{"Baggage": {"vendor=1"}}
	wire.Inject(st.Snapshot(), h)
	fmt.Println(h)
	// Output: map[Baggage:[tenant=acme,vendor=1]]
}

func ExampleExtract() {
	h := http.Header{"Baggage": {"tenant=acme,vendor=1"}}
	in := wire.Extract(h, "tenant")
	st := ctx.NewState()
	in.Set(st)
	fmt.Println(tenant.Get(st), in.Unknown())
	// Output: acme [{vendor 1}]
}

func ExampleReceived_Into() {
	in := wire.Decode([]wire.Pair{{Name: "tenant", Value: "acme"}}, "tenant")
	s := in.Into(ctx.Snapshot{}.With(retry.To(1)))
	fmt.Println(s.Has(tenant), s.Has(retry))
	// Output: true true
}

func ExampleReceived_Set() {
	st := ctx.NewState()
	wire.Decode([]wire.Pair{{Name: "retry", Value: "3"}}, "retry").Set(st)
	fmt.Println(retry.Get(st))
	// Output: 3
}

func ExampleReceived_Errors() {
	in := wire.Decode([]wire.Pair{{Name: "retry", Value: "many"}}, "retry")
	fmt.Println(in.Errors(), in.Refused(), in.Len())
	// Output: [wire: its value is refused: member "retry"] 1 0
}

func ExampleReceived_Unknown() {
	in := wire.Decode([]wire.Pair{{Name: "vendor", Value: "1"}})
	fmt.Println(in.Unknown())
	// Output: [{vendor 1}]
}
