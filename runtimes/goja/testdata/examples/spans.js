// Tracing spans with AsyncContext: each span finds its parent by itself, also
// across await and in work that runs side by side.
const current = new AsyncContext.Variable({ name: "span", defaultValue: { path: "trace", children: [] } });
const tick = (n) => new Promise((resolve) => setTimeout(resolve, n));

async function span(name, f) {
  const parent = current.get();
  const self = { path: `${parent.path}/${name}`, children: [] };
  parent.children.push(self);
  return current.run(self, f);
}

async function main() {
  await span("request", async () => {
    await Promise.all([
      span("cache", () => tick(4)),
      span("db", async () => {
        await tick(1);
        await span("connect", () => tick(1));
        await span("query", () => tick(1));
      }),
    ]);
    await span("render", () => tick(1));
  });
}

const print = (s) => {
  console.log(s.path);
  s.children.forEach(print);
};
const root = current.get();
main().then(() => print(root));
// > trace
// > trace/request
// > trace/request/cache
// > trace/request/db
// > trace/request/db/connect
// > trace/request/db/query
// > trace/request/render
