import { describe, expect, it } from "vitest";
import { accumulate, createWorkspace } from "@/server/engine/features/accumulate";
import {
  createModuleStatistics,
  histogramOf,
  type ModuleStatistics,
  type StatisticsShape,
} from "@/server/engine/features/module-statistics";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { windowAfter, windowBefore } from "@/server/engine/features/top-examples";
import { firingsOf, numDomains, numLatents, type RandomInput, randomInputs, vocab } from "./random-pass";

const shape: StatisticsShape = { numLatents, numDomains, vocab, examples: 5, rank: "value", tokens: { kind: "exact" } };

function accumulated(inputs: readonly RandomInput[], changes: Partial<StatisticsShape> = {}): ModuleStatistics {
  const statistics = createModuleStatistics({ ...shape, ...changes });
  const workspace = createWorkspace();
  for (const { batch, kept } of inputs) accumulate(statistics, batch, kept, workspace);
  return statistics;
}

const latents = Array.from({ length: numLatents }, (_, latent) => latent);

describe("accumulate", () => {
  const inputs = randomInputs(40, 7);
  const firings = firingsOf(inputs);
  const statistics = accumulated(inputs);
  const of = (latent: number) => firings.filter((firing) => firing.latent === latent);

  it("counts and sums what a plain loop over all firings does", () => {
    for (const latent of latents) {
      const values = of(latent).map(({ value }) => value);
      expect(statistics.fireCount[latent]).toBe(values.length);
      expect(statistics.sum[latent]).toBeCloseTo(
        values.reduce((sum, value) => sum + value, 0),
        9,
      );
      expect(statistics.sumSquares[latent]).toBeCloseTo(
        values.reduce((sum, value) => sum + value ** 2, 0),
        9,
      );
      expect(statistics.sumCubes[latent]).toBeCloseTo(
        values.reduce((sum, value) => sum + value ** 3, 0),
        9,
      );
      expect(statistics.max[latent]).toBe(Math.max(...values));
      expect(statistics.min[latent]).toBe(Math.min(...values));
    }
  });

  it("counts half octaves apart for either sign", () => {
    for (const latent of latents) {
      const expected = new Uint32Array(128);
      for (const { value } of of(latent)) {
        const bin = Math.floor(2 * Math.log2(Math.abs(value))) + 32 + (value < 0 ? 64 : 0);
        expected[bin] = (expected[bin] ?? 0) + 1;
      }
      expect(histogramOf(statistics, latent)).toEqual(expected);
    }
  });

  it("counts domains and tokens", () => {
    for (const latent of latents) {
      for (let domain = 0; domain < numDomains; domain++) {
        expect(statistics.domainCounts[latent * numDomains + domain]).toBe(of(latent).filter((firing) => firing.domain === domain).length);
      }
      for (const { token, count, error } of statistics.tokens.top(latent, vocab)) {
        expect([count, error]).toEqual([of(latent).filter((firing) => firing.token === token).length, 0]);
      }
    }
  });

  it("keeps the highest activation of the five strongest rows, of equal ones the lower row and position", () => {
    for (const latent of latents) {
      const sorted = of(latent).sort((a, b) => b.value - a.value || a.row - b.row || a.position - b.position);
      const distinct = sorted.filter(({ row }, at) => sorted.findIndex((other) => other.row === row) === at).slice(0, 5);
      const kept = statistics.examples.of(latent).map(({ value, row, position }) => ({ value, row, position }));
      expect(kept).toEqual(distinct.map(({ value, row, position }) => ({ value, row, position })));
    }
  });

  it("keeps the latent's activations in the window of each example", () => {
    for (const latent of latents) {
      for (const example of statistics.examples.of(latent)) {
        const expected = of(latent)
          .filter(
            ({ row, position }) =>
              row === example.row && position >= example.position - windowBefore && position <= example.position + windowAfter,
          )
          .map(({ position, value }) => [position - example.position, value]);
        expect(Array.from(example.offsets, (offset, at) => [offset, example.activations[at]])).toEqual(expected);
      }
    }
  });

  it("ranks by magnitude where the components are signed", () => {
    const signed = accumulated(inputs, { rank: "magnitude" });
    for (const latent of latents) {
      const sorted = of(latent).sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.row - b.row || a.position - b.position);
      expect(signed.examples.of(latent)[0]).toMatchObject({ value: sorted[0]?.value, row: sorted[0]?.row, position: sorted[0]?.position });
    }
  });

  it("permutes its numbers when the latents are permuted", () => {
    const moved = (latent: number) => (latent * 5 + 2) % numLatents;
    const permuted = accumulated(inputs.map(({ batch, kept }) => ({ batch, kept: { ...kept, indices: kept.indices.map(moved) } })));
    for (const latent of latents) {
      expect(permuted.fireCount[moved(latent)]).toBe(statistics.fireCount[latent]);
      expect(permuted.sum[moved(latent)]).toBe(statistics.sum[latent]);
      expect(histogramOf(permuted, moved(latent))).toEqual(histogramOf(statistics, latent));
      expect(permuted.examples.of(moved(latent))).toEqual(statistics.examples.of(latent));
    }
  });

  it("leaves a latent that never fires empty", () => {
    const statistics = accumulated(
      [randomInputs(1, 3)[0]].flatMap((input) =>
        input ? [{ ...input, kept: { indices: input.kept.indices.map(() => 2), values: input.kept.values } }] : [],
      ),
    );
    expect([statistics.fireCount[0], statistics.max[0], statistics.min[0], statistics.examples.of(0)]).toEqual([
      0,
      -Infinity,
      Infinity,
      [],
    ]);
    expect(histogramOf(statistics, 0).every((count) => count === 0)).toBe(true);
  });

  it("leaves out positions that do not count", () => {
    const rows = [{ row: 4, ids: [9, 8, 7], domain: 0 }];
    const { batch } = layTokenBatch(rows, 0, (_, position) => position > 0);
    const kept = { indices: Int32Array.of(1, 1, 1), values: Float32Array.of(9, 2, 3) };
    const statistics = accumulated([{ batch, kept }]);
    expect([statistics.fireCount[1], statistics.sum[1], statistics.max[1]]).toEqual([2, 5, 3]);
  });

  it("refuses an activation that is not finite, and a latent that does not exist, naming them", () => {
    const { batch } = layTokenBatch([{ row: 4, ids: [9, 8], domain: 0 }], 0);
    const run = (indices: number[], values: number[]) =>
      accumulated([{ batch, kept: { indices: Int32Array.from(indices), values: Float32Array.from(values) } }]);
    expect(() => run([1, 1], [1, Number.NaN])).toThrow("latent 1 has activation NaN at row 4, token 1");
    expect(() => run([1, 1], [Number.POSITIVE_INFINITY, 1])).toThrow("latent 1 has activation Infinity at row 4, token 0");
    expect(() => run([1, numLatents], [1, 1])).toThrow("latent 13 is not in 0…12");
    expect(() => run([1, 1, 1], [1, 1, 1])).toThrow("3 indices and 3 values do not fit 2 positions");
  });
});
