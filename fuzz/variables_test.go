package fuzz

import (
	"maps"
	"runtime"
	"testing"
	"weak"

	gofuzz "github.com/google/gofuzz"

	"github.com/strata-go/strata/ctx"
)

// FuzzVariables runs the life of collectable variables in States, Snapshots,
// tokens and deltas: what is left of a released or dropped variable must not
// touch the one that has its index now, and its values must go.
func FuzzVariables(f *testing.F) {
	f.Add([]byte{3, 1, 2, 3, 0, 0, 1, 0, 0, 5, 0, 0, 0, 0, 9, 0, 0, 1, 0, 0, 4, 0, 10, 0})
	f.Add([]byte{0, 0, 8, 0, 0, 1, 0, 0, 7, 0, 6, 0, 0, 9, 4, 0, 11, 0, 0, 0, 1, 0, 0, 10, 0, 8, 0, 4, 0, 3, 0, 2, 0})
	f.Fuzz(fuzzVariables)
}

func TestRandomVariables(t *testing.T) { random(t, 200, fuzzVariables) }

// load is the value of the target's variables; it may refer to its variable.
type load struct {
	of   ctx.Var[*load]
	n    int
	Data [5]uint64
	Text string
}

// content is what a level or snapshot holds: a number for each variable, 0 for
// a mask.
type content map[int]int

type varState struct {
	st    *ctx.State
	model content
}

type varSnapshot struct {
	s     ctx.Snapshot
	model content
}

type varToken struct {
	tok   ctx.Token[*load]
	of    int
	where *varState
	old   int
	had   bool
	used  bool
}

type varDelta struct {
	d    ctx.Delta
	from content
	to   content
}

type varsRun struct {
	t         *testing.T
	in        *Input
	proto     load
	vars      map[int]ctx.Var[*load]
	number    int
	gone      map[int]bool // released
	states    [3]*varState
	snapshots []varSnapshot
	tokens    []*varToken
	deltas    []varDelta
	seen      []weak.Pointer[load]
	n         int
}

func fuzzVariables(t *testing.T, data []byte) {
	in := NewInput(data)
	r := &varsRun{t: t, in: in, vars: make(map[int]ctx.Var[*load]), gone: make(map[int]bool)}
	gofuzz.NewFromGoFuzz(in.Bytes(in.N(64))).Funcs(func(*ctx.Var[*load], gofuzz.Continue) {}).Fuzz(&r.proto)
	for i := range r.states {
		r.states[i] = &varState{ctx.NewState(), content{}}
	}
	collections := 0
	for in.Step() && !t.Failed() {
		op := in.N(14)
		if op == 13 {
			if collections++; collections > 3 {
				continue
			}
		}
		elsewhere(func() {
			r.step(op)
			r.check()
		})
	}
	clear(r.vars)
	r.tokens, r.deltas = nil, nil // these are strong roots
	if len(data)%4 == 0 {         // collections take most of the time
		r.end()
	}
}

func (r *varsRun) draw() (int, ctx.Var[*load], bool) {
	for i := range r.number {
		i = (i + r.in.N(32)) % r.number
		if v, ok := r.vars[i]; ok {
			return i, v, true
		}
	}
	return 0, ctx.Var[*load]{}, false
}

func (r *varsRun) load(v ctx.Var[*load], back bool) *load {
	r.n++
	x := r.proto
	x.n = r.n
	if back {
		x.of = v
	}
	if len(r.seen) < 64 {
		p := &x
		r.seen = append(r.seen, weak.Make(p))
		return p
	}
	return &x
}

