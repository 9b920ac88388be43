package readme

import (
	"fmt"

	"github.com/strata-go/strata/ctx"
)

// Variables stand at package level.
var (
	User = ctx.Static[string]("user", ctx.Default("nobody"))
	Prec = ctx.Static[int]("precision", ctx.Default(28))
)

func Example_ctx() {
	st := ctx.NewState() // one per task
	User.Set(st, "ann")
	before := st.Snapshot() // one word

	var gen ctx.Layer // the level of one generator
	m := st.Push(&gen)
	Prec.Set(st, 3)
	fmt.Println("in the generator:", User.Get(st), Prec.Get(st))
	st.Unwind(m) // the generator yields

	tok := User.Set(st, "bob")
	fmt.Println("its caller:", User.Get(st), Prec.Get(st))
	m = st.Push(&gen) // and is resumed: it sees its caller's current user
	fmt.Println("in the generator:", User.Get(st), Prec.Get(st))
	st.Unwind(m)
	then, _ := User.In(before)
	fmt.Println(User.Reset(st, tok), User.Get(st), then)
	// Output:
	// in the generator: ann 3
	// its caller: bob 28
	// in the generator: bob 3
	// <nil> ann ann
}
