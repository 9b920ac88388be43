package weakkey_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/internal/keys"
	"github.com/strata-go/strata/weakkey"
)

// value is what scenarios store: something with references, and big enough not
// to share a block of the allocator.
type value struct {
	refs []any
	_    [64]byte
}

type key = weakkey.Key[*value]

// place is a live context: what may be held, dropped, and referred to.
type place struct{ m weakkey.Map }

func (p *place) set(k key, v *value) {
	m, err := weakkey.Set(p.m, k, v)
	if err != nil {
		panic(err)
	}
	p.m = m
}

// world is what a scenario builds.
type world struct {
	live    []any                 // held to the end
	dropped []any                 // let go after some collections
	gone    []weak.Pointer[value] // must be collected then
	use     func()                // called between collections
}

func (w *world) hold(x ...any)  { w.live = append(w.live, x...) }
func (w *world) drop(x ...any)  { w.dropped = append(w.dropped, x...) }
func (w *world) watch(v *value) { w.gone = append(w.gone, weak.Make(v)) }
func (w *world) value(refs ...any) *value {
	v := &value{refs: refs}
	w.watch(v)
	return v
}

func newKey() key { return weakkey.New[*value]("k") }

// scenario is one row of the matrix.
type scenario struct {
	name  string
	build func(w *world)
	limit int             // collections within which Rotating must release
	leaks map[string]bool // designs that must leak: the harness sees it
	heavy bool            // fewer rounds
}

func leaking(designs ...string) map[string]bool {
	m := map[string]bool{}
	for _, d := range designs {
		m[d] = true
	}
	return m
}

var scenarios = []scenario{
	{name: "S0 key dropped, context live", limit: 7, leaks: leaking("strong"), build: func(w *world) {
		k, c := newKey(), new(place)
		c.set(k, w.value())
		w.hold(c)
		w.drop(k)
	}},
	{name: "S1 key dropped, value to key", limit: 7, leaks: leaking("strong", "clearable"), build: func(w *world) {
		k, c := newKey(), new(place)
		c.set(k, w.value(k))
		w.hold(c)
		w.drop(k)
	}},
	{name: "S2 key dropped, value to context", limit: 7, leaks: leaking("strong"), build: func(w *world) {
		k, c := newKey(), new(place)
		c.set(k, w.value(c))
		w.hold(c)
		w.drop(k)
	}},
	{name: "S3 key dropped, key to context", limit: 7, leaks: leaking("strong"), build: func(w *world) {
		k, c := newKey(), new(place)
		c.set(k, w.value())
		w.hold(c)
		w.drop(struct {
			k key
			c *place
		}{k, c})
	}},
	{name: "S4 context dropped, key live", limit: 7, build: func(w *world) {
		k, c := newKey(), new(place)
		c.set(k, w.value())
		w.hold(k)
		w.drop(c)
	}},
	{name: "S5 context dropped, value to context", limit: 7, leaks: leaking("inverted"), build: func(w *world) {
		k, c := newKey(), new(place)
		c.set(k, w.value(c))
		w.hold(k)
		w.drop(c)
	}},
	{name: "S6 context dropped, value to key", limit: 7, build: func(w *world) {
		k, c := newKey(), new(place)
		c.set(k, w.value(k))
		w.hold(k)
		w.drop(c)
	}},
	{name: "S7 key dropped, value to both", limit: 7, leaks: leaking("strong", "clearable"), build: func(w *world) {
		k, c := newKey(), new(place)
		c.set(k, w.value(k, c))
		w.hold(c)
		w.drop(k)
	}},
	{name: "S8 context dropped, value to both", limit: 7, leaks: leaking("inverted"), build: func(w *world) {
		k, c := newKey(), new(place)
		c.set(k, w.value(k, c))
		w.hold(k)
		w.drop(c)
	}},
	{name: "S9 1000 snapshots, value to key", limit: 7, leaks: leaking("strong", "clearable"), heavy: true, build: func(w *world) {
		k, c := newKey(), new(place)
		other := weakkey.Static[int]("other") // leaks by design, once a round
		for i := range 1000 {
			m, _ := weakkey.Set(c.m, other, i)
			c.m = m
			c.set(k, w.value(k))
			w.hold(&place{c.m})
		}
		w.drop(k)
	}},
	{name: "S10 two keys through each other", limit: 7, leaks: leaking("strong", "clearable"), build: func(w *world) {
		k1, k2, c := newKey(), newKey(), new(place)
		c.set(k1, w.value(k2))
		c.set(k2, w.value(k1))
		w.hold(c)
		w.drop(k1, k2)
	}},
	{name: "S10 chain of 1000 keys", limit: 7, leaks: leaking("strong", "clearable"), heavy: true, build: func(w *world) {
		c := new(place)
		first := newKey()
		k := first
		for range 999 {
			next := newKey()
			c.set(k, w.value(next))
			k = next
		}
		c.set(k, w.value(first))
		w.hold(c)
		w.drop(first)
	}},
	{name: "S11 overwritten, old snapshot dropped", limit: 7, build: func(w *world) {
		k, c := newKey(), new(place)
		c.set(k, w.value(c, k))
		old := &place{c.m}
		c.set(k, &value{})
		w.hold(k, c)
		w.drop(old)
	}},
	{name: "S12 criss-cross, live key in use", limit: 12, leaks: leaking("strong", "clearable", "inverted"), build: func(w *world) {
		k1, c1, k2, c2 := newKey(), new(place), newKey(), new(place)
		c1.set(k1, w.value(c2))
		c2.set(k2, w.value(k1))
		c1.set(k2, &value{})
		w.hold(c1, k2)
		w.drop(k1, c2)
		w.use = func() { weakkey.Get(c1.m, k2) }
	}},
	{name: "S12 criss-cross, live key idle", limit: 200, leaks: leaking("strong", "clearable", "inverted"), heavy: true, build: func(w *world) {
		k1, c1, k2, c2 := newKey(), new(place), newKey(), new(place)
		c1.set(k1, w.value(c2))
		c2.set(k2, w.value(k1))
		w.hold(c1, k2)
		w.drop(k1, c2)
	}},
}

