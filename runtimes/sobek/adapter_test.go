// Code generated from runtimes/goja by gensobek; DO NOT EDIT.

package sobek_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"weak"

	"github.com/grafana/sobek"
	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/ctx"
	stratasobek "github.com/strata-go/strata/runtimes/sobek"
	"github.com/strata-go/strata/runtimes/sobek/internal/loop"
)

// open returns an engine with the adapter, a loop and wrapped timers.
func open(t testing.TB) (*sobek.Runtime, *loop.Loop) {
	t.Helper()
	vm := sobek.New()
	l, err := loop.New(vm)
	require.NoError(t, err)
	require.NoError(t, stratasobek.Install(vm, ctx.NewState(), stratasobek.Options{}))
	require.NoError(t, stratasobek.WrapTimers(vm, func(err error) { t.Error(err) }))
	require.NoError(t, vm.Set("require", func(string) *sobek.Object { return stratasobek.AsyncHooks(vm) }))
	return vm, l
}

func run(t testing.TB, vm *sobek.Runtime, src string) sobek.Value {
	t.Helper()
	var v sobek.Value
	var err error
	stratasobek.Turn(vm, func() { v, err = vm.RunString(src) })
	require.NoError(t, err)
	return v
}

// TestConformance runs the cases of testdata/conformance.js, each by its name.
func TestConformance(t *testing.T) {
	text, err := os.ReadFile("testdata/conformance.js")
	require.NoError(t, err)
	vm, l := open(t)
	run(t, vm, "const exports = {};\n"+string(text))
	cases := run(t, vm, "exports.cases").ToObject(vm)
	require.Greater(t, len(cases.Keys()), 25)
	for _, name := range cases.Keys() {
		t.Run(name, func(t *testing.T) {
			f, _ := sobek.AssertFunction(cases.Get(name))
			var result sobek.Value
			var err error
			stratasobek.Turn(vm, func() { result, err = f(sobek.Undefined()) })
			require.NoError(t, err)
			l.Run()
			if p, ok := result.Export().(*sobek.Promise); ok {
				require.Equal(t, sobek.PromiseStateFulfilled, p.State(), "%v", p.Result())
			}
			require.Zero(t, stratasobek.Current(vm).Snapshot(), "something of the case stayed")
		})
	}
}

var tenant = ctx.Static[string]("tenant", ctx.Default("none"))

// TestCurrent: Go functions called from scripts share the execution.
func TestCurrent(t *testing.T) {
	vm, l := open(t)
	require.NoError(t, vm.Set("tenant", func(call sobek.FunctionCall) sobek.Value {
		st := stratasobek.Current(vm)
		if len(call.Arguments) > 0 {
			tenant.Put(st, call.Argument(0).String())
		}
		return vm.ToValue(tenant.Get(st))
	}))
	run(t, vm, `
		var log = [];
		(async () => { tenant("a"); await null; log.push(tenant()); setTimeout(() => log.push(tenant()), 1) })();
		(async () => { tenant("b"); await null; log.push(tenant()) })();
	`)
	l.Run()
	require.Equal(t, "a,b,a", run(t, vm, "log.join()").String())
	require.Equal(t, "none", tenant.Get(stratasobek.Current(vm)))
	require.Nil(t, stratasobek.Current(sobek.New()))
	require.Nil(t, stratasobek.AsyncHooks(sobek.New()))
	require.ErrorContains(t, stratasobek.WrapTimers(sobek.New(), nil), "install the adapter first")
}

// TestNestedSettlement: a native promise handler settles another promise, whose
// jobs then run inside it. The engine's documentation says that this cannot be.
func TestNestedSettlement(t *testing.T) {
	vm, _ := open(t)
	inner, resolveInner, _ := vm.NewPromise()
	require.NoError(t, vm.Set("inner", inner))
	require.NoError(t, vm.Set("settle", func(sobek.FunctionCall) sobek.Value {
		require.NoError(t, resolveInner("x"))
		return sobek.Undefined()
	}))
	got := run(t, vm, `
		var log = [];
		const v = new AsyncContext.Variable({ defaultValue: "d" });
		v.run("inner", () => inner.then(() => log.push("inner " + v.get())));
		v.run("outer", () => Promise.resolve().then(settle).then(() => log.push("after " + v.get())));
		v.run("same", () => Promise.resolve().then(() => { settle; log.push(v.get()) }));
		log
	`)
	require.ElementsMatch(t, []any{"inner inner", "same", "after outer"}, got.Export())
	require.Zero(t, stratasobek.Current(vm).Snapshot())
}

