import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { onlyRow, openStore } from "@/server/db/client";
import { isDatabaseDown } from "@/server/db/retry-while-down";
import { freshDatabase } from "@/tests/support/database";

const { url } = await freshDatabase();

function openOne() {
  const store = openStore(url, { maxConnections: 1 });
  onTestFinished(() => store.close());
  const ownPid = async (db = store.db) => {
    const { rows } = await db.execute<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
    return onlyRow(rows).pid;
  };
  return { store, ownPid };
}

test("a connection that breaks between the statements of a transaction fails it, and nothing else", async () => {
  const { store, ownPid } = openOne();
  let survived = false;
  const error = await store.db
    .transaction(async (tx) => {
      process.kill(await ownPid(tx), "SIGTERM");
      // The process would end here if nothing handled the connection's error.
      await new Promise((resolve) => setTimeout(resolve, 200));
      survived = true;
      await ownPid(tx);
    })
    .catch((reason: unknown) => reason);
  expect([survived, isDatabaseDown(error)]).toEqual([true, true]);
  expect(await ownPid()).toBeGreaterThan(0);
});

test("a transaction that cannot begin gives its connection back", async () => {
  const { store, ownPid } = openOne();
  process.kill(await ownPid(), "SIGTERM");
  // The thread is blocked, so that it cannot notice before the transaction begins.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  const error = await store.db.transaction((tx) => ownPid(tx)).catch((reason: unknown) => reason);
  expect(isDatabaseDown(error)).toBe(true);
  expect(await store.db.transaction((tx) => ownPid(tx))).toBeGreaterThan(0);
});
