package wire_test

import (
	"slices"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/wire"
)

// Whatever a header holds, what is made of it stays within the limits, and what
// is forwarded is read back the same.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "user=ann", "a=1,b=2;p=3", "user=%41%zz", ",,,", "=", "a==", "user=1,user=2", "\x00=\r\n", "n=99999999999999999999"} {
		f.Add(s, s)
	}
	var r wire.Registry
	user, n := ctx.Static[string]("user"), ctx.Static[int]("n")
	j := ctx.Static[map[string]any]("json")
	wire.RegisterIn(&r, user, "user", wire.String, 1)
	wire.RegisterIn(&r, n, "n", wire.Int, 2)
	wire.RegisterIn(&r, j, "j", wire.JSON[map[string]any](), 0)
	f.Fuzz(func(t *testing.T, a, b string) {
		pairs, _ := wire.Parse(a, b)
		in := r.Decode(append(pairs, wire.Pair{Name: a, Value: b}), "user", "n", "j")
		if len(in.Errors()) > wire.MaxErrors || in.Refused() < len(in.Errors()) {
			t.Fatalf("%d errors of %d", len(in.Errors()), in.Refused())
		}
		s := in.Into(ctx.Snapshot{})
		out, _ := r.Encode(s, pairs...)
		header := wire.Header(out)
		if len(out) > wire.MaxMembers || len(header) > wire.MaxBytes {
			t.Fatalf("%d members, %d bytes", len(out), len(header))
		}
		if !slices.IsSortedFunc(out, func(p, q wire.Pair) int {
			if p.Name < q.Name {
				return -1
			}
			return 1
		}) {
			t.Fatalf("not sorted: %v", out)
		}
		back, more := wire.Parse(header)
		if more || !slices.Equal(back, out) {
			t.Fatalf("%q is read back as %v", header, back)
		}
		again := r.Decode(back, "user", "n", "j")
		if again.Refused() > 0 {
			t.Fatalf("our own carrier %q is refused: %v", header, again.Errors())
		}
		x, _ := user.In(s)
		if y, _ := user.In(again.Into(ctx.Snapshot{})); x != y {
			t.Fatalf("%q came back as %q", x, y)
		}
	})
}
