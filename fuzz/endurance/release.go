package main

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"
	"unsafe"
	"weak"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/scope"
	"github.com/strata-go/strata/ctx/seq"
	"github.com/strata-go/strata/hamt"
	"github.com/strata-go/strata/weakkey"
)

// value is what must go.
type value struct{ _ [200]byte }

var (
	object  = ctx.Static[*value]("object")
	objects = ctx.StaticStack[*value]("objects")
)

// ways remove a value in every way there is. Each makes one by fresh, which
// remembers it weakly, and returns what stays.
var ways = map[string]func(fresh func() *value) (stays any){
	"map: Set over": func(fresh func() *value) any {
		return full().Set(5, fresh()).Set(5, nil)
	},
	"map: Delete": func(fresh func() *value) any { return full().Set(5000, fresh()).Delete(5000) },
	"map: Subtract": func(fresh func() *value) any {
		m := full().Set(5000, fresh())
		return m.Subtract(hamt.Map[int, *value]{}.Set(5000, nil))
	},
	"map: Union": func(fresh func() *value) any {
		m := full().Set(5, fresh())
		return m.Union(hamt.Map[int, *value]{}.Set(5, nil), func(_ int, _, theirs *value) *value { return theirs })
	},
	"map: Filter": func(fresh func() *value) any {
		return full().Set(5000, fresh()).Filter(func(k int, _ *value) bool { return k < 5000 })
	},
	"map: MapValues": func(fresh func() *value) any {
		return full().Set(5, fresh()).MapValues(func(int, *value) *value { return nil })
	},
	"map: Merge3": func(fresh func() *value) any {
		base := full().Set(5, fresh())
		m, _ := hamt.Merge3(base, base.Set(6, nil), base.Set(5, nil), nil)
		return m
	},
	"map: Diff and Apply": func(fresh func() *value) any {
		a := full().Set(5000, fresh())
		m, _ := hamt.Patch[int, *value](slices.Collect(hamt.Diff(a, full()))).Apply(a)
		return m
	},
	"builder: Set over, Delete, Update": func(fresh func() *value) any {
		b := full().Builder()
		b.Set(5, fresh())
		b.Set(5, nil)
		b.Set(5000, fresh())
		b.Delete(5000)
		b.Set(6, fresh())
		b.Update(6, func(*value, bool) (*value, bool) { return nil, true })
		b.Swap(7, fresh())
		b.Swap(7, nil)
		return &b
	},
	"cell: Store": func(fresh func() *value) any {
		c := new(hamt.Cell[int, *value])
		c.Store(full().Set(5, fresh()))
		c.Store(full())
		return c
	},
	"weak map: key dropped": func(fresh func() *value) any {
		m, _ := weakkey.Set(weakkey.Map{}, weakkey.New[*value]("k"), fresh())
		return m
	},
	"weak map: Release": func(fresh func() *value) any {
		k := weakkey.New[*value]("k")
		m, _ := weakkey.Set(weakkey.Map{}, k, fresh())
		k.Release()
		return []any{m, k}
	},
	"variable: Set over, Reset, Unset": func(fresh func() *value) any {
		st := ctx.NewState()
		object.Put(st, fresh())
		object.Put(st, nil)
		_ = object.Reset(st, object.Set(st, fresh()))
		object.Put(st, fresh())
		object.Unset(st)
		object.Lookup(st)
		return st
	},
	"variable: With, Run, Swap": func(fresh func() *value) any {
		st := ctx.NewState()
		object.With(st, fresh(), func() { object.Get(st); object.Get(st) })
		st.Run(ctx.Snapshot{}.With(object.To(fresh())), func() { object.Get(st); object.Get(st) })
		m := st.Swap(ctx.Snapshot{}.With(object.To(fresh())))
		object.Get(st)
		st.Unwind(m)
		return st
	},
	"variable: collectable, dropped": func(fresh func() *value) any {
		st := ctx.NewState()
		v := ctx.New[*value]("v")
		v.Put(st, fresh())
		v.Get(st)
		return []any{st, st.Snapshot()}
	},
	"variable: shadowed, in a snapshot": func(fresh func() *value) any {
		st := ctx.NewState()
		object.Put(st, fresh())
		m := st.Push(new(ctx.Layer))
		object.Put(st, nil)
		s := st.Snapshot()
		st.Unwind(m)
		object.Put(st, nil)
		return []any{s, st}
	},
	"stack: Pop, in a snapshot": func(fresh func() *value) any {
		st := ctx.NewState()
		p := objects.Push(st, fresh())
		s := st.Snapshot()
		p.Pop(st)
		return []any{st, s, p}
	},
	"handle: fired, released; FuncOnce": func(fresh func() *value) any {
		var stays []any
		for i := range 3 {
			s := ctx.Snapshot{}.With(object.To(fresh()))
			switch i {
			case 0:
				h := s.Handle(func(*ctx.State) {})
				h.Call(ctx.NewState())
				stays = append(stays, h)
			case 1:
				h := s.Handle(func(*ctx.State) {})
				h.Release()
				stays = append(stays, h)
			case 2:
				f := s.FuncOnce(func(*ctx.State) {})
				f()
				stays = append(stays, f)
			}
		}
		return stays
	},
	"generator: ended": func(fresh func() *value) any {
		st := ctx.NewState()
		g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
			object.Put(st, fresh())
			yield(1)
		})
		g.Next(st)
		g.Next(st)
		return []any{g, st}
	},
	"generator: resumer's value while suspended": func(fresh func() *value) any {
		g := seq.Generate(func(st *ctx.State, yield func(int) bool) {
			object.Lookup(st)
			object.Lookup(st)
			yield(1)
		})
		st := ctx.NewState()
		object.Put(st, fresh())
		g.Next(st)
		return g
	},
	"scope: left, with its snapshot and context": func(fresh func() *value) any {
		st := ctx.NewState()
		b := scope.Open(st, scope.Timeout(time.Hour))
		tok := object.Set(st, fresh())
		c := scope.Context(st)
		_ = object.Reset(st, tok)
		s := st.Snapshot()
		_ = b.Close(st, nil)
		return []any{b.Scope, c, s, st}
	},
	"scope: deadline that outlives its generator's values": func(fresh func() *value) any {
		st := ctx.NewState()
		func() {
			gs := ctx.NewState()
			object.Put(gs, fresh())
			scope.Open(gs, scope.Timeout(time.Hour)) // abandoned: the clock holds the scope, not the State
		}()
		return st
	},
	"timer: fired": func(fresh func() *value) any {
		s := ctx.Snapshot{}.With(object.To(fresh()))
		done := make(chan bool)
		t := time.AfterFunc(0, s.FuncOnce(func(*ctx.State) { close(done) }))
		<-done
		return t
	},
}

