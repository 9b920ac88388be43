package migrate

import (
	"context"
	"testing"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
	"github.com/strata-go/strata/examples/migrate/after"
	"github.com/strata-go/strata/examples/migrate/before"
	"github.com/stretchr/testify/require"
)

type other struct{}

// TestSameForCallers: absent, set, nil as a value, set again below, beside values
// and deadlines of others, above and below.
func TestSameForCallers(t *testing.T) {
	for name, p := range map[string]struct {
		with func(context.Context, string) context.Context
		of   func(context.Context) (string, bool)
	}{
		"before": {
			func(c context.Context, n string) context.Context {
				return before.WithAccount(c, &before.Account{Name: n})
			},
			func(c context.Context) (string, bool) {
				if a, ok := before.AccountOf(c); ok {
					return a.Name, true
				}
				return "", false
			},
		},
		"after": {
			func(c context.Context, n string) context.Context {
				return after.WithAccount(c, &after.Account{Name: n})
			},
			func(c context.Context) (string, bool) {
				if a, ok := after.AccountOf(c); ok {
					return a.Name, true
				}
				return "", false
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, cancel := context.WithTimeout(context.WithValue(context.Background(), other{}, 1), time.Hour)
			_, ok := p.of(c)
			require.False(t, ok)
			ann := p.with(c, "ann")
			bob, stop := context.WithCancel(context.WithValue(p.with(ann, "bob"), other{}, 2))
			defer stop()
			for c, want := range map[context.Context]string{ann: "ann", bob: "bob"} {
				got, ok := p.of(c)
				require.True(t, ok)
				require.Equal(t, want, got)
			}
			require.Equal(t, 1, ann.Value(other{}))
			require.Equal(t, 2, bob.Value(other{}))
			want, _ := c.Deadline()
			got, _ := bob.Deadline()
			require.Equal(t, want, got)
			cancel()
			require.ErrorIs(t, bob.Err(), context.Canceled)
		})
	}
}

// TestState: the same variable, read and set on a State.
func TestState(t *testing.T) {
	c := after.WithAccount(t.Context(), &after.Account{Name: "ann"})
	st := stdctx.State(c)
	require.False(t, after.IsAdmin(st))
	after.AsAdmin(st, func() {
		require.True(t, after.IsAdmin(st))
		a, ok := after.AccountOf(st.Snapshot().Context(c)) // and back to a Context
		require.True(t, ok)
		require.Equal(t, after.Account{Name: "ann", Admin: true}, *a)
	})
	require.False(t, after.IsAdmin(st))
	require.False(t, after.IsAdmin(ctx.NewState()))
}
