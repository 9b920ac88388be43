package goja_test

import (
	"maps"
	"testing"

	"github.com/dop251/goja"
	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
	stratagoja "github.com/strata-go/strata/runtimes/goja"
)

// cloningCarrier is the context tracker that people write by hand: one map, cloned
// for each reaction that is registered and for each that runs.
type cloningCarrier struct {
	cur   map[string]goja.Value
	saved []map[string]goja.Value
}

func (c *cloningCarrier) Grab() any { return maps.Clone(c.cur) }
func (c *cloningCarrier) Resumed(x any) {
	c.saved = append(c.saved, c.cur)
	c.cur = maps.Clone(x.(map[string]goja.Value))
}
func (c *cloningCarrier) Exited() {
	c.cur = c.saved[len(c.saved)-1]
	c.saved = c.saved[:len(c.saved)-1]
}

// BenchmarkAwait is 1000 awaits in one async function, with eight values set.
func BenchmarkAwait(b *testing.B) {
	const loop = `(async () => { for (let i = 0; i < 1000; i++) await null })`
	for _, c := range []struct {
		name  string
		setUp func(vm *goja.Runtime)
	}{
		{"tracker=none", func(*goja.Runtime) {}},
		{"tracker=strata", func(vm *goja.Runtime) {
			st := ctx.NewState()
			require.NoError(b, stratagoja.Install(vm, st, stratagoja.Options{}))
			_, err := vm.RunString(`for (let i = 0; i < 8; i++) {
				var v = new AsyncContext.Variable(); globalThis["v" + i] = v }`)
			require.NoError(b, err)
			for range 8 {
				ctx.Static[int]("eight").Put(st, 1)
			}
		}},
		{"tracker=cloned-map", func(vm *goja.Runtime) {
			c := &cloningCarrier{cur: map[string]goja.Value{}}
			for _, k := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
				c.cur[k] = vm.ToValue(1)
			}
			vm.SetAsyncContextTracker(c)
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			vm := goja.New()
			c.setUp(vm)
			v, err := vm.RunString(loop)
			require.NoError(b, err)
			f, _ := goja.AssertFunction(v)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f(goja.Undefined()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRun is Variable.run with an empty function.
func BenchmarkRun(b *testing.B) {
	vm := goja.New()
	require.NoError(b, stratagoja.Install(vm, ctx.NewState(), stratagoja.Options{}))
	v, err := vm.RunString(`const v = new AsyncContext.Variable(); const f = () => v.get();
		(() => { for (let i = 0; i < 1000; i++) v.run(i, f) })`)
	require.NoError(b, err)
	f, _ := goja.AssertFunction(v)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f(goja.Undefined()); err != nil {
			b.Fatal(err)
		}
	}
}