// TestInterrupt: vm.Interrupt in a reaction job skips Exited and finally blocks.
func TestInterrupt(t *testing.T) {
	vm, l := open(t)
	require.NoError(t, vm.Set("interrupt", func(sobek.FunctionCall) sobek.Value {
		vm.Interrupt("stop")
		return sobek.Undefined()
	}))
	for _, src := range []string{
		`v.run("x", () => { interrupt(); for (;;); })`,
		`v.run("x", () => Promise.resolve().then(() => { interrupt(); for (;;); }))`,
		`v.run("x", async () => { await null; await null; v.run("y", () => { interrupt(); for (;;); }) })`,
	} {
		run(t, vm, `var v = new AsyncContext.Variable({ defaultValue: "d" })`)
		stratasobek.Turn(vm, func() {
			_, err := vm.RunString(src)
			var interrupted *sobek.InterruptedError
			require.ErrorAs(t, err, &interrupted)
		})
		vm.ClearInterrupt()
		require.Equal(t, "d", run(t, vm, "v.get()").String())
		require.Zero(t, stratasobek.Current(vm).Snapshot())
	}
	l.Run()
}

// TestGoPanic: a Go panic passes through the engine and skips Exited.
func TestGoPanic(t *testing.T) {
	vm, _ := open(t)
	type custom struct{}
	require.NoError(t, vm.Set("explode", func(sobek.FunctionCall) sobek.Value { panic(custom{}) }))
	for _, src := range []string{
		`v.run("x", explode)`,
		`v.run("x", () => Promise.resolve().then(explode))`,
	} {
		run(t, vm, `var v = new AsyncContext.Variable({ defaultValue: "d" })`)
		require.Panics(t, func() { run(t, vm, src) })
		require.Zero(t, stratasobek.Current(vm).Snapshot())
	}
}

// TestGoFunctionThrows: a Go function that throws under a level it pushed does
// not keep run from restoring, and the script gets the error.
func TestGoFunctionThrows(t *testing.T) {
	vm, _ := open(t)
	require.NoError(t, vm.Set("push", func(sobek.FunctionCall) sobek.Value {
		stratasobek.Current(vm).Push(new(ctx.Layer))
		panic(vm.NewTypeError("thrown by Go"))
	}))
	got := run(t, vm, `
		var v = new AsyncContext.Variable({ defaultValue: "d" });
		let caught;
		try { v.run("x", push) } catch (e) { caught = e }
		[caught instanceof TypeError, v.get()]
	`)
	require.Equal(t, []any{true, "d"}, got.Export())
	require.Zero(t, stratasobek.Current(vm).Snapshot())
}

// TestRunOnLoop: work handed over by other goroutines starts in the execution
// of the loop, not in that of whatever ran last.
func TestRunOnLoop(t *testing.T) {
	vm, l := open(t)
	run(t, vm, `var log = []; var v = new AsyncContext.Variable({ defaultValue: "d" });
		v.run("waiting", async () => { await new Promise(r => setTimeout(r, 5)); log.push(v.get()) })`)
	for i := range 3 {
		l.Hold()
		go l.RunOnLoop(func() {
			defer l.Release()
			run(t, vm, fmt.Sprintf(`log.push(v.get()); v.run("n%d", async () => { await null; log.push(v.get()) })`, i)) //nolint:testifylint // l.Run below runs it, on this goroutine
		})
	}
	l.Run()
	require.ElementsMatch(t, []any{"d", "d", "d", "n0", "n1", "n2", "waiting"}, run(t, vm, "log").Export())
}

// TestHookable: an engine with hooks gets them; what they do is what the
// proposal wants.
func TestHookable(t *testing.T) {
	var _ interface {
		SetContextHooks(stratasobek.ContextHooks)
	} = stratasobek.Hookable(nil)
	st := ctx.NewState()
	hooks := stratasobek.HooksForTest(st)
	tenant.Put(st, "creation")
	step := hooks.Generator()
	var seen []string
	job := hooks.Job(func() { seen = append(seen, tenant.Get(st)) })
	tenant.Put(st, "later")
	for range 2 {
		step(func() {
			seen = append(seen, tenant.Get(st))
			tenant.Put(st, "own")
		})
	}
	job()
	require.Equal(t, []string{"creation", "own", "creation"}, seen)
	require.Equal(t, "later", tenant.Get(st))
}

// leaks counts the objects that scripts made with big() and that are alive.
func leaks(t *testing.T, vm *sobek.Runtime) (alive func() int) {
	var made []weak.Pointer[big]
	require.NoError(t, vm.Set("big", func(sobek.FunctionCall) sobek.Value {
		b := &big{}
		made = append(made, weak.Make(b))
		return vm.ToValue(b)
	}))
	return func() (n int) {
		for _, w := range made {
			if w.Value() != nil {
				n++
			}
		}
		return n
	}
}

type big struct{ Data [1 << 10]byte }

