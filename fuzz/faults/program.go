package main

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// A Step is one operation with its operands and the fault that hits one of the
// calls of user code that it makes.
type Step struct {
	Op, A, B, C byte
	Fault       byte // a kind, plus far
	At          byte // which call, counted from 0
}

// far lets what a nested step throws pass through all steps around it.
const far = 0x80

func (s Step) kind() kind { return kind(s.Fault&^far) % kinds }

// String names the operation, its operands and the fault.
func (s Step) String() string {
	text := fmt.Sprintf("%s(%d,%d,%d)", ops[int(s.Op)%len(ops)].name, s.A, s.B, s.C)
	if k := s.kind(); k != none {
		text += fmt.Sprintf(" %s at call %d", k, 1+int(s.At)%calls)
		if s.Fault&far != 0 {
			text += ", far"
		}
	}
	return text
}

// A Program is a configuration and steps. Any bytes are a program.
type Program struct {
	Config [4]byte // see newMachine
	Steps  []Step
}

// timed programs run in a synctest bubble, with a fake clock and scopes.
func (p Program) timed() bool { return p.Config[0]&1 != 0 }

// FromSeed draws the program of a seed.
func FromSeed(seed uint64) Program {
	rng := rand.New(rand.NewPCG(seed, 0xfa017))
	var p Program
	for i := range p.Config {
		p.Config[i] = byte(rng.Uint32())
	}
	p.Steps = make([]Step, 20+rng.IntN(100))
	// A program keeps to a few rooms and a part of their operations, or each
	// would happen too rarely for one to meet another.
	var rooms [numRooms]bool
	for range 1 + rng.IntN(4) {
		rooms[rng.IntN(int(numRooms))] = true
	}
	rooms[1+rng.IntN(int(numRooms)-1)] = true
	var of []int
	for i, o := range ops {
		if rooms[o.room] && (p.timed() || o.room != scopesRoom) {
			for range o.weight {
				of = append(of, i)
			}
		}
	}
	if len(of) == 0 {
		of = append(of, 0)
	}
	density := 2 + rng.IntN(6)
	for i := range p.Steps {
		s := Step{Op: byte(of[rng.IntN(len(of))]), A: byte(rng.Uint32()), B: byte(rng.Uint32()), C: byte(rng.Uint32())}
		if rng.IntN(density) == 0 {
			s.Fault = 1 + byte(rng.IntN(int(kinds)-1))
			if kind(s.Fault) == collect && rng.IntN(6) != 0 {
				s.Fault = byte(panicValue)
			}
			if rng.IntN(3) == 0 {
				s.Fault |= far
			}
			s.At = byte(rng.ExpFloat64() * 2.5)
		}
		p.Steps[i] = s
	}
	return p
}

// withoutFaults returns the program with nothing injected: the scenario whose
// calls the exhaustive test goes through.
func (p Program) withoutFaults() Program {
	q := Program{Config: p.Config}
	for _, s := range p.Steps {
		s.Fault, s.At = 0, 0
		q.Steps = append(q.Steps, s)
	}
	return q
}

// Encode writes the program in the form that Parse reads.
func (p Program) Encode() string {
	b := p.Config[:]
	for _, s := range p.Steps {
		b = append(b, s.Op, s.A, s.B, s.C, s.Fault, s.At)
	}
	return hex.EncodeToString(b)
}

// Parse reads what Encode wrote.
func Parse(text string) (p Program, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) < 4 || (len(b)-4)%6 != 0 {
		return p, fmt.Errorf("faults: %q is no encoded program", text)
	}
	copy(p.Config[:], b)
	for b = b[4:]; len(b) > 0; b = b[6:] {
		p.Steps = append(p.Steps, Step{b[0], b[1], b[2], b[3], b[4], b[5]})
	}
	return p, nil
}

// String lists the steps.
func (p Program) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "config %x", p.Config)
	for i, s := range p.Steps {
		fmt.Fprintf(&b, "\n%3d  %s", i, s)
	}
	return b.String()
}

// shrink returns a program that still fails and gets no smaller by leaving out
// steps or faults or by making operands smaller. It runs at most budget
// programs.
func shrink(p Program, budget int, fails func(Program) bool) Program {
	try := func(q Program) bool {
		budget--
		if budget < 0 || !fails(q) {
			return false
		}
		p = q
		return true
	}
	edit := func(i int, f func(s *Step)) bool {
		q := Program{p.Config, append([]Step(nil), p.Steps...)}
		f(&q.Steps[i])
		return q.Steps[i] != p.Steps[i] && try(q)
	}
	for again := true; again && budget > 0; {
		again = false
		for n := (len(p.Steps) + 1) / 2; n > 0; n /= 2 {
			for i := 0; i+n <= len(p.Steps); {
				if try(Program{p.Config, append(append([]Step(nil), p.Steps[:i]...), p.Steps[i+n:]...)}) {
					again = true
				} else {
					i += n
				}
			}
		}
		for i := range p.Steps {
			again = edit(i, func(s *Step) { s.Fault, s.At = 0, 0 }) || again
			again = edit(i, func(s *Step) { s.Fault &^= far }) || again
			again = edit(i, func(s *Step) { s.At = 0 }) || again
			for _, field := range []func(*Step) *byte{
				func(s *Step) *byte { return &s.A }, func(s *Step) *byte { return &s.B }, func(s *Step) *byte { return &s.C },
			} {
				again = edit(i, func(s *Step) { *field(s) = 0 }) || again
				again = edit(i, func(s *Step) { *field(s) %= 8 }) || again
				again = edit(i, func(s *Step) { *field(s) /= 2 }) || again
			}
		}
		for i := range p.Config {
			q := p
			if q.Config[i] > 1 {
				q.Config[i] &= 1
				again = try(q) || again
			}
		}
	}
	return p
}
