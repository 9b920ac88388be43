// Code generated from runtimes/goja by gensobek; DO NOT EDIT.

package sobek_test

import (
	"fmt"
	"strings"

	"github.com/strata-go/strata/fuzz"
)

// stmt is one statement of a generated script. The operands a and b choose
// among the variables, snapshots and functions that exist when it runs.
type stmt struct {
	op   string
	a, b int
	body []*stmt
}

// Statements with their weights, by repetition.
var statements = strings.Fields(`show show show run run run als enter enter exit disable
	async async await await await join join then timer call loop try try throw
	snapshot snapshot inside inside wrap bind invoke generator next next next yield yield`)

// in says in what kind of function a statement stands.
type in int

const (
	plain in = iota
	asynchronous
	generating
)

// kinds gives the kind of function that a statement's body is; same is that of
// the statement itself.
const same in = -1

var kinds = map[string]in{
	"run": plain, "als": plain, "exit": plain, "call": plain, "then": plain, "timer": plain, "inside": plain, "wrap": plain, "bind": plain,
	"async": asynchronous, "join": asynchronous, "generator": generating, "loop": same, "try": same,
}

// generate reads a block of statements.
func generate(data *fuzz.Input, depth int, where in) (block []*stmt) {
	for range 1 + data.N(8) {
		if !data.Step() {
			break
		}
		s := &stmt{op: statements[data.N(len(statements))], a: int(data.Byte()), b: int(data.Byte())}
		kind, nested := kinds[s.op]
		switch {
		case nested && depth > 4,
			where != asynchronous && (s.op == "await" || s.op == "join"),
			where != generating && s.op == "yield":
			s.op, nested = "show", false
		}
		if kind == same {
			kind = where
		}
		if nested {
			s.body = generate(data, depth+1, kind)
		}
		block = append(block, s)
	}
	return block
}

// prelude is in front of every script. tick counts a step and throws when there
// were too many; out writes a line.
const prelude = `
var { AsyncLocalStorage, AsyncResource } = require("node:async_hooks");
var A = [new AsyncContext.Variable({ defaultValue: 0 }), new AsyncContext.Variable({ defaultValue: 0 })];
var L = new AsyncLocalStorage();
var S = [], W = [], G = [];
var pick = (list, i) => list[i % list.length];
var show = () => out(A[0].get(), A[1].get(), L.getStore() ?? 0);
var next = (i) => {
  if (G.length === 0) return;
  try { out(pick(G, i).next().done) } catch { out("failed") }
};
`

// script writes a block as JavaScript.
func script(b *strings.Builder, block []*stmt, indent string) {
	line := func(format string, a ...any) { fmt.Fprintf(b, indent+format+"\n", a...) }
	for _, s := range block {
		body := func(before, after string) {
			line("%s", before)
			script(b, s.body, indent+"  ")
			line("%s", after)
		}
		line("tick();")
		switch s.op {
		case "show":
			line("show();")
		case "run":
			body(fmt.Sprintf("A[%d].run(%d, () => {", s.a%2, s.b+1), "});")
		case "als":
			body(fmt.Sprintf("L.run(%d, () => {", s.b+1), "});")
		case "enter":
			line("L.enterWith(%d);", s.b+1)
		case "exit":
			body("L.exit(() => {", "});")
		case "disable":
			line("L.disable();")
		case "async":
			body("(async () => {", "})();")
		case "await":
			line("await null;")
		case "join":
			body("await (async () => {", "})();")
		case "then":
			body("Promise.resolve().then(() => {", "});")
		case "timer":
			body("setImmediate(() => { try {", `} catch { out("late") } });`)
		case "call":
			body("(() => {", "})();")
		case "loop":
			body(fmt.Sprintf("for (let i = 0; i < %d; i++) {", s.a%4), "}")
		case "try":
			body("try {", `} catch { out("caught") }`)
		case "throw":
			line("if (%d %% 3 === 0) throw 1;", s.a)
		case "snapshot":
			line("S.push(new AsyncContext.Snapshot());")
		case "inside":
			body(fmt.Sprintf("if (S.length > 0) pick(S, %d).run(() => {", s.a), "});")
		case "wrap":
			body("W.push(AsyncContext.Snapshot.wrap(() => {", "}));")
		case "bind":
			body([]string{"W.push(AsyncLocalStorage.bind(() => {", "W.push(AsyncResource.bind(() => {", `W.push(new AsyncResource("r").bind(() => {`}[s.a%3], "}));")
		case "invoke":
			line("if (W.length > 0) pick(W, %d)();", s.a)
		case "generator":
			body("G.push((function* () {", "})());")
		case "next":
			line("next(%d);", s.a)
		case "yield":
			line("yield;")
		}
	}
}
