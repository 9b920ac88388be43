package wire

import (
	"encoding/json"
	"strconv"
	"time"
)

// A Codec turns values into text and back. The text may be any string, it is
// escaped for the carrier. Decode is given what strangers sent, at most
// MaxMember bytes: it returns an error for what it does not understand, and its
// result should not be larger than its input by more than a factor.
type Codec[T any] struct {
	Encode func(T) (string, error)
	Decode func(string) (T, error)
}

// String sends a string as it is.
var String = Codec[string]{
	Encode: func(x string) (string, error) { return x, nil },
	Decode: func(s string) (string, error) { return s, nil },
}

// Bool sends "true" and "false".
var Bool = Codec[bool]{
	Encode: func(x bool) (string, error) { return strconv.FormatBool(x), nil },
	Decode: strconv.ParseBool,
}

// Int sends an int in decimal.
var Int = Codec[int]{
	Encode: func(x int) (string, error) { return strconv.Itoa(x), nil },
	Decode: strconv.Atoi,
}

// Time sends an instant with nanoseconds, for peers with synchronised clocks.
var Time = Codec[time.Time]{
	Encode: func(x time.Time) (string, error) { return x.UTC().Format(time.RFC3339Nano), nil },
	Decode: func(s string) (time.Time, error) { return time.Parse(time.RFC3339Nano, s) },
}

// Remaining sends a deadline as the milliseconds that are left, rounded down:
// the clocks of the peers need not agree, the time of transport is added at
// each hop. A deadline that has passed stays passed. It reads the clock, so the
// carrier's bytes differ from call to call.
var Remaining = Codec[time.Time]{
	Encode: func(x time.Time) (string, error) {
		return strconv.FormatInt(max(0, time.Until(x).Milliseconds()), 10), nil
	},
	Decode: func(s string) (time.Time, error) {
		ms, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return time.Time{}, err
		}
		const most = uint64(100 * 365 * 24 * time.Hour / time.Millisecond)
		return time.Now().Add(time.Duration(min(ms, most)) * time.Millisecond), nil
	},
}

// JSON sends a value as encoding/json writes it.
func JSON[T any]() Codec[T] {
	return Codec[T]{
		Encode: func(x T) (string, error) {
			b, err := json.Marshal(x)
			return string(b), err
		},
		Decode: func(s string) (x T, err error) {
			err = json.Unmarshal([]byte(s), &x)
			return x, err
		},
	}
}
