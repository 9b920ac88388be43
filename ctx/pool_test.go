package ctx

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCellsArePooledWithABound: a State that once had many tokens open does not
// keep their cells.
func TestCellsArePooledWithABound(t *testing.T) {
	st, v := NewState(), Static[int]("pooled")
	tokens := make([]Token[int], 1000)
	for i := range tokens {
		tokens[i] = v.Set(st, i)
	}
	for _, tok := range tokens {
		require.NoError(t, v.Reset(st, tok))
	}
	require.Len(t, st.x.pool, pooled)
	require.ErrorIs(t, v.Reset(st, tokens[999]), ErrTokenUsed)
}
