package hamt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"math/bits"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// upper is a key that encodes itself.
type upper struct{ s string }

func (u upper) MarshalText() ([]byte, error) { return []byte(strings.ToUpper(u.s)), nil }
func (u *upper) UnmarshalText(b []byte) error {
	u.s = strings.ToLower(string(b))
	return nil
}

func sameJSON[K comparable, V any](t *testing.T, all map[K]V) {
	t.Helper()
	want, wantErr := json.Marshal(all)
	got, err := json.Marshal(FromMap(all))
	require.Equal(t, wantErr == nil, err == nil, "%v", err)
	require.Equal(t, string(want), string(got))
	if wantErr != nil {
		return
	}
	var back Map[K, V]
	require.NoError(t, json.Unmarshal(got, &back))
	require.NoError(t, back.Check())
	require.Equal(t, all, maps.Collect(back.All()))
	require.Equal(t, fmt.Sprint(all), fmt.Sprint(FromMap(all)))
}

// TestJSON: the bytes are those of a builtin map, both ways.
func TestJSON(t *testing.T) {
	many := map[int]string{}
	words := map[string]int{}
	for i := range 300 {
		many[i-150] = fmt.Sprint(i)
		words[fmt.Sprint("<k", i, ">\u2028\"")] = i
	}
	sameJSON(t, many)
	sameJSON(t, words)
	sameJSON(t, map[string]int{})
	sameJSON(t, map[upper]bool{{"a"}: true, {"b"}: false})
	sameJSON(t, map[uint8]any{1: nil, 2: "x", 3: []any{1.5}})
	sameJSON(t, map[string]map[string]int{"a": {"b": 1}, "c": {}})
	sameJSON(t, map[float64]int{1: 1})
	sameJSON(t, map[string]chan int{"a": nil})
	nested := FromMap(map[string]Map[string, int]{"a": FromMap(map[string]int{"b": 1})})
	data, err := json.Marshal(nested)
	require.NoError(t, err)
	require.JSONEq(t, `{"a":{"b":1}}`, string(data))

	// Into a map that has entries, with its own hasher.
	m := NewWith[string, int](foldHasher{}).Set("KEY", 1).Set("x", 2)
	require.NoError(t, json.Unmarshal([]byte(`{"key":5,"y":6,"y":7}`), &m))
	require.Equal(t, "map[KEY:5 x:2 y:7]", m.String())
	require.NoError(t, json.Unmarshal([]byte(`null`), &m))
	require.Equal(t, 1, m.Set("a", 1).Set("A", 1).Len())
}

// TestHostileJSON: on an error nothing changes, and no input crashes.
func TestHostileJSON(t *testing.T) {
	m := FromMap(map[int]int{1: 1})
	s := SetOf(1)
	for _, bad := range []string{
		``, `{`, `[]`, `{"1":2`, `{"x":1}`, `{"1":"x"}`, `{"2":2,"1":{}}`, `{"99999999999999999999":1}`, `{"1":1e99}`, `{"1":1}{`, `"x"`, `7`, `{1:1}`,
		strings.Repeat(`{"1":`, 20000), strings.Repeat(`[`, 20000), `{"2":3,"` + "\xff" + `":1}`,
	} {
		require.Error(t, json.Unmarshal([]byte(bad), &m), bad)
		require.Error(t, m.UnmarshalJSON([]byte(bad)), bad)
		require.Equal(t, "map[1:1]", m.String())
		if bad != `[]` {
			require.Error(t, s.UnmarshalJSON([]byte(bad)), bad)
			require.Equal(t, "set[1]", s.String())
		}
	}
	var words Map[string, int]
	require.NoError(t, json.Unmarshal([]byte(`{"`+"\xff"+`":1,"\ud800":2,"":3}`), &words))
	require.NoError(t, words.Check())
	// Keys of an interface type: as the builtin map, for which Go 1.26 has no
	// way to and fro, and Go 1.27 has.
	var loose Map[any, int]
	var builtin map[any]int
	want := json.Unmarshal([]byte(`{"a":1}`), &builtin)
	require.Equal(t, want == nil, loose.UnmarshalJSON([]byte(`{"a":1}`)) == nil, want)
	require.Equal(t, len(builtin), loose.Len())
	_, want = json.Marshal(map[any]int{"a": 1})
	_, err := json.Marshal(Map[any, int]{}.Set("a", 1))
	require.Equal(t, want == nil, err == nil, want)
	if _, ok := errors.AsType[*json.UnsupportedTypeError](want); ok {
		_, ok = errors.AsType[*json.UnsupportedTypeError](err)
		require.True(t, ok)
	}
}

