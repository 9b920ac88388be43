package goja_test

import (
	"testing"

	"github.com/dop251/goja"
	"github.com/dop251/goja_nodejs/eventloop"
	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
	stratagoja "github.com/strata-go/strata/runtimes/goja"
)

// TestNodeEventLoop: the timers of goja_nodejs, wrapped from outside.
func TestNodeEventLoop(t *testing.T) {
	l := eventloop.NewEventLoop()
	var got any
	l.Run(func(vm *goja.Runtime) {
		require.NoError(t, stratagoja.Install(vm, ctx.NewState(), stratagoja.Options{}))
		require.NoError(t, stratagoja.WrapTimers(vm, func(err error) { t.Error(err) }))
		stratagoja.Turn(vm, func() {
			_, err := vm.RunString(`
				var log = [];
				const v = new AsyncContext.Variable({ defaultValue: "d" });
				v.run("timeout", () => setTimeout((a) => log.push(a + v.get()), 2, "t:"));
				v.run("immediate", () => setImmediate(async () => { await null; log.push(v.get()) }));
				let n = 0;
				const id = v.run("interval", () => setInterval(() => {
					log.push(v.get());
					if (++n === 2) clearInterval(id);
				}, 3));
				clearTimeout(v.run("never", () => setTimeout(() => log.push("never"), 1)));
				v.run("outside", () => { globalThis.outside = AsyncContext.Snapshot.wrap(() => v.get()) });
			`)
			require.NoError(t, err)
		})
		l.RunOnLoop(func(vm *goja.Runtime) {
			stratagoja.Turn(vm, func() {
				_, err := vm.RunString(`log.push(v.get(), outside())`)
				require.NoError(t, err)
			})
		})
	})
	l.Run(func(vm *goja.Runtime) { got = vm.Get("log").Export() })
	require.ElementsMatch(t, []any{"immediate", "d", "outside", "t:timeout", "interval", "interval"}, got)
}
