package main

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var scenarios = flag.Int("scenarios", 0, "how many programs TestEveryCall goes through (0: a few)")

// TestFaults runs the programs of the first seeds.
func TestFaults(t *testing.T) {
	stats := newStats()
	end := time.Now().Add(4 * time.Second) // on slow machines there are fewer
	n := uint64(0)
	for ; n < 600 && (n < 60 || time.Now().Before(end)); n++ {
		fails(t, FromSeed(n), plan{}, stats)
	}
	t.Logf("%d programs\n%s", n, stats.summary(0, 0))
	if n == 600 {
		if err := stats.missing(); err != nil {
			t.Error(err)
		}
	}
}

// TestEveryCall counts the calls of user code of a program that runs without
// faults, and runs it again for each of them and each way not to return.
func TestEveryCall(t *testing.T) {
	n, end := *scenarios, time.Now().Add(100*time.Hour)
	if n == 0 {
		n, end = 5, time.Now().Add(2*time.Second)
	}
	runs, calls, done := 0, 0, 0
	for seed := range uint64(n) {
		p := FromSeed(seed).withoutFaults()
		p.Steps = p.Steps[:min(len(p.Steps), 24)] // the runs go with the square
		m := fails(t, p, plan{}, nil)
		calls += m.calls
		for k := 1; k <= m.calls && time.Now().Before(end); k++ {
			for _, kind := range []kind{panicValue, panicNil, goexit} {
				fails(t, p, plan{kind: kind, at: k}, nil)
				runs++
			}
			done++
		}
	}
	t.Logf("%d programs, %d of %d calls of user code, %d runs", n, done, calls, runs)
}

// TestEveryBoundary injects every kind of fault at every place that calls user
// code: for each pair it looks for the first programs that come there.
func TestEveryBoundary(t *testing.T) {
	times := 3 // a pair, at different calls
	if testing.Short() {
		times = 1
	}
	var done [places][kinds]int
	left := int(places) * (int(kinds) - 1)
	seed := uint64(0)
	for ; left > 0 && seed < 3000; seed++ {
		p := FromSeed(seed).withoutFaults()
		p.Steps = p.Steps[:min(len(p.Steps), 40)]
		m := &machine{prog: p, record: true}
		if failure := m.run(t); failure != "" {
			t.Fatalf("seed %d: %s", seed, failure)
		}
		rng := rand.New(rand.NewPCG(seed, 1))
		for at := range places {
			for k := none + 1; k < kinds; k++ {
				if done[at][k] == times {
					continue
				}
				i := rng.IntN(len(m.trace) + 1)
				n := slices.Index(m.trace[i:], at)
				if n < 0 {
					if i, n = 0, slices.Index(m.trace, at); n < 0 {
						continue
					}
				}
				fails(t, p, plan{kind: k, at: i + n + 1}, nil)
				if done[at][k]++; done[at][k] == times {
					left--
				}
			}
		}
	}
	for at, list := range done {
		for k, n := range list {
			if kind(k) != none && n < times {
				t.Errorf("%s at %s: %d times", kind(k), place(at), n)
			}
		}
	}
	t.Logf("%d pairs of a place and a kind, %d programs", int(places)*(int(kinds)-1), seed)
}

// fails runs a program and fails the test, with the program shrunk, where it
// fails.
func fails(t *testing.T, p Program, one plan, stats *Stats) *machine {
	t.Helper()
	m, failure := run(t, p, one, stats)
	if failure == "" {
		return m
	}
	small := shrink(p, 2000, func(p Program) bool {
		if one.kind == none {
			return Run(t, p, nil) != ""
		}
		m, failure := run(t, p, plan{}, nil) // the call moves when steps go
		for k := 1; k <= m.calls && failure == ""; k++ {
			_, failure = run(t, p, plan{kind: one.kind, at: k}, nil)
		}
		return failure != ""
	})
	t.Fatalf("%s\nat call %d: %v\nshrunk to %v\nreplay with: go run ./fuzz/faults -replay %s", failure, one.at, one.kind, small, small.Encode())
	return nil
}

// A program is the same after it was written and read.
func TestEncode(t *testing.T) {
	for seed := range uint64(20) {
		p := FromSeed(seed)
		q, err := Parse(p.Encode())
		if err != nil || q.String() != p.String() {
			t.Errorf("seed %d: %v\n%v\n%v", seed, err, p, q)
		}
	}
	for _, text := range []string{"", "00", "0000000", "0000000011", "x"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q is a program", text)
		}
	}
}

// The driver sees what it is for: an operation that breaks its promise in the
// way that it says.
func TestTheDriverFails(t *testing.T) {
	bad := func(name string, do func(m *machine, s Step)) {
		saved := ops
		defer func() { ops = saved }()
		ops = append(slices.Clip(ops), op{name, variablesRoom, 1, do})
		step := Step{Op: byte(len(saved)), Fault: byte(panicValue)}
		p := Program{Steps: []Step{{Op: 0}, step, {Op: 1}}}
		if Run(t, p, nil) == "" {
			t.Errorf("nobody sees it: %s", name)
		}
		small := shrink(p, 100, func(p Program) bool { return Run(t, p, nil) != "" })
		if len(small.Steps) != 1 {
			t.Errorf("%s shrinks to %v", name, small)
		}
	}
	bad("a panic is swallowed", func(m *machine, _ Step) {
		defer func() { _ = recover() }()
		m.user(atRun)
	})
	bad("a panic comes out changed", func(m *machine, _ Step) {
		defer func() {
			if v := recover(); v != nil {
				panic("something else")
			}
		}()
		m.user(atRun)
	})
	bad("a level stays on", func(m *machine, _ Step) {
		m.vars.at().st.Swap(m.vars.at().st.Snapshot())
		m.user(atRun)
	})
	bad("a write stays", func(m *machine, _ Step) {
		variable[plain].Put(m.vars.at().st, 1)
		m.user(atRun)
	})
	stop := make(chan struct{})
	defer close(stop)
	saved := ops
	defer func() { ops = saved }()
	ops = []op{{"a goroutine stays", variablesRoom, 1, func(*machine, Step) { go func() { <-stop }() }}}
	for range 10 { // where one of before ends meanwhile the sum is right
		if Run(t, Program{Steps: []Step{{}}}, nil) != "" {
			return
		}
	}
	t.Error("nobody sees a goroutine that stays")
}
