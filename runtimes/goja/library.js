// The classes of AsyncContext (TC39 proposal) and node:async_hooks. Evaluates to
// a function that takes the native functions and returns the two namespaces.
(function (native) {
  "use strict";
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { max, trunc } = Math;

  const hidden = (target, key, value) =>
    defineProperty(target, key, { value, writable: false, enumerable: false, configurable: true });
  const tag = (c, name) => hidden(c.prototype, Symbol.toStringTag, name);

  // CopyNameAndLength of the specification.
  const copyNameAndLength = (f, target, prefix) => {
    let length = 0;
    if (getOwnPropertyDescriptor(target, "length") !== undefined) {
      const n = target.length;
      if (typeof n === "number") {
        length = n === Infinity ? Infinity : n === -Infinity || n !== n ? 0 : max(trunc(n), 0);
      }
    }
    hidden(f, "length", length);
    const name = target.name;
    hidden(f, "name", prefix + (typeof name === "string" ? name : ""));
    return f;
  };

  const mustCall = (f) => {
    if (typeof f !== "function") throw new TypeError(`${typeof f === "symbol" ? "symbol" : String(f)} is not a function`);
    return f;
  };

  class Variable {
    #v;
    #name = "";
    constructor(options = undefined) {
      let defaultValue;
      if ((typeof options === "object" && options !== null) || typeof options === "function") {
        if ("name" in options) this.#name = `${options.name}`;
        defaultValue = options.defaultValue;
      }
      this.#v = native.variable(this.#name, defaultValue);
    }
    get name() {
      return this.#name;
    }
    get() {
      return native.get(this.#v);
    }
    run(value, fn, ...args) {
      return native.run(this.#v, value, fn, undefined, args);
    }
  }
  tag(Variable, "AsyncContext.Variable");

  class Snapshot {
    #s = native.snapshot();
    constructor() {}
    run(fn, ...args) {
      return native.runIn(this.#s, undefined, fn, undefined, args);
    }
    static wrap(fn) {
      mustCall(fn);
      const s = native.snapshot();
      const { wrapped } = {
        wrapped(...args) {
          return native.runIn(s, undefined, fn, this, args);
        },
      };
      return copyNameAndLength(wrapped, fn, "wrapped ");
    }
  }
  tag(Snapshot, "AsyncContext.Snapshot");

  const AsyncContext = {};
  for (const c of [Variable, Snapshot]) {
    defineProperty(AsyncContext, c.name, { value: c, writable: true, enumerable: false, configurable: true });
  }
  hidden(AsyncContext, Symbol.toStringTag, "AsyncContext");

  // Node.

  const bind = (fn, thisArg, resource) => {
    if (typeof fn !== "function") {
      const e = new TypeError(`The "fn" argument must be of type function. Received ${fn === null ? "null" : typeof fn}`);
      e.code = "ERR_INVALID_ARG_TYPE";
      throw e;
    }
    const s = resource === undefined ? native.snapshot() : resource;
    const bound = function (...args) {
      return native.runIn(s, undefined, fn, thisArg === undefined ? this : thisArg, args);
    };
    defineProperty(bound, "length", { value: fn.length, writable: false, enumerable: false, configurable: true });
    return bound;
  };

  class AsyncLocalStorage {
    #v;
    #name = "";
    #default;
    constructor(options = {}) {
      if (typeof options !== "object" || options === null) {
        const e = new TypeError(`The "options" argument must be of type object. Received ${options === null ? "null" : typeof options}`);
        e.code = "ERR_INVALID_ARG_TYPE";
        throw e;
      }
      this.#default = options.defaultValue;
      if (options.name !== undefined) this.#name = `${options.name}`;
      this.#v = native.variable(this.#name, this.#default);
    }
    get name() {
      return this.#name;
    }
    getStore() {
      return native.get(this.#v);
    }
    enterWith(data) {
      native.set(this.#v, data);
    }
    run(data, fn, ...args) {
      return native.run(this.#v, data, fn, null, args);
    }
    exit(fn, ...args) {
      return native.run(this.#v, undefined, fn, null, args);
    }
    disable() {
      native.unset(this.#v);
    }
    static bind(fn) {
      return bind(fn);
    }
    static snapshot() {
      return bind((fn, ...args) => fn(...args));
    }
  }

  class AsyncResource {
    #s = native.snapshot();
    #type;
    constructor(type) {
      if (typeof type !== "string") {
        const e = new TypeError(`The "type" argument must be of type string. Received ${type === null ? "null" : typeof type}`);
        e.code = "ERR_INVALID_ARG_TYPE";
        throw e;
      }
      this.#type = type;
    }
    runInAsyncScope(fn, thisArg, ...args) {
      return native.runIn(this.#s, undefined, fn, thisArg, args);
    }
    bind(fn) {
      return bind(fn, undefined, this.#s);
    }
    static bind(fn, type, thisArg) {
      return new AsyncResource(type || fn?.name || "bound-anonymous-fn").#bindThis(fn, thisArg);
    }
    #bindThis(fn, thisArg) {
      return bind(fn, thisArg, this.#s);
    }
  }

  return { AsyncContext, hooks: { AsyncLocalStorage, AsyncResource } };
});