var designs = []struct {
	name   string
	design keys.Design
}{
	{"strong", keys.Strong},
	{"clearable", keys.Clearable},
	{"inverted", keys.Inverted},
	{"rotating", keys.Rotating},
}

// leakLimit is after how many collections a design that is to leak is believed.
const leakLimit = 15

// run builds the scenario, lets it grow age collections old, drops, and counts
// the collections until every watched value is gone; -1 means that limit passed.
func (s *scenario) run(age, limit int) int {
	w := new(world)
	elsewhere(func() { s.build(w) })
	for range age {
		collect()
	}
	w.dropped = nil
	defer runtime.KeepAlive(w)
	for n := range limit {
		collect()
		if w.use != nil {
			elsewhere(w.use)
		}
		gone := true
		for _, p := range w.gone {
			if p.Value() != nil {
				gone = false
				break
			}
		}
		if gone {
			return n + 1
		}
	}
	return -1
}

// TestMatrix runs every scenario over every design. Values that must go, go
// under Rotating; and where another design leaks, this same code says so.
func TestMatrix(t *testing.T) {
	var table strings.Builder
	fmt.Fprintf(&table, "%-40s", "collections until released")
	for _, d := range designs {
		fmt.Fprintf(&table, "%12s", d.name)
	}
	for i := range scenarios {
		s := &scenarios[i]
		fmt.Fprintf(&table, "\n%-40s", s.name)
		for _, d := range designs {
			name := fmt.Sprintf("%s/%s", s.name, d.name)
			t.Run(name, func(t *testing.T) {
				defer keys.SetDesign(d.design)()
				rounds, limit := times(50, 200), s.limit
				if s.heavy {
					rounds = times(7, 50)
				}
				if d.design != keys.Rotating {
					rounds, limit = 3, leakLimit
				}
				least, most, leaked := 1<<30, 0, 0
				for round := range rounds {
					age := round % 7
					if d.design == keys.Inverted {
						age += 2 // until the first rotation entries own
					}
					n := s.run(age, limit)
					if n < 0 {
						leaked++
						continue
					}
					least, most = min(least, n), max(most, n)
				}
				cell := fmt.Sprintf("%d-%d", least, most)
				if least == most {
					cell = fmt.Sprint(least)
				}
				switch {
				case leaked == rounds:
					cell = "LEAK"
				case leaked > 0:
					cell = fmt.Sprintf("LEAK %d/%d", leaked, rounds)
				}
				fmt.Fprintf(&table, "%12s", cell)
				if s.leaks[d.name] {
					require.Equal(t, rounds, leaked, "%s does not leak: the harness is blind", d.name)
				} else {
					require.Zero(t, leaked, "not released within %d collections", limit)
				}
			})
		}
	}
	t.Logf("\n%s", table.String())
}
