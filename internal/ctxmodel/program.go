package ctxmodel

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Op is what one step of a program does.
type Op uint8

// The operations. Their operands choose among what exists when the step runs,
// so that every sequence of bytes is a program.
const (
	Nothing Op = iota
	// Variables.
	Set      // a: variable
	Put      // a: variable
	Update   // a: variable
	Unset    // a: variable
	Mask     // a: variable
	Reset    // a: token, of any frame, used or not
	ResetVar // a: token, b: of which variable
	Push     // a: stack variable
	Replace  // a: stack variable
	Pop      // a: pushed element, of any frame, popped or not
	Open     // a: variable; a block of the current frame
	CloseTop // the newest block of the current frame
	Arm      // the watcher panics at the next write
	Release  // a: the collectable variable
	// Frames.
	CallF    // a call: its blocks end with it
	WithF    // a: variable; a call inside Var.With
	SeveralF // a: variables; a call inside State.With
	RunF     // a: snapshot
	SwapF    // a: snapshot; Swap and Unwind
	EnvF     // a: Env
	HandleF  // a: handle; fires it
	FuncF    // a: function; calls it on a State of its own
	OnceF    // a: function that runs once
	OverlayF // a: snapshot
	LoopF    // a loop over an isolated push iterator
	YieldF   // the body of that loop runs once
	Break    // the body of a loop ends it
	CatchF   // recovers a panic
	ThreadF  // a goroutine; Goexit ends there
	Leave    // the current frame returns
	Throw    // panics, or Goexit in a ThreadF
	// Generators and tasks.
	Resume   // a: generator
	Outer    // a: generator, resumed from an outer State of the same task
	Yield    // the generator that runs suspends
	CloseGen // a: generator
	SetMode  // a: generator, b: mode
	Capture  // a: generator, b: snapshot
	NewGen   // a: shape
	Switch   // a: task
	Fork     // a new task
	Suppress // on or off
	// Values.
	Snapshot
	NewEnv   // a: snapshot
	Register // a: snapshot, b: handle, function, function that runs once
	ReleaseH // a: handle
	Diff     // a, b: snapshots
	Apply    // a, b: snapshots
	Bind     // a: snapshot, b: variable
	Collect  // a garbage collection, now and then
	numOps
)

var opNames = strings.Fields(`nothing set put update unset mask reset reset-other push replace pop
	open close arm release call with several run swap env fire func once overlay loop loop-body break catch thread
	leave throw resume resume-outer yield close-gen set-mode capture new-gen switch fork suppress
	snapshot new-env register release-handle diff apply bind collect`)

func (o Op) String() string {
	if int(o) < len(opNames) {
		return opNames[o]
	}
	return fmt.Sprintf("op(%d)", uint8(o))
}

// Ops is the number of operations.
const Ops = int(numOps)

// weights says how often an operation is drawn; the sum of the table is 256.
var weights = map[Op]int{
	Set: 14, Put: 5, Update: 3, Unset: 5, Mask: 5, Reset: 9, ResetVar: 3,
	Push: 12, Replace: 3, Pop: 8, Open: 15, CloseTop: 11, Arm: 2, Release: 1,
	CallF: 5, WithF: 3, SeveralF: 2, RunF: 4, SwapF: 3, EnvF: 4, HandleF: 3, FuncF: 3, OnceF: 2, OverlayF: 3,
	LoopF: 4, YieldF: 6, Break: 2, CatchF: 4, ThreadF: 1, Leave: 14, Throw: 4,
	Resume: 26, Outer: 2, Yield: 20, CloseGen: 3, SetMode: 3, Capture: 1, NewGen: 2,
	Switch: 10, Fork: 3, Suppress: 1,
	Snapshot: 8, NewEnv: 2, Register: 5, ReleaseH: 1, Diff: 2, Apply: 2, Bind: 2,
}

var table = func() (t [256]Op) {
	i := 0
	for op := range numOps {
		for range weights[op] {
			t[i%256] = op
			i++
		}
	}
	for n := 0; i < 256; i, n = i+1, n+1 {
		t[i] = []Op{Resume, Yield, Set, CloseTop, Snapshot}[n%5]
	}
	return t
}()

// Step is one operation with its operands.
type Step struct {
	Op   Op
	A, B uint8
}

func (s Step) String() string { return fmt.Sprintf("%s(%d,%d)", s.Op, s.A, s.B) }

// Program is a sequence of steps.
type Program []Step

// Decode reads a program from bytes, three to a step: what fuzzers feed.
func Decode(data []byte) Program {
	var p Program
	for ; len(data) >= 3; data = data[3:] {
		p = append(p, Step{table[data[0]], data[1], data[2]})
	}
	return p
}

// FromSeed draws the program of a seed: 40 to 160 steps.
func FromSeed(seed uint64) Program {
	r := rand.New(rand.NewPCG(seed, 0x5eed))
	p := make(Program, 40+r.IntN(121))
	for i := range p {
		x := r.Uint32()
		p[i] = Step{table[x&255], uint8(x >> 8), uint8(x >> 16)}
	}
	return p
}

// Encode writes a program in a form that Parse reads: the replayable seed of a
// shrunk program.
func (p Program) Encode() string {
	b := make([]byte, 0, 3*len(p))
	for _, s := range p {
		b = append(b, byte(s.Op), s.A, s.B)
	}
	return hex.EncodeToString(b)
}

// Parse reads what Encode wrote.
func Parse(s string) (Program, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b)%3 != 0 {
		return nil, fmt.Errorf("ctxmodel: %q is no encoded program: %v", s, err)
	}
	var p Program
	for ; len(b) > 0; b = b[3:] {
		p = append(p, Step{Op(b[0]) % numOps, b[1], b[2]})
	}
	return p, nil
}

// Shrink returns a program for which fails still holds and that gets no
// smaller by leaving steps out or by making operands zero. It calls fails at
// most budget times.
func Shrink(p Program, budget int, fails func(Program) bool) Program {
	try := func(q Program) bool {
		budget--
		return budget >= 0 && fails(q)
	}
	for again := true; again && budget > 0; {
		again = false
		for n := len(p) / 2; n > 0; n /= 2 {
			for i := 0; i+n <= len(p); {
				q := append(append(Program{}, p[:i]...), p[i+n:]...)
				if try(q) {
					p, again = q, true
				} else {
					i += n
				}
			}
		}
		for i := range p {
			for _, f := range []func(*Step){func(s *Step) { s.A, s.B = 0, 0 }, func(s *Step) { s.B = 0 }, func(s *Step) { s.A %= 8 }, func(s *Step) { s.A /= 2 }} {
				q := append(Program{}, p...)
				if f(&q[i]); q[i] != p[i] && try(q) {
					p, again = q, true
				}
			}
		}
	}
	return p
}
