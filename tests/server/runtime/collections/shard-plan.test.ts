import { expect, test } from "vitest";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { planShards } from "@/server/runtime/collections/shard-plan";
import { type ImageDataRow, tokensOf } from "@/server/runtime/rows/read-row";
import type { TokenRow } from "@/server/runtime/rows/token-row";

const settings = { batchRows: 2, shardTokens: 1000, countSpecialTokens: true };
const base = { tokenizer: null };

/** A row whose ids are 1, 2, 3 …, of this length. */
function row(number: number, length: number, domain: string | null = null): TokenRow {
  const ids = Int32Array.from({ length }, (_, at) => at + 1);
  return { row: number, ids, labels: ids, domain };
}

const lengths = [7, 3, 5, 2, 11, 3, 2, 13, 5, 3];
const rows = lengths.map((length, number) => row(number, length, number % 2 === 0 ? "sea" : "land"));

test("all rows lie in one shard when they are fewer than a shard takes", () => {
  const plan = planShards(rows, settings, base);
  expect(plan.shards.map(({ tokens }) => tokens)).toEqual([54]);
  expect([plan.tokens, plan.domains]).toEqual([54, ["land", "sea"]]);
});

test("shards are of about one size, and no forward pass lies in two of them", () => {
  const { shards } = planShards(rows, { ...settings, shardTokens: 18 }, base);
  // Passes of two rows by length: 2+2, 3+3, 3+5, 5+7, 11+13.
  expect(shards.map((shard) => shard.rows.map((row) => tokensOf(row).length))).toEqual([
    [2, 2, 3, 3, 3, 5],
    [5, 7, 11, 13],
  ]);
  expect(shards.flatMap((shard) => shard.rows.map(({ row: number }) => number)).sort((a, b) => a - b)).toEqual([...lengths.keys()]);
  expect(shards.every((shard, at) => at === shards.length - 1 || shard.rows.length % 2 === 0)).toBe(true);
});

test("the plan does not depend on the order in which rows were read, its fingerprint on every token of them", () => {
  const small = { ...settings, shardTokens: 18 };
  const plan = planShards(rows, small, base);
  const again = planShards(rows.toReversed(), small, base);
  expect(again.shards).toEqual(plan.shards);
  expect(again.fingerprint).toBe(plan.fingerprint);
  const changed = rows.map((one) => ({ ...one, ids: one.ids.slice() }));
  (changed[4] as TokenRow).ids[6] = 99;
  for (const other of [
    planShards(changed, small, base),
    planShards(rows, { ...small, batchRows: 3 }, base),
    planShards(rows, { ...small, shardTokens: 27 }, base),
    planShards(rows, { ...small, countSpecialTokens: false }, base),
    planShards(
      rows.map((one) => ({ ...one, domain: null })),
      small,
      base,
    ),
  ]) {
    expect(other.fingerprint).not.toBe(plan.fingerprint);
  }
});

test("special tokens are left out of the count when the collection says so", () => {
  const tokenizer = { isSpecial: (id: number): boolean => id === 1 } as Tokenizer;
  const counted = planShards(rows, settings, { tokenizer });
  const left = planShards(rows, { ...settings, countSpecialTokens: false }, { tokenizer });
  expect([counted.tokens, left.tokens]).toEqual([54, 44]);
  expect([1, 2].map((id) => left.isCounted(id))).toEqual([false, true]);
});

test("examples of images reach over all of an image, those of a text over a part of it", () => {
  const image = { height: 120, width: 120, channels: 3 as const, pixels: new Float32Array(0) };
  const row: ImageDataRow = { image, tokens: 401, domain: null, label: null, row: 0 };
  expect(planShards([row], settings, base).window).toEqual({ before: 400, after: 400 });
  expect(planShards(rows, settings, base).window).toEqual({ before: 24, after: 16 });
});