func TestSetJSON(t *testing.T) {
	data, err := json.Marshal(SetOf(10, 9, -1))
	require.NoError(t, err)
	require.Equal(t, `[-1,9,10]`, string(data))
	data, err = json.Marshal(SetOf("b", "a"))
	require.NoError(t, err)
	require.Equal(t, `["a","b"]`, string(data))
	data, err = json.Marshal(SetOf([2]int{10, 1}, [2]int{1, 2}))
	require.NoError(t, err)
	require.Equal(t, `[[1,2],[10,1]]`, string(data))
	data, err = json.Marshal(Set[int]{})
	require.NoError(t, err)
	require.Equal(t, `[]`, string(data))
	data, err = json.Marshal(Set[[1]int]{})
	require.NoError(t, err)
	require.Equal(t, `[]`, string(data))
	_, err = json.Marshal(SetOf(math.NaN()))
	require.Error(t, err)
	_, err = json.Marshal(SetOf(make(chan int)))
	require.Error(t, err)

	s := SetOf("x")
	require.NoError(t, json.Unmarshal([]byte(`["a","b","a"]`), &s))
	require.Equal(t, "set[a b x]", s.String())
	require.NoError(t, json.Unmarshal([]byte(`null`), &s))
	require.Zero(t, s.Len())
	require.Error(t, json.Unmarshal([]byte(`["a",1]`), &s))
}

func TestFormat(t *testing.T) {
	m := FromMap(map[string]int{"b": 2, "a": 1})
	require.Equal(t, "map[a:1 b:2]", fmt.Sprint(m))
	require.Equal(t, `hamt.FromMap(map[string]int{"a":1, "b":2})`, fmt.Sprintf("%#v", m))
	require.Equal(t, "map[]", fmt.Sprint(Map[int, int]{}))
	require.Equal(t, "set[1 2 10]", fmt.Sprint(SetOf(10, 2, 1)))
	require.Equal(t, "hamt.SetOf[int](1, 2, 10)", fmt.Sprintf("%#v", SetOf(10, 2, 1)))
	require.Equal(t, "hamt.SetOf[string]()", fmt.Sprintf("%#v", Set[string]{}))
	require.Equal(t, "set[0.5 1]", fmt.Sprint(SetOf(1, 0.5)))
	require.Equal(t, "set[1 2]", fmt.Sprint(SetOf[uint8](2, 1)))
	require.Equal(t, "set[[1 2] [3 0]]", fmt.Sprint(SetOf([2]int{3, 0}, [2]int{1, 2})))

	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	log.Info("x", "m", m, "s", SetOf(2, 1), "nan", Map[float64, int]{}.Set(math.NaN(), 1).Set(1, 2))
	require.Equal(t, "level=INFO msg=x m.a=1 m.b=2 s=\"[1 2]\" nan.1=2\n", out.String())
}

func TestStats(t *testing.T) {
	require.Equal(t, Shape{}, Map[int, int]{}.Stats())
	forHashers(t, func(t *testing.T, m Map[int, int]) {
		for _, n := range []int{1, 8, 9, 17, 1000} {
			b := m.Builder()
			for i := range n {
				b.Set(i, i)
			}
			s := b.Map().Stats()
			require.Equal(t, n, s.Len)
			require.Positive(t, s.Leaves+s.Groups)
			require.LessOrEqual(t, s.Depth, 2+hashBits/digitBits)
			require.GreaterOrEqual(t, s.Bytes, 2*n*bits.UintSize/8)
			require.NotEmpty(t, s.String())
			if n == 8 {
				require.Equal(t, 1, s.Leaves)
				require.Zero(t, s.Directories)
			}
		}
	})
	b := NewWith[int, int](testHashers[1]).Builder()
	for i := range 100 {
		b.Set(i, i)
	}
	s := b.Map().Stats()
	require.Equal(t, 1, s.Groups)
	require.Equal(t, 100, s.LargestGroup)
}

