package lua_test

import (
	"fmt"
	"strings"

	"github.com/strata-go/strata/fuzz"
)

// stmt is one statement of a generated script. The operands a and b choose
// among the variables, tokens, snapshots and coroutines that exist when the
// statement runs.
type stmt struct {
	op   string
	a, b int
	body []*stmt
}

// Statements with their weights, by repetition.
var statements = strings.Fields(`show show set set set unset mask reset reset push push pop with with run
	call try try error snapshot snapshot new new wrap resume resume resume resume resume yield yield yield yield
	mode loop`)

const variables = 3

// generate reads a block of statements. A block that a Go function calls cannot
// yield: Lua has no way across one.
func generate(in *fuzz.Input, depth int, yields bool) (block []*stmt) {
	for range 1 + in.N(8) {
		if !in.Step() {
			break
		}
		s := &stmt{op: statements[in.N(len(statements))], a: int(in.Byte()), b: int(in.Byte())}
		nested := map[string]bool{"with": true, "run": true, "call": true, "try": true, "new": true, "wrap": true, "loop": true}[s.op]
		switch {
		case nested && depth > 4, s.op == "yield" && !yields:
			s.op = "show"
		case s.op == "call" || s.op == "loop":
			s.body = generate(in, depth+1, yields)
		case nested:
			s.body = generate(in, depth+1, s.op == "new" || s.op == "wrap")
		}
		block = append(block, s)
	}
	return block
}

// prelude is in front of every script. tick counts a step and fails when there
// were too many; out writes a line.
const prelude = `
local context = require "context"
V = { context.var("a", 0), context.var("b", 0), context.var("c", 0) }
stack = context.stack("stack")
T, P, S, C = {}, {}, {}, {}
function pick(list, i) return list[i % #list + 1] end
function show()
  out(V[1]:get(), V[2]:get(), V[3]:get(), table.concat(stack:list(), ","))
end
function tokens(t) T[#T + 1] = t end
function try(f, ...) local ok = pcall(f, ...) out(ok) end
function resume(i)
  if #C == 0 then return end
  local c = pick(C, i)
  if c.wrapped then out((pcall(c.wrapped))) else out((coroutine.resume(c.co))) end
end
function mode(i, m)
  local c = #C > 0 and pick(C, i)
  if c and c.co then out((pcall(context.mode, c.co, m))) end
end
`

var modes = []string{"overlay", "none", "captured"}

// script writes a block as Lua.
func script(b *strings.Builder, block []*stmt, indent string) {
	line := func(format string, a ...any) { fmt.Fprintf(b, indent+format+"\n", a...) }
	body := func(s *stmt, before, after string) {
		line("%s", before)
		script(b, s.body, indent+"  ")
		line("%s", after)
	}
	for _, s := range block {
		v := s.a%variables + 1
		line("tick();")
		switch s.op {
		case "show":
			line("show()")
		case "set":
			line("tokens(V[%d]:set(%d))", v, s.b+1)
		case "unset":
			line("out(V[%d]:unset())", v)
		case "mask":
			line("tokens(V[%d]:mask())", v)
		case "reset":
			line("if #T > 0 then try(V[%d].reset, V[%d], pick(T, %d)) end", v, v, s.b)
		case "push":
			line("P[#P + 1] = stack:push(%d)", s.b+1)
		case "pop":
			line("if #P > 0 then try(context.pop, pick(P, %d)) end", s.b)
		case "with":
			body(s, fmt.Sprintf("V[%d]:with(%d, function()", v, s.b+1), "end)")
		case "run":
			body(s, fmt.Sprintf("if #S > 0 then pick(S, %d):run(function()", s.a), "end) end")
		case "call":
			body(s, "(function()", "end)();")
		case "try":
			body(s, "try(function()", "end)")
		case "error":
			line(`if %d %% 3 == 0 then error("generated", 0) end`, s.a)
		case "snapshot":
			line("S[#S + 1] = context.snapshot()")
		case "new":
			body(s, "C[#C + 1] = { co = coroutine.create(function()", "end) }")
		case "wrap":
			body(s, "C[#C + 1] = { wrapped = coroutine.wrap(function()", "end) }")
		case "resume":
			line("resume(%d)", s.a)
		case "yield":
			line("coroutine.yield()")
		case "mode":
			line("mode(%d, %q)", s.a, modes[s.b%3])
		case "loop":
			body(s, fmt.Sprintf("for _ = 1, %d do", s.a%4), "end")
		}
	}
}
