package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const want = `1  Two variables called user. Each library finds its own.

   audit says         ann [checkout]
   shop says          customer 42 pays 750

2  A library lists its own values, and no others. A secret is read, never listed.

   audit's list       session=(not for print)  steps=[checkout]  user=ann
   shop's list        discount=25  user=42
   audit's proof      7 letters

3  The program sees what is there, and no value.

   the snapshot       ctx.Snapshot(5)
   its variables      audit.session:string  audit.steps:string  audit.user:string  shop.discount:int  shop.user:int
   a user of its own  set: false

4  A snapshot may leave with some namespaces only.

   all of it          ann [checkout]     customer 42 pays 750
   audit only         ann [checkout]     customer 0 pays 1000
   without audit      nobody []          customer 42 pays 750

5  What a library refuses to itself it refuses to all.

   a sale of 250      ctx: the guard of variable "discount" refused the value: 250 is no discount: give 0 to 100 percent
   so still           customer 42 pays 750

   after the blocks   ctx.Snapshot(0)
`

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	run(&out)
	require.Equal(t, strings.Split(want, "\n"), strings.Split(out.String(), "\n"))
	require.NotContains(t, out.String(), "hunter2")
}
