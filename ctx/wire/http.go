package wire

import (
	"net/http"

	"github.com/strata-go/strata/ctx"
)

// HeaderName is the HTTP header that Inject writes, that of W3C baggage.
const HeaderName = "Baggage"

// Inject encodes the variables of s into the header of a request, together with
// the baggage that stands there already, and returns what did not fit.
func Inject(s ctx.Snapshot, h http.Header) []Dropped {
	present, _ := Parse(h.Values(HeaderName)...)
	pairs, dropped := Encode(s, present...)
	if len(pairs) == 0 {
		h.Del(HeaderName)
	} else {
		h.Set(HeaderName, Header(pairs))
	}
	return dropped
}

// Extract decodes the header of a request. It is Parse and Decode.
func Extract(h http.Header, allow ...string) Received {
	pairs, more := Parse(h.Values(HeaderName)...)
	in := Decode(pairs, allow...)
	if more {
		in.refuse(1, "", ErrTooMuch)
	}
	return in
}
