package main

import (
	"fmt"
	"runtime"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/seq"
	"github.com/strata-go/strata/hamt"
)

// churn sets and deletes fresh keys in a map of a thousand entries that stay,
// as versions and, every other time, with a builder.
func churn(n int) (string, error) {
	var m hamt.Map[int, int]
	for i := range 1000 {
		m = m.Set(-i, i)
	}
	b := m.Builder()
	figure, err := flat(n, func(i int) {
		if i%2 == 0 {
			m = m.Set(i, i).Delete(i)
			return
		}
		b.Set(i, i)
		b.Delete(i)
		if i%1001 == 0 {
			m = b.Map()
		}
	})
	if err == nil {
		err = m.Check()
	}
	if m.Len() != 1000 || b.Len() != 1000 {
		err = fmt.Errorf("%d and %d entries are left", m.Len(), b.Len())
	}
	return "Set and Delete of fresh keys: " + figure, err
}

var (
	name   = ctx.Static[string]("name")
	number = ctx.Static[int]("number")
	blocks = ctx.StaticStack[int]("blocks")
)

// respawn is a task that goes on as a new task from its own snapshot: it sets
// variables, one of them made for the occasion, opens a block, resumes a
// generator, registers a callback.
func respawn(n int) (string, error) {
	st := ctx.NewState()
	kept := ctx.New[*[64]int]("kept")
	figure, err := flat(n, func(i int) {
		name.Put(st, fmt.Sprint("task ", i))
		tok := number.Set(st, i)
		kept.Put(st, new([64]int))
		own := ctx.New[*[64]int]("own")
		own.Put(st, &[64]int{i})
		p := blocks.Push(st, i)
		g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
			number.Put(st, -i)
			blocks.Push(st, -i)
			for yield(number.Get(st)) {
			}
		})
		g.Next(st)
		h := st.Snapshot().Handle(func(st *ctx.State) { number.Put(st, 0) })
		next := st.Snapshot().NewState()
		h.Call(next)
		g.Close(next)
		p.Pop(st)
		if i%3 == 0 {
			_ = number.Reset(st, tok)
		}
		if i%5 == 0 {
			own.Release()
		}
		if i%2 == 0 {
			next = st.Fork()
		}
		st = next
	})
	if n := st.Snapshot().Len(); err == nil && n > 5 {
		err = fmt.Errorf("%d variables are left", n)
	}
	if err == nil && blocks.Len(st) != 0 {
		err = fmt.Errorf("%d blocks are left", blocks.Len(st))
	}
	runtime.KeepAlive(kept)
	return "respawned from its snapshot: " + figure, err
}
