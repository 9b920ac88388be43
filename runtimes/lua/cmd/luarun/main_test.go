package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	write := func(name, text string) string {
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return file
	}
	good := write("good.lua", `require("context").var("v")`)
	bad := write("bad.lua", "local x = 1\nerror('no luck')")
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no file", nil, 2, "usage"},
		{"good", []string{good, good}, 0, ""},
		{"error with place and traceback", []string{good, bad}, 1, "bad.lua:2: no luck"},
		{"missing", []string{"missing.lua"}, 1, "missing.lua"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stderr strings.Builder
			require.Equal(t, c.code, run(c.args, &stderr))
			require.Contains(t, stderr.String(), c.want)
		})
	}
}
