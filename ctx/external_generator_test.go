package ctx_test

import (
	"iter"
	"testing"

	"github.com/strata-go/strata/ctx"
)

// The next lines are a generator class as somebody outside this module would
// write it, in all three modes: PEP 550's question whether a class such as
// async_generator can get what the language's own generators get.

// Generator resumes its body in the context of whoever calls Next.
type Generator[T any] struct {
	state ctx.State
	layer ctx.Layer
	next  func() (T, bool)
	stop  func()
}

// NewGenerator makes a generator; with mode Captured it keeps creator's context.
func NewGenerator[T any](mode ctx.Mode, creator *ctx.State, body func(st *ctx.State, yield func(T) bool)) *Generator[T] {
	g := new(Generator[T])
	if mode == ctx.Captured {
		_ = g.layer.Capture(creator.Snapshot())
	} else {
		_ = g.layer.SetMode(mode)
	}
	g.next, g.stop = iter.Pull(func(yield func(T) bool) { body(&g.state, yield) })
	return g
}

// Next resumes the body until it yields.
func (g *Generator[T]) Next(from *ctx.State) (T, bool) {
	defer g.state.Unwind(g.state.Resume(from, &g.layer))
	return g.next()
}

// Close ends the body, in the context of whoever closes.
func (g *Generator[T]) Close(from *ctx.State) {
	defer g.state.Unwind(g.state.Resume(from, &g.layer))
	g.stop()
}

// That was the class.

func TestGeneratorClassOutsideTheModule(t *testing.T) {
	v := ctx.Static("v", ctx.Default("d"))
	s := ctx.StaticStack[string]("s")
	type seen struct {
		v string
		s []string
	}
	run := func(mode ctx.Mode) (out []seen) {
		st := ctx.NewState()
		closed := seen{}
		body := func(st *ctx.State, yield func(seen) bool) {
			defer func() { closed = seen{v.Get(st), stack(s, st)} }()
			for yield(seen{v.Get(st), stack(s, st)}) {
				v.Set(st, "own")
				s.Push(st, "own")
			}
		}
		var g *Generator[seen]
		v.With(st, "creation", func() { g = NewGenerator(mode, st, body) })
		for _, at := range []string{"1", "2"} {
			p := s.Push(st, at)
			tok := v.Set(st, at)
			x, _ := g.Next(st)
			out = append(out, x, seen{v.Get(st), stack(s, st)})
			_ = v.Reset(st, tok)
			_ = p.TryPop(st) // refused in mode None: the generator's own is on top
		}
		g.Close(st)
		return append(out, closed)
	}
	equal(t, run(ctx.Overlay), []seen{
		{"1", []string{"1"}}, {"1", []string{"1"}},
		{"own", []string{"2", "own"}}, {"2", []string{"2"}},
		{"own", []string{"own"}},
	})
	equal(t, run(ctx.None), []seen{
		{"1", []string{"1"}}, {"1", []string{"1"}},
		{"own", []string{"2", "own"}}, {"own", []string{"2", "own"}},
		{"d", []string{"2", "own"}},
	})
	equal(t, run(ctx.Captured), []seen{
		{"creation", nil}, {"1", []string{"1"}},
		{"own", []string{"own"}}, {"2", []string{"2"}},
		{"own", []string{"own"}},
	})
}
