package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
)

var (
	user      = ctx.Static[string]("user")
	precision = ctx.Static[int]("precision")
	deadlines = ctx.StaticStack[int]("deadlines")
)

// source is what the page shows beside the levels; play does the same with the library.
const source = `func main() {
    with user("ann"), precision(28) {
        g := pages()
        next(g)
        with deadline(20) {
            next(g)
        }
    }
    with user("bob") {
        next(g)
    }
}

func pages() {
    with precision(4) {
        yield
        with deadline(10) {
            h := words()
            next(h)
            yield
        }
    }
    yield
}

func words() {
    with user("root"), deadline(5) {
        yield
    }
}`

// A script is the program with what was true at each of its steps.
type script struct {
	Source []string `json:"source"`
	Steps  []step   `json:"steps"`
}

// A step is a moment right after a line.
type step struct {
	Line      int     `json:"line"` // from 0
	Say       string  `json:"say"`
	Levels    []level `json:"levels"` // the top first
	Suspended []level `json:"suspended"`
	Reads     []value `json:"reads"` // what the running code gets
}

// A level is what one execution has set itself.
type level struct {
	Name string  `json:"name"`
	Kind string  `json:"kind"`
	Vars []value `json:"vars"`
}

type value struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Seen  bool   `json:"seen"` // no level above hides it
}

// A frame is an execution that has started: main or a generator.
type frame struct {
	name string
	st   *ctx.State
	kept level // a suspended generator's level
}

// A recorder writes the script while the program runs.
type recorder struct {
	script
	running   []*frame // main first
	suspended []*frame
}

// enter notes that the code of a frame goes on, leave that it yields or ends.
func (r *recorder) enter(f *frame) {
	r.running = append(r.running, f)
	r.suspended = slices.DeleteFunc(r.suspended, func(g *frame) bool { return g == f })
}

func (r *recorder) leave(ended bool) {
	f := r.running[len(r.running)-1]
	if !ended {
		f.kept = r.levels()[0]
		r.suspended = append(r.suspended, f)
	}
	r.running = r.running[:len(r.running)-1]
}

// at records a step after the line that has the text, the nth of such lines.
func (r *recorder) at(text string, nth int, say string) {
	line := -1
	for i, s := range r.Source {
		if strings.TrimSpace(s) == text {
			if nth--; nth == 0 {
				line = i
			}
		}
	}
	st := r.running[len(r.running)-1].st
	s := step{Line: line, Say: say, Levels: r.levels(), Suspended: []level{}, Reads: []value{}}
	for _, f := range r.suspended {
		s.Suspended = append(s.Suspended, f.kept)
	}
	who, ok := user.Lookup(st)
	s.Reads = append(s.Reads, read("user", who, ok))
	digits, ok := precision.Lookup(st)
	s.Reads = append(s.Reads, read("precision", digits, ok))
	list := slices.Collect(deadlines.All(st))
	s.Reads = append(s.Reads, read("deadlines", list, len(list) > 0))
	r.Steps = append(r.Steps, s)
}

func read(name string, x any, ok bool) value {
	if !ok {
		return value{Name: name, Value: "not set"}
	}
	return value{Name: name, Value: fmt.Sprint(x), Seen: true}
}

// levels asks the State of the running code for its levels. Levels names what each one sets; the values come through the
// variables, from the execution that has the level on top.
func (r *recorder) levels() []level {
	out := []level{}
	hidden := map[string]bool{}
	i := len(r.running) - 1
	for info := range r.running[i].st.Levels() {
		f := r.running[i]
		l := level{Name: f.name, Kind: info.Kind, Vars: []value{}}
		for _, v := range info.Vars {
			x := value{Name: v.Name, Seen: !hidden[v.Name]}
			switch {
			case v.Is(user):
				x.Value = user.Or(f.st, "")
			case v.Is(precision):
				x.Value = fmt.Sprint(precision.Or(f.st, 0))
			case v.Is(deadlines):
				own := slices.Collect(deadlines.All(f.st))
				if i > 0 { // a list goes on below: the rest is this level's segment
					own = own[deadlines.Len(r.running[i-1].st):]
				}
				if len(own) == 0 {
					continue
				}
				x.Value, x.Seen = fmt.Sprint(own), true
			}
			hidden[v.Name] = hidden[v.Name] || !v.Stack
			l.Vars = append(l.Vars, x)
		}
		slices.SortFunc(l.Vars, func(a, b value) int { return strings.Compare(a.Name, b.Name) })
		out = append(out, l)
		i--
	}
	return out
}

// play runs the program and records it.
func play() script {
	r := &recorder{script: script{Source: strings.Split(source, "\n")}}
	st := ctx.NewState()
	r.enter(&frame{name: "main", st: st})
	r.at("func main() {", 1, "One level, empty: the base of this execution.")

	pages := r.generator("pages", r.pages)
	st.With(user.To("ann"), precision.To(28)).Run(func() {
		r.at(`with user("ann"), precision(28) {`, 1, "Blocks write to the top level.")
		r.at("g := pages()", 1, "A generator that has not started captures nothing.")
		pages.Next(st)
		r.at("next(g)", 1, "The yield took the level of pages off: main has its own precision.")
		deadline := deadlines.Push(st, 20)
		r.at("with deadline(20) {", 1, "Deadlines are a stack variable: main has one now.")
		pages.Next(st)
		r.at("next(g)", 2, "The deadline of pages is kept with pages, and does not bound main.")
		deadline.Pop(st)
		r.at("}", 1, "Closed in order, though pages opened one meanwhile and has it open still.")
	})
	r.at("}", 2, "main's blocks are left.")
	user.With(st, "bob", func() {
		r.at(`with user("bob") {`, 1, "Another caller, so to say.")
		pages.Next(st)
		r.at("next(g)", 3, "pages closed its blocks in main's middle, and main notices nothing.")
	})
	pages.Close(st)
	r.at("}", 4, "The end. pages was closed.")
	return r.script
}

// generator makes a generator whose body is told to the recorder.
func (r *recorder) generator(name string, body func(st *ctx.State, yield func())) *seq.Generator[int] {
	return seq.Generate(func(st *ctx.State, yield func(int) bool) {
		f := &frame{name: name, st: st}
		r.enter(f)
		body(st, func() {
			r.leave(false)
			yield(0)
			r.enter(f)
		})
		r.leave(true)
	})
}

func (r *recorder) pages(st *ctx.State, yield func()) {
	r.at("func pages() {", 1, "next lays the level of pages over the execution of main.")
	precision.With(st, 4, func() {
		r.at("with precision(4) {", 1, "It lands in the level of pages and hides main's. The user is still main's.")
		yield()
		r.at("yield", 1, "Resumed: its own precision, and what main has set meanwhile.")
		deadline := deadlines.Push(st, 10)
		r.at("with deadline(10) {", 1, "main's deadline, then its own: entered in this order.")
		words := r.generator("words", func(st *ctx.State, yield func()) {
			r.at("func words() {", 1, "A generator in a generator: three levels.")
			st.With(user.To("root")).Run(func() {
				deadline := deadlines.Push(st, 5)
				r.at(`with user("root"), deadline(5) {`, 1, "It reads its own user, the precision of pages, and all deadlines.")
				yield()
				deadline.Pop(st)
			})
		})
		words.Next(st)
		r.at("next(h)", 1, "words waits with its level.")
		yield()
		words.Close(st)
		deadline.Pop(st)
		r.at("}", 5, "Resumed under bob. main's deadline is over, its own is closed now.")
	})
	r.at("}", 6, "Without its blocks pages reads what main says.")
	yield()
}
