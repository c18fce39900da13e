import { describe, expect, it } from "vitest";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { exampleList, exampleRows } from "@/server/engine/features/example-list";
import { latentTable, moduleSummary, selectivityOf } from "@/server/engine/features/latent-table";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { firingsOf, plan, randomInputs, vocab } from "./random-pass";

const [name = ""] = plan.numLatents.keys();

describe("collectActivations", () => {
  const inputs = randomInputs(20, 23);

  it("sends each input forward once and counts positions, rows, tokens and domains", () => {
    const statistics = createCollectionStatistics(plan);
    let passes = 0;
    const forward = ({ kept }: (typeof inputs)[number]) => {
      passes++;
      return new Map([[name, kept]]);
    };
    const progress = [...collectActivations(statistics, inputs, forward, { maxTokens: Infinity, positionsAtOnce: 200 })];
    const counted = inputs.reduce((sum, { batch }) => sum + batch.counted.reduce((total, one) => total + one, 0), 0);
    expect(passes).toBe(20);
    expect(progress.at(-1)).toEqual({ tokens: counted, rows: 40 });
    expect(statistics.domainTokens.reduce((sum, count) => sum + count, 0)).toBe(counted);
    expect(statistics.tokenCounts.reduce((sum, count) => sum + count, 0)).toBe(counted);
    const fired = statistics.modules.get(name)?.fireCount.reduce((sum, count) => sum + count, 0);
    expect(fired).toBe(firingsOf(inputs).length);
  });

  it("ends after the batch that reaches maxTokens, with that batch added", () => {
    const statistics = createCollectionStatistics(plan);
    let passes = 0;
    const forward = ({ kept }: (typeof inputs)[number]) => {
      passes++;
      return new Map([[name, kept]]);
    };
    const progress = [...collectActivations(statistics, inputs, forward, { maxTokens: 100 })];
    expect(progress).toHaveLength(passes);
    expect(passes).toBeLessThan(20);
    expect(progress.at(-1)?.tokens).toBeGreaterThanOrEqual(100);
    expect(progress.at(-2)?.tokens ?? 0).toBeLessThan(100);
    const fired = statistics.modules.get(name)?.fireCount.reduce((sum, count) => sum + count, 0);
    expect(fired).toBe(firingsOf(inputs.slice(0, passes)).length);
  });

  it("names the module that is missing or has a bad activation", () => {
    const run = (forward: (input: (typeof inputs)[number]) => Map<string, (typeof inputs)[number]["kept"]>) => [
      ...collectActivations(createCollectionStatistics(plan), inputs, forward, { maxTokens: Infinity }),
    ];
    expect(() => run(() => new Map())).toThrow("layers.0.q_proj: the forward pass gave no activations");
    expect(() => run(({ kept }) => new Map([[name, { ...kept, values: kept.values.map(() => Number.NaN) }]]))).toThrow(
      /layers\.0\.q_proj: latent \d+ has activation NaN/,
    );
  });

  it("takes dense components, every one of them a firing", () => {
    const statistics = createCollectionStatistics({ ...plan, numLatents: new Map([["q", 2]]), rank: "magnitude" });
    const { batch } = layTokenBatch([{ row: 0, ids: [1, 2, 3], domain: 0 }], 0);
    const kept = { indices: Int32Array.of(0, 1, 0, 1, 0, 1), values: Float32Array.of(1, -2, 3, -4, -5, 6) };
    for (const _ of collectActivations(statistics, [{ batch }], () => new Map([["q", kept]]), { maxTokens: Infinity })) {
    }
    const module = statistics.modules.get("q");
    expect(module?.fireCount).toEqual(Uint32Array.of(3, 3));
    expect(module?.sum).toEqual(Float64Array.of(-1, 0));
    expect(module?.examples.of(0)[0]).toMatchObject({
      value: -5,
      position: 2,
      offsets: Int8Array.of(-2, -1, 0),
      activations: Float32Array.of(1, 3, -5),
    });
  });

  it("refuses a domain or token outside the plan", () => {
    const run = (ids: number[], domain: number) => {
      const { batch } = layTokenBatch([{ row: 0, ids, domain }], 0);
      return [...collectActivations(createCollectionStatistics(plan), [{ batch }], () => new Map(), { maxTokens: Infinity })];
    };
    expect(() => run([vocab], 0)).toThrow("token id 31 is not in 0…30");
    expect(() => run([1], 3)).toThrow("domain 3 is not in 0…2");
  });
});

