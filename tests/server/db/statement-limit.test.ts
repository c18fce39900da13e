import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/server/db/client";
import { withClient } from "@/server/db/latents/own-tables";
import { failureOf } from "@/server/http/failures";
import { freshDatabase } from "@/tests/support/database";

const { url } = await freshDatabase();

test("a statement has a minute, but for those that load or read whole collections", async () => {
  const store = openStore(url, { maxConnections: 1 });
  onTestFinished(() => store.close());
  const limit = async () => (await store.db.execute(sql`SHOW statement_timeout`)).rows;
  expect(await limit()).toEqual([{ statement_timeout: "1min" }]);
  expect(await withClient(store.pool, async (client) => (await client.query("SHOW statement_timeout")).rows)).toEqual([
    { statement_timeout: "0" },
  ]);
  expect(await limit()).toEqual([{ statement_timeout: "1min" }]);
});

test("a statement that takes longer is ended, and the caller told to try again", async () => {
  const store = openStore(url, { mostStatementMs: 20 });
  onTestFinished(() => store.close());
  const error = await store.db.execute(sql`SELECT pg_sleep(60)`).catch((reason: unknown) => reason);
  expect(failureOf(error)).toMatchObject({ code: "unavailable", message: expect.stringContaining("longer than a minute") });
});
