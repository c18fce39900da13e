import { readFile } from "node:fs/promises";
import { Client } from "pg";
import { describe, expect, it, vi } from "vitest";
import { isDatabaseDown, retryWhileDown } from "@/server/db/retry-while-down";
import { freshDatabase } from "@/tests/support/database";

const store = await freshDatabase();

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe("retryWhileDown", () => {
  it("repeats the work until the database is back", async () => {
    let calls = 0;
    const result = await retryWhileDown(async () => {
      calls++;
      if (calls < 3) throw new Error("Failed query", { cause: systemError("ECONNREFUSED") });
      return "done";
    });
    expect([result, calls]).toEqual(["done", 3]);
  });

  it("outlasts a database that is away for some minutes", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    const result = await retryWhileDown(async () => {
      now += 100_000;
      if (now <= 300_000) throw systemError("ECONNREFUSED");
      return "done";
    }).finally(() => clock.mockRestore());
    expect([result, now]).toEqual(["done", 400_000]);
  });

  it("takes the database's missing socket for a database that is away, and no other missing file", async () => {
    const missing = await readFile("/nowhere/config.json").catch((error: unknown) => error);
    expect(isDatabaseDown(new Error("config.json: no such file", { cause: missing }))).toBe(false);
    const client = new Client({ host: "/nowhere", user: "stanscope" });
    expect(isDatabaseDown(await client.connect().catch((error: unknown) => error))).toBe(true);
  });

  it("waits for room on a full disk", async () => {
    let calls = 0;
    const result = await retryWhileDown(async () => {
      calls++;
      if (calls < 2) throw new Error("Failed query", { cause: systemError("53100") });
      return "done";
    });
    expect([result, calls]).toEqual(["done", 2]);
  });

  it("rethrows at once what waiting cannot fix", async () => {
    const failure = retryWhileDown(() => store.db.execute("SELECT nonsense"));
    await expect(failure).rejects.toThrow();
    expect(isDatabaseDown(await failure.catch((error: unknown) => error))).toBe(false);
  });

  it("gives up when its patience is at an end", async () => {
    await expect(retryWhileDown(() => Promise.reject(systemError("57P03")), 120)).rejects.toMatchObject({ code: "57P03" });
  });

  it("continues over connections that the server closed", async () => {
    const busy = store.pool.query("SELECT pg_sleep(30)").catch((error: unknown) => error);
    await retryWhileDown(async () => {
      const { rows } = await store.pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'");
      if (rows.length === 0) throw systemError("57P03");
    });
    expect(isDatabaseDown(await busy)).toBe(true);
    expect((await retryWhileDown(() => store.pool.query("SELECT 1 AS one"))).rows).toEqual([{ one: 1 }]);
  });
});
