package sim_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/sim"
)

var (
	who    = ctx.Static("who", ctx.Default("nobody"))
	scopes = ctx.StaticStack[int]("scopes")
)

func list(st *ctx.State) (out []int) {
	for x := range scopes.All(st) {
		out = append(out, x)
	}
	return out
}

// run runs one task and fails when it does not come to its end.
func run(t *testing.T, seed uint64, f func(*sim.Co)) {
	t.Helper()
	w := sim.New(seed)
	w.Go("main", f)
	require.NoError(t, w.Run())
	require.Zero(t, w.Clock.Pending())
}

func TestTasksHaveAStateEach(t *testing.T) {
	var log []string
	run(t, 0, func(c *sim.Co) {
		who.Put(c.State(), "main")
		a := c.Go("a", func(c *sim.Co) {
			who.Put(c.State(), "a")
			c.Pause()
			log = append(log, who.Get(c.State()))
		})
		b := c.Go("b", func(c *sim.Co) {
			log = append(log, who.Get(c.State()))
			c.Pause()
			log = append(log, who.Get(c.State()))
		})
		who.Put(c.State(), "changed")
		c.Join(a)
		c.Join(b)
		c.Join(b)
		log = append(log, who.Get(c.State()))
		require.True(t, a.Done())
		require.Equal(t, "a", a.Name())
		require.NotSame(t, a.State(), b.State())
	})
	require.Equal(t, []string{"main", "a", "main", "changed"}, log)
}

func TestSeedFixesTheOrder(t *testing.T) {
	order := func(seed uint64) string {
		var b strings.Builder
		run(t, seed, func(c *sim.Co) {
			for i := range 6 {
				c.Go("t", func(c *sim.Co) {
					for range 4 {
						fmt.Fprint(&b, i)
						c.Pause()
					}
				})
			}
		})
		return b.String()
	}
	require.Equal(t, strings.Repeat("012345", 4), order(0))
	require.Equal(t, order(7), order(7))
	require.NotEqual(t, order(7), order(8))
}

// Both ways to lay a generator over its resumer give the e-mail's result.
func TestGenerators(t *testing.T) {
	for _, pushed := range []bool{false, true} {
		run(t, 0, func(c *sim.Co) {
			g := c.Generate(func(c *sim.Co) {
				defer func() { scopes.Push(c.State(), 99).Pop(c.State()) }()
				p := scopes.Push(c.State(), 10)
				c.Yield(list(c.State()))
				c.Pause() // the task waits, the layer stays on
				if !c.Yield(list(c.State())) {
					p.Pop(c.State())
					return
				}
				t.Error("Yield after Close returns true")
			})
			if pushed {
				g.Around = g.Pushed
			}
			p := scopes.Push(c.State(), 20)
			x, ok := g.Next(c)
			require.Equal(t, []int{20, 10}, x)
			require.True(t, ok)
			require.Equal(t, []int{20}, list(c.State()))
			p.Pop(c.State())
			p = scopes.Push(c.State(), 5)
			x, _ = g.Next(c)
			require.Equal(t, []int{5, 10}, x)
			p.Pop(c.State())
			require.Empty(t, list(c.State()))
			g.Close(c)
			g.Close(c)
			require.True(t, g.Done())
			_, ok = g.Next(c)
			require.False(t, ok)
		})
	}
}

func TestWaitInsideAGenerator(t *testing.T) {
	var log []string
	run(t, 0, func(c *sim.Co) {
		g := c.Generate(func(c *sim.Co) {
			who.Put(c.State(), "gen")
			c.Sleep(time.Second)
			log = append(log, "g "+who.Get(c.State()))
			c.Yield(nil)
		})
		c.Go("other", func(c *sim.Co) {
			require.True(t, g.Running())
			require.Panics(t, func() { g.Next(c) })
			log = append(log, "other "+who.Get(c.State()))
		})
		who.Put(c.State(), "main")
		g.Next(c)
		log = append(log, "main "+who.Get(c.State()))
		require.Equal(t, time.Second, c.World().Clock.Now())
	})
	require.Equal(t, []string{"other nobody", "g gen", "main main"}, log)
}

func TestClock(t *testing.T) {
	var log []string
	note := func(s string) func(*sim.Co) {
		return func(c *sim.Co) { log = append(log, s+" "+who.Get(c.State())) }
	}
	run(t, 3, func(c *sim.Co) {
		who.Put(c.State(), "registered")
		c.After(2*time.Second, note("late"))
		c.After(time.Second, note("first"))
		c.After(time.Second, note("second"))
		c.After(-time.Second, note("at once"))
		stopped := c.After(time.Second, note("never"))
		require.Equal(t, 5, c.World().Clock.Pending())
		require.True(t, stopped.Stop())
		require.False(t, stopped.Stop())
		require.Equal(t, 4, c.World().Clock.Pending())
		who.Put(c.State(), "later")
		c.Sleep(3 * time.Second)
		require.Equal(t, 3*time.Second, c.World().Clock.Now())
	})
	require.Equal(t, []string{"at once registered", "first registered", "second registered", "late registered"}, log)
}

func TestPromise(t *testing.T) {
	var log []string
	run(t, 0, func(c *sim.Co) {
		p := sim.NewPromise[int](c.World())
		who.Put(c.State(), "then")
		p.Then(c, func(c *sim.Co, x int) { log = append(log, fmt.Sprint("reaction ", who.Get(c.State()), x)) })
		who.Put(c.State(), "main")
		c.Go("resolver", func(c *sim.Co) {
			who.Put(c.State(), "resolver")
			p.Resolve(7)
			require.Panics(t, func() { p.Resolve(8) })
		})
		require.False(t, p.Resolved())
		require.Equal(t, 7, p.Await(c))
		require.Equal(t, 7, p.Await(c))
		p.Then(c, func(c *sim.Co, x int) { log = append(log, fmt.Sprint("late ", who.Get(c.State()), x)) })
	})
	require.Equal(t, []string{"reaction then7", "late main7"}, log)
}

func TestNothingIsLeftBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	closed := 0
	w := sim.New(0)
	w.Go("waits", func(c *sim.Co) {
		defer func() { closed++ }()
		c.Generate(func(c *sim.Co) { // suspended when Run ends
			p := scopes.Push(c.State(), 1)
			c.Yield(nil)
			p.Pop(c.State())
			closed++
		}).Next(c)
		c.Generate(func(c *sim.Co) { closed = 100 }) // never started
		c.Generate(func(c *sim.Co) {                 // waits for ever with its task
			defer func() { closed++ }()
			sim.NewPromise[int](w).Await(c)
		}).Next(c)
	})
	require.EqualError(t, w.Run(), "sim: 1 tasks wait for ever: waits")
	require.Equal(t, 3, closed)
	for range 100 {
		if runtime.NumGoroutine() <= before {
			break
		}
		runtime.Gosched()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func TestPanicLeavesRun(t *testing.T) {
	w := sim.New(0)
	w.Go("bystander", func(c *sim.Co) { c.Sleep(time.Hour) })
	w.Go("main", func(c *sim.Co) {
		g := c.Generate(func(c *sim.Co) { panic("boom") })
		st := c.State()
		require.PanicsWithValue(t, "boom", func() { g.Next(c) })
		require.True(t, g.Done())
		who.Put(st, "main") // the layer is off
		panic("bang")
	})
	require.PanicsWithValue(t, "bang", func() { _ = w.Run() })
	require.PanicsWithValue(t, "sim: Yield in a task's own body: make a generator with Generate", func() {
		w.Go("main", func(c *sim.Co) { c.Yield(1) })
		_ = w.Run()
	})
}
