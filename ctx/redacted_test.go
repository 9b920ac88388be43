package ctx_test

import (
	"fmt"
	"testing"

	"github.com/strata-go/strata/ctx"
)

func TestRedacted(t *testing.T) {
	equal(t, ctx.New[int]("open").Redacted(), false)
	equal(t, ctx.New("secret", ctx.Redact[int]).Redacted(), true)
	equal(t, ctx.NewStack[int]("open").Redacted(), false)
	equal(t, ctx.NewStack("secret", ctx.Redact[int]).Redacted(), true)
}

func ExampleVar_Redacted() {
	token := ctx.Static("token", ctx.Redact[string])
	fmt.Println(token.Redacted())
	// Output: true
}

func ExampleStackVar_Redacted() {
	fmt.Println(ctx.StaticStack[string]("path").Redacted())
	// Output: false
}
