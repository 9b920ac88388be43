package readme

import (
	"fmt"
	"runtime"

	"github.com/strata-go/strata/weakkey"
)

func Example_weakkey() {
	color := weakkey.Static[string]("color") // lives as long as the program
	size := weakkey.New[[]byte]("size")      // lives as long as someone holds it

	var m weakkey.Map
	m1, _ := weakkey.Set(m, color, "red")
	m2, err := weakkey.Set(m1, size, make([]byte, 1<<20)) // an error says that the key was released
	fmt.Println(m1.Len(), m2.Len(), err)

	size.Release() // its values leave every map, at once
	_, ok := weakkey.Get(m2, size)
	c, _ := weakkey.Get(m2, color)
	fmt.Println(ok, c)
	runtime.KeepAlive(size)
	// Output:
	// 1 2 <nil>
	// false red
}
