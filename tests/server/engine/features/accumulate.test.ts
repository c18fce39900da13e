import { describe, expect, it } from "vitest";
import { accumulate, createWorkspace } from "@/server/engine/features/accumulate";
import { type CollectionPlan, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import type { KeptExample } from "@/server/engine/features/examples/kept-positions";
import { textWindow } from "@/server/engine/features/examples/window-arena";
import type { ModuleStatistics } from "@/server/engine/features/module-statistics";
import { prepareBatch } from "@/server/engine/features/prepared-batch";
import { positionHash } from "@/server/engine/features/samples/position-hash";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { firingsOf, numDomains, numLatents, plan, type RandomInput, randomInputs, vocab, withoutUpdate } from "./random-pass";

function accumulated(inputs: readonly RandomInput[], changes: Partial<CollectionPlan> = {}): ModuleStatistics {
  const statistics = createCollectionStatistics({ ...plan, ...changes });
  const [module] = statistics.modules.values();
  if (module === undefined) throw new Error("the plan has no module");
  const workspace = createWorkspace();
  for (const { batch, kept } of inputs) accumulate(module, prepareBatch(statistics, batch), kept, workspace);
  return module;
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
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(statistics.moments.second[latent]).toBeCloseTo(
        values.reduce((sum, value) => sum + (value - mean) ** 2, 0),
        9,
      );
      expect(statistics.moments.third[latent]).toBeCloseTo(
        values.reduce((sum, value) => sum + (value - mean) ** 3, 0),
        9,
      );
      expect(statistics.rowCount[latent]).toBe(new Set(of(latent).map(({ row }) => row)).size);
      expect(statistics.max[latent]).toBe(Math.max(...values));
      expect(statistics.min[latent]).toBe(Math.min(...values));
    }
  });

  it("adds up what each latent contributes to the update, and the squares of update and frozen output", () => {
    for (const latent of latents) {
      expect(statistics.contributions[latent]).toBeCloseTo(
        of(latent).reduce((sum, { contribution }) => sum + contribution, 0),
        9,
      );
    }
    const squares = inputs.map(({ batch, kept }) => {
      const counted = (values: Float32Array) => values.reduce((sum, value, place) => sum + (batch.counted[place] === 1 ? value : 0), 0);
      return [counted(kept.updateSquares), counted(kept.baseSquares)] as const;
    });
    expect(statistics.squares[0]).toBeCloseTo(
      squares.reduce((sum, [ofUpdate]) => sum + ofUpdate, 0),
      9,
    );
    expect(statistics.squares[1]).toBe(squares.reduce((sum, [, ofBase]) => sum + ofBase, 0));
  });

  it("counts half octaves apart for either sign", () => {
    for (const latent of latents) {
      const expected = new Uint32Array(128);
      for (const { value } of of(latent)) {
        const bin = Math.floor(2 * Math.log2(Math.abs(value))) + 32 + (value < 0 ? 64 : 0);
        expected[bin] = (expected[bin] ?? 0) + 1;
      }
      expect(statistics.bins.of(latent)).toEqual(expected);
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

  it("counts the tokens that follow, where one follows", () => {
    for (const latent of latents) {
      const followed = of(latent).filter(({ follower }) => follower >= 0);
      expect(statistics.followedCount[latent]).toBe(followed.length);
      expect(followed.length).toBeLessThan(of(latent).length);
      const found = statistics.nextTokens.top(latent, vocab);
      expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(followed.length);
      for (const { token, count, error } of found) {
        expect([count, error]).toEqual([followed.filter(({ follower }) => follower === token).length, 0]);
      }
    }
  });

  it("keeps of each half octave the firings whose positions have the smallest hashes, with their windows", () => {
    const seeded = accumulated(inputs, { seed: 5, samplesPerBin: 3 });
    let full = 0;
    for (const latent of latents) {
      for (const isNegative of [false, true]) {
        const start = seeded.bins.find(latent, isNegative);
        for (let bin = 0; bin < 64; bin++) {
          const inBin = of(latent)
            .filter(({ value }) => value < 0 === isNegative && Math.floor(2 * Math.log2(Math.abs(value))) + 32 === bin)
            .map((firing) => ({ ...firing, hash: positionHash(5, firing.row, firing.position) }))
            .sort((a, b) => a.hash - b.hash);
          if (inBin.length > 3) full++;
          const kept = Array.from(start < 0 ? [] : seeded.samples.slotsOf(start + bin), (slot) => seeded.samples.kept.read(slot));
          expect(kept.map(({ value, row, position }) => [value, row, position])).toEqual(
            inBin.slice(0, 3).map(({ value, row, position }) => [value, row, position]),
          );
          for (const example of kept) expectWindow(example, of(latent));
        }
      }
    }
    expect(full).toBeGreaterThan(20);
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
    for (const latent of latents) for (const example of statistics.examples.of(latent)) expectWindow(example, of(latent));
  });

  it("keeps the strongest of each sign where the components are signed", () => {
    const signed = accumulated(inputs, { rank: "magnitude" });
    for (const latent of latents) {
      const sorted = of(latent).sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.row - b.row || a.position - b.position);
      const [positive, negative] = [sorted.find(({ value }) => value > 0), sorted.find(({ value }) => value < 0)];
      const strongest = ({ value, row, position }: { value: number; row: number; position: number }) => ({ value, row, position });
      expect(signed.examples.of(latent).map(strongest)[0]).toEqual(positive && strongest(positive));
      expect(signed.lowExamples?.of(latent).map(strongest)[0]).toEqual(negative && strongest(negative));
    }
  });

  it("permutes its numbers when the latents are permuted", () => {
    const moved = (latent: number) => (latent * 5 + 2) % numLatents;
    const permuted = accumulated(inputs.map(({ batch, kept }) => ({ batch, kept: { ...kept, indices: kept.indices.map(moved) } })));
    for (const latent of latents) {
      expect(permuted.fireCount[moved(latent)]).toBe(statistics.fireCount[latent]);
      expect(permuted.sum[moved(latent)]).toBe(statistics.sum[latent]);
      expect(permuted.bins.of(moved(latent))).toEqual(statistics.bins.of(latent));
      expect(permuted.examples.of(moved(latent))).toEqual(statistics.examples.of(latent));
    }
  });

  it("leaves a latent that never fires empty", () => {
    const statistics = accumulated(
      [randomInputs(1, 3)[0]].flatMap((input) =>
        input ? [{ ...input, kept: { ...input.kept, indices: input.kept.indices.map(() => 2) } }] : [],
      ),
    );
    expect([statistics.fireCount[0], statistics.max[0], statistics.min[0], statistics.examples.of(0)]).toEqual([
      0,
      -Infinity,
      Infinity,
      [],
    ]);
    expect(statistics.bins.of(0).every((count) => count === 0)).toBe(true);
  });

  it("leaves out positions that do not count", () => {
    const rows = [{ row: 4, ids: [9, 8, 7], domain: 0 }];
    const { batch } = layTokenBatch(rows, 0, (_, position) => position > 0);
    const kept = withoutUpdate(Int32Array.of(1, 1, 1), Float32Array.of(9, 2, 3), 3);
    const statistics = accumulated([{ batch, kept }]);
    expect([statistics.fireCount[1], statistics.sum[1], statistics.max[1]]).toEqual([2, 5, 3]);
  });

  it("refuses an update that is not finite, and squares of other positions", () => {
    const { batch } = layTokenBatch([{ row: 4, ids: [9, 8], domain: 0 }], 0);
    const kept = withoutUpdate(Int32Array.of(1, 2), Float32Array.of(1, 1), 2);
    const run = (updateSquares: number[]) => accumulated([{ batch, kept: { ...kept, updateSquares: Float32Array.from(updateSquares) } }]);
    expect(() => run([1, Number.NaN])).toThrow("the update or the frozen output is not finite at row 4, position 1");
    expect(() => run([1, 1, 1])).toThrow("squares of 3 and 2 positions do not fit 2 positions");
  });

  it("refuses an activation that is not finite, and a latent that does not exist, naming them", () => {
    const { batch } = layTokenBatch([{ row: 4, ids: [9, 8], domain: 0 }], 0);
    const run = (indices: number[], values: number[]) =>
      accumulated([{ batch, kept: withoutUpdate(Int32Array.from(indices), Float32Array.from(values), 2) }]);
    expect(() => run([1, 1], [1, Number.NaN])).toThrow("latent 1 has activation NaN at row 4, position 1");
    expect(() => run([1, 1], [Number.POSITIVE_INFINITY, 1])).toThrow("latent 1 has activation Infinity at row 4, position 0");
    expect(() => run([1, numLatents], [1, 1])).toThrow("latent 13 is not in 0…12");
    expect(() => run([1, 1, 1], [1, 1, 1])).toThrow("3 indices and 3 values do not fit 2 positions");
  });
});

function expectWindow(example: KeptExample, firings: ReturnType<typeof firingsOf>): void {
  const expected = firings
    .filter(
      ({ row, position }) =>
        row === example.row && position >= example.position - textWindow.before && position <= example.position + textWindow.after,
    )
    .map(({ position, value }) => [position - example.position, value]);
  expect(Array.from(example.offsets, (offset, at) => [offset, example.activations[at]])).toEqual(expected);
}
