package main

import (
	"bytes"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tour runs the command and returns its lines with the runs of spaces squeezed.
func tour(t *testing.T, args ...string) (code int, lines []string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(args, &out, &errs)
	require.Empty(t, errs.String())
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return code, lines
}

// worked out by hand from the programs' text
var table = strings.Split(strings.TrimSpace(`
op1 in g, under 20 [20 10] [20 10] ✓ [20 10] [20 10]
caller, after next(g) [20] [20] ✓ [20 10] wrong [20]
leaving 20 fine fine ✓ crash wrong fine
caller, 20 left [] [] ✓ [10] wrong []
op2 in g, under 5 [5 10] [5 10] ✓ [10 5] wrong [10] wrong
caller, after next(g) [5] [5] ✓ [10 5] wrong [5]
caller, at the end [] [] ✓ [10] wrong []
op in g, under 10 [10] [10] ✓ [10] [] wrong
so op may run for 10 s 10 s ✓ 10 s ever wrong
op in g, under nothing [] [] ✓ [] []
the scope, inside 10 held held ✓ held held
the scope, 10 left freed freed ✓ freed held wrong
op in g, under nothing [] [] ✓ [] []
g, resumed under 2 3.3 3.3 ✓ 3.3 3.33 wrong
its caller, under 2 3.3 3.3 ✓ 3.3 3.3
g, resumed under 1 3 3 ✓ 3 3.33 wrong
its caller, under 1 3 3 ✓ 3 3
g printed 3.3 3 3.3 3 ✓ 3.3 3 3.33 3.33 wrong
its callers printed 3.3 3 3.3 3 ✓ 3.3 3 3.3 3
g, resumed under 2 3.333 3.333 ✓ 3.333 3.333
its caller, under 2 3.3 3.3 ✓ 3.333 wrong 3.3
g, resumed under 1 3.333 3.333 ✓ 3 wrong 3.333
its caller, under 1 3 3 ✓ 3.3 wrong 3
g printed 3.333 3.333 3.333 3.333 ✓ 3.333 3 wrong 3.333 3.333
its callers printed 3.3 3 3.3 3 ✓ 3.333 3.3 wrong 3.3 3
first pair 0.33 0.666667 0.33 0.666667 ✓ 0.33 0.666667 0.33 0.666667
second pair 0.11 0.222222 0.11 0.222222 ✓ 0.111111 0.222222 wrong 0.11 0.222222
a, first time ann ann ✓ ann ann
b, first time bob bob ✓ bob bob
a, second time ann ann ✓ bob wrong ann
b, second time bob bob ✓ bob bob
main nothing nothing ✓ bob wrong nothing
main, after next(g) main main ✓ gen wrong main
child gen gen ✓ gen gen
child, its scopes [20] [20] ✓ [20] [20]
main, child has run main main ✓ gen wrong main
child, gen's block left gen gen ✓ gen gen
child, 20 left [] [] ✓ [] []
`), "\n")

func TestTour(t *testing.T) {
	code, lines := tour(t, "-programs=300", "-seed=9")
	require.Zero(t, code)
	var rows []string
	for _, line := range lines {
		if strings.Contains(line, "✓") && !strings.HasPrefix(line, "strata ") && !strings.Contains(line, "lookups:") {
			rows = append(rows, line)
		}
	}
	require.Equal(t, table, rows)
	text := strings.Join(lines, "\n")
	require.NotContains(t, text, "✗")
	require.Regexp(t, `freed without a collection: of \d+ objects .*\n.* the deadline heap holds 0 timers`, text)
	require.Contains(t, text, "38 lines: strata 0 differ, task-local 16, captured 7\n")
	require.Contains(t, text, "300 random programs of tasks, generators, calls and blocks, from seed 9\n")
	require.Regexp(t, `\n\d+ lookups: strata 0 differ, task-local [1-9]\d*, captured [1-9]\d* ✓\n`, text)
	for _, measured := range []string{"Get", "Set of 1000 entries", "Fork", "a dropped variable"} {
		require.Contains(t, text, "\n"+measured+" ")
	}
}

// Each planted bug shows at the lines that it must change, in the random programs, and in the exit code.
func TestPlants(t *testing.T) {
	wrong := map[string][]string{
		"leak": {
			"caller, after next(g) [20] [20 10] ✗",
			"leaving 20 fine crash ✗",
			"caller, 20 left [] [20 10] ✗",
			"op2 in g, under 5 [5 10] [20 10 5] ✗",
			"g printed 3.333 3.333 3.333 3 ✗",
			"second pair 0.11 0.222222 0.111111 0.222222 ✗",
			"a, second time ann bob ✗",
			"main, after next(g) main gen ✗",
		},
		"stuck": {
			"op2 in g, under 5 [5 10] [10] ✗",
			"g, resumed under 1 3 3.3 ✗",
			"g printed 3.3 3 3.3 3.3 ✗",
		},
		"captured": {
			"op2 in g, under 5 [5 10] [10] ✗",
			"op in g, under 10 [10] [] ✗",
			"so op may run for 10 s ever ✗",
			"g printed 3.3 3 3.33 3.33 ✗",
		},
	}
	require.Len(t, plants, len(wrong))
	for plant, want := range wrong {
		code, lines := tour(t, "-programs=300", "-plant="+plant)
		require.Equal(t, 1, code, plant)
		text := "\n" + strings.Join(lines, "\n")
		for _, line := range want {
			require.Contains(t, text, "\n"+line, plant)
		}
		require.Regexp(t, `\n\d+ lookups: strata [1-9]\d* differ, .* ✗\nshortest one that differs, program \d+:\n`, text, plant)
		require.Equal(t, "✗ Strata differs from the frames.", lines[len(lines)-1])
		if plant != "leak" { // what does not leak does not hold the caller's lines either
			require.Contains(t, text, "\ncaller, after next(g) [20] [20] ✓", plant)
		}
	}
}

// A system that keeps contexts wrongly by a little is noticed: the random programs are not blind where Strata is right.
func TestRandomProgramsNoticeControls(t *testing.T) {
	sum := playRandom(3, 200, "", new(bytes.Buffer))
	require.Zero(t, sum.differ[0])
	require.Nil(t, sum.first)
	require.Greater(t, sum.differ[1], sum.lookups/100)
	require.Greater(t, sum.differ[2], sum.lookups/100)
}

func TestSeedFixesTheResult(t *testing.T) {
	all := playRandom(5, 100, "stuck", new(bytes.Buffer))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := playRandom(5, 100, "stuck", new(bytes.Buffer))
	require.Equal(t, all, one)
	require.NotEqual(t, all, playRandom(6, 100, "stuck", new(bytes.Buffer)))
	last := one.first.trace[len(one.first.trace)-1]
	require.Regexp(t, `^task .*(lookup of \w+: frames .*, strata .*|strata: .*) ✗$`, last)
	require.NotContains(t, strings.Join(one.first.trace[:len(one.first.trace)-1], "\n"), "✗")
}

func TestCommandLine(t *testing.T) {
	for _, args := range [][]string{{"-plant=none"}, {"word"}, {"-programs=-1"}, {"-programs=x"}, {"-nosuch"}} {
		var out, errs bytes.Buffer
		require.Equal(t, 2, run(args, &out, &errs), args)
		require.Empty(t, out.String(), args)
		require.NotEmpty(t, errs.String(), args)
	}
}

// The controls stay small enough to be read: at most 60 lines of code each, with all they share.
func TestControlsAreSmall(t *testing.T) {
	comment := regexp.MustCompile(`^\s*(//.*)?$`)
	for _, files := range [][]string{{"tasklocal.go", "vars.go"}, {"captured.go", "vars.go"}} {
		n := 0
		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			for line := range strings.Lines(string(source)) {
				if !comment.MatchString(line) {
					n++
				}
			}
		}
		require.LessOrEqual(t, n, 60, files)
	}
}

func TestMeasured(t *testing.T) {
	require.Less(t, forks(), 300.0) // bytes a task; a copy of three entries is more
	require.Regexp(t, `^1000 live snapshots hold 1[5-9]\.\d MB of its values; dropped, 0\.\d MB after \d+ collections$`, dropped())
}
