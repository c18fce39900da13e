import { describe, expect, it } from "vitest";
import { rankingOf } from "@/lib/numbers/metrics/ranking";
import { Random } from "@/lib/numbers/random";
import { rankingInterval } from "@/lib/numbers/statistics/ranking-interval";

function normals(count: number, mean: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => mean + random.nextNormal());
}

describe("The interval of a ranking", () => {
  it("covers the true AUROC in about 95 of 100 samples", () => {
    // Two normals whose means are one standard deviation apart: Φ(1 / √2).
    const truth = 0.7602;
    const random = new Random(1);
    let covered = 0;
    for (let sample = 0; sample < 200; sample++) {
      const { auroc } = rankingInterval(normals(40, 1, random), normals(40, 0, random), { resamples: 300, seed: sample });
      if (auroc[0] <= truth && truth <= auroc[1]) covered++;
    }
    expect(covered / 200).toBeGreaterThan(0.89);
    expect(covered / 200).toBeLessThan(0.99);
  });

  it("contains the sample's own numbers, and leaves the scores in their order", () => {
    const random = new Random(2);
    const [positives, negatives] = [normals(30, 1, random), normals(50, 0, random)];
    const before = positives.slice();
    const interval = rankingInterval(positives, negatives);
    expect(positives).toEqual(before);
    const ranking = rankingOf(positives.slice(), negatives.slice());
    for (const name of ["auroc", "averagePrecision"] as const) {
      expect(interval[name][0]).toBeLessThan(ranking[name]);
      expect(interval[name][1]).toBeGreaterThan(ranking[name]);
    }
  });

  it("is the same for the same seed", () => {
    const [positives, negatives] = [Float32Array.of(1, 3, 5), Float32Array.of(0, 2, 4)];
    expect(rankingInterval(positives, negatives, { seed: 3 })).toEqual(rankingInterval(positives, negatives, { seed: 3 }));
    expect(rankingInterval(positives, negatives, { seed: 3 })).not.toEqual(rankingInterval(positives, negatives, { seed: 4 }));
  });
});
