package main

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const want = `1  Undo goes back a version. Diff tells what that means.

   draw a wall    version 1 of 1   +wall (white square of 40)
   draw a roof    version 2 of 2   +roof (red triangle of 40)
   paint it       version 3 of 3   roof: red triangle of 40 → green triangle of 40
   undo           version 2 of 3   roof: green triangle of 40 → red triangle of 40
   undo           version 1 of 3   -roof
   redo           version 2 of 3   +roof (red triangle of 40)
   draw a door    version 3 of 3   +door (brown square of 9)
   redo           version 3 of 3   nothing

2  Ann and Bob edit version 3 apart. A merge looks at what each of them changed.

   ann            door: brown square of 9 → blue square of 9, +sun (yellow circle of 12)
   bob            door: brown square of 9 → brown square of 11, -roof

   both changed   door
   merged         door: brown square of 9 → blue square of 11, -roof, +sun (yellow circle of 12)

3  1000 edits of a drawing of 10000 shapes: every version is kept.
`

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	run(&out)
	got := out.String()
	i := strings.Index(got, "\n   one version")
	require.Positive(t, i)
	require.Equal(t, strings.Split(want, "\n"), strings.Split(got[:i], "\n"))

	// Where entries go depends on the process's hash seed, and with it the bytes.
	var sizes []float64
	for _, s := range regexp.MustCompile(`([0-9.]+) MB`).FindAllStringSubmatch(got, -1) {
		mb, err := strconv.ParseFloat(s[1], 64)
		require.NoError(t, err)
		sizes = append(sizes, mb)
	}
	require.Len(t, sizes, 3)
	require.Less(t, sizes[1], 10*sizes[0], "all versions cost a few times one")
	require.Greater(t, sizes[2], 100*sizes[1], "copies cost hundreds of times that")
}

func TestEmptyHistory(t *testing.T) {
	var h History
	h.Undo()
	h.Redo()
	require.Zero(t, h.Now().Len())
}
