package main

import (
	"errors"
	"slices"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/ctxmodel"
)

// The variables, ordinary ones first. They are static, as Copy wants it, and
// every function that one may have is user code.
const (
	plain = iota
	guarded
	watched
	copied
	lazy
	never
	ordinary
)

const (
	stack   = ordinary
	lasting = ordinary + 1
	scoped  = ordinary + 2 // the open scopes, by number
	all     = ordinary + 3
)

var kindsOf = [all]ctxmodel.Kind{
	guarded: ctxmodel.Guarded, watched: ctxmodel.Watched, copied: ctxmodel.Copied, never: ctxmodel.Never,
	stack: ctxmodel.Stack, lasting: ctxmodel.Stack | ctxmodel.Lasting, scoped: ctxmodel.Stack,
}

var errGuard = errors.New("refused")

var (
	variable [ordinary]ctx.Var[int]
	stacks   [2]ctx.StackVar[int]
	// One fold is cached, the other holds pointers and is not.
	sum  *ctx.Fold[int, int]
	list *ctx.Fold[int, []int]
)

// space is a namespace to loop over.
var space = ctx.NewNamespace("faults")

func init() {
	variable = [ordinary]ctx.Var[int]{
		plain:   ctx.Static("plain", ctx.In[int](space)),
		guarded: ctx.Static("guarded", ctx.Guard(guard)),
		watched: ctx.Static("watched", ctx.OnChange(func(*ctx.State, ctx.Change[int]) { cur.vars.told() })),
		copied: ctx.Static("copied", ctx.Copy(func(x int) int {
			cur.user(atCopy)
			return x + 1000
		})),
		lazy: ctx.Static("lazy", ctx.DefaultFunc(func() int {
			cur.user(atDefault)
			return -5
		})),
		never: ctx.Static("never", ctx.Never[int]),
	}
	stacks = [2]ctx.StackVar[int]{ctx.StaticStack("stack", ctx.Guard(guard)), ctx.StaticStack("lasting", ctx.Lasting[int])}
	sum = ctx.NewFold(stacks[0], 1, func(a, x int) int {
		cur.user(atFold)
		return a*31 + x
	})
	list = ctx.NewFold(stacks[0], nil, func(a []int, x int) []int {
		cur.user(atFold)
		return append(slices.Clip(a), x)
	})
}

func guard(x int) error {
	cur.user(atGuard)
	if x%7 == 0 {
		return errGuard
	}
	return nil
}

var variableOps = []op{
	{"var.set", variablesRoom, 10, func(m *machine, s Step) { m.vars.set(s) }},
	{"var.reset", variablesRoom, 5, func(m *machine, s Step) { m.vars.reset(s) }},
	{"var.remove", variablesRoom, 4, func(m *machine, s Step) { m.vars.remove(s) }},
	{"var.get", variablesRoom, 4, func(m *machine, s Step) { m.vars.get(s) }},
	{"stack.push", variablesRoom, 6, func(m *machine, s Step) { m.vars.push(s) }},
	{"stack.pop", variablesRoom, 5, func(m *machine, s Step) { m.vars.pop(s) }},
	{"stack.read", variablesRoom, 8, func(m *machine, s Step) { m.vars.read(s) }},
	{"with", variablesRoom, 5, func(m *machine, s Step) { m.vars.with(s) }},
	{"snapshot", variablesRoom, 5, func(m *machine, s Step) { m.vars.snapshot(s) }},
	{"delta", variablesRoom, 2, func(m *machine, s Step) { m.vars.delta(s) }},
	{"run", variablesRoom, 5, func(m *machine, s Step) { m.vars.run(s) }},
	{"env", variablesRoom, 3, func(m *machine, s Step) { m.vars.env(s) }},
	{"register", variablesRoom, 3, func(m *machine, s Step) { m.vars.register(s) }},
	{"callback", variablesRoom, 5, func(m *machine, s Step) { m.vars.call(s) }},
	{"layer", variablesRoom, 4, func(m *machine, s Step) { m.vars.layer(s) }},
	{"fork", variablesRoom, 5, func(m *machine, s Step) { m.vars.fork(s) }},
	{"suppress", variablesRoom, 2, func(m *machine, s Step) { m.vars.suppress(s) }},
	{"set.for", variablesRoom, 3, func(m *machine, s Step) { m.vars.setFor(s) }},
	{"walk", variablesRoom, 2, func(m *machine, s Step) { m.vars.walk(s) }},
}

