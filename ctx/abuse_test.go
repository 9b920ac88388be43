package ctx

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAbuse calls what a State and a Layer offer in any order, in whatever
// condition they are: running, suspended, detached, unwound, lent. What goes
// wrong is a panic with a message of this package; a State is lent to those that
// read on in it, always; and once all is unwound each is as good as a new one.
func TestAbuse(t *testing.T) {
	seeds := uint64(2000)
	if testing.Short() {
		seeds = 200
	}
	v, stack := Static("abused", Default(-1)), StaticStack[int]("abused")
	for seed := range seeds {
		a := &abuse{Rand: rand.New(rand.NewPCG(seed, 1)), v: v, stack: stack}
		if seed%2 == 1 {
			a.v, a.stack = New("abused", Default(-1)), NewStack[int]("abused")
		}
		a.sum = NewFold(a.stack, 0, func(a, x int) int { return a + x })
		for range 4 {
			st := NewState()
			a.states, a.layers = append(a.states, st), append(a.layers, new(Layer))
			a.bases = append(a.bases, st.Mark())
		}
		a.marks, a.levels = []Mark{{}}, []Levels{{}}
		a.snapshots = []Snapshot{{}}
		a.tokens, a.pushed = make([]Token[int], 1), make([]Pushed[int], 1)
		a.blocks, a.envs = make([]Block[int], 1), []*Env{NewEnv(Snapshot{}), NewEnv(Snapshot{}.With(a.v.To(7)))}
		for range 120 {
			a.attempt(t, seed, a.step)
			require.NoError(t, a.lent(), "seed %d after\n%s", seed, strings.Join(a.log, "\n"))
		}
		a.log = append(a.log, "end")
		require.Nil(t, a.attempt(t, seed, a.end), "seed %d, %v", seed, strings.Join(a.log, "\n"))
	}
}

type abuse struct {
	*rand.Rand
	v         Var[int]
	stack     StackVar[int]
	sum       *Fold[int, int]
	states    []*State
	bases     []Mark
	layers    []*Layer
	marks     []Mark
	levels    []Levels
	snapshots []Snapshot
	tokens    []Token[int]
	pushed    []Pushed[int]
	masks     []Token[int]
	blocks    []Block[int]
	envs      []*Env
	log       []string
}

// attempt fails the test if f panics with what is not a message of ctx.
func (a *abuse) attempt(t *testing.T, seed uint64, f func()) (thrown any) {
	t.Helper()
	defer func() {
		t.Helper()
		thrown = recover()
		switch r := thrown.(type) {
		case nil:
		case string:
			require.True(t, strings.HasPrefix(r, "ctx: "), r)
		case error:
			var misuse *MisuseError
			require.True(t, errors.As(r, &misuse), "seed %d: %v after\n%s", seed, r, strings.Join(a.log, "\n"))
		default:
			require.Fail(t, "a panic", "%v", r)
		}
	}()
	f()
	return nil
}

func oneOf[T any](a *abuse, list []T) T { return list[a.IntN(len(list))] }

