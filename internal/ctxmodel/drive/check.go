package drive

import (
	"slices"
	"strings"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/internal/ctxmodel"
)

// check compares every read that f can make, and some that others can make.
func (r *machine) check(f *frame) {
	if r.fail != "" {
		return
	}
	r.reads(f)
	if t := r.tasks[r.pc%len(r.tasks)]; t != r.cur && !t.co.done {
		r.reads(t.top) // suspended in the middle of whatever it does
	}
	if n := len(r.snaps); n > 0 {
		r.checkSnap(r.pc % n)
	}
	if !slices.Equal(r.told, r.expect) {
		r.failf("the watcher was told %v, want %v", r.told, r.expect)
	}
	r.told, r.expect = r.told[:0], r.expect[:0]
	for _, e := range r.envs {
		if r.pc%4 == 0 {
			r.content("env", e.real.Snapshot(), e.level.Snap())
		}
	}
}

func (r *machine) reads(f *frame) {
	st := f.real()
	for v := range ordinary {
		want, ok := r.m.Lookup(f.model, v)
		var got int
		var found bool
		switch {
		case r.pc%3 == 0 && ok:
			got, found = r.vars[v].Get(st), true
		case r.pc%3 == 1:
			got = r.vars[v].Or(st, -7)
			found = got != -7
		default:
			got, found = r.vars[v].Lookup(st)
		}
		if found != ok || ok && got != want {
			r.failf("in %s: %s is %d, %v, want %d, %v", r.trace(f), r.vars[v].Name(), got, found, want, ok)
		}
	}
	for k := range stacks {
		want := r.m.All(f.model, ordinary+k)
		if got := slices.Collect(r.stacks[k].All(st)); !slices.Equal(got, want) {
			r.failf("in %s: %s is %v, want %v", r.trace(f), r.stacks[k].Name(), got, want)
		}
		if n := r.stacks[k].Len(st); n != len(want) {
			r.failf("in %s: %s has length %d, want %d", r.trace(f), r.stacks[k].Name(), n, len(want))
		}
		if x, ok := r.stacks[k].Lookup(st); ok != (len(want) > 0) || ok && x != want[len(want)-1] {
			r.failf("in %s: the top of %s is %d, %v, want %v", r.trace(f), r.stacks[k].Name(), x, ok, want)
		}
		if k == 0 {
			fold := 0
			for _, x := range want {
				fold = fold*31 + x
			}
			if got := sum.Get(st); got != fold {
				r.failf("in %s: the fold is %d, want %d", r.trace(f), got, fold)
			}
		}
	}
	if r.pc%4 == 0 {
		s := st.Snapshot()
		r.content("snapshot", s, r.flatten(f))
		if s != st.Snapshot() || !s.Equal(st.Snapshot()) {
			r.failf("in %s: two snapshots of one moment differ", r.trace(f))
		}
	}
}

func (r *machine) checkSnap(i int) { r.content("kept snapshot", r.snaps[i].real, r.snaps[i].model) }

func (r *machine) content(what string, s ctx.Snapshot, want ctxmodel.Snap) {
	for v := range ordinary {
		x, ok := r.vars[v].In(s)
		y, has := r.m.In(want, v)
		if ok != has || ok && x != y {
			r.failf("%s: %s is %d, %v, want %d, %v", what, r.vars[v].Name(), x, ok, y, has)
		}
		if s.Has(r.vars[v]) != has {
			r.failf("%s: Has(%s) is %v", what, r.vars[v].Name(), !has)
		}
	}
	for k := range stacks {
		if got, want := slices.Collect(r.stacks[k].AllIn(s)), r.m.AllIn(want, ordinary+k); !slices.Equal(got, want) {
			r.failf("%s: %s is %v, want %v", what, r.stacks[k].Name(), got, want)
		} else if s.Has(r.stacks[k]) != (len(want) > 0) {
			r.failf("%s: Has(%s) is %v", what, r.stacks[k].Name(), len(want) == 0)
		}
	}
	if n, want := s.Len(), r.m.Len(want); n != want {
		r.failf("%s: length %d, want %d", what, n, want)
	}
}

// trace is the backtrace, innermost frame first.
func (r *machine) trace(f *frame) string {
	var names []string
	for ; f != nil; f = f.up {
		names = append(names, f.name)
	}
	return strings.Join(names, " < ")
}
