package hamt

import (
	"cmp"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
)

// String returns map[k:v ...], sorted by key as fmt sorts builtin maps.
func (m Map[K, V]) String() string { return fmt.Sprint(builtin(m)) }

// GoString returns an expression that makes the map, hamt.FromMap(...), sorted
// by key. A map with a user's hasher prints without it.
func (m Map[K, V]) GoString() string { return fmt.Sprintf("hamt.FromMap(%#v)", builtin(m)) }

// LogValue returns the entries as a group, sorted by key, with the keys as fmt
// prints them and without those that are not equal to themselves, such as NaN.
// Handlers of log/slog leave out an empty group.
func (m Map[K, V]) LogValue() slog.Value {
	attrs := make([]slog.Attr, 0, m.Len())
	for _, k := range keysInOrder(m) {
		if v, ok := m.Get(k); ok { // NaN keys have no value to be found
			attrs = append(attrs, slog.Any(fmt.Sprint(k), v))
		}
	}
	return slog.GroupValue(attrs...)
}

// String returns set[k ...], sorted.
func (s Set[K]) String() string {
	return "set" + fmt.Sprint(keysInOrder(s.m))
}

// GoString returns an expression that makes the set, hamt.SetOf(...), sorted. A
// set with a user's hasher prints without it.
func (s Set[K]) GoString() string {
	var b strings.Builder
	fmt.Fprintf(&b, "hamt.SetOf[%v](", reflect.TypeFor[K]())
	for i, k := range keysInOrder(s.m) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%#v", k)
	}
	b.WriteString(")")
	return b.String()
}

// LogValue returns the keys as a sorted slice.
func (s Set[K]) LogValue() slog.Value { return slog.AnyValue(keysInOrder(s.m)) }

// keysInOrder returns the keys sorted: by key if they are of an ordered kind,
// by how fmt prints them otherwise.
func keysInOrder[K comparable, V any](m Map[K, V]) []K {
	keys, ok := sortedKeys(m)
	if ok {
		return keys
	}
	type printed struct {
		text string
		key  K
	}
	all := make([]printed, len(keys))
	for i, k := range keys {
		all[i] = printed{fmt.Sprint(k), k}
	}
	slices.SortStableFunc(all, func(x, y printed) int { return strings.Compare(x.text, y.text) })
	for i := range all {
		keys[i] = all[i].key
	}
	return keys
}

// sortedKeys returns the keys, sorted if they are of an ordered kind, and
// whether they are. It never returns nil.
func sortedKeys[K comparable, V any](m Map[K, V]) (keys []K, ok bool) {
	keys = make([]K, 0, m.Len())
	for k := range m.Keys() {
		keys = append(keys, k)
	}
	var compare func(x, y reflect.Value) int
	switch kind := reflect.TypeFor[K]().Kind(); {
	case kind == reflect.String:
		compare = func(x, y reflect.Value) int { return strings.Compare(x.String(), y.String()) }
	case kind >= reflect.Int && kind <= reflect.Int64:
		compare = func(x, y reflect.Value) int { return cmp.Compare(x.Int(), y.Int()) }
	case kind >= reflect.Uint && kind <= reflect.Uintptr:
		compare = func(x, y reflect.Value) int { return cmp.Compare(x.Uint(), y.Uint()) }
	case kind == reflect.Float32 || kind == reflect.Float64:
		compare = func(x, y reflect.Value) int { return cmp.Compare(x.Float(), y.Float()) }
	default:
		return keys, false
	}
	slices.SortStableFunc(keys, func(x, y K) int { return compare(reflect.ValueOf(x), reflect.ValueOf(y)) })
	return keys, true
}