// step does one thing, half of the time to what was made last.
func (a *abuse) step() {
	i, j := a.IntN(len(a.states)), a.IntN(len(a.layers))
	st, other, l := a.states[i], oneOf(a, a.states), a.layers[j]
	if a.IntN(6) == 0 {
		l = nil
	}
	m, ls, tok, p := oneOf(a, a.marks), oneOf(a, a.levels), oneOf(a, a.tokens), oneOf(a, a.pushed)
	b := oneOf(a, a.blocks)
	if a.IntN(2) == 0 {
		m, ls = a.marks[len(a.marks)-1], a.levels[len(a.levels)-1]
		tok, p = a.tokens[len(a.tokens)-1], a.pushed[len(a.pushed)-1]
	}
	op := a.IntN(32)
	a.log = append(a.log, fmt.Sprintf("op %d, state %d, layer %d (%t)", op, i, j, l != nil))
	switch op {
	case 0, 1:
		a.marks = append(a.marks, st.Resume(other, l))
	case 2, 3:
		st.Suspend()
	case 4, 5:
		st.Unwind(m)
	case 6:
		a.marks = append(a.marks, st.Push(l))
	case 7:
		a.marks = append(a.marks, st.Swap(oneOf(a, a.snapshots)))
	case 8:
		a.marks = append(a.marks, st.Mark())
	case 9:
		a.levels = append(a.levels, st.Detach(m))
	case 10:
		a.marks = append(a.marks, st.Attach(ls))
	case 11:
		a.snapshots = append(a.snapshots, st.Snapshot())
	case 12:
		a.tokens = append(a.tokens, a.v.Set(st, op))
	case 13:
		_ = a.v.Reset(st, tok)
	case 14:
		a.pushed = append(a.pushed, a.stack.Push(st, i))
	case 15:
		p.Pop(st)
	case 16:
		_ = l.SetMode(Mode(a.IntN(3)))
	case 17:
		_ = l.Capture(oneOf(a, a.snapshots))
	case 18:
		a.v.Mask(st)
	case 19:
		a.v.Unset(st)
	case 20:
		st.Run(oneOf(a, a.snapshots), func() { a.attemptInside(i) })
	case 21:
		other.Unwind(a.bases[i])
	case 22, 23:
		m, err := a.envs[j/2].Enter(st)
		if err == nil {
			a.marks = append(a.marks, m)
		}
	case 24:
		_ = a.envs[j/2].Run(st, func() { a.attemptInside(i) })
	case 25:
		a.blocks = append(a.blocks, a.v.Scope(st, op))
	case 26:
		b.End()
	case 27:
		st.Apply(oneOf(a, a.snapshots).Diff(oneOf(a, a.snapshots)))
	case 28:
		oneOf(a, a.snapshots).Overlay(st, func(*State) { a.attemptInside(i) })
	case 29:
		a.v.Update(st, func(old int, _ bool) int { a.attemptInside(i); return old })
	case 30:
		a.masks = append(a.masks, a.stack.Mask(st))
		_ = a.stack.Reset(other, oneOf(a, a.masks))
	case 31:
		for range st.Levels() {
			_ = l.Snapshot().Len() + st.Fork().Snapshot().Len()
		}
	}
	for _, st := range a.states {
		a.v.Get(st)
		a.sum.Get(st)
		_ = st.Snapshot().Len()
	}
}

// attemptInside is code that the package calls: it steps on, which may panic.
func (a *abuse) attemptInside(i int) {
	if a.IntN(2) == 0 {
		a.step()
	}
	a.v.Get(a.states[i])
}

// lent compares the lists of whom a State is lent to with what these read.
func (a *abuse) lent() error {
	for i, st := range a.states {
		if st.x == nil {
			continue
		}
		readers := 0
		for _, r := range a.states {
			if r.x != nil && r.x.resumer == st {
				readers++
			}
		}
		for r := st.x.lent; r != nil; r = r.x.lentBefore {
			if readers--; readers < 0 || r.x.resumer != st {
				return fmt.Errorf("state %d is lent to one that does not read on in it, or twice", i)
			}
		}
		if readers > 0 {
			return fmt.Errorf("state %d is not lent to all that read on in it", i)
		}
	}
	return nil
}

// end unwinds everything. Then each State reads its own base, and any other one
// can be resumed from it.
func (a *abuse) end() {
	for _, ls := range a.levels { // what was resumed may lie here
		for _, st := range a.states {
			func() {
				defer func() { _ = recover() }() // most are back, or of another State
				st.Attach(ls)
			}()
		}
	}
	for i, st := range a.states {
		st.Unwind(a.bases[i])
	}
	for i, st := range a.states {
		a.v.Set(st, i)
	}
	for i, st := range a.states {
		for j, from := range a.states {
			if a.v.Get(st) != i || i == j {
				continue
			}
			m := st.Resume(from, nil)
			if a.v.Get(st) != j {
				panic("the resumer is not read")
			}
			st.Suspend()
			st.Unwind(m)
		}
	}
}
