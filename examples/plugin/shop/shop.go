// Package shop is a library that sells things. It knows nothing of the program or of other libraries.
package shop

import (
	"fmt"
	"slices"

	"github.com/strata-go/strata/ctx"
)

var (
	ns = ctx.NewNamespace("shop")

	// Package audit has a variable of the same name. They are two.
	user     = ctx.Static("user", ctx.In[int](ns))
	discount = ctx.Static("discount", ctx.In[int](ns), ctx.Default(0), ctx.Guard(percent))
)

func percent(x int) error {
	if x < 0 || x > 100 {
		return fmt.Errorf("%d is no discount: give 0 to 100 percent", x)
	}
	return nil
}

// For runs f for a customer, known by number.
func For(st *ctx.State, customer int, f func()) { user.With(st, customer, f) }

// Sale lowers prices by a percentage while f runs.
func Sale(st *ctx.State, off int, f func()) error {
	token, err := discount.TrySet(st, off)
	if err != nil {
		return err
	}
	defer func() { _ = discount.Reset(st, token) }() // f leaves the level as it found it
	f()
	return nil
}

// Price tells what something costs whom, here and now.
func Price(st *ctx.State, cents int) string {
	return fmt.Sprintf("customer %d pays %d", user.Or(st, 0), cents*(100-discount.Get(st))/100)
}

// Dump lists what the library has set in s. Only the holder of ns can write this function.
func Dump(s ctx.Snapshot) []string {
	var list []string
	for v, value := range ns.All(s) {
		list = append(list, fmt.Sprintf("%s=%v", v.Name, value))
	}
	slices.Sort(list)
	return list
}