// frame is one line of the backtrace.
type frame struct {
	st *ctx.State
	f  *ctxmodel.Frame
}

type token struct {
	v     int
	model *ctxmodel.Token
	real  ctx.Token[int]
}

type pushed struct {
	v     int
	model *ctxmodel.Token
	real  ctx.Pushed[int]
}

type kept struct {
	real  ctx.Snapshot
	model ctxmodel.Snap
}

type envir struct {
	real    *ctx.Env
	level   *ctxmodel.Level
	entered bool
}

type registered struct {
	model  ctxmodel.Snap
	handle *ctx.Handle
	f      func()
	once   bool
	done   bool
}

type lying struct {
	real  ctx.Layer
	level *ctxmodel.Level
	mode  ctx.Mode
	lies  bool // on some State
}

// variables is the context variables of a program, on one task.
type variables struct {
	m      *machine
	model  *ctxmodel.Model
	root   *frame
	toks   []*token
	pushes []*pushed
	snaps  []kept
	envs   []*envir
	regs   []*registered
	layers [3]*lying
	value  int
	thrown any // by a task, on its goroutine
}

// telling is a write that is under way on the watched variable. Apply does on
// the model what was done by the time OnChange is called, undo what is undone
// when OnChange does not return.
type telling struct{ apply, undo func() }

func (r *variables) start(m *machine) {
	r.m, r.model = m, ctxmodel.New(kindsOf[:])
	r.root = &frame{ctx.NewState(), &ctxmodel.Frame{Kind: ctxmodel.Alone, Level: ctxmodel.NewLevel(nil)}}
	m.ctl.top = r.root
	for i := range r.layers {
		r.layers[i] = &lying{level: ctxmodel.NewLevel(nil)}
	}
}

// at is the present frame.
func (r *variables) at() *frame { return r.m.ctl.top }

// flatten is what a snapshot holds: nothing while inheritance is suppressed.
func (r *variables) flatten() ctxmodel.Snap {
	if r.at().st.Suppressed() {
		return nil
	}
	return ctxmodel.Flatten(r.model, r.at().f)
}

// in runs steps in a frame over the present one, as user code called from p.
func (r *variables) in(p place, f *frame, steps int) {
	saved := r.m.ctl.top
	r.m.ctl.top = f
	defer func() { r.m.ctl.top = saved }()
	defer r.m.user(atDefer)
	r.m.user(p)
	r.m.check(false)
	r.m.body(steps)
}

// over is a frame on the same State.
func (r *variables) over(kind ctxmodel.FrameKind, level *ctxmodel.Level) *frame {
	f := r.at()
	return &frame{f.st, &ctxmodel.Frame{Kind: kind, Up: f.f, Level: level}}
}

// told is the OnChange: the write that it is told of is done by now.
func (r *variables) told() {
	t := r.m.ctl.tell
	if t == nil {
		r.m.failf("OnChange is called and nothing changes")
		return
	}
	t.apply()
	stands := false
	defer func() {
		if !stands {
			t.undo()
		}
	}()
	r.m.user(atWatch)
	stands = true
}

// telling runs do with t for OnChange.
func (r *variables) telling(t *telling, do func()) {
	saved := r.m.ctl.tell
	r.m.ctl.tell = t
	defer func() { r.m.ctl.tell = saved }()
	do()
}

// write carries out one write on both sides. A write that its watcher stops is
// undone, with all that the watcher did to the variable.
func (r *variables) write(v int, tok *ctxmodel.Token, model, do func()) {
	if v != watched {
		do()
		model()
		return
	}
	restore := r.model.Save(r.at().f, v, tok)
	applied := false
	apply := func() {
		if !applied {
			applied = true
			model()
		}
	}
	r.telling(&telling{apply, restore}, do)
	apply()
}

func (r *variables) next() int { r.value++; return r.value }

