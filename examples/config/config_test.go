package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const want = `1  A request keeps the configuration that it started with.

                            the request      the cell
   request starts           30s eu           30s eu
   operator writes two      30s eu           5s us
   the same value again     30s eu           5s us
   next request             5s us            5s us

2  8 readers take it while 4 writers make 500 updates each.

   updates made             2000
   updates counted          2000
   reads of half an update  0
   every reader read        true

3  A subsystem reacts to what changed; going back is storing an old version.

   deployed                 +debug:on  -replica:db2  primary:db1→db9
   rolled back              +replica:db2  -debug:on  primary:db9→db1
   the very same version    true
   compare and swap, late   false
`

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	run(&out)
	require.Equal(t, strings.Split(want, "\n"), strings.Split(out.String(), "\n"))
}
