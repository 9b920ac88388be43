package weakkey_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/internal/keys"
	"github.com/strata-go/strata/weakkey"
)

func names(seq func(func(weakkey.Info) bool)) []string {
	var s []string
	for i := range seq {
		s = append(s, i.Name())
	}
	return s
}

func TestMapIsPersistent(t *testing.T) {
	a, b := weakkey.New[string]("a"), weakkey.Static[int]("b")
	var m0 weakkey.Map
	m1, err := weakkey.Set(m0, a, "x")
	require.NoError(t, err)
	m2, err := weakkey.Set(m1, b, 7)
	require.NoError(t, err)
	m3, err := weakkey.Set(m2, a, "y")
	require.NoError(t, err)
	m4 := weakkey.Delete(m3, a)
	for i, want := range []struct {
		m weakkey.Map
		s string
		n int
	}{{m0, "", 0}, {m1, "x", 1}, {m2, "x", 2}, {m3, "y", 2}, {m4, "", 1}} {
		s, ok := weakkey.Get(want.m, a)
		require.Equal(t, want.s, s, "version %d", i)
		require.Equal(t, want.s != "", ok)
		require.Equal(t, want.n, want.m.Len())
		n, ok := weakkey.Get(want.m, b)
		require.Equal(t, i >= 2, ok && n == 7)
	}
}

func TestKeysAreObjects(t *testing.T) {
	a, b := weakkey.New[int]("same"), weakkey.New[int]("same")
	require.True(t, a != b)
	c := a
	require.True(t, a == c)
	require.NotEqual(t, a.ID(), b.ID())
	m, _ := weakkey.Set(weakkey.Map{}, a, 1)
	_, ok := weakkey.Get(m, b)
	require.False(t, ok)
	x, _ := weakkey.Get(m, c)
	require.Equal(t, 1, x)
}

func TestReleaseIsSynchronousAndIdempotent(t *testing.T) {
	for name, set := range map[string]func(weakkey.Map) (m weakkey.Map, get func() bool, release func(), again func() error){
		"pointers": func(m weakkey.Map) (weakkey.Map, func() bool, func(), func() error) {
			k := newKey()
			m, _ = weakkey.Set(m, k, &value{})
			return m, func() bool { _, ok := weakkey.Get(m, k); return ok }, k.Release,
				func() error { _, err := weakkey.Set(m, k, nil); return err }
		},
		"inline": func(m weakkey.Map) (weakkey.Map, func() bool, func(), func() error) {
			k := weakkey.New[[2]int]("k")
			m, _ = weakkey.Set(m, k, [2]int{1, 2})
			return m, func() bool { _, ok := weakkey.Get(m, k); return ok }, k.Release,
				func() error { _, err := weakkey.Set(m, k, [2]int{}); return err }
		},
	} {
		for age := range 5 {
			t.Run(fmt.Sprintf("%s/age %d", name, age), func(t *testing.T) {
				m, get, release, again := set(weakkey.Map{})
				for range age {
					keys.Rotate()
				}
				require.True(t, get())
				require.Equal(t, 1, m.Len())
				release()
				require.False(t, get())
				require.Zero(t, m.Len())
				release()
				err := again()
				require.ErrorIs(t, err, weakkey.ErrReleased)
				require.EqualError(t, err, `weakkey: Set of key "k": key is released`)
			})
		}
	}
}

func TestSetOfReleasedKeyReturnsTheOldMap(t *testing.T) {
	a, b := weakkey.New[int]("a"), weakkey.New[int]("b")
	m, _ := weakkey.Set(weakkey.Map{}, a, 1)
	b.Release()
	require.True(t, b.Released())
	require.False(t, a.Released())
	m, err := weakkey.Set(m, b, 2)
	require.Error(t, err)
	require.Equal(t, 1, m.Len())
}