describe("what is read from the statistics", () => {
  const ids = [4, 4, 4, 4, 9, 9];
  const rows = [
    { row: 0, ids, domain: 0 },
    { row: 1, ids, domain: 1 },
  ];
  const { batch } = layTokenBatch(rows, 0);
  // Latent 0 fires at token 9 of row 0, latent 1 everywhere, latent 2 at the third token of both rows, latent 3 never.
  const place = (row: number, position: number) => row * ids.length + position;
  const indices = new Int32Array(batch.ids.length * 2);
  const values = new Float32Array(indices.length);
  const fire = (at: number, slot: number, latent: number, value: number) => {
    indices[2 * at + slot] = latent;
    values[2 * at + slot] = value;
  };
  for (let at = 0; at < batch.ids.length; at++) fire(at, 0, 1, 0.5);
  fire(place(0, 4), 1, 0, 2);
  fire(place(0, 5), 1, 0, 4);
  fire(place(0, 2), 1, 2, 3);
  fire(place(1, 2), 1, 2, 5);
  const statistics = createCollectionStatistics({ ...plan, numLatents: new Map([["q", 4]]), numDomains: 2 });
  for (const _ of collectActivations(statistics, [{ batch }], () => new Map([["q", { indices, values }]]), { maxTokens: Infinity })) {
  }
  const module = statistics.modules.get("q");
  if (module === undefined) throw new Error("the module is gone");
  const table = [...latentTable(statistics, module, (id) => `<${id}>`)];

  it("has a latent's density, mean, extremes, domain and top tokens with their lift", () => {
    expect(table[0]).toMatchObject({
      fireCount: 2,
      density: 2 / 12,
      meanActivation: 3,
      maxActivation: 4,
      minActivation: 2,
      selectivity: 1,
      topDomain: 0,
    });
    expect(table[0]?.topTokens).toEqual([{ token: "<9>", count: 2, lift: 3 }]);
    expect(table[1]).toMatchObject({ density: 1, selectivity: 0.5 });
    expect(table[1]?.topTokens).toEqual([
      { token: "<4>", count: 8, lift: 1 },
      { token: "<9>", count: 4, lift: 1 },
    ]);
  });

  it("has nulls for a dead latent", () => {
    expect(table[3]).toMatchObject({
      fireCount: 0,
      density: 0,
      meanActivation: null,
      maxActivation: null,
      minActivation: null,
      selectivity: null,
      topDomain: null,
      topTokens: [],
    });
  });

  it("counts dead latents and those that are always on, and bounds the colours", () => {
    expect(moduleSummary(statistics, module)).toEqual({ numLatents: 4, dead: 1, alwaysOn: 1, colourMax: 5 });
  });

  it("balances domains of unequal length", () => {
    expect(selectivityOf([32, 16], [256, 128])).toEqual({ selectivity: 0.5, topDomain: 0 });
    expect(selectivityOf([30, 60], [256, 256])).toEqual({ selectivity: 2 / 3, topDomain: 1 });
    expect(selectivityOf([30], [300])).toEqual({ selectivity: null, topDomain: null });
  });

  it("folds examples with the same tokens around the peak into the strongest", () => {
    expect(exampleList(module, 2, () => ids)).toEqual([
      {
        row: 1,
        position: 2,
        activation: 5,
        duplicates: 1,
        from: 0,
        to: 6,
        firingPositions: Int32Array.of(2),
        firingActivations: Float32Array.of(5),
      },
    ]);
    expect(exampleList(module, 2, (row) => (row === 0 ? [1, ...ids.slice(1)] : ids))).toHaveLength(2);
    expect(exampleRows([module])).toEqual([0, 1]);
  });
});
