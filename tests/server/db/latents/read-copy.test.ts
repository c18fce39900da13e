import { expect, it } from "vitest";
import { withClient } from "@/server/db/latents/own-tables";
import { readCopy } from "@/server/db/latents/read-copy";
import { freshDatabase } from "@/tests/support/database";

const { pool } = await freshDatabase();

it("reads rows whole wherever the chunks that bring them end, with what is null", async () => {
  // From nothing to 1.4 MB a field: rows that share a chunk, and rows that take many.
  const query = "SELECT n, decode(repeat(to_hex(16 + n), n * n * n * 70), 'hex'), NULL FROM generate_series(0, 27) AS n";
  const rows: [number | undefined, number | undefined, boolean, Buffer | null | undefined][] = [];
  await withClient(pool, (client) =>
    readCopy(client, query, ([n, bytes, missing]) => {
      const isUniform = bytes?.every((byte) => byte === 16 + (n?.readInt32BE(0) ?? 0)) ?? false;
      rows.push([n?.readInt32BE(0), bytes?.length, isUniform, missing]);
    }),
  );
  expect(rows).toEqual(Array.from({ length: 28 }, (_, n) => [n, n ** 3 * 70, true, null]));
});

it("reads no rows", async () => {
  let rows = 0;
  await withClient(pool, (client) => readCopy(client, "SELECT 1 WHERE false", () => rows++));
  expect(rows).toBe(0);
});

it("passes on what the database says of a query that fails, and the connections that are left work", async () => {
  await expect(withClient(pool, (client) => readCopy(client, "SELECT 1/0", () => {}))).rejects.toThrow(/division by zero/);
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});