func TestSharing(t *testing.T) {
	require.Equal(t, Shared{}, Sharing[int, int]())
	var b Builder[int, int]
	for i := range 5000 {
		b.Set(i, i)
	}
	m := b.Map()
	one, two := Sharing(m), Sharing(m, m.Set(7, -7))
	require.Equal(t, one.Nodes, one.NodesApart)
	require.Equal(t, m.Stats().Bytes, one.Bytes)
	require.Equal(t, m.Stats().Directories+m.Stats().Leaves, one.Nodes)
	require.Equal(t, 2*one.Nodes, two.NodesApart)
	require.LessOrEqual(t, two.Nodes-one.Nodes, m.Stats().Depth)
	require.Equal(t, 10000, two.Entries)
	require.Equal(t, one.Nodes, Sharing(m, m, m, Map[int, int]{}).Nodes)
	require.NotEmpty(t, two.String())
}

func TestWriteDOT(t *testing.T) {
	var b Builder[string, string]
	for i := range 60 {
		b.Set(fmt.Sprint(i), "\"\\\n\x00"+strings.Repeat("é", 100))
	}
	m := b.Map()
	o := m.Set("7", "x")
	var out bytes.Buffer
	require.NoError(t, m.WriteDOT(&out, o, Map[string, string]{}))
	text := out.String()
	shared := Sharing(m, o)
	require.Len(t, regexp.MustCompile(`(?m)^\tn\d+ \[`).FindAllString(text, -1), shared.Nodes)
	require.Equal(t, 3, strings.Count(text, "shape=plaintext"))
	require.Equal(t, strings.Count(text, "{"), strings.Count(text, "}"))
	for line := range strings.Lines(text) {
		quotes := strings.Count(strings.NewReplacer(`\\`, "", `\"`, "").Replace(line), `"`)
		require.Zero(t, quotes%2, line)
	}
	c := NewWith[int, int](testHashers[1])
	for i := range 40 {
		c = c.Set(i, i)
	}
	out.Reset()
	require.NoError(t, c.WriteDOT(&out))
	require.Contains(t, out.String(), "40 entries of one hash")
	require.Contains(t, out.String(), "...")
	require.Error(t, c.WriteDOT(brokenWriter{}))
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken") }

// TestTimeKeys: keys that are structs with text of their own.
func TestTimeKeys(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	m := Map[time.Time, int]{}.Set(at, 1).Set(at.Add(time.Hour), 2)
	data, err := json.Marshal(m)
	require.NoError(t, err)
	var back Map[time.Time, int]
	require.NoError(t, json.Unmarshal(data, &back))
	require.True(t, Equal(m, back))
}

// TestJSONWithoutKeys: what decodes into an interface and cannot be a key is an
// error and not a panic.
func TestJSONWithoutKeys(t *testing.T) {
	s := SetOf[any]("stays")
	for _, bad := range []string{`[1, [2]]`, `[{"a": 1}]`} {
		require.ErrorContains(t, json.Unmarshal([]byte(bad), &s), "cannot be a key")
		require.True(t, s.Same(s) && s.Equal(SetOf[any]("stays")))
	}
	require.NoError(t, json.Unmarshal([]byte(`[1, "stays", null, true]`), &s))
	require.Equal(t, 4, s.Len())
	c := Change[any, int]{Op: Added, Key: "stays"}
	require.ErrorContains(t, json.Unmarshal([]byte(`{"op": "removed", "key": [1], "old": 2}`), &c), "cannot be a key")
	require.Equal(t, Change[any, int]{Op: Added, Key: "stays"}, c)
	var nested Set[struct{ A [1]any }]
	require.ErrorContains(t, json.Unmarshal([]byte(`[{"A": [[]]}]`), &nested), "cannot be a key")
}

// TestJSONOfEqualKeys: of names that are one key the first key and the last value
// stay, each time that the same bytes are decoded.
func TestJSONOfEqualKeys(t *testing.T) {
	for range 20 {
		m := NewWith[int, []int](folded{}).Set(3, []int{0})
		require.NoError(t, json.Unmarshal([]byte(`{"1": [1], "11": [2], "2": null, "1": [3], "12": [4], "13": [5]}`), &m))
		require.Equal(t, "map[1:[3] 2:[4] 3:[5]]", m.String())
		was := m
		require.Error(t, json.Unmarshal([]byte(`{"4": [1], "14": "x"}`), &m))
		require.True(t, m.Same(was))
	}
}
