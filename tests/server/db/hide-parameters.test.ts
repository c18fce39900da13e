import { inspect } from "node:util";
import { sql } from "drizzle-orm";
import { afterAll, describe, expect, it } from "vitest";
import { openStore } from "@/server/db/client";
import { isDatabaseDown, isDuplicate } from "@/server/db/retry-while-down";
import { workers } from "@/server/db/tables/work-tables";
import { explain } from "@/server/jobs/explain";
import { freshDatabase } from "@/tests/support/database";

const store = openStore((await freshDatabase()).url);
afterAll(() => store.close());

const secret = "sk-a-key-of-an-explainer";

async function errorOf(work: PromiseLike<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the statement was expected to fail");
}

describe("the error of a statement that failed", () => {
  it("gives PostgreSQL's own reason, without the row that it refused", async () => {
    const worker = { id: "twice", host: secret, address: secret, secret, device: secret, backend: "x", version: "1" };
    await store.db.insert(workers).values(worker);
    const error = await errorOf(store.db.insert(workers).values(worker));
    expect(error.message).toMatch(/\nreason: 23505, duplicate key value violates unique constraint "workers_pkey"$/);
    expect(error.stack).toContain(error.message);
    const incomplete = await errorOf(store.db.execute(sql`INSERT INTO workers (id, host) VALUES ('w', ${secret})`));
    expect(incomplete.message).toMatch(
      /\nreason: 23502, null value in column "address" of relation "workers" violates not-null constraint$/,
    );
    for (const each of [error, incomplete]) expect(inspect(each, { depth: 9 })).not.toContain(secret);
  });

  it("gives only the code of a reason that quotes a value", async () => {
    const error = await errorOf(store.db.execute(sql`SELECT ${secret}::text::integer`));
    expect(error.message).toMatch(/\nreason: 22P02$/);
    expect(inspect(error, { depth: 9 })).not.toContain(secret);
  });

  it("keeps its code, and the error of a connection that broke", async () => {
    expect(isDuplicate(await errorOf(store.db.execute(sql`INSERT INTO workers SELECT * FROM workers`)))).toBe(true);
    const ended = await errorOf(store.db.execute(sql`SELECT pg_terminate_backend(pg_backend_pid())`));
    expect(isDatabaseDown(ended)).toBe(true);
  });

  it("says which one, and nothing of its parameters", async () => {
    await store.db.execute(sql`DROP TABLE workers CASCADE`);
    const statements = [
      () =>
        store.db
          .insert(workers)
          .values({ id: "w", host: secret, address: secret, secret, device: secret, backend: "x", version: "1", memoryBytes: 1 }),
      () => store.db.execute(sql`SELECT * FROM missing WHERE key = ${secret}`),
      () => store.db.transaction((inside) => inside.execute(sql`SELECT missing(${secret})`)),
    ];
    for (const statement of statements) {
      const error = await errorOf(statement());
      expect(error.message).toMatch(/^Failed query: /);
      for (const text of [error.message, error.stack, explain(error), inspect(error, { depth: 9 })]) expect(text).not.toContain(secret);
    }
  });
});
