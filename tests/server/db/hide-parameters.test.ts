import { inspect } from "node:util";
import { sql } from "drizzle-orm";
import { afterAll, describe, expect, it } from "vitest";
import { openStore } from "@/server/db/client";
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
