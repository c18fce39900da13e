import { describe, expect, it } from "vitest";
import { collectActivations } from "@/server/engine/features/collect";
import { type CollectionStatistics, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { statisticsOf } from "@/server/engine/features/latent-statistics";
import { mergeCollections } from "@/server/engine/features/merge";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { wholly } from "@/server/engine/tensor/in-parts";
import { withoutUpdate } from "./random-pass";

/** A latent's activations by row of the corpus, one a token; 0 is no firing. */
type Rows = readonly (readonly number[])[];

function pass(rows: Rows, { first = 0, rowsABatch = 1 } = {}): CollectionStatistics {
  const statistics = createCollectionStatistics({ numLatents: new Map([["q", 2]]), numDomains: 1, vocab: 2, rank: "value" });
  const inputs = Array.from({ length: Math.ceil(rows.length / rowsABatch) }, (_, at) => {
    const own = rows.slice(at * rowsABatch, (at + 1) * rowsABatch);
    const laid = own.map((values, index) => ({ row: first + at * rowsABatch + index, ids: values.map(() => 1), domain: 0 }));
    const { batch, width } = layTokenBatch(laid, 0);
    return { batch, values: Float32Array.from(own.flatMap((values) => Array.from({ length: width }, (_, i) => values[i] ?? 0))) };
  });
  const forward = ({ values }: { values: Float32Array }) =>
    new Map([["q", withoutUpdate(new Int32Array(values.length), values, values.length)]]);
  // As few positions at once as a row has, so that batches are added one by one.
  for (const _ of collectActivations(statistics, inputs, forward, { maxTokens: Infinity, positionsAtOnce: 1 })) {
  }
  return statistics;
}

function merged(...parts: CollectionStatistics[]): CollectionStatistics {
  const whole = pass([]);
  for (const part of parts) wholly(mergeCollections(whole, part));
  return whole;
}

function statistic(statistics: CollectionStatistics, latent = 0) {
  const module = statistics.modules.get("q");
  if (module === undefined) throw new Error("the module is gone");
  return statisticsOf({ statistics, module, latent });
}

/** scipy.stats.skew of 2, 8, 0, 4, 1, 9, 9, 0 is 0.2650554122698573, as its documentation has it; moved by a constant it is the same. */
const sample = [2, 8, 0, 4, 1, 9, 9, 0];
const expected = 0.2650554122698573;
const moved = (by: number) => sample.map((value) => value + by);

describe("skewness", () => {
  it("is scipy's biased one", () => {
    expect(statistic(pass([moved(1)])).skewness).toBeCloseTo(expected, 14);
  });

  it("keeps its digits where the mean is a hundred thousand times the spread", () => {
    // Sums of cubes lose all of them there: float32 still holds each of these values exactly.
    for (const by of [2 ** 10, 2 ** 20]) expect(statistic(pass([moved(by)])).skewness).toBeCloseTo(expected, 9);
    const inTwo = merged(pass([moved(2 ** 20).slice(0, 3)]), pass([moved(2 ** 20).slice(3)], { first: 1 }));
    expect(statistic(inTwo).skewness).toBeCloseTo(expected, 9);
  });

  it("is the same however the rows are cut into batches and shards", () => {
    const rows = moved(1).map((value) => [value, 0, value * value]);
    const whole = statistic(pass(rows, { rowsABatch: 8 })).skewness ?? Number.NaN;
    for (const rowsABatch of [1, 3]) expect(statistic(pass(rows, { rowsABatch })).skewness).toBeCloseTo(whole, 13);
    for (const cut of [1, 4, 7]) {
      const parts = [pass(rows.slice(0, cut)), pass(rows.slice(cut), { first: cut })] as const;
      expect(statistic(merged(...parts)).skewness).toBeCloseTo(whole, 13);
      expect(statistic(merged(parts[1], parts[0])).skewness).toBeCloseTo(whole, 13);
    }
  });

  it("is null where all activations are equal, in one shard and over several", () => {
    expect(statistic(pass([[0.1, 0.1, 0.1]])).skewness).toBeNull();
    expect(statistic(merged(pass([[0.1, 0.1, 0.1]]), pass([[0.1], [0.1, 0.1]], { first: 1 }))).skewness).toBeNull();
    expect(statistic(pass([[0.1]]), 1).skewness).toBeNull();
  });
});

describe("the share of rows", () => {
  const rows = [[1, 1, 1], [0, 0], [0, 2, 0, 3], [0]];

  it("counts a row once however often the latent fires there", () => {
    expect(statistic(pass(rows)).rowShare).toBe(2 / 4);
    expect(statistic(pass(rows), 1).rowShare).toBe(0);
  });

  it("is of rows, however they lie in batches and shards", () => {
    expect(statistic(pass(rows, { rowsABatch: 4 })).rowShare).toBe(2 / 4);
    expect(statistic(merged(pass(rows.slice(0, 1)), pass(rows.slice(1), { first: 1 }))).rowShare).toBe(2 / 4);
  });

  it("is 0 before a row was read", () => {
    expect(statistic(pass([])).rowShare).toBe(0);
  });
});
