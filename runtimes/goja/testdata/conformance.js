// Conformance of AsyncContext and AsyncLocalStorage: each case is a function
// that throws, or rejects, when it fails. Cases that start with "hook:" need a
// hook that the engine does not have; they say what happens today.
const { AsyncLocalStorage, AsyncResource } = require("node:async_hooks");
const { Variable, Snapshot } = AsyncContext;

const same = (got, want, what = "") => {
  if (!Object.is(got, want)) throw new Error(`${what} got ${String(got)}, want ${String(want)}`);
};
const list = (got, want) => same(JSON.stringify(got), JSON.stringify(want));
const throws = (type, f) => {
  try {
    f();
  } catch (e) {
    if (!(e instanceof type)) throw new Error(`threw ${e}, want a ${type.name}`);
    return e;
  }
  throw new Error(`did not throw a ${type.name}`);
};
const property = (o, k, value, writable, enumerable, configurable) => {
  const d = Object.getOwnPropertyDescriptor(o, k);
  if (!d) throw new Error(`no own property ${String(k)}`);
  if (value !== undefined) same(d.value, value, String(k));
  list([d.writable, d.enumerable, d.configurable], [writable, enumerable, configurable]);
};
const tick = (n = 1) => new Promise((resolve) => setTimeout(resolve, n));