// set is Set, TrySet, Put and Update.
func (r *variables) set(s Step) {
	v, x, f := int(s.A)%ordinary, r.next(), r.at()
	var t token
	var err error
	refused := r.model.Refuses(v, x)
	do := func() { t.real, err = variable[v].TrySet(f.st, x) }
	switch s.C % 4 {
	case 1:
		do = func() { t.real = variable[v].Set(f.st, x) }
	case 2:
		do = func() { variable[v].Put(f.st, x) }
	case 3:
		do = func() {
			t.real = variable[v].Update(f.st, func(old int, ok bool) int {
				want, has := r.model.Lookup(f.f, v)
				if has != ok || ok && old != want {
					r.m.failf("Update calls with %d, %v, want %d, %v", old, ok, want, has)
				}
				r.m.user(atVarUpdate)
				return x
			})
		}
	}
	if refused {
		if e := r.refusal(func() { do() }); e != nil {
			err = e
		}
		if !errors.Is(err, errGuard) {
			r.m.failf("a refused write gives %v", err)
		}
		return
	}
	r.write(v, nil, func() { t.model = r.model.Set(f.f, v, x) }, do)
	if err != nil {
		r.m.failf("Set: %v", err)
	}
	if t.v = v; s.C%4 != 2 {
		keep(&r.toks, 12, s.B, &t)
	}
}

// refusal returns the *ctx.GuardError that f panics with.
func (r *variables) refusal(f func()) (err error) {
	defer func() {
		if r.m.flying != nil {
			return
		}
		if v := recover(); v != nil {
			e, ok := v.(*ctx.GuardError)
			if !ok {
				panic(v)
			}
			err = e
		}
	}()
	f()
	return nil
}

var results = map[ctxmodel.Result]error{
	ctxmodel.OK: nil, ctxmodel.Used: ctx.ErrTokenUsed, ctxmodel.OtherVar: ctx.ErrTokenVar,
	ctxmodel.OtherLvl: ctx.ErrTokenLevel, ctxmodel.Order: ctx.ErrOrder,
}

func (r *variables) reset(s Step) {
	t, ok := pick(r.toks, s.A)
	if !ok {
		return
	}
	f := r.at()
	var err error
	var want ctxmodel.Result
	r.write(t.v, t.model, func() { want = r.model.Reset(f.f, t.v, t.model) }, func() {
		if t.v < ordinary {
			err = variable[t.v].Reset(f.st, t.real)
		} else {
			err = stacks[t.v-stack].Reset(f.st, t.real)
		}
	})
	if !errors.Is(err, results[want]) {
		r.m.failf("Reset: %v, want %q", err, want)
	}
}

// remove is Unset and Mask.
func (r *variables) remove(s Step) {
	f := r.at()
	t := token{v: int(s.A) % ordinary}
	switch s.C & 3 {
	case 0:
		t.v = stack + int(s.A)%len(stacks)
		t.real = stacks[t.v-stack].Mask(f.st)
		t.model = r.model.Mask(f.f, t.v)
	case 1:
		r.write(t.v, nil, func() { t.model = r.model.Mask(f.f, t.v) }, func() { t.real = variable[t.v].Mask(f.st) })
	default:
		var got, want bool
		r.write(t.v, nil, func() { want = r.model.Unset(f.f, t.v) }, func() { got = variable[t.v].Unset(f.st) })
		if got != want {
			r.m.failf("Unset of %s: %v, want %v", variable[t.v].Name(), got, want)
		}
		return
	}
	keep(&r.toks, 12, s.B, &t)
}

// get reads with defaults.
func (r *variables) get(s Step) {
	f := r.at()
	want, ok := r.model.Lookup(f.f, lazy)
	if !ok {
		want = -5
	}
	if got := variable[lazy].Get(f.st); got != want {
		r.m.failf("Get of lazy: %d, want %d", got, want)
	}
	r.checkState()
}

func (r *variables) push(s Step) {
	k, x, f := int(s.A)%len(stacks), r.next(), r.at()
	p := pushed{v: stack + k}
	replace := s.C&3 == 0
	do := func() { p.real = stacks[k].Push(f.st, x) }
	if replace {
		do = func() { p.real = stacks[k].Replace(f.st, x) }
	}
	if k == 0 && x%7 == 0 {
		if err := r.refusal(do); !errors.Is(err, errGuard) {
			r.m.failf("a refused Push gives %v", err)
		}
		return
	}
	do()
	p.model = r.model.Push(f.f, stack+k, x, replace)
	keep(&r.pushes, 12, s.B, &p)
}

func (r *variables) pop(s Step) {
	p, ok := pick(r.pushes, s.A)
	if s.C&1 != 0 && ok {
		p = r.pushes[len(r.pushes)-1]
	}
	if !ok {
		return
	}
	want := r.model.Reset(r.at().f, p.v, p.model)
	if err := p.real.TryPop(r.at().st); !errors.Is(err, results[want]) {
		r.m.failf("Pop: %v, want %q", err, want)
	}
}

