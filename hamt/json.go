package hamt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
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
// its hasher; of keys that are equal under it, the first key and the last value
// stay. On an error the map stays as it was.
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
	case m.root.hasher().userEqual:
		return m.inOrder(data)
	default:
		b := m.Builder()
		for k, v := range all {
			b.Set(k, v)
		}
		*m = b.Map()
	}
	return nil
}

// inOrder adds the entries of data, which is known to be an object of the right
// types, in its order: under a user's equality several of them may be one key.
func (m *Map[K, V]) inOrder(data []byte) error {
	b := m.Builder()
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		object, err := json.Marshal(map[string]json.RawMessage{name.(string): value})
		if err != nil {
			return err
		}
		var one map[K]V
		if err := json.Unmarshal(object, &one); err != nil {
			return err
		}
		for k, v := range one {
			b.Set(k, v)
		}
	}
	*m = b.Map()
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
// makes it empty. On an error the set stays as it was; an element that cannot
// be a key, as an array in a Set[any], is one.
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
		if err := checkKey(k); err != nil {
			return err
		}
		b.Set(k, struct{}{})
	}
	s.m = b.Map()
	return nil
}

// checkKey returns an error if k, which was decoded into a type that holds an
// interface, cannot be a key: as a slice or a map cannot.
func checkKey[K comparable](k K) error {
	if keyMayPanic[K]() && !reflect.ValueOf(&k).Elem().Comparable() {
		return fmt.Errorf("hamt: %v cannot be a key, as it is not comparable", k)
	}
	return nil
}
