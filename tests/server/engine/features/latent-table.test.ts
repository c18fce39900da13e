import { describe, expect, it } from "vitest";
import { wilsonInterval } from "@/lib/numbers/intervals";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { exampleList, exampleRows } from "@/server/engine/features/example-list";
import { latentTable, moduleSummary, selectivityOf } from "@/server/engine/features/latent-table";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { plan, withoutUpdate } from "./random-pass";

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
  const kept = withoutUpdate(indices, values, batch.ids.length);
  // Latent 1 alone writes at the first row; at the second, latent 2 writes against it once.
  for (let at = 0; at < batch.ids.length; at++) kept.contributions[2 * at] = 1;
  kept.contributions[2 * place(1, 2) + 1] = -0.5;
  kept.updateSquares.fill(1);
  kept.updateSquares[place(1, 2)] = 0.5;
  const statistics = createCollectionStatistics({ ...plan, numLatents: new Map([["q", 4]]), numDomains: 2 });
  for (const _ of collectActivations(statistics, [{ batch }], () => new Map([["q", kept]]), { maxTokens: Infinity })) {
  }
  const module = statistics.modules.get("q");
  if (module === undefined) throw new Error("the module is gone");
  const table = [...latentTable(statistics, module, (id) => `<${id}>`)];

  it("has a latent's density, mean, extremes, domain and top tokens with their lift", () => {
    expect(table[0]).toMatchObject({
      fireCount: 2,
      density: 2 / 12,
      meanActivation: 3,
      meanSquare: 10,
      maxActivation: 4,
      minActivation: 2,
      selectivity: 1,
      topDomain: 0,
    });
    expect(table[0]?.topTokens).toEqual([{ token: "<9>", count: 2, error: 0, lift: 3 }]);
    expect(table[1]).toMatchObject({ density: 1, selectivity: 0.5 });
    expect(table[1]?.topTokens).toEqual([
      { token: "<4>", count: 8, error: 0, lift: 1 },
      { token: "<9>", count: 4, error: 0, lift: 1 },
    ]);
  });

  it("has the tokens that follow, with their lift over how often they follow any", () => {
    // Of 10 positions with a follower, 6 are followed by 4 and 4 by 9. Latent 2 fires at the third token: 4 follows.
    expect(table[2]?.nextTokens).toEqual([{ token: "<4>", count: 2, error: 0, lift: 10 / 6 }]);
    expect(table[1]?.nextTokens).toEqual([
      { token: "<4>", count: 6, error: 0, lift: 1 },
      { token: "<9>", count: 4, error: 0, lift: 1 },
    ]);
    // Latent 0 fires at the last two tokens of a row: one has no follower.
    expect(table[0]?.nextTokens).toEqual([{ token: "<9>", count: 1, error: 0, lift: 2.5 }]);
  });

  it("has a skewness where activations differ", () => {
    const four = createCollectionStatistics({ ...plan, numLatents: new Map([["q", 1]]) });
    const { batch } = layTokenBatch([{ row: 0, ids: [1, 2, 3, 4], domain: 0 }], 0);
    const kept = withoutUpdate(new Int32Array(4), Float32Array.of(1, 1, 1, 5), 4);
    for (const _ of collectActivations(four, [{ batch }], () => new Map([["q", kept]]), { maxTokens: Infinity })) {
    }
    const [ofFour] = four.modules.values();
    // Of 1, 1, 1, 5: mean 2, variance 3, third moment (−1 −1 −1 + 27) / 4 = 6.
    if (ofFour !== undefined) expect([...latentTable(four, ofFour, String)][0]?.skewness).toBeCloseTo(6 / 3 ** 1.5, 12);
    expect(table[1]?.skewness).toBeNull();
    expect(table[0]?.skewness).toBe(0);
  });

  it("has each latent's share of the module's output, negative where it writes against the rest, 1 in all", () => {
    expect(table.map(({ outputShare }) => outputShare)).toEqual([0, 12 / 11.5, -0.5 / 11.5, 0]);
    expect(table.reduce((sum, { outputShare }) => sum + (outputShare ?? 0), 0)).toBeCloseTo(1, 12);
  });

  it("weighs the size of a share by the bits that a firing tells; what is always on counts as at the density where that begins", () => {
    // Of 12 positions latent 1 fires at all, latent 2 at two; latent 3 is dead.
    expect(table[1]?.specificShare).toBeCloseTo((12 / 11.5) * Math.log2(1 / 0.9), 12);
    expect(table[2]?.specificShare).toBeCloseTo((0.5 / 11.5) * Math.log2(6), 12);
    expect(table[3]?.specificShare).toBeNull();
  });

  it("has no share of an output that is 0", () => {
    const empty = createCollectionStatistics({ ...plan, numLatents: new Map([["q", 1]]) });
    const [module] = empty.modules.values();
    if (module === undefined) throw new Error("the module is gone");
    expect([...latentTable(empty, module, String)][0]?.outputShare).toBeNull();
    expect(moduleSummary(empty, module)).toMatchObject({ updateNorm: null, colourMax: 0 });
  });

  it("takes the rows in which a latent fires, not its firings, for the trials of its selectivity", () => {
    const selective = table.flatMap(({ selectivity, selectivityInterval }, index) =>
      selectivity === null ? [] : [{ selectivity, selectivityInterval, index }],
    );
    expect(selective.length).toBeGreaterThan(0);
    expect(selective.some(({ index }) => (module.rowCount[index] ?? 0) < (module.fireCount[index] ?? 0))).toBe(true);
    for (const { selectivity, selectivityInterval, index } of selective)
      expect(selectivityInterval).toEqual(wilsonInterval(selectivity, module.rowCount[index] ?? 0));
  });

  it("has nulls for a dead latent", () => {
    expect(table[3]).toMatchObject({
      fireCount: 0,
      density: 0,
      meanActivation: null,
      maxActivation: null,
      minActivation: null,
      meanSquare: null,
      skewness: null,
      selectivity: null,
      selectivityInterval: null,
      topDomain: null,
      topTokens: [],
      nextTokens: [],
    });
  });

  it("counts dead latents and those that are always on, and bounds the colours", () => {
    expect(moduleSummary(statistics, module)).toEqual({
      numLatents: 4,
      dead: 1,
      alwaysOn: 1,
      colourMax: 5,
      updateNorm: Math.sqrt(11.5 / 12),
      frozenNorm: 1,
      updateRange: { p50: 1, p99: 1, max: 1 },
    });
  });

  it("balances domains of unequal length", () => {
    expect(selectivityOf([32, 16], [256, 128], 48)).toMatchObject({ selectivity: 0.5, topDomain: 0 });
    expect(selectivityOf([30, 60], [256, 256], 90)).toMatchObject({ selectivity: 2 / 3, topDomain: 1 });
    expect(selectivityOf([30], [300], 30)).toEqual({ selectivity: null, selectivityInterval: null, topDomain: null });
  });

  it("has an interval of the selectivity that narrows with the firings", () => {
    expect(selectivityOf([30, 60], [256, 256], 90).selectivityInterval).toEqual(wilsonInterval(2 / 3, 90));
    const [low = 0, high = 0] = selectivityOf([300, 600], [2560, 2560], 900).selectivityInterval ?? [];
    expect(high - low).toBeLessThan(0.07);
    expect(low < 2 / 3 && high > 2 / 3).toBe(true);
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
