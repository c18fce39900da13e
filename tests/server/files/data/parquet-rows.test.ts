import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { beforeEach, expect, it, vi } from "vitest";
import { parquetRows } from "@/server/files/data/parquet-rows";
import { FileError } from "@/server/files/file-error";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const decoded = vi.hoisted(() => ({ pages: 0 }));
vi.mock("node:zlib", async (original) => {
  const zlib = await original<typeof import("node:zlib")>();
  return {
    ...zlib,
    gunzipSync: (...input: Parameters<typeof zlib.gunzipSync>) => {
      decoded.pages++;
      return zlib.gunzipSync(...input);
    },
  };
});

const rows = 60_000;
const texts = Array.from({ length: rows }, (_, n) => `${n} ${"x".repeat(600)}`);
const pagesOfTexts = 36;

beforeEach(() => {
  decoded.pages = 0;
});

it("a page of a large row group is decoded once, or twice where two slices meet in it", async () => {
  let place = 0;
  for await (const row of parquetRows(written({ rowGroupSize: rows }))) {
    if (row["text"] !== texts[place] || row["n"] !== place) throw new Error(`row ${place} is ${JSON.stringify(row).slice(0, 80)}`);
    place++;
  }
  expect(place).toBe(rows);
  expect(decoded.pages).toBeGreaterThanOrEqual(pagesOfTexts);
  expect(decoded.pages).toBeLessThan(2 * pagesOfTexts);
});

it("the process does other things meanwhile", async () => {
  let rounds = 0;
  let isOver = false;
  const turn = () => {
    rounds++;
    if (!isOver) setImmediate(turn);
  };
  turn();
  for await (const _ of parquetRows(written({ rowGroupSize: rows })));
  isOver = true;
  expect(rounds).toBeGreaterThan(rows / 3000);
});

it("columns that are not needed are not decoded", async () => {
  let count = 0;
  for await (const row of parquetRows(written({ rowGroupSize: rows }), { columns: ["n", "none"] })) {
    expect(Object.keys(row)).toEqual(["n"]);
    count++;
  }
  expect(count).toBe(rows);
  expect(decoded.pages).toBeLessThan(4);
});

it("only the row groups up to the last row that is wanted are decoded", async () => {
  for await (const row of parquetRows(written({ rowGroupSize: 10_000 }))) if (row["n"] === 100) break;
  expect(decoded.pages).toBeLessThan(pagesOfTexts / 3);
});

it("rows are counted where none of the columns exists", async () => {
  let count = 0;
  for await (const _ of parquetRows(written({ rowGroupSize: 10_000 }), { columns: ["none"] })) count++;
  expect(count).toBe(rows);
});

const gzip = (page: Uint8Array) => gzipSync(page, { level: 1 });

function written({ rowGroupSize }: { rowGroupSize: number }): string {
  const path = join(temporaryFolder(), "a.parquet");
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: "text", data: texts, type: "STRING", encoding: "PLAIN" },
      { name: "n", data: Int32Array.from(texts.keys()), type: "INT32", encoding: "PLAIN" },
    ],
    rowGroupSize,
    codec: "GZIP",
    compressors: { GZIP: gzip },
  });
  writeFileSync(path, Buffer.from(bytes));
  return path;
}

it("damage anywhere in the footer is either harmless or refused in words that say so", async () => {
  const whole = Buffer.from(parquetWriteBuffer({ columnData: [{ name: "text", data: ["one", "two"] }] }));
  const path = join(temporaryFolder(), "damaged.parquet");
  const messages: string[] = [];
  const changes = [0xff, ...Array.from({ length: 8 }, (_, bit) => 1 << bit)];
  for (let change = 0; change < changes.length * (whole.length - 8); change++) {
    const bytes = Buffer.from(whole);
    const at = 4 + Math.floor(change / changes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (changes[change % changes.length] ?? 0);
    writeFileSync(path, bytes);
    try {
      for await (const _ of parquetRows(path));
    } catch (error) {
      messages.push(error instanceof FileError ? error.message : `unforeseen: ${String(error)}`);
    }
  }
  expect(messages.length).toBeGreaterThan(20);
  expect(messages.filter((message) => /unforeseen|Cannot read|of undefined|DataView|typed array/.test(message))).toEqual([]);
});

it("a date beyond those that JavaScript has is null", async () => {
  const path = join(temporaryFolder(), "dates.parquet");
  const bytes = parquetWriteBuffer({
    schema: [
      { name: "root", num_children: 1 },
      { name: "at", type: "INT64", converted_type: "TIMESTAMP_MILLIS", repetition_type: "REQUIRED" },
    ],
    columnData: [{ name: "at", data: [0n, 2n ** 63n - 1n] }],
  });
  writeFileSync(path, Buffer.from(bytes));
  const found = [];
  for await (const row of parquetRows(path)) found.push(row["at"]);
  expect(found).toEqual(["1970-01-01T00:00:00.000Z", null]);
});
