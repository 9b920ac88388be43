// A request id through callbacks: three requests at once, one logger.
const { AsyncLocalStorage } = require("node:async_hooks");
const request = new AsyncLocalStorage({ name: "request" });

const log = (text) => console.log(`[${request.getStore()?.id ?? "-"}] ${text}`);

function query(sql, callback) {
  log(`query ${sql}`);
  setTimeout(() => callback(null, sql.length), 10);
}

function handle(id, delay) {
  request.run({ id }, () => {
    log("start");
    setTimeout(() => {
      query("select " + id, (err, n) => log(`${n} rows`));
    }, delay);
  });
}

handle("a", 3);
handle("b", 1);
log("accepting");
// > [a] start
// > [b] start
// > [-] accepting
// > [b] query select b
// > [a] query select a
// > [b] 8 rows
// > [a] 8 rows
