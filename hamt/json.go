package hamt

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// MarshalJSON encodes the map as encoding/json does a builtin one: an object
// sorted by key, with the same rules for the types of keys and values. So the
// bytes depend on the content alone. It takes O(n log n) time and a builtin map
// of the entries.
func (m Map[K, V]) MarshalJSON() ([]byte, error) { return json.Marshal(builtin(m)) }

// builtin returns the entries as a builtin map, which is never nil.
func builtin[K comparable, V any](m Map[K, V]) map[K]V {
	all := make(map[K]V, m.Len())
	maps.Insert(all, m.All())
	return all
}

// UnmarshalJSON decodes an object as encoding/json does into a builtin map:
// entries are added to those the map has, null makes it empty. The map keeps
// its hasher. On an error it stays as it was.
func (m *Map[K, V]) UnmarshalJSON(data []byte) error {
	var all map[K]V
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	switch {
	case all == nil:
		*m = m.none()
	case m.root == nil:
		*m = FromMap(all)
	default:
		b := m.Builder()
		for k, v := range all {
			b.Set(k, v)
		}
		*m = b.Map()
	}
	return nil
}

// none returns the empty map of m's hasher.
func (m Map[K, V]) none() Map[K, V] {
	e := edit[K, V]{h: hasherOf(m.root)}
	return Map[K, V]{root: e.flat(nil)}
}

// MarshalJSON encodes the set as an array of its keys, sorted by key if they
// are of an ordered kind (integers, floats, strings) and by their encoding
// otherwise.
func (s Set[K]) MarshalJSON() ([]byte, error) {
	if keys, ok := sortedKeys(s.m); ok {
		return json.Marshal(keys)
	}
	all := make([]json.RawMessage, 0, s.Len())
	for k := range s.All() {
		data, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	slices.SortFunc(all, func(x, y json.RawMessage) int { return bytes.Compare(x, y) })
	return json.Marshal(all)
}

// UnmarshalJSON decodes an array: its keys are added to those the set has, null
// makes it empty. On an error the set stays as it was.
func (s *Set[K]) UnmarshalJSON(data []byte) error {
	var keys []K
	if err := json.Unmarshal(data, &keys); err != nil {
		return err
	}
	if keys == nil {
		s.m = s.m.none()
		return nil
	}
	b := s.m.Builder()
	for _, k := range keys {
		b.Set(k, struct{}{})
	}
	s.m = b.Map()
	return nil
}