func (r *varsRun) step(op int) {
	where := r.in.Byte()
	s := r.states[int(where)%len(r.states)]
	if op == 0 {
		if len(r.vars) < 30 {
			r.vars[r.number] = ctx.New[*load]("fuzz")
			r.number++
		}
		return
	}
	i, v, ok := r.draw()
	if !ok {
		return
	}
	old, had := s.model[i]
	keep := func(tok ctx.Token[*load]) {
		r.tokens = append(r.tokens, &varToken{tok: tok, of: i, where: s, old: old, had: had})
	}
	switch op {
	case 1, 2:
		tok, err := v.TrySet(s.st, r.load(v, where&64 != 0))
		if (err != nil) != r.gone[i] {
			r.t.Errorf("Set of variable %d: %v, released %v", i, err, r.gone[i])
		}
		if err == nil {
			keep(tok)
			s.model[i] = r.n
		}
	case 3:
		keep(v.Mask(s.st))
		s.model[i] = 0
	case 4:
		v.Unset(s.st)
		delete(s.model, i)
	case 5, 6: // a token, of any variable
		if len(r.tokens) == 0 {
			return
		}
		k := r.tokens[r.in.N(64)%len(r.tokens)]
		err := k.tok.Var().Reset(s.st, k.tok)
		if want := !k.used && k.where == s; (err == nil) != want {
			r.t.Errorf("Reset of a token of variable %d: %v, want success %v", k.of, err, want)
		}
		if err == nil {
			k.used = true
			if delete(s.model, k.of); k.had {
				s.model[k.of] = k.old
			}
		}
	case 7:
		if where&64 != 0 && len(r.snapshots) > 0 { // go on from a snapshot
			m := r.snapshots[r.in.N(64)%len(r.snapshots)]
			*s = varState{m.s.NewState(), maps.Clone(m.model)}
			r.states[int(where)%len(r.states)] = &varState{s.st, s.model}
			return
		}
		r.snapshots = append(r.snapshots, varSnapshot{s.st.Snapshot(), maps.Clone(s.model)})
	case 8:
		if len(r.snapshots) > 0 {
			m := r.snapshots[r.in.N(64)%len(r.snapshots)]
			r.deltas = append(r.deltas, varDelta{m.s.Diff(s.st.Snapshot()), m.model, maps.Clone(s.model)})
		}
	case 9:
		if len(r.deltas) > 0 {
			r.apply(s, r.deltas[r.in.N(64)%len(r.deltas)])
		}
	case 10:
		v.Release()
		r.gone[i] = true
		if where&64 != 0 {
			delete(r.vars, i)
		}
	case 11:
		delete(r.vars, i)
	case 12: // a child task takes the place of its parent
		*s = varState{s.st.Fork(), s.model}
		r.states[int(where)%len(r.states)] = &varState{s.st, s.model}
	case 13:
		runtime.GC()
	}
}

// apply applies a delta, whose variables may be released meanwhile, to a state.
func (r *varsRun) apply(s *varState, d varDelta) {
	s.st.Apply(d.d)
	for i, x := range d.to {
		if from, ok := d.from[i]; !ok || from != x {
			s.model[i] = x
		}
	}
	for i := range d.from {
		if _, ok := d.to[i]; !ok {
			delete(s.model, i)
		}
	}
}

func (r *varsRun) check() {
	for i, v := range r.vars {
		if v.Name() != "fuzz" {
			r.t.Errorf("a variable is called %q", v.Name())
		}
		same := func(what string, got *load, ok bool, model content) {
			want := model[i]
			if r.gone[i] {
				want = 0
			}
			if ok != (want != 0) || ok && (got.n != want || got.Data != r.proto.Data || got.Text != r.proto.Text) {
				r.t.Errorf("variable %d in %s: %v, %v, want %d", i, what, got, ok, want)
			}
		}
		for _, s := range r.states {
			got, ok := v.Lookup(s.st)
			same("a state", got, ok, s.model)
		}
		for _, m := range r.snapshots {
			got, ok := v.In(m.s)
			same("a snapshot", got, ok, m.model)
			if m.s.Has(v) != ok {
				r.t.Errorf("Has of variable %d: %v", i, !ok)
			}
		}
	}
}

// end waits until the values of all variables are gone.
func (r *varsRun) end() {
	if r.t.Failed() {
		return
	}
	if left := survivors(r.seen); left > 0 {
		r.t.Errorf("%d values of dropped variables live on", left)
	}
	runtime.KeepAlive(r)
}
