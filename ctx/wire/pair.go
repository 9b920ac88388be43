package wire

import (
	"errors"
	"strings"
)

// Limits of a carrier as a whole, those of W3C baggage: some receivers drop the
// whole header when it is one byte over. Bytes count as in Header, separators
// included.
const (
	MaxMembers = 64
	MaxBytes   = 8192
	// MaxMember bounds the bytes of one member, name=value.
	MaxMember = 4096

	maxName = 256
)

// A Pair is one member of a carrier. The Value is in wire form: visible ASCII
// with percent escapes, possibly followed by properties (";key=value") that
// others have added.
type Pair struct {
	Name  string
	Value string
}

// size is the number of bytes of the member in a header.
func (p Pair) size() int { return len(p.Name) + 1 + len(p.Value) }

// valid reports whether the pair can stand in a carrier.
func (p Pair) valid() bool {
	if !isName(p.Name) || p.size() > MaxMember {
		return false
	}
	for i := range len(p.Value) {
		if c := p.Value[i]; !isOctet(c) && c != ';' && c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}

// isName reports whether s is a token of RFC 7230.
func isName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// isOctet reports whether c stands for itself in a value.
func isOctet(c byte) bool {
	return '!' <= c && c <= '~' && c != '"' && c != ',' && c != ';' && c != '\\'
}

// escape returns s in wire form.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	n := 0
	for i := range len(s) {
		if c := s[i]; !isOctet(c) || c == '%' {
			n++
		}
	}
	if n == 0 {
		return s
	}
	b := make([]byte, 0, len(s)+2*n)
	for i := range len(s) {
		if c := s[i]; !isOctet(c) || c == '%' {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

var errEscape = errors.New("wire: a % without two hexadecimal digits")

// unescape is the inverse of escape, without a value's properties.
func unescape(s string) (string, error) {
	s, _, _ = strings.Cut(s, ";")
	s = trim(s)
	if strings.IndexByte(s, '%') < 0 {
		return s, nil
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' {
			if i+2 >= len(s) {
				return "", errEscape
			}
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi > 15 || lo > 15 {
				return "", errEscape
			}
			c, i = hi<<4|lo, i+2
		}
		b = append(b, c)
	}
	return string(b), nil
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

func trim(s string) string { return strings.Trim(s, " \t") }

// Header returns the pairs as the value of a W3C baggage header.
func Header(pairs []Pair) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(p.Name)
		b.WriteByte('=')
		b.WriteString(p.Value)
	}
	return b.String()
}

// Parse splits the values of baggage headers into pairs, which still have to go
// through Decode. It stops after MaxMembers members and does not look beyond
// MaxBytes bytes; a member that is cut off there is not returned. One without an
// equals sign comes without a name, which Decode refuses. More tells whether
// something was left unread.
func Parse(headers ...string) (pairs []Pair, more bool) {
	room := MaxBytes
	for _, h := range headers {
		for h != "" {
			if len(pairs) == MaxMembers || room == 0 {
				return pairs, true
			}
			end := strings.IndexByte(h[:min(len(h), room+1)], ',')
			if end < 0 {
				if len(h) > room {
					return pairs, true
				}
				end = len(h)
			}
			member := h[:end]
			room -= min(room, end+1)
			h = h[min(len(h), end+1):]
			if member = trim(member); member != "" {
				name, value, ok := strings.Cut(member, "=")
				if !ok {
					name, value = "", member // not a name with an empty value
				}
				pairs = append(pairs, Pair{trim(name), trim(value)})
			}
		}
	}
	return pairs, false
}
