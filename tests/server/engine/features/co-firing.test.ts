import { describe, expect, it } from "vitest";
import { coFiring, coFiringSampled } from "@/server/engine/features/co-firing";
import { collectActivations } from "@/server/engine/features/collect";
import { type CollectionPlan, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { positionHash } from "@/server/engine/features/samples/position-hash";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { firingsOf, k, numLatents, plan, randomInputs, withoutUpdate } from "./random-pass";

const [name = ""] = plan.numLatents.keys();
/** Latents whose number leaves what the token leaves, divided by 3, fire together; others but rarely. */
const inputs = randomInputs(40, 29).map(({ batch, kept }) => {
  const isAlike = (at: number) => ((kept.indices[at] ?? 0) - (batch.ids[Math.floor(at / k)] ?? 0)) % 3 === 0;
  return { batch, kept: { ...kept, values: kept.values.map((value, at) => (isAlike(at) || at % 11 === 0 ? value : 0)) } };
});
const firings = firingsOf(inputs);

function collected(changes: Partial<CollectionPlan>) {
  const statistics = createCollectionStatistics({ ...plan, ...changes });
  for (const _ of collectActivations(statistics, inputs, ({ kept }) => new Map([[name, kept]]), {
    maxTokens: Infinity,
    positionsAtOnce: 99,
  })) {
  }
  return statistics;
}

/** Of the given positions, those where each latent fires. */
function plainly(isSampled: (row: number, position: number) => boolean, total: number) {
  const places = Array.from({ length: numLatents }, (_, latent) => {
    const own = firings.filter((each) => each.latent === latent && isSampled(each.row, each.position));
    return new Set(own.map(({ row, position }) => `${row}:${position}`));
  });
  return places.map((own, latent) =>
    places
      .flatMap((others, index) => {
        const together = [...own].filter((place) => others.has(place)).length;
        if (index === latent || together < 3) return [];
        const [p12, p1, p2] = [together / total, own.size / total, others.size / total];
        const value = Math.log(p12 / (p1 * p2)) / -Math.log(p12);
        return value > 0 ? [{ index, value, together }] : [];
      })
      .sort((a, b) => b.value - a.value || b.together - a.together || a.index - b.index),
  );
}

describe("coFiring", () => {
  it("has the highest normalised information over all positions where they fit", () => {
    const statistics = collected({});
    const total = inputs.reduce((sum, { batch }) => sum + batch.counted.reduce((all, one) => all + one, 0), 0);
    expect(coFiringSampled(statistics)).toBe(total);
    const expected = plainly(() => true, total);
    const found = coFiring(statistics, name);
    for (let latent = 0; latent < numLatents; latent++) {
      const list = found(latent);
      expect(list.map(({ index, together }) => [index, together])).toEqual(
        (expected[latent] ?? []).slice(0, 8).map(({ index, together }) => [index, together]),
      );
      list.forEach(({ value }, at) => {
        expect(value).toBeCloseTo(expected[latent]?.[at]?.value ?? Number.NaN, 12);
      });
    }
    expect(expected.flat().length).toBeGreaterThan(20);
  });

  it("samples positions by their hash, at most as many as set and at least half, where they do not fit", () => {
    const statistics = collected({ seed: 9, coFiringPositions: 200 });
    const sampled = coFiringSampled(statistics);
    expect(sampled).toBeGreaterThan(100);
    expect(sampled).toBeLessThanOrEqual(200);
    const { limit } = statistics.sample;
    const isSampled = (row: number, position: number) => positionHash(9, row, position) < limit;
    expect(coFiring(statistics, name, 99)(2).map(({ index, together }) => [index, together])).toEqual(
      (plainly(isSampled, sampled)[2] ?? []).map(({ index, together }) => [index, together]),
    );
  });

  it("is 1 for two that fire at the same positions alone, and says nothing of what fires everywhere", () => {
    const { batch } = layTokenBatch([{ row: 0, ids: new Array<number>(10).fill(1), domain: 0 }], 0);
    // Latent 0 fires everywhere; 1 and 2 at the first four positions, 3 and 4 at the others; 5 with 1 twice.
    const indices = Int32Array.from({ length: 30 }, (_, at) => [0, at < 12 ? 1 : 3, at < 12 ? 2 : 4][at % 3] ?? 0);
    indices[0] = 5;
    indices[3] = 5;
    const statistics = createCollectionStatistics(plan);
    const kept = withoutUpdate(indices, new Float32Array(30).fill(2), 10);
    for (const _ of collectActivations(statistics, [{ batch }], () => new Map([[name, kept]]), { maxTokens: Infinity })) {
    }
    const found = coFiring(statistics, name);
    expect(found(1)).toEqual([{ index: 2, value: 1, together: 4 }]);
    expect(found(3).map(({ index }) => index)).toEqual([4, 0]);
    expect(found(5)).toEqual([]);
    expect(found(12)).toEqual([]);
  });

  it("is not counted for dense components, nor if no positions are requested", () => {
    const dense = collected({ rank: "magnitude" });
    expect([coFiringSampled(dense), coFiring(dense, name)(0)]).toEqual([0, []]);
    const none = collected({ coFiringPositions: 0 });
    expect([coFiringSampled(none), coFiring(none, name)(0)]).toEqual([0, []]);
    expect(() => coFiring(none, "k_proj")).toThrow("k_proj has no statistics");
  });
});
