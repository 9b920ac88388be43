package readme

import (
	"fmt"

	"github.com/strata-go/strata/hamt"
)

func Example_hamt() {
	var empty hamt.Map[string, int] // the zero value is an empty map
	stock := empty.Set("apples", 3).Set("pears", 5)
	sold := stock.Delete("pears").Update("apples", func(n int, ok bool) (int, bool) {
		return n - 1, ok // false would leave the key out
	})

	b := sold.Builder() // many edits in place; sold does not change
	for i := range 1000 {
		b.Set(fmt.Sprint("box ", i), i)
	}
	full := b.Map()

	n, ok := full.Get("apples")
	fmt.Println(n, ok, full.Len(), full.Has("pears"))
	fmt.Println(empty.Len(), stock.Len(), sold.Len()) // every version stays as it was
	// Output:
	// 2 true 1001 false
	// 0 2 1
}
