// Package after is package before on a variable: what others call is the same.
package after

import (
	"context"

	"github.com/strata-go/strata/ctx"
)

// Account is who a request is made for.
type Account struct {
	Name  string
	Admin bool
}

var account = ctx.Static[*Account]("account")

// WithAccount returns a Context that carries a.
func WithAccount(c context.Context, a *Account) context.Context {
	return account.WithContext(c, a)
}

// AccountOf returns the account that c carries.
func AccountOf(c context.Context) (a *Account, ok bool) {
	return account.From(c)
}

// IsAdmin is for code that has gone on to a State: it reads often, and what it
// calls may set.
func IsAdmin(st *ctx.State) bool {
	a, ok := account.Lookup(st)
	return ok && a != nil && a.Admin
}

// AsAdmin runs f with more rights than its caller has, and only f.
func AsAdmin(st *ctx.State, f func()) {
	admin := Account{Admin: true}
	if a, ok := account.Lookup(st); ok && a != nil {
		admin.Name = a.Name
	}
	account.With(st, &admin, f)
}
