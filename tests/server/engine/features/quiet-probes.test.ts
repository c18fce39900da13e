import { describe, expect, it } from "vitest";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { chooseProbes, quietProbes } from "@/server/engine/features/quiet-probes";
import { firingsOf, numLatents, plan, type RandomInput, randomInputs } from "./random-pass";

const [name = ""] = plan.numLatents.keys();
const inputs = randomInputs(60, 41);
const lengths = Array.from({ length: 120 }, (_, row) => {
  const batch = inputs.find(({ batch: { rows } }) => rows.includes(row))?.batch;
  return batch === undefined ? 0 : batch.rows.reduce((sum, own, place) => sum + (own === row ? (batch.counted[place] ?? 0) : 0), 0);
});
const rows = lengths.map((length, row) => ({ row, ids: new Int32Array(length) }));

describe("chooseProbes", () => {
  const probes = chooseProbes(rows, 7);

  it("gives 64 windows of distinct rows, within them and no longer than an example's", () => {
    expect(probes).toHaveLength(64);
    expect(new Set(probes.map(({ row }) => row)).size).toBe(64);
    for (const { row, from, to } of probes) {
      expect(from >= 0 && from < to && to <= (lengths[row] ?? 0) && to - from <= 41).toBe(true);
    }
  });

  it("gives the same for the same seed, in whatever order the rows come, and others for another", () => {
    expect(chooseProbes([...rows].reverse(), 7)).toEqual(probes);
    expect(chooseProbes(rows, 8)).not.toEqual(probes);
  });

  it("takes all rows of a small corpus, but empty ones", () => {
    const few = [
      { row: 3, ids: [1, 2] },
      { row: 4, ids: [] },
      { row: 5, ids: [1] },
    ];
    expect(
      chooseProbes(few, 0)
        .map(({ row, from, to }) => [row, from, to])
        .sort(),
    ).toEqual([
      [3, 0, 2],
      [5, 0, 1],
    ]);
  });
});

describe("quietProbes", () => {
  // Windows of three tokens, so that latents that fire at 3 of 13 positions are quiet in some.
  const probes = chooseProbes(rows, 7).map(({ row, from, to }) => ({ row, from, to: Math.min(from + 3, to) }));

  function collected(part: readonly RandomInput[]) {
    const statistics = createCollectionStatistics({ ...plan, probes });
    for (const _ of collectActivations(statistics, part, ({ kept }) => new Map([[name, kept]]), { maxTokens: Infinity })) {
    }
    const module = statistics.modules.get(name);
    if (module === undefined) throw new Error("the module is gone");
    return module;
  }

  it("are the first windows in which the latent never fires", () => {
    const module = collected(inputs);
    const firings = firingsOf(inputs);
    for (let latent = 0; latent < numLatents; latent++) {
      const quiet = probes.flatMap(({ row, from, to }, probe) =>
        firings.some((each) => each.latent === latent && each.row === row && each.position >= from && each.position < to) ? [] : [probe],
      );
      expect(quiet.length).toBeGreaterThan(6);
      expect(quiet.length).toBeLessThan(64);
      expect(quietProbes(module, latent)).toEqual(quiet.slice(0, 6));
      expect(quietProbes(module, latent, 64)).toEqual(quiet);
    }
  });

  it("leave out windows that the pass has not read", () => {
    const module = collected(inputs.slice(0, 30));
    const read = new Set(probes.flatMap(({ row }, probe) => (row < 60 ? [probe] : [])));
    expect(read.size).toBeLessThan(64);
    for (let latent = 0; latent < numLatents; latent++)
      for (const probe of quietProbes(module, latent, 64)) expect(read.has(probe)).toBe(true);
  });

  it("are at most 64", () => {
    const tooMany = Array.from({ length: 65 }, (_, row) => ({ row, from: 0, to: 1 }));
    expect(() => createCollectionStatistics({ ...plan, probes: tooMany })).toThrow("65 probes are more than 64");
  });
});
