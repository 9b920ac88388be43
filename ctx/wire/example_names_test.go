package wire_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/wire"
)

func ExampleCodec_basic() {
	verbose, _ := wire.Bool.Encode(true)
	attempt, _ := wire.Int.Encode(3)
	began, _ := wire.Time.Encode(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	past, _ := wire.Remaining.Encode(time.Now().Add(-time.Minute)) // a deadline that has passed
	fmt.Println(verbose, attempt, began, past)
	// Output: true 3 2026-03-01T12:00:00Z 0
}

// A gateway tells apart why it did not take a member.
func ExampleReceived_Errors_reasons() {
	in := wire.Decode([]wire.Pair{{Name: "retry", Value: "1"}}, "tenant")
	fmt.Println(errors.Is(in.Errors()[0], wire.ErrNotAllowed))

	var flood []wire.Pair
	for i := range 10 * wire.MaxMembers {
		flood = append(flood, wire.Pair{Name: fmt.Sprint("x", i), Value: "1"})
	}
	in = wire.Decode(flood)
	fmt.Println(errors.Is(in.Errors()[0], wire.ErrTooMuch), len(in.Errors()) <= wire.MaxErrors, len(in.Unknown()) <= wire.MaxMembers)
	// Output:
	// true
	// true true true
}

// The carrier stays within its limits: the less important variable stays behind.
func ExampleDropped_budget() {
	var r wire.Registry
	s := ctx.Snapshot{}
	for i := range 4 {
		v := ctx.Static[string](fmt.Sprint("blob", i))
		wire.RegisterIn(&r, v, v.Name(), wire.String, -i) // blob0 matters most
		s = s.With(v.To(strings.Repeat("x", wire.MaxBytes/3)))
	}
	pairs, dropped := r.Encode(s)
	fmt.Println(len(pairs), len(wire.Header(pairs)) <= wire.MaxBytes)
	for _, d := range dropped {
		fmt.Println(d.Name, errors.Is(d.Reason, wire.ErrBudget))
	}

	_, dropped = r.Encode(ctx.Snapshot{}, wire.Pair{Name: "theirs", Value: strings.Repeat("x", wire.MaxMember)})
	fmt.Println(dropped[0].Name, errors.Is(dropped[0].Reason, wire.ErrMember))
	// Output:
	// 2 true
	// blob2 true
	// blob3 true
	// theirs true
}

func ExampleInject_header() {
	h := http.Header{}
	wire.Inject(ctx.Snapshot{}.With(tenant.To("acme")), h)
	fmt.Println(h.Get(wire.HeaderName))
	// Output: tenant=acme
}

// What a request brought: some of it taken, some of it refused, some of it kept for the next hop.
func ExampleReceived() {
	h := http.Header{"Baggage": {"tenant=acme,retry=9,vendor=1"}}
	in := wire.Extract(h, "tenant")
	fmt.Println("taken", in.Len(), "refused", in.Refused(), "kept", in.Unknown())

	next := http.Header{}
	wire.Inject(in.Into(ctx.Snapshot{}), next)
	fmt.Println(next)
	// Output:
	// taken 1 refused 1 kept [{vendor 1}]
	// map[Baggage:[tenant=acme,vendor=1]]
}

func ExampleReceived_Len() {
	in := wire.Decode([]wire.Pair{{Name: "tenant", Value: "acme"}, {Name: "vendor", Value: "1"}}, "tenant")
	fmt.Println(in.Len())
	// Output: 1
}

// A strict service refuses the whole request.
func ExampleReceived_Refused() {
	status := func(h http.Header) int {
		if wire.Extract(h, "retry").Refused() > 0 {
			return http.StatusBadRequest
		}
		return http.StatusOK
	}
	fmt.Println(status(http.Header{"Baggage": {"retry=2"}}), status(http.Header{"Baggage": {"retry=soon"}}))
	// Output: 200 400
}
