// Package iter re-exports the standard library's package iter with the Pull and
// Pull2 of package seq. The contract test of stdctx runs the standard library's
// own tests on it.
package iter

import (
	"iter"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

type (
	Seq[V any]     = iter.Seq[V]
	Seq2[K, V any] = iter.Seq2[K, V]
)

func Pull[V any](it Seq[V]) (next func() (V, bool), stop func()) {
	return seq.Pull(ctx.NewState(), it)
}

func Pull2[K, V any](it Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	return seq.Pull2(ctx.NewState(), it)
}