// read loops over a stack and folds it, in the State and in a snapshot.
func (r *variables) read(s Step) {
	f := r.at()
	want := r.model.All(f.f, stack)
	total := 1
	for _, x := range want {
		total = total*31 + x
	}
	kept, haveKept := pick(r.snaps, s.A)
	wantKept := r.model.AllIn(kept.model, stack)
	switch s.C % 6 {
	case 0:
		if got := sum.Get(f.st); got != total {
			r.m.failf("the fold is %d, want %d of %v", got, total, want)
		}
	case 1:
		if got := list.Get(f.st); !slices.Equal(got, want) {
			r.m.failf("the fold is %v, want %v", got, want)
		}
	case 2:
		if got := list.In(kept.real); haveKept && !slices.Equal(got, wantKept) {
			r.m.failf("the fold in a snapshot is %v, want %v", got, wantKept)
		}
	case 3: // the loop's body may push and pop: an element that is popped meanwhile may be left out
		var got []int
		for x := range stacks[0].All(f.st) {
			got = append(got, x)
			r.m.user(atStackLoop)
		}
		if !subsequence(got, want) {
			r.m.failf("a loop over the stack gives %v of %v", got, want)
		}
	case 4:
		stacks[0].Changed()
	case 5:
		if !haveKept {
			return
		}
		var got []int
		for x := range stacks[1].AllIn(kept.real) {
			got = append(got, x)
			r.m.user(atStackLoop)
		}
		if want := r.model.AllIn(kept.model, lasting); !slices.Equal(got, want) {
			r.m.failf("a loop over the lasting stack gives %v, want %v", got, want)
		}
	}
}

func subsequence(part, whole []int) bool {
	for _, x := range whole {
		if len(part) > 0 && part[0] == x {
			part = part[1:]
		}
	}
	return len(part) == 0
}

func (r *variables) end() {
	r.m.ctl.top = r.root
	n := 0
	for info := range r.root.st.Levels() {
		if n++; info.Kind != "base" {
			r.m.failf("a level is left at the end: %v", info)
		}
	}
	for _, l := range r.layers {
		if l.real.Running() {
			r.m.failf("a layer lies on a State at the end")
		}
	}
	for _, e := range r.envs {
		m, err := e.real.Enter(r.root.st)
		if err != nil {
			r.m.failf("an Env at the end: %v", err)
		}
		r.root.st.Unwind(m)
	}
}

func (r *variables) check(all bool) {
	r.checkState()
	if all {
		r.checkSnapshots()
		for i, l := range r.layers {
			r.content("a layer", l.real.Snapshot(), l.level.Snap(), i)
		}
		for i, e := range r.envs {
			r.content("an Env", e.real.Snapshot(), e.level.Snap(), i)
		}
	}
}

func (r *variables) checkState() {
	f := r.at()
	for v := range ordinary {
		got, ok := variable[v].Lookup(f.st)
		if want, has := r.model.Lookup(f.f, v); ok != has || ok && got != want {
			r.m.failf("%s is %d, %v, want %d, %v", variable[v].Name(), got, ok, want, has)
		}
	}
	for k := range stacks {
		if got, want := slices.Collect(stacks[k].All(f.st)), r.model.All(f.f, stack+k); !slices.Equal(got, want) {
			r.m.failf("%s is %v, want %v", stacks[k].Name(), got, want)
		}
	}
	levels := 0
	for range f.st.Levels() {
		levels++
	}
	if want := len(f.f.Levels()); levels != want {
		r.m.failf("%d levels, want %d", levels, want)
	}
}

func (r *variables) checkSnapshots() {
	for i, k := range r.snaps {
		r.content("snapshot", k.real, k.model, i)
	}
}

func (r *variables) content(what string, s ctx.Snapshot, model ctxmodel.Snap, i int) {
	for v := range ordinary {
		got, ok := variable[v].In(s)
		if want, has := r.model.In(model, v); ok != has || ok && got != want {
			r.m.failf("%s %d: %s is %d, %v, want %d, %v", what, i, variable[v].Name(), got, ok, want, has)
		}
	}
	for k := range stacks {
		if got, want := slices.Collect(stacks[k].AllIn(s)), r.model.AllIn(model, stack+k); !slices.Equal(got, want) {
			r.m.failf("%s %d: %s is %v, want %v", what, i, stacks[k].Name(), got, want)
		}
	}
}
