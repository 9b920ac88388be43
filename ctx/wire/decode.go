package wire

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/strata-go/strata/ctx"
)

// MaxErrors is how many errors a Received records.
const MaxErrors = 5

// Reasons why a member was not received. They come wrapped, with its name.
var (
	// ErrNotAllowed: the name is registered here and not among those allowed.
	ErrNotAllowed = errors.New("wire: not allowed")
	// ErrTwice: the name occurred before.
	ErrTwice = errors.New("wire: occurs twice")
	// ErrTooMuch: the carrier is longer than MaxMembers or MaxBytes; the rest of
	// it was not read.
	ErrTooMuch = errors.New("wire: too much in the carrier")
)

// Received is what Decode made of a carrier. The zero Received is nothing.
type Received struct {
	bindings []ctx.Binding
	unknown  []Pair
	errs     []error
	refused  int
}

// Decode reads a carrier that strangers may have written. Of the registered
// variables it takes those that are allowed; members that nobody registered here
// are kept for Encode to forward. Everything else is refused: see Errors.
// Whoever wants no carrier with errors refuses the request.
//
// A name counts once, the first time. Decode looks at no more than MaxMembers
// members and MaxBytes bytes.
func Decode(pairs []Pair, allow ...string) Received { return standard.Decode(pairs, allow...) }

// Decode is the function Decode for this Registry.
func (r *Registry) Decode(pairs []Pair, allow ...string) Received {
	var in Received
	sorted := r.entries()
	seen := make(map[string]bool, min(len(pairs), MaxMembers))
	room := MaxBytes + 1
	for i, p := range pairs {
		if i == MaxMembers || p.size()+1 > room {
			in.refuse(len(pairs)-i, "", ErrTooMuch)
			break
		}
		room -= p.size() + 1
		if !p.valid() {
			in.refuse(1, p.Name, ErrMember)
			continue
		}
		if seen[p.Name] {
			in.refuse(1, p.Name, ErrTwice)
			continue
		}
		seen[p.Name] = true
		at, ours := find(sorted, p.Name)
		switch {
		case !ours:
			in.unknown = append(in.unknown, Pair{strings.Clone(p.Name), strings.Clone(trim(p.Value))})
		case !slices.Contains(allow, p.Name):
			in.refuse(1, p.Name, ErrNotAllowed)
		default:
			value, err := unescape(p.Value)
			var b ctx.Binding
			if err == nil {
				b, err = sorted[at].decode(strings.Clone(value))
			}
			if err != nil {
				in.refuse(1, p.Name, hidden{err})
				continue
			}
			in.bindings = append(in.bindings, b)
		}
	}
	return in
}

// hidden is the error of a codec or guard. Its text may quote the value.
type hidden struct{ err error }

func (h hidden) Error() string { return "wire: its value is refused" }
func (h hidden) Unwrap() error { return h.err }

func (in *Received) refuse(n int, name string, why error) {
	in.refused += n
	if len(in.errs) == MaxErrors {
		return
	}
	if name != "" {
		why = fmt.Errorf("%w: member %s", why, strconv.QuoteToASCII(short(name)))
	}
	in.errs = append(in.errs, why)
}

// short cuts a name that may be long.
func short(name string) string { return strings.Clone(name[:min(len(name), 64)]) }

// Errors returns the first MaxErrors reasons for which members were refused. No
// text contains a value; errors.Is and errors.As reach the errors of codecs and
// guards.
func (in Received) Errors() []error { return slices.Clone(in.errs) }

// Refused returns how many members were refused.
func (in Received) Refused() int { return in.refused }

// Len returns how many variables were received.
func (in Received) Len() int { return len(in.bindings) }

// Unknown returns the members that are kept to be forwarded.
func (in Received) Unknown() []Pair { return slices.Clone(in.unknown) }

// Into returns s with the received values, and with the unknown members for the
// next Encode. What s had of unknown members is replaced.
func (in Received) Into(s ctx.Snapshot) ctx.Snapshot {
	s = s.With(in.bindings...)
	if _, had := unknown.In(s); had || len(in.unknown) > 0 {
		s = s.With(unknown.To(slices.Clip(in.unknown)))
	}
	return s
}

// Set writes the received values, and the unknown members, into st's current
// level. It calls no OnChange.
func (in Received) Set(st *ctx.State) {
	s := st.Snapshot()
	st.Apply(s.Diff(in.Into(s)))
}
