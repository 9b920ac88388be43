package readme

import (
	"fmt"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
	"github.com/strata-go/strata/ctx/seq"
)

func Example_generators() {
	st := ctx.NewState() // one per task
	pages := seq.Generate(func(st *ctx.State, yield func(string) bool) {
		Prec.Set(st, 3) // the generator's own, at every resume
		for yield(fmt.Sprint(User.Get(st), " ", Prec.Get(st))) {
		}
	})
	defer pages.Close(st)

	for _, name := range []string{"ann", "bob"} {
		User.With(st, name, func() { // whoever resumes it
			page, _ := pages.Next(st)
			fmt.Println(page, "| outside:", User.Get(st), Prec.Get(st))
		})
	}

	err := scope.FailAfter(st, time.Millisecond, func(*scope.Scope) error {
		return scope.Sleep(st, time.Hour)
	})
	fmt.Println(err != nil, scope.Cancelled(st))
	// Output:
	// ann 3 | outside: ann 28
	// bob 3 | outside: bob 28
	// true false
}
