import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeSafetensors } from "@/server/files/weights/safetensors";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { loadTokenizer } from "@/server/runtime/models/load-tokenizer";
import { readHeldOutRows } from "@/server/runtime/tasks/language-model/held-out-text";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const base = { path: "demo/model", tokenizer: loadTokenizer("demo/model"), model: { config: { vocab: 4096 } } } as BaseModel;
const { signal } = new AbortController();

/** Twelve rows of a text file; `split` names each row's part. */
function texts(split: (row: number) => string | undefined): string {
  const path = join(temporaryFolder(), "texts.jsonl");
  const rows = Array.from({ length: 12 }, (_, row) =>
    JSON.stringify({ text: row === 7 ? "a" : `Row ${row} of the text.`, split: split(row) }),
  );
  writeFileSync(path, rows.join("\n"));
  return path;
}

const mapping = { kind: "text", text: "text", split: "split" } as const;
const common = { kind: "dataSet", useChatTemplate: false, domains: null, validationRows: 4 } as const;

test("rows are those of the validation part, evenly spaced, as many as asked for", async () => {
  const data = { ...common, path: texts((row) => (row % 2 === 0 ? "validation" : "train")), mapping };
  const all = await readHeldOutRows({ data, maxTokens: 16, count: 50, signal }, base);
  expect(all.map(({ row }) => row)).toEqual([0, 2, 4, 6, 8, 10]);
  const some = await readHeldOutRows({ data, maxTokens: 3, count: 3, signal }, base);
  expect(some.map(({ row, ids }) => [row, ids.length])).toEqual([
    [2, 3],
    [6, 3],
    [10, 3],
  ]);
});

test("a row that carries no loss is left out, and data without a held-out part gives none", async () => {
  const path = texts((row) => (row === 7 || row === 8 ? "validation" : "train"));
  const found = await readHeldOutRows({ data: { ...common, path, mapping }, maxTokens: 16, count: 50, signal }, base);
  const short = await readHeldOutRows({ data: { ...common, path, mapping }, maxTokens: 1, count: 50, signal }, base);
  expect(found.map(({ row }) => row)).toContain(8);
  expect(short).toEqual([]);
  const trainAlone = { ...common, path: texts(() => undefined), mapping: { kind: "text", text: "text" } as const, validationRows: 0 };
  expect(await readHeldOutRows({ data: trainAlone, maxTokens: 16, count: 50, signal }, base)).toEqual([]);
});

test("of rows of token ids the file of held-out rows is read", async () => {
  const path = join(temporaryFolder(), "held-out.safetensors");
  const ids = { shape: [3, 2], data: Int32Array.of(1, 2, 3, 4, 5, 6) };
  const labels = { shape: [3, 2], data: Int32Array.of(1, 2, -100, -100, 5, 6) };
  const mask = { shape: [3, 2], data: Int32Array.of(1, 1, 1, 1, 1, 1) };
  writeSafetensors(path, { input_ids: ids, labels, attention_mask: mask });
  const data = { kind: "tokenRows", path: "unread", validationPath: path } as const;
  const rows = await readHeldOutRows({ data, maxTokens: 16, count: 50, signal }, base);
  expect(rows.map(({ row, ids: own }) => [row, ...own])).toEqual([
    [0, 1, 2],
    [2, 5, 6],
  ]);
  expect(await readHeldOutRows({ data: { kind: "tokenRows", path }, maxTokens: 16, count: 50, signal }, base)).toEqual([]);
});
