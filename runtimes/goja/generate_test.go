package goja_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSobekIsGenerated: runtimes/sobek differs from this module in imports and
// in the names made from them, and in nothing else.
func TestSobekIsGenerated(t *testing.T) {
	out, err := exec.Command("go", "run", "./internal/gensobek", "-check").CombinedOutput()
	require.NoError(t, err, "run go generate: %s", out)
}

// TestSobekPullsNoGoja: neither engine comes with the other's module.
func TestSobekPullsNoGoja(t *testing.T) {
	for dir, other := range map[string]string{"../sobek": "github.com/dop251/goja", ".": "github.com/grafana/sobek"} {
		cmd := exec.Command("go", "list", "-m", "all")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.False(t, strings.Contains(string(out), other+" "), "%s requires %s", dir, other)
	}
}
