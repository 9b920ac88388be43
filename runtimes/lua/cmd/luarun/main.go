// Command luarun runs Lua files, one after the other in one interpreter, with
// the module "context" open.
//
//	go run ./cmd/luarun FILE.lua...
//
// It exits 1 when a script fails, with the error and its traceback on standard
// error, and 2 when it is called without a file.
package main

import (
	"fmt"
	"io"
	"os"

	lua "github.com/yuin/gopher-lua"

	"github.com/strata-go/strata/ctx"
	stratalua "github.com/strata-go/strata/runtimes/lua"
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

func run(files []string, stderr io.Writer) int {
	if len(files) == 0 {
		fmt.Fprintln(stderr, "usage: luarun FILE.lua...")
		return 2
	}
	L := lua.NewState()
	defer L.Close()
	stratalua.Open(L, ctx.NewState())
	for _, file := range files {
		if err := L.DoFile(file); err != nil {
			fmt.Fprintln(stderr, err)
			return 1
		}
	}
	return 0
}
