package ctx_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// Programs of other systems, re-expressed. Each is run with static and with
// collectable variables, on a fresh State; what it says, in order, must be want.
// Where a system decided otherwise, differs tells what it says there and why.

type foreign struct {
	name    string
	run     func(p *play)
	want    string
	differs string
}

// play is what programs run with: two variables, one with a default, and a
// stack variable.
type play struct {
	t    *testing.T
	st   *ctx.State
	v, w ctx.Var[string]
	d    ctx.Var[string] // default "d"
	s    ctx.StackVar[string]
	log  []string
}

func (p *play) say(what ...any) { p.log = append(p.log, strings.TrimSpace(fmt.Sprintln(what...))) }

// read says v, "-" where it is not set.
func (p *play) read(st *ctx.State) { p.say(p.v.Or(st, "-")) }

// gen makes a generator that yields nothing.
func (p *play) gen(body func(st *ctx.State, yield func() error)) *gen[int] {
	return p.genIn(ctx.Overlay, body)
}

func (p *play) genIn(mode ctx.Mode, body func(st *ctx.State, yield func() error)) *gen[int] {
	return generator(mode, p.st, func(g *gen[int], st *ctx.State) { body(st, func() error { return g.yield(0) }) })
}

// fails says which error it is.
func (p *play) fails(err error) {
	for name, e := range map[string]error{
		"used": ctx.ErrTokenUsed, "var": ctx.ErrTokenVar, "context": ctx.ErrTokenLevel, "entered": ctx.ErrEntered,
		"order": ctx.ErrOrder, "running": ctx.ErrRunning, "mode": ctx.ErrMode, "zero": ctx.ErrTokenZero, "lookup": ctx.ErrNoValue,
	} {
		if errors.Is(err, e) {
			p.say("error:" + name)
			return
		}
	}
	if err != nil {
		p.say(err)
	}
}

// tries says with what f panics.
func (p *play) tries(f func()) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case error:
			p.fails(v)
		default:
			p.say("raised:" + fmt.Sprint(v))
		}
	}()
	f()
}

func playAll(t *testing.T, programs []foreign) {
	for _, f := range programs {
		t.Run(f.name, func(t *testing.T) {
			kinds(t, func(t *testing.T, k kind) {
				p := &play{
					t: t, st: ctx.NewState(), v: newVar[string](k, "v"), w: newVar[string](k, "w"),
					d: newVar(k, "d", ctx.Default("d")), s: newStack[string](k, "s"),
				}
				f.run(p)
				if got := strings.Join(p.log, " "); got != f.want {
					t.Errorf("said %q, want %q", got, f.want)
				}
				n := 0
				for range p.st.Levels() {
					n++
				}
				equal(t, n, 1)
			})
		})
	}
}
