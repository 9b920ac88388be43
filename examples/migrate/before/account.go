// Package before hands an account down with context.WithValue.
package before

import "context"

// Account is who a request is made for.
type Account struct {
	Name  string
	Admin bool
}

type accountKey struct{}

// WithAccount returns a Context that carries a.
func WithAccount(c context.Context, a *Account) context.Context {
	return context.WithValue(c, accountKey{}, a)
}

// AccountOf returns the account that c carries.
func AccountOf(c context.Context) (a *Account, ok bool) {
	a, ok = c.Value(accountKey{}).(*Account)
	return a, ok
}