func full() hamt.Map[int, *value] {
	b := hamt.Map[int, *value]{}.Builder()
	for i := range 100 {
		b.Set(i, nil)
	}
	return b.Map()
}

// release removes values in every way and counts those that are retained.
func release(n int) (string, error) {
	var bad []string
	values, most := 0, 0
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		var seen []weak.Pointer[value]
		var stays []any
		for range n {
			stays = append(stays, ways[name](func() *value {
				v := new(value)
				seen = append(seen, weak.Make(v))
				return v
			}))
		}
		left, collections := len(seen), 0
		for ; left > 0 && collections < 12; collections++ {
			runtime.GC()
			time.Sleep(time.Millisecond)
			left = 0
			for _, p := range seen {
				if p.Value() != nil {
					left++
				}
			}
		}
		values += len(seen)
		most = max(most, collections)
		if left > 0 {
			bad = append(bad, fmt.Sprintf("%s: %d of %d", name, left, len(seen)))
		}
		runtime.KeepAlive(stays)
	}
	figure := fmt.Sprintf("%d values of %d bytes removed in %d ways: %d ways retain some, after at most %d collections",
		values, unsafe.Sizeof(value{}), len(ways), len(bad), most)
	if len(bad) > 0 {
		return figure, fmt.Errorf("%s", strings.Join(bad, "; "))
	}
	return figure, nil
}

// deadlines opens scopes with deadlines in tasks of their own, moves and leaves
// some, and measures what the rest take.
func deadlines(n int) (string, error) {
	clock := scope.NewClock()
	defer clock.Close()
	root := ctx.NewState()
	clock.Use(root)
	s := root.Snapshot()
	states := make([]ctx.State, n) // not counted: tasks have them anyway
	blocks := make([]scope.Block, n)
	for i := range states { // what a task has that opened a block once
		st := &states[i]
		st.Unwind(st.Swap(s))
	}
	_ = states
	tasks := make([]*ctx.State, n)
	for i := range tasks {
		tasks[i] = s.NewState()
	}
	before := heap()
	for i := range blocks {
		blocks[i] = scope.Open(tasks[i], scope.Timeout(time.Hour+time.Duration(i)))
	}
	all := float64(heap()-before) / float64(n)
	for i := range blocks { // every other scope is moved ten times, every third is left
		if i%2 == 0 {
			for j := range 10 {
				blocks[i].SetTimeout(time.Hour + time.Duration(j)*time.Minute)
			}
		}
		if i%3 == 0 {
			_ = blocks[i].Close(tasks[i], nil)
		}
	}
	want := n - (n+2)/3
	live := clock.Live()
	kept := float64(heap()-before) / float64(n)
	runtime.KeepAlive(tasks)
	figure := fmt.Sprintf("%d live deadlines: %.0f B each with the block on its State; %d after moves and exits, %d stale; %.0f B for each of all then",
		n, all, live, live-want, kept)
	if live != want {
		return figure, fmt.Errorf("%d live deadlines, want %d", live, want)
	}
	return figure, nil
}