// TestDeleteLeavesTheNextKey: a released key's index serves another key, and
// deleting under the old one does not touch that key's value.
func TestDeleteLeavesTheNextKey(t *testing.T) {
	old := weakkey.New[int]("old")
	old.Release()
	var next weakkey.Key[int]
	var others []weakkey.Key[int]
	for {
		next = weakkey.New[int]("next")
		if next.ID().Index() == old.ID().Index() {
			break
		}
		others = append(others, next)
	}
	m, _ := weakkey.Set(weakkey.Map{}, next, 7)
	m = weakkey.Delete(m, old)
	x, ok := weakkey.Get(m, next)
	require.True(t, ok)
	require.Equal(t, 7, x)
	for _, k := range others {
		k.Release()
	}
}

func TestMisusePanicsWithAdvice(t *testing.T) {
	var zero weakkey.Key[int]
	advice := "weakkey: zero Key[int]; make keys with weakkey.New or weakkey.Static"
	require.PanicsWithValue(t, advice, func() { weakkey.Get(weakkey.Map{}, zero) })
	require.PanicsWithValue(t, advice, func() { zero.Release() })
	require.Equal(t, "<zero key>", zero.String())
	require.PanicsWithValue(t, `weakkey: Release of static key "s"; make a key that has to end with weakkey.New`,
		weakkey.Static[int]("s").Release)
}

func TestNamespaceIsTheOnlyList(t *testing.T) {
	ns, other := weakkey.NewNamespace("lib"), weakkey.NewNamespace("lib")
	a := weakkey.New[string]("a", weakkey.In(ns))
	b := weakkey.Static[int]("b", weakkey.In(ns))
	c := weakkey.New[int]("c", weakkey.In(other))
	require.Equal(t, []string{"a", "b"}, names(ns.Keys()))
	require.Equal(t, []string{"c"}, names(other.Keys()))
	var m weakkey.Map
	m, _ = weakkey.Set(m, c, 1)
	require.Empty(t, names(ns.KeysIn(m)))
	m, _ = weakkey.Set(m, a, "x")
	require.Equal(t, []string{"a"}, names(ns.KeysIn(m)))
	for range ns.KeysIn(m) {
		break
	}
	for i := range ns.Keys() {
		require.Equal(t, a.ID(), i.ID())
		require.Equal(t, "string", i.Type().String())
		require.True(t, i.Alive() && !i.Static())
		break
	}
	infos := slices.Collect(ns.Keys())
	a.Release()
	require.False(t, infos[0].Alive())
	require.True(t, infos[1].Alive() && infos[1].Static())
	require.Equal(t, []string{"b"}, names(ns.Keys()))
	require.Empty(t, names(ns.KeysIn(m)))
	require.Equal(t, 1, ns.Len())
	require.Equal(t, "lib", ns.String())
	require.Equal(t, "b", b.Name())
}

// TestKeysInANamespaceDie: listing keys, however often, keeps none alive.
func TestKeysInANamespaceDie(t *testing.T) {
	ns := weakkey.NewNamespace("lib")
	elsewhere(func() { weakkey.New[*value]("k", weakkey.In(ns)) })
	for range 7 {
		names(ns.Keys())
		collect()
		names(ns.Keys())
	}
	require.Zero(t, ns.Len())
}

func TestNothingPrintsButTheLabel(t *testing.T) {
	secret := "hunter2"
	k := weakkey.New[string]("password")
	m, _ := weakkey.Set(weakkey.Map{}, k, secret)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		require.NotContains(t, fmt.Sprintf(verb, m), secret, verb)
		require.Contains(t, fmt.Sprintf(verb, k), "password", verb)
		require.NotContains(t, fmt.Sprintf(verb, k), "0x", verb)
	}
	require.Equal(t, "password", fmt.Sprint(k))
	for _, x := range []any{k, m, map[string]any{"m": m}} {
		_, err := json.Marshal(x)
		require.ErrorContains(t, err, "no meaning outside their process")
	}
	_, err := k.MarshalBinary()
	require.Error(t, err)
	_, err = m.GobEncode()
	require.Error(t, err)
}

