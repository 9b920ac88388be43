package stdctx_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/strata-go/strata/ctx"
)

var (
	user   = ctx.Static[string]("user")
	tenant = ctx.Static("tenant", ctx.Default("none"))
	secret = ctx.Static("token", ctx.Redact[string])
	path   = ctx.StaticStack[string]("path")
	local  = ctx.Static("local", ctx.Never[string])
)

func equal[T any](t *testing.T, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func isError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}
