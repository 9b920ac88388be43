package hamt

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Patch is a list of changes, each to another key, that leads from one map to
// another: what [slices.Collect] makes of a [Diff]. It can be applied,
// inverted, and encoded as JSON (or by any package that encodes structs).
type Patch[K comparable, V any] []Change[K, V]

// ConflictError reports the keys at which a patch does not fit the map, or at
// which a merge was not resolved.
type ConflictError[K comparable] struct{ Keys []K }

// Error names the number of keys and the first few of them.
func (e *ConflictError[K]) Error() string {
	var s strings.Builder
	fmt.Fprintf(&s, "hamt: %d conflicting keys:", len(e.Keys))
	for i, k := range e.Keys {
		if i == 5 {
			s.WriteString(" ...")
			break
		}
		fmt.Fprintf(&s, " %v", k)
	}
	return s.String()
}

// Apply returns m with the changes made. If an added key is there already, or a
// removed or replaced one is not, it returns m and a *[ConflictError] with all
// such keys; old values are not compared. It takes O(k log n) time.
func (p Patch[K, V]) Apply(m Map[K, V]) (Map[K, V], error) {
	b := m.Builder()
	var bad []K
	for _, c := range p {
		if c.Op < Added || c.Op > Replaced {
			return m, fmt.Errorf("hamt: patch with the unknown change %v of key %v", c.Op, c.Key)
		}
		if m.Has(c.Key) != (c.Op != Added) {
			bad = append(bad, c.Key)
			continue
		}
		if c.Op == Removed {
			b.Delete(c.Key)
		} else {
			b.Set(c.Key, c.New)
		}
	}
	if bad != nil {
		return m, &ConflictError[K]{bad}
	}
	return b.Map(), nil
}

// Invert returns the patch that leads back.
func (p Patch[K, V]) Invert() Patch[K, V] {
	q := make(Patch[K, V], len(p))
	for i, c := range p {
		switch c.Op {
		case Added:
			c.Op = Removed
		case Removed:
			c.Op = Added
		}
		c.Old, c.New = c.New, c.Old
		q[i] = c
	}
	return q
}

// MarshalText returns the name of the operation.
func (o Op) MarshalText() ([]byte, error) {
	if o < Added || o > Replaced {
		return nil, fmt.Errorf("hamt: no name for the unknown change %v", o)
	}
	return []byte(opNames[o]), nil
}

// UnmarshalText accepts what MarshalText returns.
func (o *Op) UnmarshalText(text []byte) error {
	for op := Added; op <= Replaced; op++ {
		if opNames[op] == string(text) {
			*o = op
			return nil
		}
	}
	return fmt.Errorf("hamt: unknown change %q", text)
}

// changeJSON is the encoding of a Change: {"op":"replaced","key":…,"old":…,"new":…},
// without old if the key was added, without new if it was removed.
type changeJSON[K comparable, V any] struct {
	Op  Op `json:"op"`
	Key *K `json:"key"`
	Old *V `json:"old,omitempty"`
	New *V `json:"new,omitempty"`
}

// MarshalJSON encodes the change as an object of op, key, old and new.
func (c Change[K, V]) MarshalJSON() ([]byte, error) {
	j := changeJSON[K, V]{Op: c.Op, Key: &c.Key}
	if c.Op != Added {
		j.Old = &c.Old
	}
	if c.Op != Removed {
		j.New = &c.New
	}
	return json.Marshal(j)
}

// UnmarshalJSON decodes what MarshalJSON returns, and leaves the change as it
// was if the input is anything else.
func (c *Change[K, V]) UnmarshalJSON(data []byte) error {
	var j struct {
		Op       Op              `json:"op"`
		Key      json.RawMessage `json:"key"`
		Old, New json.RawMessage
	}
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	if j.Op == 0 || j.Key == nil || (j.Old == nil) != (j.Op == Added) || (j.New == nil) != (j.Op == Removed) {
		return fmt.Errorf("hamt: a change needs op and key, and old and new as its op (%v) has them", j.Op)
	}
	d := Change[K, V]{Op: j.Op}
	if err := json.Unmarshal(j.Key, &d.Key); err != nil {
		return err
	}
	if err := checkKey(d.Key); err != nil {
		return err
	}
	if j.Old != nil {
		if err := json.Unmarshal(j.Old, &d.Old); err != nil {
			return err
		}
	}
	if j.New != nil {
		if err := json.Unmarshal(j.New, &d.New); err != nil {
			return err
		}
	}
	*c = d
	return nil
}