func TestGetAllocatesNothing(t *testing.T) {
	k, s, i := newKey(), weakkey.Static[string]("s"), weakkey.New[int]("i")
	m, _ := weakkey.Set(weakkey.Map{}, k, &value{})
	m, _ = weakkey.Set(m, s, "x")
	m, _ = weakkey.Set(m, i, 1)
	for range 4 { // on the entry side and on the key side
		keys.Rotate()
		require.Zero(t, testing.AllocsPerRun(100, func() {
			weakkey.Get(m, k)
			weakkey.Get(m, s)
			weakkey.Get(m, i)
		}))
	}
}

func TestStatsCount(t *testing.T) {
	// The dead keys of other tests go first: none must leave in between.
	before, same := weakkey.ReadStats(), 0
	for i := 0; i < 100 && same < 8; i++ {
		collect()
		now := weakkey.ReadStats()
		if same++; now.CollectableKeys != before.CollectableKeys {
			same = 0
		}
		before = now
	}
	k := newKey()
	s := weakkey.Static[int]("s")
	m, _ := weakkey.Set(weakkey.Map{}, k, &value{})
	m, _ = weakkey.Set(m, s, 1)
	keys.Rotate()
	after := weakkey.ReadStats()
	require.Equal(t, before.CollectableKeys+1, after.CollectableKeys)
	require.Equal(t, before.StaticKeys+1, after.StaticKeys)
	require.Greater(t, after.Rotations, before.Rotations)
	require.Positive(t, after.LastRotation)
	require.Positive(t, after.Entries)
	k.Release()
	pending := weakkey.ReadStats().PendingReleases
	for i := 0; i < 100 && pending == 0; i++ { // a rotation of the background came in between
		weakkey.New[int]("k").Release()
		pending = weakkey.ReadStats().PendingReleases
	}
	require.Positive(t, pending)
	keys.Rotate()
	require.Zero(t, weakkey.ReadStats().PendingReleases)
	require.Equal(t, before.CollectableKeys, weakkey.ReadStats().CollectableKeys)
	require.Equal(t, 1, m.Len())
}

// TestZeroValues: what was not made by this package's functions panics with
// advice or, where it only describes, describes nothing.
func TestZeroValues(t *testing.T) {
	for _, ns := range []*weakkey.Namespace{nil, {}} {
		const advice = "weakkey: nil or zero Namespace; make one with weakkey.NewNamespace"
		require.PanicsWithValue(t, advice, func() { weakkey.In(ns) })
		require.PanicsWithValue(t, advice, func() { ns.Name() })
		require.PanicsWithValue(t, advice, func() { ns.Len() })
		require.PanicsWithValue(t, advice, func() { ns.Keys() })
		require.PanicsWithValue(t, advice, func() { ns.KeysIn(weakkey.Map{}) })
		require.Equal(t, "<zero namespace>", ns.String())
	}
	var i weakkey.Info
	require.Equal(t, []any{"", "", weakkey.ID(0), false, false}, []any{i.Name(), i.String(), i.ID(), i.Static(), i.Alive()})
	require.Nil(t, i.Type())
	weakkey.New[int]("no namespace", weakkey.Option{}).Release()
	var k weakkey.Key[int]
	require.Equal(t, "<zero key>", k.LogValue().String())
	require.Zero(t, weakkey.Map{}.Len())
	require.Zero(t, weakkey.Delete(weakkey.Map{}, weakkey.Static[int]("absent")).Len())
}

// TestLogged: in a log line stands the label, and neither an error nor a value.
func TestLogged(t *testing.T) {
	ns := weakkey.NewNamespace("lib")
	k := weakkey.New[string]("label", weakkey.In(ns))
	m, err := weakkey.Set(weakkey.Map{}, k, "secret")
	require.NoError(t, err)
	var info weakkey.Info
	for i := range ns.Keys() {
		info = i
	}
	for _, format := range []func(*bytes.Buffer) slog.Handler{
		func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(format(&b)).Info("", "key", k, "map", m, "namespace", ns, "info", info, "nil", (*weakkey.Namespace)(nil))
		for _, want := range []string{"label", "weakkey.Map(1)", "lib", "<zero namespace>"} {
			require.Contains(t, b.String(), want)
		}
		require.NotContains(t, b.String(), "secret")
		require.NotContains(t, b.String(), "ERROR")
	}
	runtime.KeepAlive(k)
}
