package wire

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/strata-go/strata/ctx"
)

// Reasons why a member is missing from a carrier.
var (
	// ErrBudget: it did not fit beside members of higher priority.
	ErrBudget = errors.New("wire: the carrier is full")
	// ErrMember: it is longer than MaxMember, or not in wire form.
	ErrMember = errors.New("wire: the member is too long or not in wire form")
)

// A Dropped member did not go into the carrier.
type Dropped struct {
	Name   string
	Reason error // ErrBudget, ErrMember, or the codec's error
}

// unknown holds the members that Decode kept for the next Encode.
var unknown = ctx.Static("wire: members to forward", ctx.Redact[[]Pair])

// Encode returns the registered variables that are set in s, and the unknown
// members that Decode had kept, sorted by name. The arguments after s are
// members that stand in the carrier already: those with registered names are
// replaced or removed, the others stay and count.
//
// When not everything fits, values of higher priority go first, then those with
// the smaller name, then forwarded and present members by name; each that fits
// is taken. Dropped tells, by name, what was left out.
func Encode(s ctx.Snapshot, present ...Pair) (pairs []Pair, dropped []Dropped) {
	return standard.Encode(s, present...)
}

// Encode is the function Encode for this Registry.
func (r *Registry) Encode(s ctx.Snapshot, present ...Pair) (pairs []Pair, dropped []Dropped) {
	type candidate struct {
		Pair
		priority int
		foreign  bool
	}
	var all []candidate
	sorted := r.entries()
	drop := func(name string, why error) { dropped = append(dropped, Dropped{name, why}) }
	for _, e := range sorted {
		value, ok, err := e.encode(s)
		switch p := (Pair{e.name, value}); {
		case !ok:
		case err != nil:
			drop(e.name, err)
		case !p.valid():
			drop(e.name, ErrMember)
		default:
			all = append(all, candidate{p, e.priority, false})
		}
	}
	kept, _ := unknown.In(s)
	seen := map[string]bool{}
	for i, p := range slices.Concat(present, kept) {
		if _, ours := find(sorted, p.Name); ours || seen[p.Name] {
			continue
		}
		if !p.valid() {
			if i < MaxMembers { // a report of garbage stays short
				drop(short(p.Name), ErrMember)
			}
			continue
		}
		seen[p.Name] = true
		p.Value = trim(p.Value) // as a reader will
		all = append(all, candidate{p, math.MinInt, true})
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		if a.foreign != b.foreign {
			if b.foreign {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.priority, a.priority), strings.Compare(a.Name, b.Name))
	})
	room := MaxBytes + 1 // the first member has no comma before it
	for _, c := range all {
		if len(pairs) == MaxMembers || c.size()+1 > room {
			drop(c.Name, ErrBudget)
			continue
		}
		room -= c.size() + 1
		pairs = append(pairs, c.Pair)
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(dropped, func(a, b Dropped) int { return strings.Compare(a.Name, b.Name) })
	return pairs, dropped
}