func eventually(t *testing.T, cond func() bool, what string) {
	t.Helper()
	for range 30 {
		if runtime.GC(); cond() {
			return
		}
	}
	require.True(t, cond(), what)
}

// TestNothingLeaks: variables, promises and timers that scripts dropped hold
// nothing, and neither does what they keep after it is done.
func TestNothingLeaks(t *testing.T) {
	for _, c := range []struct{ name, src string }{
		{"promises never settled", `
			for (let i = 0; i < 1e5; i++) {
				const v = new AsyncContext.Variable();
				v.run(i % 100 ? i : big(), () => new Promise(() => {}).then(() => v.get()));
			}`},
		{"a dropped variable whose snapshot is kept", `
			var kept = [];
			for (let i = 0; i < 200; i++) {
				const v = new AsyncContext.Variable();
				v.run([big(), v], () => kept.push(new AsyncContext.Snapshot()));
			}`},
		{"timers fired", `
			var v = new AsyncContext.Variable(), ids = [];
			for (let i = 0; i < 200; i++) v.run(big(), () => ids.push(setTimeout(() => {}, 1)));`},
		{"timers cleared", `
			var v = new AsyncContext.Variable(), ids = [];
			for (let i = 0; i < 200; i++) v.run(big(), () => {
				const id = setInterval(() => {}, 1e6);
				ids.push(id);
				clearInterval(id);
			});
			for (let i = 0; i < 200; i++) v.run(big(), () => {
				const id = setTimeout(() => {}, 1e6);
				ids.push(id);
				clearTimeout(id);
			});`},
		{"enterWith in a turn", `
			var als = new (require("node:async_hooks").AsyncLocalStorage)();
			for (let i = 0; i < 200; i++) als.enterWith(big());`},
	} {
		t.Run(c.name, func(t *testing.T) {
			vm, l := open(t)
			alive := leaks(t, vm)
			run(t, vm, "{"+c.src+"}")
			l.Run()
			run(t, vm, "1") // the engine's own registers
			eventually(t, func() bool { return alive() <= 1 }, c.name)
			runtime.KeepAlive(vm)
		})
	}
}

// TestPinned is the control of TestNothingLeaks: what is held is seen as held.
func TestPinned(t *testing.T) {
	vm, l := open(t)
	alive := leaks(t, vm)
	run(t, vm, `var v = new AsyncContext.Variable(), kept = [];
		for (let i = 0; i < 50; i++) v.run(big(), () => kept.push(new AsyncContext.Snapshot()))`)
	l.Run()
	for range 10 {
		runtime.GC()
	}
	require.Equal(t, 50, alive())
	runtime.KeepAlive(vm)
}

// TestRuntimeCollected: a dropped engine is collected with its adapter.
func TestRuntimeCollected(t *testing.T) {
	w := func() weak.Pointer[sobek.Runtime] {
		vm, l := open(t)
		run(t, vm, `new AsyncContext.Variable().run(1, () => setTimeout(() => {}, 1))`)
		l.Run()
		return weak.Make(vm)
	}()
	eventually(t, func() bool { return w.Value() == nil }, "the engine is kept")
}

// TestTrace names the script's place of each write.
func TestTrace(t *testing.T) {
	vm := sobek.New()
	var log []string
	require.NoError(t, stratasobek.Install(vm, ctx.NewState(), stratasobek.Options{
		Trace: func(op, name, position string) { log = append(log, op+" "+name+" "+position) },
	}))
	require.NoError(t, vm.Set("require", func(string) *sobek.Object { return stratasobek.AsyncHooks(vm) }))
	_, err := vm.RunScript("a.js", `const v = new AsyncContext.Variable({ name: "v" });
function f() { v.run(1, () => {}) }
f();
const als = new (require("x").AsyncLocalStorage)({ name: "als" });
als.enterWith(2); als.disable();`)
	require.NoError(t, err)
	require.Len(t, log, 3)
	require.Contains(t, log[0], "run v a.js:2:")
	require.Contains(t, log[1], "set als a.js:5:")
	require.Contains(t, log[2], "unset als a.js:5:")
}

func Example() {
	vm := sobek.New()
	if err := stratasobek.Install(vm, ctx.NewState(), stratasobek.Options{}); err != nil {
		panic(err)
	}
	vm.Set("print", func(s string) { fmt.Println(s) }) //nolint:errcheck // a name that can be set
	stratasobek.Turn(vm, func() {
		_, err := vm.RunString(`
			const user = new AsyncContext.Variable({ name: "user", defaultValue: "nobody" });
			async function greet() { await null; print("hello " + user.get()) }
			user.run("ann", greet);
			greet();
		`)
		if err != nil {
			panic(err)
		}
	})
	// Output:
	// hello ann
	// hello nobody
}
