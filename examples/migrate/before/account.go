// Package before hands an account down with context.WithValue.
package before

import "context"

type Account struct {
	Name  string
	Admin bool
}

type accountKey struct{}

func WithAccount(c context.Context, a *Account) context.Context {
	return context.WithValue(c, accountKey{}, a)
}

func AccountOf(c context.Context) (a *Account, ok bool) {
	a, ok = c.Value(accountKey{}).(*Account)
	return a, ok
}