exports.cases = {
  // Surface.
  "namespace: property descriptors"() {
    property(globalThis, "AsyncContext", AsyncContext, true, false, true);
    property(AsyncContext, "Variable", Variable, true, false, true);
    property(AsyncContext, "Snapshot", Snapshot, true, false, true);
    same(Object.prototype.toString.call(AsyncContext), "[object AsyncContext]");
  },
  "Variable: name, length, prototype"() {
    property(Variable, "name", "Variable", false, false, true);
    property(Variable, "length", 0, false, false, true);
    property(Variable, "prototype", Variable.prototype, false, false, false);
    property(Variable.prototype, "constructor", Variable, true, false, true);
    property(Variable.prototype, "run", undefined, true, false, true);
    property(Variable.prototype, "get", undefined, true, false, true);
    property(Variable.prototype, Symbol.toStringTag, "AsyncContext.Variable", false, false, true);
    same(Variable.prototype.run.length, 2);
    same(Variable.prototype.run.name, "run");
    same(Variable.prototype.get.length, 0);
    const name = Object.getOwnPropertyDescriptor(Variable.prototype, "name");
    same(name.get.name, "get name");
    same(name.set, undefined);
    list([name.enumerable, name.configurable], [false, true]);
  },
  "Snapshot: name, length, prototype"() {
    property(Snapshot, "name", "Snapshot", false, false, true);
    property(Snapshot, "length", 0, false, false, true);
    property(Snapshot, "wrap", undefined, true, false, true);
    property(Snapshot.prototype, "run", undefined, true, false, true);
    property(Snapshot.prototype, Symbol.toStringTag, "AsyncContext.Snapshot", false, false, true);
    same(Snapshot.wrap.length, 1);
    same(Snapshot.prototype.run.length, 1);
  },
  "constructors need new, methods need their receiver"() {
    throws(TypeError, () => Variable());
    throws(TypeError, () => Snapshot());
    throws(TypeError, () => Variable.prototype.get.call({}));
    throws(TypeError, () => Variable.prototype.run.call(new Snapshot(), 1, () => {}));
    throws(TypeError, () => Snapshot.prototype.run.call(new Variable(), () => {}));
    throws(TypeError, () => Object.getOwnPropertyDescriptor(Variable.prototype, "name").get.call({}));
    throws(TypeError, () => new Variable.prototype.run());
  },
  "subclasses work"() {
    class Sub extends Variable {
      get() {
        return ["sub", super.get()];
      }
    }
    const v = new Sub({ defaultValue: 1 });
    list(v.get(), ["sub", 1]);
    same(v instanceof Variable, true);
    v.run(2, () => list(v.get(), ["sub", 2]));
  },

  // Variable.
  "Variable: options"() {
    same(new Variable().name, "");
    same(new Variable({ name: 12 }).name, "12");
    same(new Variable({ name: undefined }).name, "undefined");
    same(new Variable({ name: "n", defaultValue: 3 }).get(), 3);
    same(new Variable(undefined).get(), undefined);
    same(new Variable(null).get(), undefined);
    throws(TypeError, () => new Variable({ name: Symbol("x") }));
    throws(RangeError, () => new Variable({ get name() { throw new RangeError(); } }));
    const seen = [];
    new Variable(new Proxy({}, {
      has: (_, k) => (seen.push("has " + k), true),
      get: (_, k) => (seen.push("get " + k), "x"),
    }));
    list(seen, ["has name", "get name", "get defaultValue"]);
  },
  "Variable.run: value, this, arguments, result"() {
    const v = new Variable();
    const result = v.run("x", function (...args) {
      "use strict";
      same(this, undefined);
      list(args, [1, 2]);
      return v.get();
    }, 1, 2);
    same(result, "x");
    same(v.get(), undefined);
  },
  "Variable.run: undefined and null are values"() {
    const v = new Variable({ defaultValue: "default" });
    v.run("outer", () => {
      v.run(undefined, () => same(v.get(), undefined));
      v.run(null, () => same(v.get(), null));
      same(v.get(), "outer");
    });
    same(v.get(), "default");
  },
  "Variable.run: restored after a throw, which goes on"() {
    const v = new Variable({ defaultValue: 0 });
    const error = new Error("x");
    let caught;
    try {
      v.run(1, () => { throw error; });
    } catch (e) {
      caught = e;
    }
    same(caught, error);
    same(v.get(), 0);
    throws(TypeError, () => v.run(1, 5));
    same(v.get(), 0);
  },
  "identity is the object, not the name"() {
    const a = new Variable({ name: "same" }), b = new Variable({ name: "same" });
    a.run(1, () => same(b.get(), undefined));
  },

  // Snapshot.
  "Snapshot.run: this, arguments, result, nesting, restore"() {
    const v = new Variable({ defaultValue: 0 });
    const one = v.run(1, () => new Snapshot()), two = v.run(2, () => new Snapshot());
    const r = v.run(3, () => one.run(function (...args) {
      "use strict";
      same(this, undefined);
      const inner = two.run(() => v.get());
      return [...args, inner, v.get()];
    }, "a"));
    list(r, ["a", 2, 1]);
    same(v.get(), 0);
    throws(RangeError, () => one.run(() => { throw new RangeError(); }));
    throws(TypeError, () => one.run({}));
    same(v.get(), 0);
  },
  "Snapshot.wrap: out of order, this, name, length"() {
    const v = new Variable({ defaultValue: "d" });
    const one = v.run(1, () => Snapshot.wrap(() => v.get()));
    const two = v.run(2, () => Snapshot.wrap(() => v.get()));
    list([two(), one(), two(), v.get()], [2, 1, 2, "d"]);
    const f = Snapshot.wrap(function named(a, b) { return [this.x, a, b]; });
    list(f.call({ x: 1 }, 2, 3), [1, 2, 3]);
    property(f, "name", "wrapped named", false, false, true);
    property(f, "length", 2, false, false, true);
    throws(TypeError, () => new f());
    throws(TypeError, () => Snapshot.wrap({}));
    throws(TypeError, () => Snapshot.wrap());
  },

  // Propagation.
  async "await keeps the context, also through nesting"() {
    const v = new Variable({ defaultValue: "d" });
    const inner = async (x) => {
      await null;
      same(v.get(), x);
      await v.run(x + "!", async () => {
        await tick();
        same(v.get(), x + "!");
      });
      same(v.get(), x);
      return v.get();
    };
    list(await Promise.all([v.run("a", inner, "a"), v.run("b", inner, "b"), inner("d")]), ["a", "b", "d"]);
    same(v.get(), "d");
  },
  async "await: rejection, finally and loops"() {
    const v = new Variable();
    await v.run(7, async () => {
      try {
        await Promise.reject(new Error("x"));
      } catch {
        same(v.get(), 7);
      } finally {
        same(v.get(), 7);
      }
      for (let i = 0; i < 3; i++) {
        await tick();
        same(v.get(), 7);
      }
    });
  },
  async "then, catch and finally: the context of registration"() {
    const v = new Variable();
    let resolve, reject;
    const p = v.run("created", () => new Promise((r) => (resolve = r)));
    const q = v.run("created", () => new Promise((_, r) => (reject = r)));
    const seen = [];
    const note = (x) => () => seen.push(x + ":" + v.get());
    const all = [
      v.run("then", () => p.then(note("then"))),
      v.run("finally", () => p.finally(note("finally"))),
      v.run("catch", () => q.catch(note("catch"))),
    ];
    v.run("settled", () => (resolve(), reject(new Error("x"))));
    await Promise.all(all);
    list(seen.sort(), ["catch:catch", "finally:finally", "then:then"]);
  },
  async "combinators"() {
    const v = new Variable();
    await v.run("c", async () => {
      for (const f of ["all", "allSettled", "race", "any"]) {
        await Promise[f]([v.run("other", () => tick()), tick()]);
        same(v.get(), "c", f);
      }
    });
  },
  async "a chain in which each step is registered elsewhere"() {
    const v = new Variable();
    const seen = [];
    const p = v.run(1, () => Promise.resolve().then(() => seen.push(v.get())));
    const q = v.run(2, () => p.then(() => v.run(3, () => Promise.resolve()).then(() => seen.push(v.get()))));
    await q;
    list(seen, [1, 2]);
  },
  async "async functions that were started before a run"() {
    const v = new Variable({ defaultValue: "d" });
    let go;
    const started = (async () => {
      await new Promise((r) => (go = r));
      return v.get();
    })();
    v.run("later", () => go());
    same(await started, "d");
  },
  async "timers: the context of registration, arguments, clearing"() {
    const v = new Variable({ defaultValue: "d" });
    const seen = [];
    await new Promise((done) => {
      v.run("timeout", () => setTimeout((a) => seen.push(a + v.get()), 1, "t:"));
      v.run("immediate", () => setImmediate((a) => seen.push(a + v.get()), "i:"));
      let n = 0;
      const id = v.run("interval", () => setInterval(() => {
        seen.push(v.get());
        if (++n === 2) {
          clearInterval(id);
          done();
        }
      }, 2));
      clearTimeout(v.run("cleared", () => setTimeout(() => seen.push("never"), 1)));
    });
    list(seen, ["i:immediate", "t:timeout", "interval", "interval"]);
    same(v.get(), "d");
  },
  async "writes of a callback stay in it"() {
    const als = new AsyncLocalStorage();
    await new Promise((done) => setTimeout(() => (als.enterWith("callback"), done()), 1));
    same(als.getStore(), undefined);
  },

  // AsyncLocalStorage.
  "AsyncLocalStorage: run, nested runs, arguments, this"() {
    const als = new AsyncLocalStorage();
    same(als.getStore(), undefined);
    const r = als.run({ id: 1 }, function (a, b) {
      "use strict";
      same(this, null);
      als.run({ id: 2 }, () => same(als.getStore().id, 2));
      return als.getStore().id + a + b;
    }, 10, 100);
    same(r, 111);
    same(als.getStore(), undefined);
    throws(RangeError, () => als.run(1, () => { throw new RangeError(); }));
    same(als.getStore(), undefined);
  },
  "AsyncLocalStorage: options"() {
    const als = new AsyncLocalStorage({ defaultValue: "d", name: "n" });
    list([als.getStore(), als.name], ["d", "n"]);
    als.run(undefined, () => same(als.getStore(), undefined));
    same(new AsyncLocalStorage().name, "");
    for (const bad of [null, 1, "x"]) {
      same(throws(TypeError, () => new AsyncLocalStorage(bad)).code, "ERR_INVALID_ARG_TYPE");
    }
    same(AsyncLocalStorage.name, "AsyncLocalStorage");
    same(AsyncLocalStorage.length, 0);
  },
  async "AsyncLocalStorage: enterWith lasts for the turn and what it starts"() {
    const als = new AsyncLocalStorage();
    await (async () => {
      await null;
      als.enterWith("entered");
      await tick();
      same(als.getStore(), "entered");
    })();
    same(als.getStore(), undefined);
    als.run("outer", () => {
      als.enterWith("inner");
      same(als.getStore(), "inner");
    });
    same(als.getStore(), undefined);
  },
  async "AsyncLocalStorage: exit and disable"() {
    const als = new AsyncLocalStorage();
    await als.run("x", async () => {
      same(als.exit((a) => [als.getStore(), a].join(), 5), ",5");
      same(als.getStore(), "x");
      await als.exit(() => tick().then(() => same(als.getStore(), undefined)));
      als.disable();
      same(als.getStore(), undefined);
      als.enterWith("again");
      same(als.getStore(), "again");
    });
  },
  "AsyncLocalStorage: bind and snapshot"() {
    const als = new AsyncLocalStorage();
    const bound = als.run("b", () => AsyncLocalStorage.bind(function (a) { return [this?.x, a, als.getStore()]; }));
    list(bound.call({ x: 1 }, 2), [1, 2, "b"]);
    same(bound.length, 1);
    const runIn = als.run("s", () => AsyncLocalStorage.snapshot());
    als.run("other", () => list(runIn((a, b) => [a, b, als.getStore()], 1, 2), [1, 2, "s"]));
    same(throws(TypeError, () => AsyncLocalStorage.bind(5)).code, "ERR_INVALID_ARG_TYPE");
  },
  "AsyncResource: runInAsyncScope and bind"() {
    const als = new AsyncLocalStorage();
    const r = als.run("r", () => new AsyncResource("test"));
    list(r.runInAsyncScope(function (a) { return [this.x, a, als.getStore()]; }, { x: 1 }, 2), [1, 2, "r"]);
    list(r.bind(() => [als.getStore()])(), ["r"]);
    same(als.run("s", () => AsyncResource.bind(() => als.getStore()))(), "s");
    throws(TypeError, () => new AsyncResource(5));
  },
  async "both families share one context"() {
    const v = new Variable(), als = new AsyncLocalStorage();
    const s = v.run(1, () => als.run(2, () => new Snapshot()));
    list(s.run(() => [v.get(), als.getStore()]), [1, 2]);
  },

  // A generator runs in the context of whoever resumes it: the engine tells
  // nobody. The proposal wants the context of its creation: init, init.
  "hook: sync generators see their resumer"() {
    const v = new Variable();
    function* g() {
      yield v.get();
      yield v.get();
    }
    const it = v.run("init", g);
    list([v.run(1, () => it.next().value), v.run(2, () => it.next().value)], [1, 2]);
  },
  // The job that calls a thenable's then has no hook; the proposal wants "set".
  async "hook: user thenables run without a context"() {
    const v = new Variable({ defaultValue: "none" });
    let seen;
    await v.run("set", async () => {
      await { then(resolve) { seen = v.get(); resolve(); } };
      same(v.get(), "set");
    });
    same(seen, "none");
  },
};
