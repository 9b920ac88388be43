package seq_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

// TestD11_ResumedInItsOwnState: who kept the State that a body was given cannot
// resume the suspended generator in it, which would read on in itself. It is
// told so, and the generator goes on for others.
func TestD11_ResumedInItsOwnState(t *testing.T) {
	var own *ctx.State
	count := func(s *ctx.State, yield func(int) bool) {
		own = s
		for i := 0; yield(i); i++ {
		}
	}
	t.Run("Generator", func(t *testing.T) {
		st, g := ctx.NewState(), seq.Generate(count)
		g.Next(st)
		require.PanicsWithValue(t, seq.ErrRunning, func() { g.Next(own) })
		require.PanicsWithValue(t, seq.ErrRunning, func() { g.Close(own) })
		x, ok := g.Next(st)
		require.True(t, ok && x == 1)
		g.Close(st)
		_, ok = g.Next(own)
		require.False(t, ok)
		g.Close(own)
	})
	t.Run("IO", func(t *testing.T) {
		st := ctx.NewState()
		g := seq.GenerateIO(func(s *ctx.State, yield func(int) (int, error)) error {
			own = s
			for i := 0; ; i++ {
				if _, err := yield(i); err != nil {
					return err
				}
			}
		})
		_, err := g.Next(st)
		require.NoError(t, err)
		_, err = g.Next(own)
		require.ErrorIs(t, err, seq.ErrRunning)
		require.ErrorIs(t, g.Close(own), seq.ErrRunning)
		x, err := g.Send(st, 0)
		require.True(t, err == nil && x == 1)
		require.NoError(t, g.Close(st))
		_, err = g.Next(own)
		require.ErrorIs(t, err, seq.ErrDone)
	})
	t.Run("Adapter", func(t *testing.T) {
		var stands *ctx.State
		st := ctx.NewState()
		a := seq.Map(seq.Generate(count), func(s *ctx.State, x int) int { stands = s; return x })
		a.Next(st)
		require.Panics(t, func() { a.Next(stands) })
		require.Panics(t, func() { a.Close(stands) })
		x, ok := a.Next(st)
		require.True(t, ok && x == 1)
		a.Close(st)
	})
}
