package lua_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/strata-go/strata/internal/ctxmodel"
)

// oracle runs the statements of a script on the model of package ctx: frames of
// a backtrace whose levels are Go maps. It knows nothing of States and Layers.
type oracle struct {
	m      *ctxmodel.Model
	steps  int
	out    strings.Builder
	tokens []*ctxmodel.Token
	pushed []*ctxmodel.Token
	snaps  []ctxmodel.Snap
	cos    []*costate
}

// costate is a coroutine: its frame, and how it goes on.
type costate struct {
	frame         *ctxmodel.Frame
	kind          ctxmodel.FrameKind // from the next resume on
	wrapped       bool
	running, dead bool
	next          func() (error, bool)
	stop          func()
}

const maxTicks = 3000

// stackVar is the number of the stack variable, after the others.
const stackVar = variables

var (
	errGenerated = errors.New("generated, or too many steps")
	errStopped   = errors.New("the oracle ends")
)

func newOracle() *oracle {
	return &oracle{m: ctxmodel.New([]ctxmodel.Kind{0, 0, 0, ctxmodel.Stack})}
}

// run returns what the script prints and whether it fails.
func (o *oracle) run(block []*stmt) (out string, failed bool) {
	main := &ctxmodel.Frame{Kind: ctxmodel.Alone, Level: ctxmodel.NewLevel(nil)}
	failed = o.block(block, main, nil) != nil
	if !failed {
		o.show(main)
	}
	for _, c := range o.cos {
		c.stop()
	}
	return o.out.String(), failed
}

func (o *oracle) print(a ...any) { fmt.Fprintln(&o.out, a...) }

func (o *oracle) show(f *ctxmodel.Frame) {
	var values [variables]int
	for v := range values {
		values[v], _ = o.m.Lookup(f, v)
	}
	o.print(values[0], values[1], values[2], strings.ReplaceAll(strings.Trim(fmt.Sprint(o.m.All(f, stackVar)), "[]"), " ", ","))
}

// block runs statements in a frame. yield suspends the coroutine; it returns
// false at the end of the oracle.
func (o *oracle) block(block []*stmt, f *ctxmodel.Frame, yield func() bool) error {
	for _, s := range block {
		if o.steps++; o.steps > maxTicks {
			return errGenerated
		}
		if err := o.statement(s, f, yield); err != nil {
			return err
		}
	}
	return nil
}

func (o *oracle) statement(s *stmt, f *ctxmodel.Frame, yield func() bool) error {
	v := s.a % variables
	switch s.op {
	case "show":
		o.show(f)
	case "set":
		o.tokens = append(o.tokens, o.m.Set(f, v, s.b+1))
	case "unset":
		o.print(o.m.Unset(f, v))
	case "mask":
		o.tokens = append(o.tokens, o.m.Mask(f, v))
	case "reset":
		if n := len(o.tokens); n > 0 {
			o.print(o.m.Reset(f, v, o.tokens[s.b%n]) == ctxmodel.OK)
		}
	case "push":
		o.pushed = append(o.pushed, o.m.Push(f, stackVar, s.b+1, false))
	case "pop":
		if n := len(o.pushed); n > 0 {
			o.print(o.m.Reset(f, stackVar, o.pushed[s.b%n]) == ctxmodel.OK)
		}
	case "with":
		t := o.m.Set(f, v, s.b+1)
		err := o.block(s.body, f, yield)
		o.m.Reset(f, v, t)
		return err
	case "run":
		if n := len(o.snaps); n > 0 {
			in := &ctxmodel.Frame{Kind: ctxmodel.Alone, Level: ctxmodel.NewLevel(o.snaps[s.a%n])}
			return o.block(s.body, in, yield)
		}
	case "call":
		return o.block(s.body, &ctxmodel.Frame{Kind: ctxmodel.Call, Up: f}, yield)
	case "try":
		err := o.block(s.body, &ctxmodel.Frame{Kind: ctxmodel.Call, Up: f}, yield)
		if errors.Is(err, errStopped) {
			return err
		}
		o.print(err == nil)
	case "error":
		if s.a%3 == 0 {
			return errGenerated
		}
	case "snapshot":
		o.snaps = append(o.snaps, ctxmodel.Flatten(o.m, f))
	case "new", "wrap":
		o.create(s)
	case "resume":
		if n := len(o.cos); n > 0 {
			o.print(o.resume(o.cos[s.a%n], f))
		}
	case "yield":
		if !yield() {
			return errStopped
		}
	case "mode":
		if n := len(o.cos); n > 0 && !o.cos[s.a%n].wrapped {
			o.print(o.mode(o.cos[s.a%n], s.b%3, f))
		}
	case "loop":
		for range s.a % 4 {
			if err := o.block(s.body, f, yield); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *oracle) create(s *stmt) {
	c := &costate{kind: ctxmodel.Over, wrapped: s.op == "wrap"}
	c.frame = &ctxmodel.Frame{Level: ctxmodel.NewLevel(nil)}
	c.next, c.stop = iter.Pull(func(yield func(error) bool) {
		if err := o.block(s.body, c.frame, func() bool { return yield(nil) }); !errors.Is(err, errStopped) {
			c.dead = true
			yield(err)
		}
	})
	o.cos = append(o.cos, c)
}

// resume reports whether the coroutine yielded or returned without an error.
func (o *oracle) resume(c *costate, f *ctxmodel.Frame) bool {
	if c.dead || c.running {
		return false
	}
	c.running = true
	c.frame.Kind, c.frame.Up = c.kind, f
	err, _ := c.next()
	c.frame.Up = nil
	c.running = false
	return err == nil
}

func (o *oracle) mode(c *costate, mode int, f *ctxmodel.Frame) bool {
	if c.running {
		return false
	}
	switch modes[mode] {
	case "overlay":
		c.kind = ctxmodel.Over
	case "none":
		c.kind = ctxmodel.Call
	case "captured":
		c.kind = ctxmodel.Alone
		c.frame.Level.Replace(ctxmodel.Flatten(o.m, f))
	}
	return true
}
